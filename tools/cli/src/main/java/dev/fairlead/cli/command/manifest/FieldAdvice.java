// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.session.Nearest;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What could be meant by a field that nobody knows. */
final class FieldAdvice {
    private FieldAdvice() {}

    /** The nearest field where {@code path} stands, or all fields there. */
    static String of(ObjectType type, Map<String, Object> object, String path) {
        List<ObjectType> found = new ArrayList<>();
        search(type, object, "", path, found);
        ObjectType around = found.isEmpty() ? type : found.getLast();
        List<String> names = around.fields().stream().map(Field::name).sorted().toList();
        String word = path.substring(path.lastIndexOf('.') + 1);
        return Nearest.advice(word, names, "fields here are ");
    }

    /** Walks down the object's own branches towards {@code path}, noting the type of each object on the way. */
    private static void search(
            @Nullable ObjectType type, Map<?, ?> object, String at, String path, List<ObjectType> found) {
        if (type == null) {
            return;
        }
        found.add(type);
        object.forEach((key, value) -> {
            Field field = type.field((String) key);
            String here = at.isEmpty() ? (String) key : at + "." + key;
            if (field != null && (path.startsWith(here + ".") || path.startsWith(here + "["))) {
                down(field.type(), value, here, path, found);
            }
        });
    }

    private static void down(ValueType type, @Nullable Object value, String at, String path, List<ObjectType> found) {
        if (value instanceof Map<?, ?> map && type.kind() == ValueType.Kind.OBJECT) {
            search(type.fields(), map, at, path, found);
        } else if (value instanceof List<?> list && type.isListOfObjects()) {
            for (int i = 0; i < list.size(); i++) {
                String here = at + "[" + i + "]";
                if (path.startsWith(here + ".") && list.get(i) instanceof Map<?, ?> item) {
                    search(type.items().fields(), item, here, path, found);
                }
            }
        }
    }
}
