// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.kernel.nftables.NamedSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
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
    boolean takes(List<Operation> operations) {
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                Used used = sets.get(put.set());
                if (used != null && ++used.elements > used.size) {
                    return false;
                }
            }
        }
        for (Operation operation : operations) {
            if (operation instanceof Operation.Remove remove) {
                Used used = sets.get(remove.set());
                if (used != null) {
                    used.elements--;
                }
            }
        }
        return true;
    }
}
