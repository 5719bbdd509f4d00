// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The strategic merge patch that client-side apply sends: it makes the live object what is wanted, removes what was in the
 * last applied version and is not wanted any more, and leaves alone what others set.
 *
 * <pre>last {a:1, b:2}, wanted {a:3}, live {a:1, b:2, c:4} → {a:3, b:null}</pre>
 */
public final class StrategicDifference {
    private StrategicDifference() {}

    /**
     * The patch; empty when nothing is to do.
     *
     * @param last what was applied last time; empty when nothing is known
     * @throws PatchException when items of a joined list lack their key
     */
    public static StrategicPatch threeWay(
            ObjectType type, Map<String, Object> last, Map<String, Object> wanted, Map<String, Object> live) {
        ValueType root = new ValueType(ValueType.Kind.OBJECT, null, type);
        return new StrategicPatch(type, object(root, last, wanted, live, FieldPath.ROOT));
    }

    /** The patch that makes {@code wanted} of {@code old}. */
    public static StrategicPatch between(ObjectType type, Map<String, Object> old, Map<String, Object> wanted) {
        return threeWay(type, old, wanted, old);
    }

    private static Map<String, Object> object(
            @Nullable ValueType type, Map<?, ?> last, Map<?, ?> wanted, Map<?, ?> live, FieldPath path) {
        Map<String, Object> patch = new LinkedHashMap<>();
        wanted.forEach((key, value) -> {
            String name = (String) key;
            Object there = live.get(name);
            Field field =
                    type == null || type.object() == null ? null : type.object().field(name);
            if (value instanceof Map<?, ?> map && there instanceof Map<?, ?> from) {
                Map<String, Object> inner =
                        object(inner(type, field), map(last.get(name)), map, from, path.field(name));
                if (!inner.isEmpty()) {
                    if (field != null && field.join().retainsKeys()) {
                        inner.put(Directive.RETAIN_KEYS, names(map));
                    }
                    patch.put(name, inner);
                }
            } else if (value instanceof List<?> list
                    && there instanceof List<?> from
                    && field != null
                    && field.join().merges()) {
                list(field, name, items(last.get(name)), list, from, patch, path.field(name));
            } else if (!value.equals(there)) {
                patch.put(name, value);
            }
        });
        last.forEach((name, _) -> {
            if (!wanted.containsKey(name) && live.containsKey(name)) {
                patch.put((String) name, Null.NULL);
            }
        });
        return patch;
    }

    private static void list(
            Field field,
            String name,
            List<?> last,
            List<?> wanted,
            List<?> live,
            Map<String, Object> patch,
            FieldPath path) {
        String key = field.join().mergeKey();
        requireKeys(wanted, key, path);
        if (key.isEmpty()) {
            values(name, last, wanted, live, patch);
        } else {
            objects(field, name, key, last, wanted, live, patch, path);
        }
        boolean touched = patch.containsKey(name) || patch.containsKey(Directive.DELETE_FROM + name);
        if (touched || !isInOrder(wanted, live, key)) {
            patch.put(Directive.ORDER + name, order(wanted, key));
        }
    }

    private static void values(String name, List<?> last, List<?> wanted, List<?> live, Map<String, Object> patch) {
        List<Object> gone = new ArrayList<>(last);
        gone.removeAll(wanted);
        gone.retainAll(live);
        if (!gone.isEmpty()) {
            patch.put(Directive.DELETE_FROM + name, gone);
        }
        List<Object> added = new ArrayList<>(wanted);
        added.removeAll(live);
        if (!added.isEmpty()) {
            patch.put(name, added);
        }
    }

    private static void objects(
            Field field,
            String name,
            String key,
            List<?> last,
            List<?> wanted,
            List<?> live,
            Map<String, Object> patch,
            FieldPath path) {
        List<Object> changes = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Map<?, ?> item = map(wanted.get(i));
            Object value = item.get(key);
            Map<?, ?> from = find(live, key, value);
            if (from == null) {
                changes.add(item);
                continue;
            }
            Map<?, ?> before = find(last, key, value);
            Map<String, Object> inner =
                    object(field.type().items(), before == null ? Map.of() : before, item, from, path.item(i));
            if (!inner.isEmpty()) {
                if (field.join().retainsKeys()) {
                    inner.put(Directive.RETAIN_KEYS, names(item));
                }
                inner.put(key, value);
                changes.add(inner);
            }
        }
        for (Object item : last) {
            Object value = map(item).get(key);
            if (value != null && find(wanted, key, value) == null && find(live, key, value) != null) {
                Map<String, Object> deletion = new LinkedHashMap<>();
                deletion.put(Directive.PATCH, "delete");
                deletion.put(key, value);
                changes.add(deletion);
            }
        }
        if (!changes.isEmpty()) {
            patch.put(name, changes);
        }
    }

    private static boolean isInOrder(List<?> wanted, List<?> live, String key) {
        int least = -1;
        for (Object item : wanted) {
            Object value = Order.keyOf(item, key);
            int place = value == null ? -1 : Order.indexOf(live, key, value);
            if (place >= 0 && place < least) {
                return false;
            }
            least = Math.max(least, place);
        }
        return true;
    }

    private static List<Object> order(List<?> wanted, String key) {
        List<Object> order = new ArrayList<>();
        for (Object item : wanted) {
            order.add(key.isEmpty() ? item : Map.of(key, map(item).get(key)));
        }
        return order;
    }

    private static void requireKeys(List<?> wanted, String key, FieldPath path) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!key.isEmpty() && map(wanted.get(i)).get(key) == null) {
                throw PatchException.malformed(
                        path.item(i), "needs \"" + key + "\", by which items of this list are told apart");
            }
        }
    }

    private static @Nullable Map<?, ?> find(List<?> items, String key, @Nullable Object value) {
        int at = value == null ? -1 : Order.indexOf(items, key, value);
        return at < 0 ? null : (Map<?, ?>) items.get(at);
    }

    private static List<Object> names(Map<?, ?> object) {
        TreeSet<String> names = new TreeSet<>();
        object.keySet().forEach(name -> names.add((String) name));
        return new ArrayList<>(names);
    }

    private static @Nullable ValueType inner(@Nullable ValueType type, @Nullable Field field) {
        if (type != null && type.kind() == ValueType.Kind.MAP) {
            return type.items();
        }
        return field == null ? null : field.type();
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> items(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
