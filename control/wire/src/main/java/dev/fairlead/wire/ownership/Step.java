// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Field.Join;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Steps into objects and lists, as {@code fieldsV1} writes them. */
final class Step {
    private static final String FIELD = "f:";
    private static final String KEYS = "k:";
    private static final String VALUE = "v:";
    private static final String INDEX = "i:";

    private Step() {}

    /** To a field. */
    static String field(String name) {
        return FIELD + name;
    }

    /** To the item of a set. */
    static String value(Object value) {
        return VALUE + json(value);
    }

    /** To an item among those with keys; a key that is absent counts as its default, if it has one. */
    static String keys(Object item, Join join) {
        Map<?, ?> fields = item instanceof Map<?, ?> map ? map : Map.of();
        SortedMap<String, Object> keys = new TreeMap<>();
        join.keys().forEach((key, otherwise) -> {
            Object value = fields.get(key);
            if (value != null) {
                keys.put(key, value);
            } else {
                otherwise.ifPresent(counts -> keys.put(key, counts));
            }
        });
        return KEYS + json(keys);
    }

    static boolean isStep(String text) {
        return text.startsWith(FIELD) || text.startsWith(KEYS) || text.startsWith(VALUE) || text.startsWith(INDEX);
    }

    /** The step as we write it: keys in order and without spaces. */
    static String normal(String step) {
        if (!step.startsWith(KEYS)) {
            return step;
        }
        return KEYS + json(new TreeMap<>(read(step)));
    }

    private static Map<String, Object> read(String step) {
        try {
            return Json.object(step.substring(KEYS.length()).getBytes(StandardCharsets.UTF_8));
        } catch (SyntaxException broken) {
            throw new IllegalArgumentException("\"" + step + "\" does not hold keys as JSON", broken);
        }
    }

    /** As people read it. */
    static String text(String step) {
        String rest = step.substring(FIELD.length());
        if (step.startsWith(FIELD)) {
            return "." + rest;
        }
        if (step.startsWith(KEYS)) {
            return read(step).entrySet().stream()
                    .map(key -> key.getKey() + "=" + json(key.getValue()))
                    .collect(Collectors.joining(",", "[", "]"));
        }
        return step.startsWith(VALUE) ? "[=" + rest + "]" : "[" + rest + "]";
    }

    private static String json(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }
}
