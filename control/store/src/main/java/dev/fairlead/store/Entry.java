// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.util.Arrays;
import java.util.Objects;

/** A key's value, with the revisions that made it. Immutable as long as nobody writes into {@link #value()}. */
public final class Entry {
    private final String key;
    private final byte[] value;
    private final long createRevision;
    private final long modRevision;

    /** All of an entry. The array is kept, not copied. */
    public Entry(String key, byte[] value, long createRevision, long modRevision) {
        this.key = key;
        this.value = value;
        this.createRevision = createRevision;
        this.modRevision = modRevision;
    }

    /** The key. */
    public String key() {
        return key;
    }

    /** The array itself, not a copy: it must not be changed. */
    public byte[] value() {
        return value;
    }

    /** The revision of the put that found the key absent. */
    public long createRevision() {
        return createRevision;
    }

    /** The revision of the put that gave this value. */
    public long modRevision() {
        return modRevision;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry entry
                && modRevision == entry.modRevision
                && createRevision == entry.createRevision
                && key.equals(entry.key)
                && Arrays.equals(value, entry.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, modRevision);
    }

    @Override
    public String toString() {
        return "Entry[key=%s, value=%d bytes, createRevision=%d, modRevision=%d]"
                .formatted(key, value.length, createRevision, modRevision);
    }
}
