// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes away the fields that a schema does not name, and tells which they were. */
public final class Pruning {
    private final List<Problem> dropped = new ArrayList<>();

    private Pruning() {}

    /**
     * What is left.
     *
     * @param object a copy as far as it differs
     * @param dropped the unknown fields
     */
    public record Pruned(Map<String, Object> object, List<Problem> dropped) {}

    /** A custom object without unknown fields; what every kind has is kept as it is. */
    public static Pruned prune(JsonSchema schema, Map<String, Object> object) {
        Pruning pruning = new Pruning();
        return new Pruned(pruning.object(schema, object, FieldPath.ROOT, true), List.copyOf(pruning.dropped));
    }

    /** A default without what would be pruned of it. */
    static Object value(JsonSchema schema, Object value) {
        return new Pruning().value(schema, value, FieldPath.ROOT);
    }

    private Object value(@Nullable JsonSchema schema, Object value, FieldPath path) {
        if (schema == null) {
            return value;
        }
        return switch (value) {
            case Map<?, ?> map -> object(schema, map, path, schema.embedsObject());
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                for (int i = 0; i < list.size(); i++) {
                    items.add(value(schema.items(), list.get(i), path.item(i)));
                }
                yield items;
            }
            default -> value;
        };
    }

    private Map<String, Object> object(JsonSchema schema, Map<?, ?> map, FieldPath path, boolean whole) {
        Map<String, Object> kept = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, value) -> {
            String name = (String) key;
            JsonSchema field = schema.field(name);
            if (whole && CustomKind.OF_EVERY_KIND.contains(name)) {
                kept.put(name, value);
            } else if (field != null) {
                kept.put(name, value(field, value, path.field(name)));
            } else if (schema.preserves()) {
                kept.put(name, value);
            } else {
                dropped.add(Problem.unknown(path.field(name)));
            }
        });
        return kept;
    }
}
