// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions as schemas write them (Go's RE2) in Java's words. What differs: the names of groups, the end of the
 * text ({@code $} is before a last line's end in Java), classes of POSIX, and brackets and {@code &&} within a class.
 */
final class GoPattern {
    private GoPattern() {}

    /**
     * The pattern.
     *
     * @throws PatternSyntaxException when it is none
     */
    static Pattern compile(String text) {
        return Pattern.compile(translated(text));
    }

    private static String translated(String text) {
        boolean lines = text.contains("(?m");
        StringBuilder out = new StringBuilder(text.length() + 8);
        boolean inClass = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                out.append(c).append(text.charAt(++i));
            } else if (inClass) {
                int posix = text.startsWith("[:", i) ? text.indexOf(":]", i) : -1;
                if (posix > 0) {
                    out.append(posix(text.substring(i + 2, posix)));
                    i = posix + 1;
                } else if (c == '[' || c == '&') {
                    out.append('\\').append(c);
                } else {
                    inClass = c != ']';
                    out.append(c);
                }
            } else if (c == '[') {
                inClass = true;
                out.append(c);
                // A bracket that comes first, also after ^, is meant as it is.
                if (text.startsWith("^", i + 1)) {
                    out.append('^');
                    i++;
                }
                if (text.startsWith("]", i + 1)) {
                    out.append("\\]");
                    i++;
                }
            } else if (c == '$' && !lines) {
                out.append("\\z");
            } else if (text.startsWith("(?P<", i)) {
                out.append("(?<");
                i += 3;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String posix(String name) {
        boolean not = name.startsWith("^");
        String plain = not ? name.substring(1) : name;
        String known = switch (plain) {
            case "word" -> "w";
            case "xdigit" -> "{XDigit}";
            default -> plain.isEmpty() ? "{}" : "{" + Character.toUpperCase(plain.charAt(0)) + plain.substring(1) + "}";
        };
        if (known.equals("w")) {
            return not ? "\\W" : "\\w";
        }
        return (not ? "\\P" : "\\p") + known;
    }
}
