// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;

/**
 * How the answers of slow pods wait: by the cluster's clock, or until the pod is healed.
 *
 * @param schedule runs a task after a delay; what it gives cancels that
 */
public record Pause(BiFunction<Duration, Runnable, Runnable> schedule) {
    /** Waits as long as the pod is slow. */
    void until(Mood mood) throws InterruptedException {
        Duration delay = mood.delay();
        if (delay.isZero()) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        Runnable cancel = schedule.apply(delay, over::countDown);
        try {
            mood.wait(over);
        } finally {
            cancel.run();
        }
    }
}
