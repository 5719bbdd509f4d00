// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The syntaxes of names. Each function answers what is wrong with a text, in the words Kubernetes uses; nothing when it is
 * right. Sources: RFC 1035 2.3.1, RFC 1123 2.1, RFC 6335 5.1, and the API conventions for label keys and values.
 */
public final class Names {
    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
    private static final String OLD_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String VALUE = "(" + KEY + ")?";
    private static final String CONFIG_KEY = "[-._a-zA-Z0-9]+";
    private static final String WILDCARD = "\\*\\." + SUBDOMAIN;
    private static final String URL_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

    private static final Pattern LABEL_PATTERN = Pattern.compile(LABEL);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
    private static final Pattern OLD_LABEL_PATTERN = Pattern.compile(OLD_LABEL);
    private static final Pattern KEY_PATTERN = Pattern.compile(KEY);
    private static final Pattern VALUE_PATTERN = Pattern.compile(VALUE);
    private static final Pattern CONFIG_KEY_PATTERN = Pattern.compile(CONFIG_KEY);
    private static final Pattern WILDCARD_PATTERN = Pattern.compile(WILDCARD);
    private static final Pattern URL_PATH_PATTERN = Pattern.compile(URL_PATH);

    private static final String KEY_WORDS =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and"
                    + " end with an alphanumeric character";

    private Names() {}

