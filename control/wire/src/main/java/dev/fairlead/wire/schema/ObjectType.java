// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a sort of object, in alphabetical order. */
public final class ObjectType {
    private final String name;
    private final boolean atomic;
    private final Map<String, Field> fields;
    private final List<Inlined> inlined;
    private final @Nullable Field[] byNumber;

    /**
     * A message that protobuf has and JSON has not: its fields belong to the object around.
     *
     * @param number the message's field number
     * @param type its fields
     */
    public record Inlined(int number, ObjectType type) {}

    ObjectType(String name, boolean atomic, List<Field> fields, List<Inlined> inlined) {
        this.name = name;
        this.atomic = atomic;
        this.fields = LinkedHashMap.newLinkedHashMap(fields.size());
        this.inlined = inlined;
        int greatest = 0;
        for (Field field : fields) {
            this.fields.put(field.name(), field);
            greatest = Math.max(greatest, field.number());
        }
        byNumber = new @Nullable Field[greatest + 1];
        for (Field field : fields) {
            byNumber[field.number()] = field;
        }
        byNumber[0] = null;
    }

    /** The model's name without version: {@code ServiceSpec}. */
    public String name() {
        return name;
    }

    /** Whether server-side apply sees such an object as one value, owned as a whole. */
    public boolean isAtomic() {
        return atomic;
    }

    /** All fields. */
    public Collection<Field> fields() {
        return fields.values();
    }

    /** The field of that name in JSON, or null. */
    public @Nullable Field field(String jsonName) {
        return fields.get(jsonName);
    }

    /** The field with that number in protobuf, or null. */
    public @Nullable Field field(int number) {
        return number > 0 && number < byNumber.length ? byNumber[number] : null;
    }

    /** The message under that number in protobuf whose fields belong to this object, or null. */
    public @Nullable ObjectType inlined(int number) {
        for (Inlined each : inlined) {
            if (each.number == number) {
                return each.type;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name + Arrays.toString(fields.keySet().toArray());
    }
}
