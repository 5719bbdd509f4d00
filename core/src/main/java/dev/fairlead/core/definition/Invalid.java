// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
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
            text.append(": ").append(value instanceof String quoted ? "\"" + quoted + "\"" : value);
        }
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return path + ": " + message();
    }
}
