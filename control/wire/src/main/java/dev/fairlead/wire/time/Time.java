// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The one door to clocks and timers. Every driver is given a {@code Time} by its constructor; nothing else reads a
 * clock or starts a timer, so tests can step time by hand.
 */
public interface Time {
    /** The wall clock. */
    Instant now();

    /** Nanoseconds of a monotonic clock with an arbitrary origin; only differences mean anything. */
    long nanos();

    /**
     * Runs {@code task} once, after {@code delay} (at least), on a thread of its own choosing. The task must not block
     * for long: hand real work to its owner.
     */
    Timer schedule(Duration delay, Runnable task);

    /** A task that has not run yet. */
    interface Timer {
        /** Stops the task if it has not started; harmless otherwise. */
        void cancel();
    }
}
