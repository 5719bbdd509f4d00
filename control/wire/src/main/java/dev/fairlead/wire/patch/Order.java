// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order of a joined list after a strategic merge patch.
 *
 * <p>How this works: items that {@code $setElementOrder} names (without it: those of the patch) come in that order; the
 * others, which only the server knows, keep the order they had in the live list. The two rows are zipped: of two heads the
 * named one goes first, unless it is in the live list behind the other.
 *
 * <pre>live a X b Y, order b c a → X b c a Y   (X was before b; c is new; a was before Y)</pre>
 */
final class Order {
    private Order() {}

    /** The list that {@code $setElementOrder} gives; it has to name the patch's own items, in the order they have there. */
    static List<?> of(Object order, String key, List<?> patch, FieldPath path) {
        if (!(order instanceof List<?> wanted)) {
            throw PatchException.malformed(path, "$setElementOrder must be a list");
        }
        Iterator<?> named = wanted.iterator();
        for (Object item : wanted.isEmpty() ? List.of() : patch) {
            boolean directs = item instanceof Map<?, ?> map && map.containsKey(Directive.PATCH);
            Object value = directs ? null : keyOf(item, key);
            if (value != null && !comes(named, key, value)) {
                throw PatchException.malformed(
                        path,
                        "$setElementOrder must name the items of the patch in the order they have there, "
                                + Json.describe(value) + ", too");
            }
        }
        return wanted;
    }

    private static boolean comes(Iterator<?> items, String key, Object value) {
        while (items.hasNext()) {
            if (hasKey(items.next(), key, value)) {
                return true;
            }
        }
        return false;
    }

    static List<Object> by(List<?> order, String key, List<?> live, List<Object> items, FieldPath path) {
        List<Object> named = new ArrayList<>();
        Set<Object> values = new HashSet<>();
        for (Object each : order) {
            Object value = keyOf(each, key);
            if (value == null) {
                throw PatchException.malformed(path, "$setElementOrder must give \"" + key + "\" of each item");
            }
            if (values.add(value)) {
                items.stream().filter(item -> hasKey(item, key, value)).forEach(named::add);
            }
        }
        List<Object> others = new ArrayList<>(items);
        others.removeAll(named);
        return zipped(named, others, key, live);
    }

    private static List<Object> zipped(List<Object> named, List<Object> others, String key, List<?> live) {
        List<Object> result = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < named.size() && j < others.size()) {
            int left = place(live, key, named.get(i));
            int right = place(live, key, others.get(j));
            result.add(left < 0 || left < right ? named.get(i++) : others.get(j++));
        }
        result.addAll(named.subList(i, named.size()));
        result.addAll(others.subList(j, others.size()));
        return result;
    }

    private static int place(List<?> live, String key, Object item) {
        Object value = keyOf(item, key);
        return value == null ? -1 : indexOf(live, key, value);
    }

    /** Where in {@code items} the item with that key is, or -1. */
    static int indexOf(List<?> items, String key, Object value) {
        for (int i = 0; i < items.size(); i++) {
            if (hasKey(items.get(i), key, value)) {
                return i;
            }
        }
        return -1;
    }

    static boolean hasKey(Object item, String key, Object value) {
        return value.equals(keyOf(item, key));
    }

    /** An item's key: the field's value, or of a text or number the value itself. */
    static @Nullable Object keyOf(Object item, String key) {
        return key.isEmpty() ? item : item instanceof Map<?, ?> map ? map.get(key) : null;
    }
}
