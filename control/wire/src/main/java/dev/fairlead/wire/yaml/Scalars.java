// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import dev.fairlead.wire.Null;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a plain (unquoted) scalar means.
 *
 * <p>Decided knowingly: the meaning kubectl gives it, which is YAML 1.1's for {@code yes/no/on/off} (booleans), {@code 0644}
 * (octal) and {@code <<} (merge), and YAML 1.2's for {@code y/n} and {@code 1:30} (strings) and {@code 0o644} (octal). A file
 * must not mean one thing to {@code kubectl apply} and another to us; a {@code defaultMode: 0644} that silently became 644
 * would be worse than a {@code "no"} that needs quotes. Where a string is expected and a boolean found, the message says to
 * quote it. Timestamps stay strings.
 */
final class Scalars {
    private static final Set<String> TRUE = Set.of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON");
    private static final Set<String> FALSE = Set.of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> INFINITE =
            Set.of(".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN");
    /** Booleans, merge and default value of YAML 1.1 that we read as strings. */
    private static final Set<String> OTHERS = Set.of("y", "Y", "n", "N", "<<", "=");

    /** Times of day and dates, which YAML 1.1 reads as numbers and timestamps. */
    private static final Pattern ELSEWHERE =
            Pattern.compile("[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");

    private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
    private static final Pattern RADIX = Pattern.compile("[-+]?0(b[01_]+|o?[0-7_]+|x[0-9a-fA-F_]+)");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private Scalars() {}

    /** The value of the plain scalar {@code text}: String, Long, Double, Boolean or {@link Null}. */
    static Object plain(String text) {
        Object special = special(text);
        return special != null ? special : text;
    }

    /** Whether {@code text} written without quotes would be read as something else, here or by any reader of YAML 1.1. */
    static boolean needsQuotes(String text) {
        return special(text) != null
                || INFINITE.contains(text)
                || OTHERS.contains(text)
                || ELSEWHERE.matcher(text).matches();
    }

    private static @Nullable Object special(String text) {
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        if (NULL.contains(text)) {
            return Null.NULL;
        }
        char first = text.charAt(0);
        if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
            return null;
        }
        return number(text);
    }

    private static @Nullable Object number(String text) {
        if (DECIMAL.matcher(text).matches()) {
            return whole(text.replace("_", ""), 10);
        }
        if (RADIX.matcher(text).matches()) {
            return radix(text.replace("_", ""));
        }
        return FLOAT.matcher(text).matches() ? fraction(text) : null;
    }

    /** No JSON says infinity: what is that large is text. */
    private static @Nullable Object fraction(String text) {
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? (Object) number : null;
    }

    private static @Nullable Object radix(String text) {
        boolean negative = text.charAt(0) == '-';
        String digits = text.substring(negative || text.charAt(0) == '+' ? 2 : 1);
        if (digits.isEmpty()) {
            return null;
        }
        String sign = negative ? "-" : "";
        return switch (digits.charAt(0)) {
            case 'b' -> whole(sign + digits.substring(1), 2);
            case 'x' -> whole(sign + digits.substring(1), 16);
            case 'o' -> whole(sign + digits.substring(1), 8);
            default -> whole(sign + digits, 8);
        };
    }

    private static @Nullable Object whole(String digits, int radix) {
        try {
            return Long.parseLong(digits, radix);
        } catch (NumberFormatException tooLong) {
            return radix == 10 ? fraction(digits) : null;
        }
    }
}
