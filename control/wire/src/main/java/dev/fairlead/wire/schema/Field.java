// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All there is to know about a field, but for its description (see {@link Schema#description}).
 *
 * @param name the name in JSON
 * @param type what it holds
 * @param number its number in protobuf; 0 when it has none
 * @param required whether an object without it is incomplete
 * @param zeroIsAbsent whether 0, false and an object without fields mean the same as no value
 * @param join how it behaves in patches and server-side apply
 * @param values the texts it takes; empty when it takes any
 */
public record Field(
        String name,
        ValueType type,
        int number,
        boolean required,
        boolean zeroIsAbsent,
        Join join,
        List<String> values) {

    /** How server-side apply sees a list. */
    public enum ListType {
        /** No list, or nothing said: as atomic. */
        NONE,
        /** One value, owned as a whole. */
        ATOMIC,
        /** A set of texts or numbers, each owned. */
        SET,
        /** Objects with keys, each owned. */
        MAP
    }

    /**
     * How two versions of a field's value are joined.
     *
     * @param listType for server-side apply
     * @param keys for {@link ListType#MAP} the key fields, each with the value that counts when it is absent, if
     *     there is one
     * @param merges whether a strategic merge patch joins lists here instead of replacing them
     * @param mergeKey for lists of objects that are joined: the field that says which items are the same; else empty
     * @param retainsKeys whether a strategic merge patch may name the keys to retain
     */
    public record Join(
            ListType listType,
            Map<String, Optional<Object>> keys,
            boolean merges,
            String mergeKey,
            boolean retainsKeys) {
        /** Nothing said: lists are replaced, objects are merged. */
        public static final Join NONE = new Join(ListType.NONE, Map.of(), false, "", false);
    }
}
