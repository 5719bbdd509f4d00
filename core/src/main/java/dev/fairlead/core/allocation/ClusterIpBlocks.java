// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * All blocks that give ClusterIPs now: those of every ServiceCIDR that is ready and does not end. IPv6 blocks of more than
 * 2^64 addresses give none, as in Kubernetes.
 *
 * @param blocks asked in this order until one has an address left
 * @param rehearsal whether nothing will be kept (dry run): then the address given unasked is a block's first, which no
 *     Service can have, and of addresses that are asked for only the block is looked at
 */
public record ClusterIpBlocks(List<Cidr> blocks, boolean rehearsal) {
    private static final int SHORTEST_IPV6 = 64;

    /** Leaves out the blocks that are too large. */
    public ClusterIpBlocks {
        blocks = blocks.stream()
                .filter(block -> block.family() == IpFamily.IPV4 || block.prefix() >= SHORTEST_IPV6)
                .toList();
    }

    /** A free address of a family; empty when all its blocks are full. */
    Optional<IpAddress> next(IpFamily family, Predicate<IpAddress> taken, RandomGenerator random) {
        List<Cidr> own =
                blocks.stream().filter(block -> block.family() == family).toList();
        if (rehearsal) {
            return own.stream().map(Cidr::first).findFirst();
        }
        for (Cidr block : own) {
            Optional<IpAddress> address = new ClusterIpAllocation(block).next(taken, random);
            if (address.isPresent()) {
                return address;
            }
        }
        return Optional.empty();
    }

    /** Why an address that was asked for cannot be given; empty when it can. */
    Optional<String> refusal(IpAddress address, Predicate<IpAddress> taken) {
        List<ClusterIpAllocation> around = blocks.stream()
                .filter(block -> block.contains(address))
                .map(ClusterIpAllocation::new)
                .toList();
        if (around.isEmpty()) {
            return Optional.of("the provided network does not match the current range" + hint(address.family()));
        }
        Predicate<IpAddress> asked = rehearsal ? any -> false : taken;
        return around.stream()
                .filter(block -> block.contains(address))
                .findFirst()
                .orElse(around.getFirst())
                .refusal(address, asked);
    }

    private String hint(IpFamily family) {
        List<Cidr> own =
                blocks.stream().filter(block -> block.family() == family).toList();
        return own.isEmpty()
                ? "; no ServiceCIDR with " + family.text() + " addresses is ready"
                : "; addresses come from "
                        + String.join(", ", own.stream().map(Cidr::toString).toList());
    }
}
