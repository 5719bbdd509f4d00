// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.PortRange;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Choice of node ports, by number alone: TCP 30080 and UDP 30080 are one reservation. The lower band (KEP-3668) is a 32nd
 * of the range, at least 16 and at most 128 numbers; a range of up to 16 numbers has none.
 *
 * @param range where numbers come from
 */
public record NodePortAllocation(PortRange range) {
    /** A free port: of the upper band while it has one, then of the lower; empty when the range is full. */
    public OptionalInt next(IntPredicate taken, RandomGenerator random) {
        return new Bands(range.size(), lowerBand())
                .next(offset -> taken.test(range.first() + (int) offset), random).stream()
                        .mapToInt(offset -> range.first() + (int) offset)
                        .findFirst();
    }

    /** Why a port that was asked for cannot be given; empty when it can. */
    public Optional<String> refusal(int port, IntPredicate taken) {
        if (!range.contains(port)) {
            return Optional.of("provided port is not in the valid range. The range of valid ports is " + range);
        }
        return taken.test(port) ? Optional.of("provided port is already allocated") : Optional.empty();
    }

    /** How many ports the lower band has. */
    int lowerBand() {
        return range.size() <= 16 ? 0 : Math.clamp(range.size() / 32, 16, 128);
    }
}
