// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.schema.ObjectType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins what is with what is applied, and takes fields away. */
final class Joining {
    private Joining() {}

    /** What is, with everything that is applied put in its place. */
    static Map<String, Object> join(ObjectType kind, Map<String, Object> live, Map<String, Object> applied) {
        return fields(Place.of(kind), live, applied);
    }

    private static Object join(Place place, @Nullable Object live, Object applied) {
        if (place.isGranular(applied)) {
            return fields(place, live instanceof Map<?, ?> map ? map : Map.of(), (Map<?, ?>) applied);
        }
        if (place.isAssociative(applied)) {
            return items(place, live instanceof List<?> list ? list : List.of(), (List<?>) applied);
        }
        return applied;
    }

    private static Map<String, Object> fields(Place place, Map<?, ?> live, Map<?, ?> applied) {
        Map<String, Object> joined = LinkedHashMap.newLinkedHashMap(live.size() + applied.size());
        live.forEach((name, value) -> joined.put((String) name, value));
        applied.forEach((key, value) -> {
            String name = (String) key;
            joined.put(name, join(place.field(name), live.get(name), value));
        });
        return joined;
    }

    /** Items that both have stand in the order applied; before each of them, what was there alone, then what is new. */
    private static List<Object> items(Place place, List<?> live, List<?> applied) {
        Map<String, Object> was = place.items(live);
        Map<String, Object> wished = place.items(applied);
        Iterator<String> both =
                wished.keySet().stream().filter(was::containsKey).iterator();
        String common = both.hasNext() ? both.next() : null;
        List<String> before = List.copyOf(was.keySet());
        List<Object> joined = new ArrayList<>();
        int next = 0;
        for (Map.Entry<String, Object> item : wished.entrySet()) {
            for (; next < before.size() && !before.get(next).equals(common); next++) {
                if (!wished.containsKey(before.get(next))) {
                    joined.add(was.get(before.get(next)));
                }
            }
            if (item.getKey().equals(common)) {
                common = both.hasNext() ? both.next() : null;
                next = next < before.size() ? next + 1 : next;
            }
            joined.add(join(place.item(), was.get(item.getKey()), item.getValue()));
        }
        before.subList(next, before.size()).stream()
                .filter(other -> !wished.containsKey(other))
                .forEach(other -> joined.add(was.get(other)));
        return joined;
    }

    /** The object without these fields, and without lists and objects that are left empty by that. */
    static Map<String, Object> without(ObjectType kind, Map<String, Object> object, FieldSet gone) {
        return fieldsWithout(Place.of(kind), object, gone);
    }

    private static @Nullable Object without(Place place, Object value, FieldSet gone) {
        if (gone.isEmpty()) {
            return value;
        }
        if (gone.itself()) {
            return null;
        }
        if (place.isGranular(value)) {
            Map<String, Object> rest = fieldsWithout(place, (Map<?, ?>) value, gone);
            return rest.isEmpty() ? null : rest;
        }
        if (place.isAssociative(value)) {
            List<Object> rest = new ArrayList<>();
            for (Object item : (List<?>) value) {
                Object left = without(place.item(), item, butKeys(place, gone.at(place.step(item))));
                if (left != null) {
                    rest.add(left);
                }
            }
            return rest.isEmpty() ? null : rest;
        }
        return value;
    }

    /** An item that stays keeps its keys. */
    private static FieldSet butKeys(Place place, FieldSet gone) {
        FieldSet rest = gone;
        if (!gone.itself()) {
            for (String key : place.join().keys().keySet()) {
                rest = rest.without(Step.field(key));
            }
        }
        return rest;
    }

    private static Map<String, Object> fieldsWithout(Place place, Map<?, ?> map, FieldSet gone) {
        Map<String, Object> rest = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, value) -> {
            String name = (String) key;
            Object left = without(place.field(name), value, gone.at(Step.field(name)));
            if (left != null) {
                rest.put(name, left);
            }
        });
        return rest;
    }
}
