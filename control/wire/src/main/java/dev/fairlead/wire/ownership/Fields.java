// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.schema.ObjectType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which fields an object has, and which of them differ from another's. */
final class Fields {
    private Fields() {}

    /** All fields that a tree of that kind has. */
    static FieldSet of(ObjectType kind, Map<String, Object> tree) {
        return at(Place.of(kind), tree);
    }

    private static FieldSet at(Place place, @Nullable Object value) {
        if (place.isGranular(value)) {
            return within(place, (Map<?, ?>) Objects.requireNonNull(value));
        }
        if (place.isAssociative(value)) {
            Map<String, FieldSet> items = new HashMap<>();
            place.items((List<?>) Objects.requireNonNull(value))
                    .forEach((step, item) ->
                            items.put(step, at(place.item(), item).plus(FieldSet.ITSELF)));
            return FieldSet.of(false, items);
        }
        return FieldSet.ITSELF;
    }

    private static FieldSet within(Place place, Map<?, ?> map) {
        Map<String, FieldSet> fields = new HashMap<>();
        map.forEach((key, value) -> {
            String name = (String) key;
            FieldSet set = at(place.field(name), value);
            boolean itself = value instanceof Map<?, ?> inner && inner.isEmpty() || !place.names(name);
            fields.put(Step.field(name), itself ? set.plus(FieldSet.ITSELF) : set);
        });
        return FieldSet.of(false, fields);
    }

    /** The fields that both have, with different values. */
    static FieldSet changed(ObjectType kind, Map<String, Object> before, Map<String, Object> after) {
        return changed(Place.of(kind), before, after);
    }

    private static FieldSet changed(Place place, @Nullable Object before, @Nullable Object after) {
        if (before == null || after == null || before.equals(after)) {
            return FieldSet.NONE;
        }
        if (place.isGranular(before) && place.isGranular(after)) {
            Map<String, FieldSet> fields = new HashMap<>();
            ((Map<?, ?>) after).forEach((key, value) -> {
                String name = (String) key;
                fields.put(Step.field(name), changed(place.field(name), ((Map<?, ?>) before).get(name), value));
            });
            return FieldSet.of(false, fields);
        }
        if (place.isAssociative(before) && place.isAssociative(after)) {
            Map<String, Object> was = place.items((List<?>) before);
            Map<String, FieldSet> items = new HashMap<>();
            place.items((List<?>) after)
                    .forEach((step, item) -> items.put(step, changed(place.item(), was.get(step), item)));
            return FieldSet.of(false, items);
        }
        return FieldSet.ITSELF;
    }
}
