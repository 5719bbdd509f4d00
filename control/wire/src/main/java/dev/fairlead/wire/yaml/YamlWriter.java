// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes one value tree as block YAML. */
final class YamlWriter {
    private static final int STEP = 2;
    private final StringBuilder out = new StringBuilder();

    String write(@Nullable Object value) {
        if (isEmpty(value)) {
            out.append(inline(value)).append('\n');
        } else {
            block(value, 0, true);
        }
        return out.toString();
    }

    /** Writes {@code value}, whose first line starts here when {@code started}, the others at {@code indent}. */
    private void block(@Nullable Object value, int indent, boolean started) {
        switch (value) {
            case Map<?, ?> map -> object(map, indent, started);
            case List<?> list -> list(list, indent, started);
            case null, default -> throw new IllegalStateException("not a container");
        }
    }

    private void object(Map<?, ?> map, int indent, boolean started) {
        boolean first = started;
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put((String) name, value));
        for (Map.Entry<String, Object> field : sorted.entrySet()) {
            if (!first) {
                indent(indent);
            }
            first = false;
            out.append(text(field.getKey())).append(':');
            Object value = field.getValue();
            if (value instanceof List<?> list && !list.isEmpty()) {
                out.append('\n');
                list(list, indent, false);
            } else {
                valueAfter(value, indent + STEP);
            }
        }
    }

    private void list(List<?> list, int indent, boolean started) {
        boolean first = started;
        for (Object item : list) {
            if (!first) {
                indent(indent);
            }
            first = false;
            out.append('-');
            if (isEmpty(item)) {
                valueAfter(item, indent + STEP);
            } else {
                out.append(' ');
                block(item, indent + STEP, true);
            }
        }
    }

    private void valueAfter(@Nullable Object value, int indent) {
        if (!isEmpty(value)) {
            out.append('\n');
            block(value, indent, false);
        } else if (value instanceof String text && isLiteral(text)) {
            literal(text, indent);
        } else {
            out.append(' ').append(inline(value)).append('\n');
        }
    }

    private void literal(String text, int indent) {
        boolean indicated = text.startsWith(" ") || text.startsWith("\n");
        out.append(" |").append(indicated ? String.valueOf(STEP) : "");
        out.append(!text.endsWith("\n") ? "-" : text.endsWith("\n\n") || text.equals("\n") ? "+" : "");
        out.append('\n');
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        for (String line : body.split("\n", -1)) {
            if (!line.isEmpty()) {
                indent(indent);
            }
            out.append(line).append('\n');
        }
    }

    private void indent(int width) {
        out.repeat(' ', width);
    }

    /** Whether the value is written on one line or as a literal: a scalar or an empty container. */
    private static boolean isEmpty(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.isEmpty();
            case List<?> list -> list.isEmpty();
            case null, default -> true;
        };
    }

    private static String inline(@Nullable Object value) {
        return switch (value) {
            case String text -> text(text);
            case Map<?, ?> _ -> "{}";
            case List<?> _ -> "[]";
            case null -> "null";
            default -> value.toString();
        };
    }

    private static boolean isLiteral(String text) {
        if (text.indexOf('\n') < 0 || text.isBlank()) {
            return false;
        }
        return text.chars().allMatch(c -> c == '\n' || isPrintable(c))
                && text.lines().noneMatch(line -> line.endsWith(" "));
    }

    private static String text(String text) {
        if (Scalars.needsQuotes(text) || !text.chars().allMatch(YamlWriter::isPrintable)) {
            return doubleQuoted(text);
        }
        return isPlain(text) ? text : "'" + text.replace("'", "''") + "'";
    }

    /** Whether the text can stand without quotes in block style. */
    private static boolean isPlain(String text) {
        char first = text.charAt(0);
        if (text.isBlank() || first == ' ' || text.endsWith(" ") || text.endsWith(":")) {
            return false;
        }
        if ("-?:".indexOf(first) >= 0 && (text.length() == 1 || text.charAt(1) == ' ')) {
            return false;
        }
        return ",[]{}#&*!|>'\"%@`".indexOf(first) < 0
                && !text.startsWith("---")
                && !text.startsWith("...")
                && !text.contains(": ")
                && !text.contains(" #");
    }

    private static boolean isPrintable(int c) {
        return c >= 0x20 && c < 0x7f
                || c >= 0xa0 && c < 0xd800 && c != 0x2028 && c != 0x2029
                || c >= 0xe000 && c <= 0xfffd && c != 0xfeff;
    }

    private static String doubleQuoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            int escaped = "\"\\\n\t\r\u0007\b\f\u001b\u0000".indexOf(c);
            if (escaped >= 0) {
                quoted.append('\\').append("\"\\ntrabfe0".charAt(escaped));
            } else if (isPrintable(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08X" : "\\u%04x", c));
            }
        });
        return quoted.append('"').toString();
    }
}
