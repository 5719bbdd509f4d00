// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.select;

import dev.fairlead.wire.select.LabelSelector.Operator;
import dev.fairlead.wire.select.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Parses the text form of a label selector.
 *
 * <pre>
 * selector    = requirement *("," requirement)
 * requirement = key | "!" key | key ("=" | "==" | "!=" | "&gt;" | "&lt;") value | key ("in" | "notin") "(" [value *("," value)] ")"
 * </pre>
 */
final class SelectorParser {
    private static final String SPECIAL = "=!(),<>";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern KEY = Pattern.compile("([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?" + NAME);

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    SelectorParser(String text) {
        this.text = text;
        scan();
    }

    List<Requirement> requirements() {
        List<Requirement> requirements = new ArrayList<>();
        do {
            requirements.add(requirement());
        } while (take(","));
        if (next < tokens.size()) {
            throw expected("',' or the end");
        }
        return List.copyOf(requirements);
    }

    private Requirement requirement() {
        if (take("!")) {
            return new Requirement(key(), Operator.DOES_NOT_EXIST, List.of());
        }
        String key = key();
        return switch (peek()) {
            case "", "," -> new Requirement(key, Operator.EXISTS, List.of());
            case "=", "==" -> new Requirement(key, Operator.IN, List.of(valueAfterOperator()));
            case "!=" -> new Requirement(key, Operator.NOT_IN, List.of(valueAfterOperator()));
            case ">" -> new Requirement(key, Operator.GREATER, List.of(number(valueAfterOperator())));
            case "<" -> new Requirement(key, Operator.LESS, List.of(number(valueAfterOperator())));
            case "in" -> new Requirement(key, Operator.IN, values());
            case "notin" -> new Requirement(key, Operator.NOT_IN, values());
            default -> throw expected("one of =, ==, !=, in, notin, <, >");
        };
    }

    private String key() {
        String key = peek();
        if (!KEY.matcher(key).matches()) {
            throw expected("a label's name");
        }
        next++;
        return key;
    }

    private String valueAfterOperator() {
        next++;
        return value();
    }

    /** A value, which may be empty: then an operator's end follows at once. */
    private String value() {
        String value = peek();
        if (value.isEmpty() || value.equals(",") || value.equals(")")) {
            return "";
        }
        if (!NAME.matcher(value).matches()) {
            throw expected("a label's value (at most 63 letters, digits, '-', '_' and '.')");
        }
        next++;
        return value;
    }

    private String number(String value) {
        try {
            return String.valueOf(Long.parseLong(value));
        } catch (NumberFormatException broken) {
            throw new SelectorException(text, "expected a whole number after < or >, found \"" + value + "\"");
        }
    }

    private List<String> values() {
        next++;
        if (!take("(")) {
            throw expected("'('");
        }
        List<String> values = new ArrayList<>();
        do {
            values.add(value());
        } while (take(","));
        if (!take(")")) {
            throw expected("')'");
        }
        return List.copyOf(values);
    }

    private boolean take(String token) {
        boolean there = peek().equals(token);
        next += there ? 1 : 0;
        return there;
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next) : "";
    }

    private SelectorException expected(String what) {
        String found = next < tokens.size() ? "\"" + tokens.get(next) + "\"" : "the end";
        return new SelectorException(text, "expected " + what + ", found " + found);
    }

    private void scan() {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int from = at++;
            if (Character.isWhitespace(c)) {
                continue;
            }
            if (SPECIAL.indexOf(c) < 0) {
                while (at < text.length()
                        && SPECIAL.indexOf(text.charAt(at)) < 0
                        && !Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
            } else if ((c == '=' || c == '!') && at < text.length() && text.charAt(at) == '=') {
                at++;
            }
            tokens.add(text.substring(from, at));
        }
    }
}
