// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Backend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * An endpoint in a numbered place. The slots of a pool are dense: 0 to below its size.
 *
 * @param port 1 to 65535
 */
public record Slot(IpAddress address, int port) {
    /** So many are found sooner one by one, as most come in the order they had, than by their hashes. */
    private static final int FEW = 32;

    /** Where a backend is reached. */
    public static Slot of(Backend backend) {
        return new Slot(backend.address(), backend.port());
    }

    /**
     * The slots for other endpoints, with as few moves as can be: who stays keeps its slot, newcomers fill the holes, and
     * what holes are left are filled from the end.
     *
     * <pre>[a b c d] for {a, d, e} → [a e d]: e takes b's place, and d comes down to c's</pre>
     */
    public static List<Slot> moved(List<Slot> before, List<Backend> wanted) {
        Collection<Slot> missing = wanted.size() <= FEW ? new ArrayList<>(wanted.size()) : new LinkedHashSet<>();
        for (Backend backend : wanted) {
            missing.add(of(backend));
        }
        if (before.isEmpty()) {
            return List.copyOf(missing);
        }
        int size = missing.size();
        List<Slot> after = new ArrayList<>(before);
        Deque<Integer> holes = new ArrayDeque<>();
        for (int i = 0; i < after.size(); i++) {
            if (!missing.remove(after.get(i))) {
                holes.add(i);
            }
        }
        for (Backend backend : wanted) { // in their order, so that a plan is the same each time
            Slot slot = of(backend);
            if (missing.remove(slot)) {
                if (holes.isEmpty()) {
                    after.add(slot);
                } else {
                    after.set(holes.remove(), slot);
                }
            }
        }
        while (after.size() > size) {
            int end = after.size() - 1;
            Slot last = after.remove(end);
            if (!holes.isEmpty() && holes.peekLast() == end) {
                holes.removeLast();
            } else {
                after.set(holes.remove(), last);
            }
        }
        return List.copyOf(after);
    }
}
