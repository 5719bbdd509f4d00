// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;

/**
 * Choice among the numbers 0 to {@code count - 1}, of which the first {@code lower} are left to people as long as possible.
 *
 * <p>How it works: from a random number of the upper band upwards, wrapping at its end, to the first free one; when the
 * upper band is full, the same in the lower band. With 8 numbers, a lower band of 2, the random start 6 and {4, 6, 7} taken:
 * 6 and 7 are taken, wrap to 2, which is free.
 *
 * @param count how many numbers there are
 * @param lower how many of them are in the lower band
 */
record Bands(long count, long lower) {
    OptionalLong next(LongPredicate taken, RandomGenerator random) {
        OptionalLong upper = scan(lower, count, taken, random);
        return upper.isPresent() ? upper : scan(0, lower, taken, random);
    }

    private static OptionalLong scan(long from, long to, LongPredicate taken, RandomGenerator random) {
        if (from >= to) {
            return OptionalLong.empty();
        }
        long start = random.nextLong(from, to);
        for (long at = start; at < to; at++) {
            if (!taken.test(at)) {
                return OptionalLong.of(at);
            }
        }
        for (long at = from; at < start; at++) {
            if (!taken.test(at)) {
                return OptionalLong.of(at);
            }
        }
        return OptionalLong.empty();
    }
}
