// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Layout;
import dev.fairlead.kernel.nftables.NamedSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** How full the sets of a table are, so that the kernel never has to refuse an element. */
final class Fill {
    private static final class Used {
        private final int size;
        private int elements;

        Used(int size) {
            this.size = size;
        }
    }

    private final Map<String, Used> sets = new HashMap<>();

    /** Of empty sets; those that grow, and those that rules fill, are left out. */
    Fill(Collection<NamedSet> empty) {
        for (NamedSet set : empty) {
            if (set.size() > 0 && !set.dynamic()) {
                sets.put(set.name(), new Used(set.size()));
            }
        }
    }

    /**
     * Counts changes. False when some set has no room for them; then this is of no more use. What goes makes room only for
     * later changes, for the order among sets is not known here.
     */
    boolean takes(Layout.Counts counts) {
        for (Map.Entry<String, Integer> puts : counts.puts().entrySet()) {
            Used used = sets.get(puts.getKey());
            if (used != null) {
                used.elements += puts.getValue();
                if (used.elements > used.size) {
                    return false;
                }
            }
        }
        counts.removes().forEach((set, removed) -> {
            Used used = sets.get(set);
            if (used != null) {
                used.elements -= removed;
            }
        });
        return true;
    }
}
