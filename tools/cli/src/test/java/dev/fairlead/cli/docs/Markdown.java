// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a document a reader would run. The conventions are those that Markdown has anyway, and comments, which no reader
 * sees, for exceptions:
 *
 * <ul>
 *   <li>a fence {@code sh} holds commands, one a line (or up to the end of a here-document); each has to succeed
 *   <li>a fence {@code console} holds commands after {@code $} with what they print; a {@code …} stands for any text, on
 *       a line of its own for any lines
 *   <li>{@code <!-- file: web.yaml -->} before a fence: its text is that file
 *   <li>{@code <!-- only in: kernel, loopback -->}: works in these networks
 *   <li>{@code <!-- not run: why -->}: is not run
 * </ul>
 */
record Markdown(List<Step> steps, Map<String, String> files) {
    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\s*$");
    private static final Pattern NOTE = Pattern.compile("^<!-- (not run|only in|file): (.+) -->$");
    private static final Pattern HERE = Pattern.compile("<<'?(\\w+)'?");
    private static final Pattern COMMAND = Pattern.compile("^(\\$ |kubectl [a-z-]|\\./fairlead [a-z-]|\\./build).*");

    /** Reads a document; {@code name} is what messages call it. */
    static Markdown read(Path file, Path name) throws IOException {
        return of(Files.readAllLines(file), name);
    }

    static Markdown of(List<String> lines, Path name) {
        List<Step> steps = new ArrayList<>();
        Map<String, String> files = new LinkedHashMap<>();
        String note = "";
        String about = "";
        for (int at = 0; at < lines.size(); at++) {
            Matcher comment = NOTE.matcher(lines.get(at));
            Matcher fence = FENCE.matcher(lines.get(at));
            if (comment.matches()) {
                note = comment.group(1);
                about = comment.group(2);
            } else if (fence.matches()) {
                int end = at + 1;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                List<String> block = lines.subList(at + 1, end);
                if (note.equals("file")) {
                    files.put(about, String.join("\n", block) + "\n");
                } else if (!note.equals("not run")) {
                    Set<String> networks = note.equals("only in") ? Set.of(about.split(", ")) : Set.of();
                    read(new Reading(name, at + 2, block, networks, steps), fence.group(1));
                }
                note = "";
                at = end;
            } else if (!lines.get(at).isBlank()) {
                note = "";
            }
        }
        return new Markdown(steps, files);
    }

    private record Reading(Path name, int first, List<String> block, Set<String> networks, List<Step> steps) {
        /** The index after a command that begins at {@code at}. */
        int end(int at) {
            Matcher here = HERE.matcher(block.get(at));
            int end = at;
            if (here.find()) {
                while (!block.get(end).equals(here.group(1))) {
                    end++;
                }
            }
            while (block.get(end).endsWith("\\")) {
                end++;
            }
            return end + 1;
        }
    }

    private static void read(Reading reading, String language) {
        switch (language) {
            case "sh" -> commands(reading);
            case "console" -> dialogue(reading);
            default ->
                reading.block().stream()
                        .filter(line -> COMMAND.matcher(line).matches())
                        .findFirst()
                        .ifPresent(line -> {
                            throw new IllegalArgumentException(reading.name() + ": \"" + line
                                    + "\" stands in a fence that nothing runs; write ```sh or ```console");
                        });
        }
    }

    private static void commands(Reading reading) {
        for (int at = 0; at < reading.block().size(); ) {
            int end = reading.end(at);
            String command = String.join("\n", reading.block().subList(at, end)).strip();
            if (!command.isEmpty() && !command.startsWith("#")) {
                reading.steps().add(new Step(reading.name(), reading.first() + at, command, null, reading.networks()));
            }
            at = end;
        }
    }

    private static void dialogue(Reading reading) {
        for (int at = 0; at < reading.block().size(); ) {
            String line = reading.block().get(at);
            if (!line.startsWith("$ ")) {
                throw new IllegalArgumentException(reading.name() + ":" + (reading.first() + at)
                        + ": a console block begins with $ and a command");
            }
            int end = reading.end(at);
            String command = String.join("\n", reading.block().subList(at, end)).substring(2);
            int next = end;
            while (next < reading.block().size() && !reading.block().get(next).startsWith("$ ")) {
                next++;
            }
            List<String> shown = List.copyOf(reading.block().subList(end, next));
            reading.steps().add(new Step(reading.name(), reading.first() + at, command, shown, reading.networks()));
            at = next;
        }
    }
}
