// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions by the machine's time, and fails with what there is instead. */
final class Waiting {
    private static final long FIRST_LOOK = 200_000;
    private static final long LAST_LOOK = 10_000_000;

    private Waiting() {}

    /**
     * Returns when {@code condition} holds.
     *
     * @param what completes "waited for"
     * @param instead what there is, asked for only when it did not come to hold
     * @throws AssertionError when it does not within {@code patience}
     */
    static void until(String what, Duration patience, BooleanSupplier condition, Supplier<String> instead) {
        long end = System.nanoTime() + patience.toNanos();
        long look = FIRST_LOOK;
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while it waited for " + what);
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + seconds(patience) + " for " + what + ", in vain\n"
                        + instead.get().stripTrailing());
            }
            LockSupport.parkNanos(look);
            look = Math.min(LAST_LOOK, look * 2);
        }
    }

    private static String seconds(Duration patience) {
        return patience.toMillis() % 1000 == 0 ? patience.toSeconds() + " s" : patience.toMillis() + " ms";
    }
}
