// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import java.time.Duration;

/**
 * When a container that ended is started again: at once after its first end, then after 10 s, 20 s, 40 s … up to
 * 5 min; from the beginning again after it has run for 10 min.
 *
 * @param next how long the container waits when it ends the next time
 */
public record Backoff(Limits limits, Duration next) {
    /** The first wait, the longest wait, and the run after which all is forgotten. */
    public record Limits(Duration first, Duration longest, Duration forgotten) {
        /** What Kubernetes does. */
        public static final Limits USUAL =
                new Limits(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(10));
    }

    /** Of a container that has not ended yet. */
    public static Backoff none(Limits limits) {
        return new Backoff(limits, Duration.ZERO);
    }

    /** How long to wait now that the container has ended after running for {@code ran}. */
    public Duration after(Duration ran) {
        return ran.compareTo(limits.forgotten) >= 0 ? Duration.ZERO : next;
    }

    /** The back-off after {@link #after} was asked for the same end. */
    public Backoff ended(Duration ran) {
        Duration waited = after(ran);
        if (waited.isZero()) {
            return new Backoff(limits, limits.first);
        }
        Duration doubled = waited.multipliedBy(2);
        return new Backoff(limits, doubled.compareTo(limits.longest) > 0 ? limits.longest : doubled);
    }
}
