// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import java.util.List;

/**
 * A set of keys, or a map from keys to data or verdicts.
 *
 * @param key what a key is made of; several fields are a concatenation, each padded to 4 bytes
 * @param content what a key leads to
 * @param size how many elements it holds at most, and then memory is set aside at once and it cannot grow (more are
 *     refused with ENFILE); 0 for a table that grows
 * @param intervals whether the last field of a key is a range ({@link Element#to()})
 * @param dynamic whether rules put elements into it ({@link Expression.UpdateSet}), which then end by time
 */
public record NamedSet(String name, List<Field> key, Content content, int size, boolean intervals, boolean dynamic) {
    /** What a key leads to. */
    public sealed interface Content {
        /** Nothing: a set. */
        record Keys() implements Content {}

        /** Data. */
        record Data(List<Field> fields) implements Content {}

        /** A verdict. Costs O(elements) for every change: for small maps only. */
        record Verdicts() implements Content {}
    }

    static final int INTERVAL = 4;
    static final int MAP = 8;
    static final int TIMEOUT = 0x10;
    static final int EVALUATED = 0x20;
    static final int CONCATENATED = 0x80;

    /** A set of keys. */
    public static NamedSet set(String name, List<Field> key) {
        return new NamedSet(name, key, new Content.Keys(), 0, false, false);
    }

    /** A map to data. */
    public static NamedSet map(String name, List<Field> key, List<Field> data) {
        return new NamedSet(name, key, new Content.Data(data), 0, false, false);
    }

    /** A map to verdicts. */
    public static NamedSet verdicts(String name, List<Field> key) {
        return new NamedSet(name, key, new Content.Verdicts(), 0, false, false);
    }

    /** The same with room for so many elements and no more. */
    public NamedSet sized(int elements) {
        return new NamedSet(name, key, content, elements, intervals, dynamic);
    }

    /** The same with ranges. */
    public NamedSet ofIntervals() {
        return new NamedSet(name, key, content, size, true, dynamic);
    }

    /** The same, filled by rules. */
    public NamedSet filledByRules() {
        return new NamedSet(name, key, content, size, intervals, true);
    }

    int flags() {
        int flags = content instanceof Content.Keys ? 0 : MAP;
        if (intervals) {
            flags |= key.size() > 1 ? INTERVAL | CONCATENATED : INTERVAL;
        }
        return dynamic ? flags | TIMEOUT | EVALUATED : flags;
    }
}
