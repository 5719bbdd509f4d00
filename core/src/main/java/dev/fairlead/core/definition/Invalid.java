// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with one field of an object, in Kubernetes' words.
 *
 * @param path the field: {@code spec.ports[0].port}
 * @param kind what sort of wrong
 * @param value the offending value (text, number, truth value, or a value tree), or null
 * @param detail what would be right
 */
public record Invalid(String path, Kind kind, @Nullable Object value, String detail) {
    /** The sorts, each with the reason that a Status cause carries and the words its message begins with. */
    public enum Kind {
        NOT_FOUND("FieldValueNotFound", "Not found"),
        REQUIRED("FieldValueRequired", "Required value"),
        INVALID("FieldValueInvalid", "Invalid value"),
        FORBIDDEN("FieldValueForbidden", "Forbidden"),
        NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value"),
        DUPLICATE("FieldValueDuplicate", "Duplicate value"),
        TOO_MANY("FieldValueTooMany", "Too many"),
        TOO_LONG("FieldValueTooLong", "Too long"),
        TYPE_INVALID("FieldValueTypeInvalid", "Invalid value"),
        INTERNAL("InternalError", "Internal error");

        private final String reason;
        private final String words;

        Kind(String reason, String words) {
            this.reason = reason;
            this.words = words;
        }

        /** The {@code reason} of a Status cause. */
        public String reason() {
            return reason;
        }

        /** What the message begins with. */
        public String words() {
            return words;
        }
    }

    /** A field that must be there and is not. */
    public static Invalid required(String path, String detail) {
        return new Invalid(path, Kind.REQUIRED, null, detail);
    }

    /** A field whose value is wrong. */
    public static Invalid invalid(String path, @Nullable Object value, String detail) {
        return new Invalid(path, Kind.INVALID, value, detail);
    }

    /** A field that may not be set here. */
    public static Invalid forbidden(String path, String detail) {
        return new Invalid(path, Kind.FORBIDDEN, null, detail);
    }

    /** A reference to something that is not there. */
    public static Invalid notFound(String path, @Nullable Object value) {
        return new Invalid(path, Kind.NOT_FOUND, value, "");
    }

    /** A value that appears twice. */
    public static Invalid duplicate(String path, @Nullable Object value) {
        return new Invalid(path, Kind.DUPLICATE, value, "");
    }

    /** A value that is not one of those there are. */
    public static Invalid notSupported(String path, @Nullable Object value, List<String> supported) {
        String list = String.join(
                ", ", supported.stream().map(text -> "\"" + text + "\"").toList());
        return new Invalid(path, Kind.NOT_SUPPORTED, value, "supported values: " + list);
    }

    /** The message without the path: {@code Invalid value: 70000: must be between 1 and 65535, inclusive}. */
    public String message() {
        StringBuilder text = new StringBuilder(kind.words);
        if (value != null) {
            text.append(": ");
            write(value, text);
        } else if (kind == Kind.INVALID) {
            text.append(": null"); // what is wrong is that nothing is there
        }
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        return text.toString();
    }

    /** Writes a value as JSON does. */
    private static void write(Object value, StringBuilder text) {
        switch (value) {
            case String string -> quote(string, text);
            case List<?> list -> {
                String before = "[";
                for (Object item : list) {
                    text.append(before);
                    write(item, text);
                    before = ",";
                }
                text.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    quote(entry.getKey().toString(), text.append(before));
                    write(entry.getValue(), text.append(':'));
                    before = ",";
                }
                text.append(map.isEmpty() ? "{}" : "}");
            }
            default -> text.append(value);
        }
    }

    private static void quote(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(c < ' ' ? String.format("\\x%02x", (int) c) : Character.toString(c));
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return path + ": " + message();
    }
}
