// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One applying of a strategic merge patch. Objects are copied level by level where the patch reaches, shared elsewhere. */
final class StrategicMerge {

    Map<String, Object> apply(ObjectType type, Map<String, Object> object, Map<String, Object> patch) {
        return object(new ValueType(ValueType.Kind.OBJECT, null, type), object, patch, FieldPath.ROOT);
    }

    private Map<String, Object> object(@Nullable ValueType type, Map<?, ?> live, Map<?, ?> patch, FieldPath path) {
        String directive = patch.containsKey(Directive.PATCH) ? String.valueOf(patch.get(Directive.PATCH)) : "merge";
        Map<String, Object> result = new LinkedHashMap<>();
        switch (directive) {
            case "merge" -> live.forEach((name, value) -> result.put((String) name, value));
            case "replace" -> {}
            case "delete" -> {
                return result;
            }
            default ->
                throw PatchException.malformed(path, "$patch must be delete, replace or merge, got " + directive);
        }
        retain(result, patch, path);
        for (Map.Entry<?, ?> entry : patch.entrySet()) {
            String name = (String) entry.getKey();
            if (!Directive.is(name)) {
                field(type, name, entry.getValue(), patch, result, path.field(name));
            }
        }
        listDirectivesAlone(type, patch, result, path);
        return result;
    }

    private void field(
            @Nullable ValueType type,
            String name,
            Object value,
            Map<?, ?> patch,
            Map<String, Object> result,
            FieldPath path) {
        Field field = field(type, name);
        switch (value) {
            case Null _ -> result.remove(name);
            case Map<?, ?> map -> {
                Map<?, ?> live = result.get(name) instanceof Map<?, ?> there ? there : Map.of();
                result.put(name, object(valueType(type, name), live, map, path));
            }
            case List<?> list
            when field != null && field.join().merges() ->
                result.put(name, joined(field, name, result.get(name), list, patch, path));
            case List<?> list -> result.put(name, Copy.withoutNulls(list));
            default -> result.put(name, value);
        }
    }

    /** Directives for lists that the patch itself does not list. */
    private void listDirectivesAlone(
            @Nullable ValueType type, Map<?, ?> patch, Map<String, Object> result, FieldPath path) {
        Set<String> names = new LinkedHashSet<>();
        for (Object key : patch.keySet()) {
            String name = (String) key;
            if (name.startsWith(Directive.DELETE_FROM)) {
                names.add(name.substring(Directive.DELETE_FROM.length()));
            } else if (name.startsWith(Directive.ORDER)) {
                names.add(name.substring(Directive.ORDER.length()));
            }
        }
        for (String name : names) {
            Field field = field(type, name);
            if (!patch.containsKey(name) && field != null && result.get(name) instanceof List<?> live) {
                result.put(name, joined(field, name, live, List.of(), patch, path.field(name)));
            }
        }
    }

    private static void retain(Map<String, Object> result, Map<?, ?> patch, FieldPath path) {
        Object names = patch.get(Directive.RETAIN_KEYS);
        if (names == null) {
            return;
        }
        if (!(names instanceof List<?> list)) {
            throw PatchException.malformed(path, "$retainKeys must be a list of names");
        }
        patch.forEach((key, value) -> {
            if (value != Null.NULL && !Directive.is((String) key) && !list.contains(key)) {
                throw PatchException.malformed(
                        path, "$retainKeys must name every field of the patch, \"" + key + "\" too");
            }
        });
        result.keySet().retainAll(list);
    }

    private List<Object> joined(
            Field field, String name, @Nullable Object live, List<?> patch, Map<?, ?> around, FieldPath path) {
        List<?> there = live instanceof List<?> list ? list : List.of();
        String key = field.join().mergeKey();
        List<Object> result = key.isEmpty()
                ? values(there, patch, around.get(Directive.DELETE_FROM + name), path)
                : items(field.type().items(), key, there, patch, path);
        Object order = around.get(Directive.ORDER + name);
        if (order == null) {
            return Order.by(patched(patch, key), key, there, result, path);
        }
        List<?> wanted = Order.of(order, key, patch, path);
        return Order.by(wanted, key, there, result, path);
    }

    /** Without a directive the patch's own items give the order. */
    private static List<Object> patched(List<?> patch, String key) {
        List<Object> order = new ArrayList<>();
        for (Object item : patch) {
            if (Order.keyOf(item, key) != null) {
                order.add(item);
            }
        }
        return order;
    }

    private static List<Object> values(List<?> live, List<?> patch, @Nullable Object deleted, FieldPath path) {
        Set<Object> values = new LinkedHashSet<>(live);
        if (deleted != null) {
            if (!(deleted instanceof List<?> list)) {
                throw PatchException.malformed(path, "$deleteFromPrimitiveList must be a list");
            }
            list.forEach(values::remove);
        }
        values.addAll(patch);
        values.remove(Null.NULL);
        return new ArrayList<>(values);
    }

    private List<Object> items(ValueType type, String key, List<?> live, List<?> patch, FieldPath path) {
        boolean replace = patch.stream()
                .anyMatch(item ->
                        item instanceof Map<?, ?> map && map.size() == 1 && "replace".equals(map.get(Directive.PATCH)));
        List<Object> result = replace ? new ArrayList<>() : new ArrayList<>(live);
        for (int i = 0; i < patch.size(); i++) {
            if (!(patch.get(i) instanceof Map<?, ?> item)) {
                throw PatchException.malformed(path.item(i), "expected an object, got " + Json.describe(patch.get(i)));
            }
            if (item.size() > 1 || !item.containsKey(Directive.PATCH)) {
                item(type, key, item, result, path.item(i));
            }
        }
        return result;
    }

    private void item(ValueType type, String key, Map<?, ?> item, List<Object> result, FieldPath path) {
        Object value = item.get(key);
        if (value == null || value == Null.NULL) {
            throw PatchException.malformed(path, "needs \"" + key + "\", by which items of this list are told apart");
        }
        int at = Order.indexOf(result, key, value);
        if ("delete".equals(item.get(Directive.PATCH))) {
            result.removeIf(each -> Order.hasKey(each, key, value));
        } else if (at < 0) {
            result.add(object(type, Map.of(), item, path));
        } else {
            result.set(at, object(type, (Map<?, ?>) result.get(at), item, path));
        }
    }

    private static @Nullable Field field(@Nullable ValueType type, String name) {
        return type != null && type.object() != null ? type.object().field(name) : null;
    }

    private static @Nullable ValueType valueType(@Nullable ValueType type, String name) {
        if (type != null && type.kind() == ValueType.Kind.MAP) {
            return type.items();
        }
        Field field = field(type, name);
        return field == null ? null : field.type();
    }
}
