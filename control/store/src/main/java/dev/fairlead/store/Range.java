// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.util.List;

/**
 * Entries of consecutive keys as they were at one revision. Where the limit cut it off, the next page is a range at the
 * same revision from {@link #nextFrom()} to the same end.
 *
 * @param entries in order of keys, at most as many as asked for
 * @param revision the revision that was read at; a watch after it sees all that is not in here
 * @param remaining how many more entries the range has beyond the limit
 */
public record Range(List<Entry> entries, long revision, long remaining) {
    /** Makes the list immutable. */
    public Range {
        entries = List.copyOf(entries);
    }

    /** Whether the limit cut something off. */
    public boolean more() {
        return remaining > 0;
    }

    /** The lowest key that can follow the last one here. */
    public String nextFrom() {
        if (entries.isEmpty()) {
            throw new IllegalStateException("an empty range has no next page");
        }
        return entries.getLast().key() + '\0';
    }
}
