// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Choice of ClusterIPs from one block. Usable are all addresses but the first and, with IPv4, the last. The lower band
 * (KEP-3070) is a sixteenth of the block, at least 16 and at most 256 addresses; a block of up to 16 addresses has none.
 * Of a block with more than 2^63 addresses only the first 2^63 are given out unasked.
 *
 * @param cidr the block
 */
public record ClusterIpAllocation(Cidr cidr) {
    /** A free address: of the upper band while it has one, then of the lower; empty when the range is full. */
    public Optional<IpAddress> next(Predicate<IpAddress> taken, RandomGenerator random) {
        IpAddress first = first();
        return new Bands(usable(), lowerBand())
                .next(offset -> taken.test(first.plus(offset)), random).stream()
                        .mapToObj(first::plus)
                        .findFirst();
    }

    /** Why an address that was asked for cannot be given; empty when it can. */
    public Optional<String> refusal(IpAddress address, Predicate<IpAddress> taken) {
        if (!contains(address)) {
            return Optional.of(
                    "the provided IP (" + address + ") is not in the valid range. The range of valid IPs is " + cidr);
        }
        return taken.test(address) ? Optional.of("provided IP is already allocated") : Optional.empty();
    }

    /** Whether {@code address} can be a ClusterIP of this block. */
    public boolean contains(IpAddress address) {
        boolean broadcast = cidr.family() == IpFamily.IPV4 && address.equals(cidr.last());
        return cidr.contains(address) && !address.equals(cidr.first()) && !broadcast;
    }

    /** The first usable address; the API's own Service has it. */
    public IpAddress first() {
        return cidr.first().plus(1);
    }

    /** How many usable addresses the lower band has. */
    long lowerBand() {
        return cidr.size() <= 16 ? 0 : Math.clamp(cidr.size() / 16, 16, 256);
    }

    /** How many addresses it has to give. */
    public long usable() {
        return Math.max(0, cidr.size() - (cidr.family() == IpFamily.IPV4 ? 2 : 1));
    }
}
