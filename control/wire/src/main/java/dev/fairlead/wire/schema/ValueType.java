// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import org.jspecify.annotations.Nullable;

/**
 * What a value may be.
 *
 * @param kind the sort of value
 * @param item of a list or map the type of its items; else null
 * @param object of an object its fields; else null
 */
public record ValueType(
        Kind kind, @Nullable ValueType item, @Nullable ObjectType object) {
    /** The sorts of values. The order is the generated file's. */
    public enum Kind {
        /** Text. */
        STRING,
        /** True or false. */
        BOOLEAN,
        /** A whole number of 32 bits. */
        INTEGER,
        /** A whole number of 64 bits. */
        LONG,
        /** Any number. */
        NUMBER,
        /** Bytes, in JSON base64. */
        BYTES,
        /** RFC 3339 to the second. */
        TIME,
        /** RFC 3339 to the microsecond. */
        MICRO_TIME,
        /** An amount such as {@code 500m} or {@code 1Gi}; a plain number is taken too. */
        QUANTITY,
        /** A whole number or text: a port's number or name, a count or percentage. */
        INT_OR_STRING,
        /** Anything. */
        ANY,
        /** An object with known fields. */
        OBJECT,
        /** A list. */
        LIST,
        /** An object with free names and values of one type. */
        MAP,
        /** Anything; objects in it are joined field by field, lists are one value. */
        DEDUCED
    }

    /** The type of the items of a list or map. */
    public ValueType items() {
        if (item == null) {
            throw new IllegalStateException(kind + " has no items");
        }
        return item;
    }

    /** The fields of an object. */
    public ObjectType fields() {
        if (object == null) {
            throw new IllegalStateException(kind + " has no fields");
        }
        return object;
    }

    /** Whether this is an object with known fields, or a list of such. */
    public boolean isListOfObjects() {
        return kind == Kind.LIST && items().kind == Kind.OBJECT;
    }
}
