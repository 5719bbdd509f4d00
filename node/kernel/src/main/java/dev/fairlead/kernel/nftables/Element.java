// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import org.jspecify.annotations.Nullable;

/**
 * An element of a set or map.
 *
 * @param key as long as the set's key
 * @param to the end of the range, inclusive, where the set has ranges; else null
 * @param data what it leads to, where the map leads to data; else null
 * @param verdict what it leads to, where the map leads to verdicts; else null
 */
public record Element(
        Bytes key,
        @Nullable Bytes to,
        @Nullable Bytes data,
        @Nullable Verdict verdict) {
    /**
     * An element that a rule has put, which goes by itself after a while.
     *
     * @param left how long it has, in milliseconds; 0 for ever
     * @param packets how many its counter has counted; 0 without one
     */
    public record Timed(Element element, long left, long packets) {}

    /** A key of a set. */
    public static Element of(Bytes key) {
        return new Element(key, null, null, null);
    }

    /** A key and its data. */
    public static Element of(Bytes key, Bytes data) {
        return new Element(key, null, data, null);
    }

    /** A key and its verdict. */
    public static Element of(Bytes key, Verdict verdict) {
        return new Element(key, null, null, verdict);
    }

    /** All keys from one to another, both included, field by field. */
    public static Element range(Bytes from, Bytes to) {
        return new Element(from, to, null, null);
    }

    /** In hexadecimal: {@code 0a600001 → 00000007}. */
    @Override
    public String toString() {
        return key
                + (to == null ? "" : "-" + to)
                + (data == null ? "" : " → " + data)
                + (verdict == null ? "" : " → " + verdict);
    }
}
