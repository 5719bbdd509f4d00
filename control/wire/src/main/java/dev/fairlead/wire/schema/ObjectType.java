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
    private static final @Nullable Field[] NO_NUMBERS = {};

    private final String name;
    private boolean atomic;
    private Map<String, Field> fields = Map.of();
    private List<Inlined> inlined = List.of();
    private @Nullable Field[] byNumber = NO_NUMBERS;
    private @Nullable ValueType others;

    /**
     * A message that protobuf has and JSON has not: its fields belong to the object around.
     *
     * @param number the message's field number
     * @param type its fields
     */
    public record Inlined(int number, ObjectType type) {}

    /** A type whose fields follow, once ({@link #define}): types may hold themselves. */
    ObjectType(String name) {
        this.name = name;
    }

    /**
     * A type that is not of the model.
     *
     * @param others what fields hold that are not among {@code fields}; null when there are none
     */
    public static ObjectType of(String name, boolean atomic, List<Field> fields, @Nullable ValueType others) {
        ObjectType type = new ObjectType(name);
        type.define(atomic, fields, List.of());
        type.others = others;
        return type;
    }

    void define(boolean isAtomic, List<Field> all, List<Inlined> inlinedMessages) {
        Map<String, Field> byName = LinkedHashMap.newLinkedHashMap(all.size());
        int greatest = 0;
        for (Field field : all) {
            byName.put(field.name(), field);
            greatest = Math.max(greatest, field.number());
        }
        @Nullable Field[] numbered = new @Nullable Field[greatest + 1];
        for (Field field : all) {
            numbered[field.number()] = field;
        }
        numbered[0] = null;
        atomic = isAtomic;
        fields = byName;
        inlined = inlinedMessages;
        byNumber = numbered;
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

    /** What fields hold that are not named; null when there are none such. */
    public @Nullable ValueType others() {
        return others;
    }

    /** The messages whose fields belong to this object. */
    public List<Inlined> inlined() {
        return inlined;
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
