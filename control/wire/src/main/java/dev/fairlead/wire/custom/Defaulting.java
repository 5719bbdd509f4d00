// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills in what a schema says of absent fields. Results share parts with the object and the schema: copy before changing. */
public final class Defaulting {
    private Defaulting() {}

    /** The object with its defaults; the same object when the schema has none. */
    public static Map<String, Object> apply(JsonSchema schema, Map<String, Object> object) {
        return schema.hasDefaults() ? object(schema, object) : object;
    }

    /** The value with the defaults of what is within it. */
    static Object value(@Nullable JsonSchema schema, Object value) {
        if (schema == null || !schema.hasDefaults()) {
            return value;
        }
        return switch (value) {
            case Map<?, ?> map -> object(schema, map);
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(value(schema.items(), item)));
                yield items;
            }
            default -> value;
        };
    }

    private static Map<String, Object> object(JsonSchema schema, Map<?, ?> map) {
        Map<String, Object> filled = LinkedHashMap.newLinkedHashMap(map.size() + 4);
        map.forEach((name, value) -> filled.put((String) name, value(schema.field((String) name), value)));
        schema.properties().forEach((name, field) -> {
            Object otherwise = field.rules().value("default");
            if (otherwise != null && !filled.containsKey(name)) {
                filled.put(name, value(field, otherwise));
            }
        });
        return filled;
    }
}
