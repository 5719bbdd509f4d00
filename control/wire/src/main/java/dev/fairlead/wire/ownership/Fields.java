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

    /**
     * The fields that one tree has and another has not. A map, object or list of keyed items that is missing as a whole is held
     * itself, too, and so is every one within it.
     */
    static FieldSet missing(ObjectType kind, Map<String, Object> tree, Map<String, Object> other) {
        return missing(Place.of(kind), tree, other);
    }

    private static FieldSet missing(Place place, Object value, @Nullable Object other) {
        if (place.isGranular(value) && place.isGranular(other)) {
            Map<String, FieldSet> fields = new HashMap<>();
            ((Map<?, ?>) value).forEach((key, inner) -> {
                String name = (String) key;
                Place field = place.field(name);
                Object counterpart = ((Map<?, ?>) Objects.requireNonNull(other)).get(name);
                if (counterpart == null && place.implies(name)) {
                    counterpart = field.isGranular(inner) ? Map.of() : field.isAssociative(inner) ? List.of() : null;
                }
                fields.put(Step.field(name), missing(field, inner, counterpart));
            });
            return FieldSet.of(false, fields);
        }
        if (place.isAssociative(value) && place.isAssociative(other)) {
            Map<String, Object> others = place.items((List<?>) Objects.requireNonNull(other));
            Map<String, FieldSet> items = new HashMap<>();
            place.items((List<?>) value)
                    .forEach((step, item) -> items.put(step, missing(place.item(), item, others.get(step))));
            return FieldSet.of(false, items);
        }
        boolean single = !place.isGranular(value) && !place.isAssociative(value);
        return single && other != null ? FieldSet.NONE : at(place, value).withPlaces();
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
