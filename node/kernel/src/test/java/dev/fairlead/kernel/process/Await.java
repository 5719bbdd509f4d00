// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Waiting for the kernel: looks again until the deadline, which fails the test. */
public final class Await {
    private Await() {}

    public static void until(Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        while (!condition.call()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("waited 10 s in vain");
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
