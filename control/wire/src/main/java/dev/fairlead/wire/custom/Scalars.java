// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.FieldPath;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules about texts and numbers. */
final class Scalars {
    private Scalars() {}

    /** A value's type as JSON Schema calls it; a number without a fraction is an integer, however it is written. */
    static String type(Object value) {
        return switch (value) {
            case Map<?, ?> _ -> "object";
            case List<?> _ -> "array";
            case String _ -> "string";
            case Boolean _ -> "boolean";
            case Double number when number != Math.rint(number) || Double.isInfinite(number) -> "number";
            case Number _ -> "integer";
            default -> "null";
        };
    }

    /** How messages begin: {@code spec.replicas in body}. */
    static String inBody(FieldPath path) {
        return path + " in body";
    }

    static List<Invalid> text(JsonSchema schema, String text, FieldPath path, Matching matching) {
        List<Invalid> errors = new ArrayList<>();
        int length = text.codePointCount(0, text.length());
        Number limit = number(schema, "maxLength");
        Long most = limit == null ? null : Long.valueOf(limit.longValue());
        boolean tooLong = most != null && length > most;
        if (tooLong) {
            errors.add(new Invalid(
                    path.toString(), Invalid.Kind.TOO_LONG, null, "may not be more than " + most + " bytes"));
        }
        Number least = number(schema, "minLength");
        if (least != null && length < least.longValue()) {
            errors.add(invalid(path, text, "should be at least " + least + " chars long"));
        }
        // The length first: a text that is too long need not be matched, and matching may be slow.
        if (!tooLong && !matching.occurs(schema, text, path)) {
            errors.add(invalid(path, text, "should match '" + schema.rules().text("pattern", "") + "'"));
        }
        String format = schema.rules().text("format", "");
        if (!format.isEmpty() && !Formats.fits(format, text)) {
            String detail = inBody(path) + " must be of type " + format + ": \"" + text + "\"";
            errors.add(new Invalid(path.toString(), Invalid.Kind.TYPE_INVALID, text, detail));
        }
        return errors;
    }

    static List<Invalid> number(JsonSchema schema, Number value, FieldPath path) {
        List<Invalid> errors = new ArrayList<>();
        BigDecimal exact = exact(value);
        Number most = number(schema, "maximum");
        if (most != null) {
            boolean exclusive = schema.rules().truth("exclusiveMaximum", false);
            if (exact.compareTo(exact(most)) > (exclusive ? -1 : 0)) {
                errors.add(invalid(
                        path,
                        value,
                        (exclusive ? "should be less than " : "should be less than or equal to ") + plain(most)));
            }
        }
        Number least = number(schema, "minimum");
        if (least != null) {
            boolean exclusive = schema.rules().truth("exclusiveMinimum", false);
            if (exact.compareTo(exact(least)) < (exclusive ? 1 : 0)) {
                errors.add(invalid(
                        path,
                        value,
                        (exclusive ? "should be greater than " : "should be greater than or equal to ")
                                + plain(least)));
            }
        }
        Number factor = number(schema, "multipleOf");
        if (factor != null
                && factor.doubleValue() > 0
                && exact.remainder(exact(factor)).signum() != 0) {
            errors.add(invalid(path, value, "should be a multiple of " + plain(factor)));
        }
        boolean narrow = schema.rules().text("format", "").equals("int32");
        if (narrow && value instanceof Long whole && whole != whole.intValue()) {
            errors.add(Invalid.invalid(
                    path.toString(), value, "Checked value must be of type integer with format int32 in " + path));
        }
        return errors;
    }

    private static Invalid invalid(FieldPath path, Object value, String rule) {
        return Invalid.invalid(path.toString(), value, inBody(path) + " " + rule);
    }

    private static @Nullable Number number(JsonSchema schema, String rule) {
        return schema.rules().value(rule) instanceof Number number ? number : null;
    }

    private static BigDecimal exact(Number number) {
        return number instanceof Long whole ? BigDecimal.valueOf(whole) : BigDecimal.valueOf(number.doubleValue());
    }

    private static String plain(Number number) {
        return exact(number).stripTrailingZeros().toPlainString();
    }
}
