// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/testing.md shows is what runs here: a fence after {@code <!-- from: NAME -->} is a class's marked part, or a file. */
class GuideTest {
    private static final String FROM = "<!-- from: ";
    private static final String BEGIN = "// tag::example";
    private static final String END = "// end::example";

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("fairlead"))) {
            at = at.getParent();
        }
        return at;
    }

    private static final Path SOURCES = root().resolve("tools/examples/src/test/java/dev/fairlead/examples");
    private static final Path RESOURCES = root().resolve("tools/examples/src/test/resources");

    /** The fences of the guide, by what they are from. */
    private static Map<String, String> shown() throws IOException {
        List<String> lines = Files.readAllLines(root().resolve("docs/testing.md"));
        Map<String, String> shown = new LinkedHashMap<>();
        for (int at = 0; at < lines.size(); at++) {
            if (lines.get(at).startsWith(FROM)) {
                int end = at + 2;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                shown.put(
                        lines.get(at).substring(FROM.length()).replace(" -->", ""),
                        String.join("\n", lines.subList(at + 2, end)));
            }
        }
        return shown;
    }

    private static String source(String name) throws IOException {
        if (name.contains(".")) {
            return Files.readString(RESOURCES.resolve(name)).stripTrailing();
        }
        List<String> lines = Files.readAllLines(SOURCES.resolve(name + ".java"));
        List<String> marks = lines.stream().map(String::strip).toList();
        int begin = marks.indexOf(BEGIN);
        int indent = lines.get(begin).indexOf(BEGIN);
        return lines.subList(begin + 1, marks.indexOf(END)).stream()
                .map(line -> line.isEmpty() ? line : line.substring(indent))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void theGuideShowsWhatRuns() throws IOException {
        for (Map.Entry<String, String> fence : shown().entrySet()) {
            assertThat(fence.getValue())
                    .as("docs/testing.md, after %s%s", FROM, fence.getKey())
                    .isEqualTo(source(fence.getKey()));
        }
    }

    @Test
    void everyExampleIsShown() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            List<String> marked = files.filter(Files::isRegularFile)
                    .filter(file -> text(file).contains(BEGIN + "\n"))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .toList();
            assertThat(shown()).hasSizeGreaterThan(5).containsKeys(marked.toArray(String[]::new));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unread) {
            throw new AssertionError(unread);
        }
    }
}
