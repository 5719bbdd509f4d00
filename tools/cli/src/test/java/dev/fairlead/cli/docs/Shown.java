// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares what a document shows with what came: word by word, but for what differs from one run to the next (ages, times,
 * addresses, free ports, random parts of names, process ids) and the width of columns.
 */
final class Shown {
    private static final String RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"; // no vowels: never a word

    private record Rule(Pattern pattern, String instead) {}

    private static final List<Rule> RULES = List.of(
            rule("https://[\\d.]+:\\d+", "https://API"),
            rule("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[\\d.]*Z", "TIME"),
            rule("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}", "TIME"),
            rule("\\b\\d{1,3}(\\.\\d{1,3}){3}\\b", "ADDRESS"),
            rule("ADDRESS/\\d+", "ADDRESS/N"),
            rule("(?m)^network +\\w+: .*$", "network CHOSEN"),
            rule(":3[0-2]\\d{3}\\b", ":NODEPORT"),
            rule("\\b\\d+ ms\\b", "N ms"),
            rule("\\bpid \\d+", "pid N"),
            rule("(?<![\\w.:-])(\\d+[dhms]){1,2}(?![\\w.])", "AGE"),
            rule("(?<=[a-z0-9])-" + RANDOM + "{8,10}-" + RANDOM + "{5}\\b", "-HASH-RANDOM"),
            rule("(?<=[a-z0-9])-" + RANDOM + "{8,10}\\b", "-HASH"),
            rule("(?<=[a-z0-9])-" + RANDOM + "{5}\\b", "-RANDOM"),
            rule("[ \\t]+", " "));

    private Shown() {}

    private static Rule rule(String pattern, String instead) {
        return new Rule(Pattern.compile(pattern), instead);
    }

    /** A text in which only what every run has in common is left. */
    static String common(String text) {
        String common = text;
        for (Rule rule : RULES) {
            common = rule.pattern().matcher(common).replaceAll(rule.instead());
        }
        return common.lines()
                .map(String::strip)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    /** Whether {@code actual} is what the document shows. */
    static boolean matches(List<String> shown, String actual) {
        return pattern(shown).matcher(common(actual) + "\n").matches();
    }

    /** Whether {@code actual} begins with what the document shows. */
    static boolean begins(List<String> shown, String actual) {
        return pattern(shown).matcher(common(actual) + "\n").lookingAt();
    }

    private static Pattern pattern(List<String> shown) {
        String lines = common(String.join("\n", shown))
                .lines()
                .map(line -> line.equals("…") ? "(?:.*\n)*" : quoted(line) + "\n")
                .collect(Collectors.joining());
        return Pattern.compile(lines.isEmpty() ? "\n" : lines);
    }

    private static String quoted(String line) {
        return Arrays.stream(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }
}
