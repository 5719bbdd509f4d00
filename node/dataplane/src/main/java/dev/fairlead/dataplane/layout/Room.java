// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.kernel.nftables.NamedSet;
import java.util.Map;

/**
 * How large the sets are made. A set of a given size is filled about twice as fast as one that grows, and read back too;
 * but it cannot grow: when it is full, the table is made anew.
 *
 * @param elements how many each set is to hold at first; sets that are not named hold none
 */
public record Room(Map<String, Integer> elements) {
    /** Small sets for a table that is empty yet. */
    public static final Room LITTLE = new Room(Map.of());

    /** Room for what a plan puts into an empty table. */
    public static Room forAll(Layout.Counts counts) {
        return new Room(counts.puts());
    }

    private static final int LEAST = 384;

    /** The set with room for what it is to hold, and at least a fifth more. */
    NamedSet sized(NamedSet set) {
        boolean table = !set.intervals() && !set.dynamic() && !(set.content() instanceof NamedSet.Content.Verdicts);
        return table ? set.sized(size(elements.getOrDefault(set.name(), 0))) : set;
    }

    /**
     * The kernel makes a third more buckets and rounds up to a power of two: three quarters of one waste none. It takes them
     * together with a header, so for twice as many bytes as the buckets are: that is why room for growth is not larger.
     */
    static int size(int elements) {
        int size = LEAST;
        while (size < elements + elements / 5) {
            size *= 2;
        }
        return size;
    }
}
