// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * The addresses of one family that pods of this node get, one after the other, so that an address is used again as late
 * as possible: somebody may still know the pod that had it. What is taken is in the pods' records; this is only their
 * sum. Safe for use by many threads.
 */
final class AddressPool {
    private final Cidr block;
    private final long first;
    private final Set<IpAddress> taken = new HashSet<>();
    private long next;

    /** Hands out addresses of {@code block} from the {@code first}-th on; its last one (IPv4 broadcast) never. */
    AddressPool(Cidr block, long first) {
        this.block = block;
        this.first = first;
        this.next = first;
    }

    /** An address that nobody has. */
    synchronized IpAddress take() throws IOException {
        long end = Math.min(block.size() - 1, Integer.MAX_VALUE);
        for (long tried = first; tried < end; tried++) {
            IpAddress address = block.base().plus(next);
            next = next + 1 < end ? next + 1 : first;
            if (taken.add(address)) {
                return address;
            }
        }
        throw new IOException("all " + (end - first) + " pod addresses of " + block + " are taken");
    }

    /** Marks an address as taken; one of another block is passed over. */
    synchronized void reserve(IpAddress address) {
        if (block.contains(address) && taken.add(address)) {
            long place = address.low() - block.base().low();
            next = Math.max(next, Math.min(place + 1, block.size() - 2));
        }
    }

    /** Gives an address back. */
    synchronized void release(IpAddress address) {
        taken.remove(address);
    }
}
