// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One checking of one object against its type. */
final class Check {
    private static final Pattern QUANTITY =
            Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?");

    private final List<Problem> problems = new ArrayList<>();

    List<Problem> run(ObjectType type, Map<?, ?> tree, FieldPath at) {
        object(type, tree, at);
        return problems;
    }

    private void object(ObjectType type, Map<?, ?> tree, FieldPath path) {
        for (Map.Entry<?, ?> entry : tree.entrySet()) {
            String name = (String) entry.getKey();
            Field field = type.field(name);
            if (field == null) {
                problems.add(Problem.unknown(path.field(name)));
            } else {
                value(SchemaChoice.typeOf(type, field, entry.getValue()), entry.getValue(), path.field(name));
            }
        }
    }

    private void value(ValueType type, Object value, FieldPath path) {
        switch (type.kind()) {
            case OBJECT -> {
                if (value instanceof Map<?, ?> tree) {
                    object(type.fields(), tree, path);
                } else {
                    wrong(path, "an object", value);
                }
            }
            case LIST -> {
                if (value instanceof List<?> list) {
                    for (int i = 0; i < list.size(); i++) {
                        value(type.items(), list.get(i), path.item(i));
                    }
                } else {
                    wrong(path, "a list", value);
                }
            }
            case MAP -> {
                if (value instanceof Map<?, ?> map) {
                    map.forEach((name, item) -> value(type.items(), item, path.field((String) name)));
                } else {
                    wrong(path, "an object", value);
                }
            }
            case ANY, DEDUCED -> {}
            default -> scalar(type.kind(), value, path);
        }
    }

    private void scalar(ValueType.Kind kind, Object value, FieldPath path) {
        if (!fits(kind, value)) {
            wrong(path, expected(kind, value), value);
        }
    }

    private static boolean fits(ValueType.Kind kind, Object value) {
        return switch (kind) {
            case STRING -> value instanceof String;
            case BOOLEAN -> value instanceof Boolean;
            case INTEGER -> value instanceof Long number && number == number.intValue();
            case LONG -> value instanceof Long;
            case NUMBER -> value instanceof Number;
            case BYTES -> value instanceof String text && isBase64(text);
            case TIME, MICRO_TIME -> value instanceof String text && Timestamps.parse(text) != null;
            case QUANTITY ->
                value instanceof Number
                        || value instanceof String text
                                && QUANTITY.matcher(text).matches();
            case INT_OR_STRING ->
                value instanceof String || value instanceof Long number && number == number.intValue();
            case ANY, DEDUCED, OBJECT, LIST, MAP -> throw new IllegalStateException("no scalar: " + kind);
        };
    }

    private static String expected(ValueType.Kind kind, Object value) {
        return switch (kind) {
            case STRING -> value instanceof Map || value instanceof List ? "a string" : "a string (put it in quotes)";
            case BOOLEAN -> "true or false";
            case INTEGER -> "a whole number of 32 bits" + (value instanceof String ? " (without quotes)" : "");
            case LONG -> "a whole number" + (value instanceof String ? " (without quotes)" : "");
            case NUMBER -> "a number";
            case BYTES -> "bytes in base64";
            case TIME, MICRO_TIME -> "a time such as 2026-01-02T03:04:05Z";
            case QUANTITY -> "an amount such as 500m or 1Gi";
            case INT_OR_STRING -> "a whole number of 32 bits or a string";
            case ANY, DEDUCED, OBJECT, LIST, MAP -> throw new IllegalStateException("no scalar: " + kind);
        };
    }

    private void wrong(FieldPath path, String expected, Object value) {
        problems.add(Problem.wrongType(path, expected, Json.describe(value)));
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text.replaceAll("[\r\n]", ""));
            return true;
        } catch (IllegalArgumentException broken) {
            return false;
        }
    }
}
