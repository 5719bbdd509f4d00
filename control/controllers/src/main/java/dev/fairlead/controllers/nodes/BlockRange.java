// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.nodes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.math.BigInteger;
import java.util.Collection;

/**
 * Addresses of one family that are cut into equal blocks, one for each node.
 *
 * @param whole all of them
 * @param prefix the prefix length of a node's block: 24 and 64 as a rule
 */
public record BlockRange(Cidr whole, int prefix) {
    private static final int MOST = 1 << 16; // as in Kubernetes: no cluster has more nodes

    public BlockRange {
        if (prefix < whole.prefix() || prefix > whole.family().bits()) {
            throw new IllegalArgumentException("/" + prefix + " cannot be cut out of " + whole);
        }
    }

    /** How many blocks there are, 65,536 at most. */
    int count() {
        int bits = prefix - whole.prefix();
        return bits >= 16 ? MOST : 1 << bits;
    }

    /** The block of that number, counted from 0. */
    Cidr block(int number) {
        int width = whole.family().bits();
        BigInteger first = new BigInteger(1, whole.first().bytes())
                .add(BigInteger.valueOf(number).shiftLeft(width - prefix));
        byte[] bytes = new byte[width / 8];
        byte[] significant = first.toByteArray();
        int length = Math.min(significant.length, bytes.length); // BigInteger may put a zero in front
        System.arraycopy(significant, significant.length - length, bytes, bytes.length - length, length);
        return new Cidr(IpAddress.of(bytes), prefix);
    }

    /** Whether no address of that block belongs to one of {@code taken}. */
    boolean free(int number, Collection<Cidr> taken) {
        Cidr block = block(number);
        return taken.stream().noneMatch(other -> other.contains(block.first()) || block.contains(other.first()));
    }
}
