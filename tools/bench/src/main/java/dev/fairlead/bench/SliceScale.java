// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.store.memory.MemoryStore;
import java.io.IOException;
import java.util.Locale;

/**
 * What one pod's change costs among 100, 1,000 and 10,000 Services of 10 pods whose selectors share a label. The store is
 * in memory: the disk would hide the rest.
 */
final class SliceScale {
    /** The first only warms up. */
    private static final int[] SERVICES = {100, 100, 1_000, 10_000};

    private static final int PODS = 10;

    private SliceScale() {}

    static void run(int changes) throws IOException, InterruptedException {
        Conditions.print("begin");
        System.out.println("\n| Services × 10 pods | start s | n | answered → slice event p50 ms | p99 | max |"
                + " processor ms a change |");
        System.out.println("|--:|--:|--:|--:|--:|--:|--:|");
        for (int round = 0; round < SERVICES.length; round++) {
            int services = SERVICES[round];
            try (SeededPlane plane = new SeededPlane(MemoryStore.open(), services, PODS)) {
                double start = plane.startControllers();
                System.gc(); // of what the filling left
                SliceFlips flips = SliceFlips.run(plane, services, PODS, changes, () -> {});
                if (round == 0) {
                    continue;
                }
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %,d | %.2f | %d | %s | %.2f |",
                        services,
                        start,
                        changes,
                        flips.answered.tail("%.2f"),
                        flips.processorMillis()));
            }
        }
        Conditions.print("\nend");
    }
}
