// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.Field.Join;
import dev.fairlead.wire.schema.Field.ListType;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.ValueType;
import dev.fairlead.wire.schema.ValueType.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in an object: what may be there, and how versions of it are joined.
 *
 * @param type null where the schema knows nothing
 */
record Place(@Nullable ValueType type, Join join) {
    private static final Place UNKNOWN = new Place(null, Join.NONE);

    /** An object of that kind. */
    static Place of(ObjectType kind) {
        return new Place(new ValueType(Kind.OBJECT, null, kind), Join.NONE);
    }

    /** Whether what is there is an object or map whose fields are owned one by one. */
    boolean isGranular(@Nullable Object value) {
        return value instanceof Map
                && type != null
                && join.listType() != ListType.ATOMIC
                && switch (type.kind()) {
                    case OBJECT -> !type.fields().isAtomic();
                    case MAP, DEDUCED -> true;
                    default -> false;
                };
    }

    /** Whether what is there is a list whose items are owned one by one. */
    boolean isAssociative(@Nullable Object value) {
        return value instanceof List
                && type != null
                && type.kind() == Kind.LIST
                && (join.listType() == ListType.MAP || join.listType() == ListType.SET);
    }

    /** Whether the schema names that field. */
    boolean names(String field) {
        return type != null && type.kind() == Kind.OBJECT && type.fields().field(field) != null;
    }

    /**
     * Whether an object without that field means the same as one that has it empty: Go, in whose words owners are told, cannot
     * leave out what is no pointer. Users' and our own kinds are no types in Go.
     */
    boolean implies(String field) {
        Field known = type != null && type.kind() == Kind.OBJECT ? type.fields().field(field) : null;
        return known != null && known.number() > 0 && (known.required() || known.zeroIsAbsent());
    }

    Place field(String name) {
        if (type == null) {
            return UNKNOWN;
        }
        if (type.kind() == Kind.MAP) {
            return new Place(type.items(), Join.NONE);
        }
        if (type.kind() == Kind.DEDUCED) {
            return this;
        }
        if (type.kind() != Kind.OBJECT) {
            return UNKNOWN;
        }
        Field field = type.fields().field(name);
        return field == null ? new Place(type.fields().others(), Join.NONE) : new Place(field.type(), field.join());
    }

    Place item() {
        return type == null ? UNKNOWN : new Place(type.items(), Join.NONE);
    }

    /** The step to an item of the list here. */
    String step(Object item) {
        return join.listType() == ListType.SET ? Step.value(item) : Step.keys(item, join);
    }

    /** The items of the list here by their steps; of those that are the same, the first. */
    Map<String, Object> items(List<?> list) {
        Map<String, Object> items = LinkedHashMap.newLinkedHashMap(list.size());
        list.forEach(item -> items.putIfAbsent(step(item), item));
        return items;
    }
}
