// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.queue;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row: {@code first}, then twice as long each time up to {@code most}, less a
 * random part so that many who failed together do not come back together.
 *
 * @param first the wait after the first failure, above zero
 * @param most the longest wait, at least {@code first}
 * @param jitter the largest part of the wait that chance may take away, 0 to 1
 */
public record Backoff(Duration first, Duration most, double jitter) {
    /** 5 ms up to 30 s, a fifth random: for the keys of a queue. */
    public static final Backoff OF_KEYS = new Backoff(Duration.ofMillis(5), Duration.ofSeconds(30), 0.2);

    /** 100 ms up to 10 s, half random: for connections to an API. */
    public static final Backoff OF_CONNECTIONS = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), 0.5);

    /** Checks the ranges. */
    public Backoff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0 || jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException(
                    "0 < first <= most and 0 <= jitter <= 1 do not hold: " + first + ", " + most + ", " + jitter);
        }
    }

    /** The wait after {@code failures} in a row, at least 1. */
    public Duration after(int failures, RandomGenerator random) {
        int doublings = Math.min(Math.max(failures, 1) - 1, 30);
        double nanos = Math.min((double) first.toNanos() * (1L << doublings), (double) most.toNanos());
        return Duration.ofNanos((long) (nanos * (1 - jitter * random.nextDouble())));
    }
}
