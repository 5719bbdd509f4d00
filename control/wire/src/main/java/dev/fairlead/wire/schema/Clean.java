// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import dev.fairlead.wire.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Copies an object without what a server does not keep. */
final class Clean {
    private static final List<String> FIRST = List.of("apiVersion", "kind", "metadata");

    private static final int WHOLE_SECONDS = "2026-01-02T03:04:05Z".length();
    private static final int MICROSECONDS = "2026-01-02T03:04:05.123456Z".length();

    private Clean() {}

    static Map<String, Object> object(ObjectType type, Map<?, ?> tree, boolean root) {
        Map<String, Object> clean = LinkedHashMap.newLinkedHashMap(tree.size());
        if (root) {
            for (String name : FIRST) {
                copy(type, name, tree.get(name), clean);
            }
        }
        for (Map.Entry<?, ?> entry : tree.entrySet()) {
            String name = (String) entry.getKey();
            if (!root || !FIRST.contains(name)) {
                copy(type, name, entry.getValue(), clean);
            }
        }
        return clean;
    }

    private static void copy(ObjectType type, String name, @Nullable Object value, Map<String, Object> into) {
        Field field = type.field(name);
        if (field != null && value != null && !isAbsent(field, value)) {
            into.put(name, value(SchemaChoice.typeOf(type, field, value), value));
        }
    }

    private static boolean isAbsent(Field field, Object value) {
        return switch (value) {
            case Long number -> field.zeroIsAbsent() && number == 0;
            case Boolean truth -> field.zeroIsAbsent() && !truth;
            case List<?> list -> list.isEmpty() && !field.required();
            case Map<?, ?> map ->
                map.isEmpty() && !field.required() && field.type().kind() == ValueType.Kind.MAP;
            default -> false;
        };
    }

    private static Object value(ValueType type, Object value) {
        return switch (type.kind()) {
            case OBJECT -> value instanceof Map<?, ?> tree ? object(type.fields(), tree, false) : value;
            case LIST -> value instanceof List<?> list ? list(type.items(), list) : value;
            case MAP -> value instanceof Map<?, ?> map ? map(type.items(), map) : value;
            case QUANTITY -> value instanceof Number ? value.toString() : value;
            case TIME -> time(value, WHOLE_SECONDS, Timestamps::seconds);
            case MICRO_TIME -> time(value, MICROSECONDS, Timestamps::micros);
            default -> value;
        };
    }

    /** The time in UTC and the field's precision; a text of the right length ending in Z is both already. */
    private static Object time(Object value, int length, Function<Instant, String> format) {
        if (!(value instanceof String text) || text.length() == length && text.endsWith("Z")) {
            return value;
        }
        Instant time = Timestamps.parse(text);
        return time == null ? value : format.apply(time);
    }

    private static List<Object> list(ValueType type, List<?> list) {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(item -> copy.add(value(type, item)));
        return copy;
    }

    private static Map<String, Object> map(ValueType type, Map<?, ?> map) {
        Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((name, item) -> copy.put((String) name, value(type, item)));
        return copy;
    }
}
