// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether the data plane keeps up: it does unless a change has waited too long to be programmed. One data plane programs
 * both families at once, so both are as fresh.
 */
public final class Freshness {
    /** How long a change may wait: twice kube-proxy's usual sync period. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(60);

    private final Time time;
    private final Duration limit;
    private long waiting;
    private long oldest; // of those that wait, as Time.nanos tells: clocks are set forth and back
    private @Nullable Instant updated;

    /**
     * What is known at one moment.
     *
     * @param updated when everything was programmed last: now if nothing waits, null if it never was
     */
    public record State(Instant now, @Nullable Instant updated, boolean healthy) {}

    /** Nothing waits yet. */
    public Freshness(Time time, Duration limit) {
        this.time = time;
        this.limit = limit;
    }

    /** One more change waits from now on. */
    public synchronized void queued() {
        if (waiting++ == 0) {
            oldest = time.nanos();
        }
    }

    /**
     * Changes are programmed, the oldest.
     *
     * @param taken when they were taken from the queue, as {@link Time#nanos} tells: what waits still came later
     */
    public synchronized void programmed(long count, long taken) {
        updated = time.now();
        waiting -= count;
        oldest = taken;
    }

    /** How it is now. */
    public synchronized State state() {
        Instant now = time.now();
        boolean healthy = waiting == 0 || time.nanos() - oldest < limit.toNanos();
        return new State(now, waiting == 0 && updated != null ? now : updated, healthy);
    }
}