    /** A DNS label as in RFC 1123: up to 63 of a-z, 0-9 and inner hyphens. */
    public static List<String> label(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 63));
        if (!matches(LABEL_PATTERN, text, 63)) {
            wrong.add(
                    matches(SUBDOMAIN_PATTERN, text, 253)
                            ? "must not contain dots"
                            : pattern(
                                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                                            + " '-', and must start and end with an alphanumeric character",
                                    LABEL,
                                    "my-name",
                                    "123-abc"));
        }
        return wrong;
    }

    /** A DNS label as in RFC 1035: like {@link #label}, but beginning with a letter. */
    public static List<String> oldLabel(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 63));
        if (!matches(OLD_LABEL_PATTERN, text, 63)) {
            wrong.add(pattern(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                            + " alphabetic character, and end with an alphanumeric character",
                    OLD_LABEL,
                    "my-name",
                    "abc-123"));
        }
        return wrong;
    }

    /** A DNS subdomain: labels joined by dots, up to 253 characters. */
    public static List<String> subdomain(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 253));
        if (!matches(SUBDOMAIN_PATTERN, text, 253)) {
            wrong.add(pattern(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and"
                            + " must start and end with an alphanumeric character",
                    SUBDOMAIN,
                    "example.com"));
        }
        return wrong;
    }

    /** A DNS subdomain below {@code *.}, which stands for one label. */
    public static List<String> wildcardSubdomain(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 253));
        if (!matches(WILDCARD_PATTERN, text, 253)) {
            wrong.add(pattern(
                    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
                            + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                            + " character",
                    WILDCARD,
                    "*.example.com"));
        }
        return wrong;
    }

    /** The path of a URL, as far as names are made of it. */
    static List<String> urlPath(String text) {
        return matches(URL_PATH_PATTERN, text, 2048)
                ? List.of()
                : List.of("Invalid path (e.g. '', regex used for validation is '" + URL_PATH + "')");
    }

    /** A label key: a name of up to 63 characters with an optional DNS subdomain and a slash before it. */
    public static List<String> qualified(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2) {
            return List.of("a valid label key " + pattern(KEY_WORDS, KEY, "MyName", "my.name", "123-abc")
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
        }
        List<String> wrong = new ArrayList<>();
        if (parts.length == 2) {
            List<String> prefix = parts[0].isEmpty() ? List.of("must be non-empty") : subdomain(parts[0]);
            prefix.forEach(what -> wrong.add("prefix part " + what));
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            wrong.add("name part must be non-empty");
        }
        tooLong(name, 63).forEach(what -> wrong.add("name part " + what));
        if (!matches(KEY_PATTERN, name, 63)) {
            wrong.add("name part " + pattern(KEY_WORDS, KEY, "MyName", "my.name", "123-abc"));
        }
        return wrong;
    }

    /** A label value: empty, or up to 63 of letters, digits and inner hyphens, underscores and dots. */
    public static List<String> labelValue(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 63));
        if (!matches(VALUE_PATTERN, text, 63)) {
            wrong.add(pattern(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and"
                            + " must start and end with an alphanumeric character",
                    VALUE,
                    "MyValue",
                    "my_value",
                    "12345"));
        }
        return wrong;
    }

    /** A port's name as IANA registers services: up to 15 of a-z, 0-9 and single inner hyphens, one letter at least. */
    public static List<String> portName(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 15));
        if (text.isEmpty() || !text.chars().allMatch(c -> letter(c) || digit(c) || c == '-')) {
            wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (text.chars().noneMatch(Names::letter)) {
            wrong.add("must contain at least one letter (a-z)");
        }
        if (text.contains("--")) {
            wrong.add("must not contain consecutive hyphens");
        }
        if (text.startsWith("-") || text.endsWith("-")) {
            wrong.add("must not begin or end with a hyphen");
        }
        return wrong;
    }

    /** The name of an environment variable: printable ASCII without {@code =}. */
    public static List<String> environmentVariable(String text) {
        if (text.isEmpty()) {
            return List.of("environment variable name must be non-empty");
        }
        return text.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=')
                ? List.of()
                : List.of("a valid environment variable name must consist only of printable ASCII characters other than"
                        + " '='");
    }

    /** A key of a ConfigMap or Secret. */
    public static List<String> configKey(String text) {
        List<String> wrong = new ArrayList<>(tooLong(text, 253));
        if (!matches(CONFIG_KEY_PATTERN, text, 253)) {
            wrong.add(pattern(
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                    CONFIG_KEY,
                    "key.name",
                    "KEY_NAME",
                    "key-name"));
        }
        if (text.equals(".") || text.equals("..")) {
            wrong.add("must not be '" + text + "'");
        } else if (text.startsWith("..")) {
            wrong.add("must not start with '..'");
        }
        return wrong;
    }

    /** What can be one segment of a URL's path, for kinds whose names have no other rule. */
    public static List<String> pathSegment(String text) {
        if (text.equals(".") || text.equals("..")) {
            return List.of("may not be '" + text + "'");
        }
        List<String> wrong = new ArrayList<>();
        for (String forbidden : List.of("/", "%")) {
            if (text.contains(forbidden)) {
                wrong.add("may not contain '" + forbidden + "'");
            }
        }
        return wrong;
    }

    /** A port number: 1 to 65535. */
    public static List<String> port(long number) {
        return inRange(number, 1, 65535);
    }

    /** A number from {@code first} to {@code last}. */
    public static List<String> inRange(long number, long first, long last) {
        return first <= number && number <= last
                ? List.of()
                : List.of("must be between " + first + " and " + last + ", inclusive");
    }

    private static boolean letter(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Whether the pattern matches, judging by the first {@code longest} characters and some: never slow, never deep. */
    private static boolean matches(Pattern pattern, String text, int longest) {
        // A regular expression with a repeated group recurses once per repetition, so very long texts are cut: their
        // length is an error of its own.
        String judged = text.length() > 4 * longest ? text.substring(0, longest) : text;
        return pattern.matcher(judged).matches();
    }

    private static List<String> tooLong(String text, int longest) {
        return text.length() > longest ? List.of("must be no more than " + longest + " bytes") : List.of();
    }

    private static String pattern(String words, String pattern, String... examples) {
        StringBuilder text = new StringBuilder(words).append(" (e.g. ");
        for (int i = 0; i < examples.length; i++) {
            text.append(i > 0 ? " or '" : "'").append(examples[i]).append("', ");
        }
        return text.append("regex used for validation is '")
                .append(pattern)
                .append("')")
                .toString();
    }
}
