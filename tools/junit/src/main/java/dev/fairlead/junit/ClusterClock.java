// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that the cluster lives by: leases, TTLs, affinity, probe periods, back-off, grace. It goes as the machine's does,
 * ahead of it by what a test has added. The time of the test and its clients stays the machine's.
 */
public interface ClusterClock {
    /** What the cluster takes for now. */
    Instant now();

    /**
     * Sets the clock forward: whatever falls due until then happens at once, in its order. Returns when all of it was begun.
     *
     * @param step at most a year
     */
    void advance(Duration step);

    /** The clock stands until {@link #resume}; nothing falls due but by {@link #advance}. */
    void stop();

    /** The clock goes on. */
    void resume();
}
