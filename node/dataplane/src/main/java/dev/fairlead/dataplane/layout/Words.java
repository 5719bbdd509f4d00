// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Route;
import dev.fairlead.kernel.nftables.Bytes;

/**
 * The numbers that elements carry.
 *
 * <p>A pool's number is its route's number times two, plus one for the Local policy, spread around the masquerade bit:
 *
 * <pre>bit 14 is the mask:   route 0x2001, Local → 0x4003 → 0x8003   (the bits from 14 on move up by one)</pre>
 *
 * <p>A class says how a slot is drawn: the power of two that the pool's size fits in, and in the bits above 8 for how many
 * seconds a client is held, 0 for not at all.
 *
 * @param masquerade one bit: set in a packet's mark when the connection is to leave with the node's own address. Bit 0
 *     is taken
 */
record Words(int masquerade) {
    /** Pools are cut to this size. */
    static final int LARGEST = 1 << 14;

    /** Nobody could serve it: it is refused. */
    static final int REFUSE = 0xff;

    /** Others could serve it: it is discarded. */
    static final int DROP = 0xfe;

    static final int CLASSES = 15;

    int pool(int route, TrafficPolicy policy) {
        int number = route << 1 | (policy == TrafficPolicy.LOCAL ? 1 : 0);
        int below = masquerade - 1;
        return (number & below) | (number & ~below) << 1;
    }

    /** The route's number of a word read back. */
    int route(int word) {
        int below = masquerade - 1;
        return ((word & below) | word >>> 1 & ~below) >>> 1;
    }

    /** Which policy's pool a word read back names. */
    static TrafficPolicy policy(int word) {
        return (word & 1) == 1 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    /** How to draw from a pool of so many. */
    static int drawing(Route route, int size) {
        if (size == 0) {
            return switch (route.whenEmpty()) {
                case REJECT -> REFUSE;
                case DROP -> DROP;
            };
        }
        return held(route.affinitySeconds(), power(size));
    }

    static int held(int seconds, int power) {
        return seconds << 8 | power;
    }

    /** The class of a pool of so many; that of an empty one is no other's. */
    static int size(int slots) {
        return slots == 0 ? -1 : power(slots);
    }

    /** The smallest n with {@code size <= 2^n}. */
    static int power(int size) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    }

    /** Everything of a mark but the masquerade bit. */
    Bytes numberMask() {
        return Bytes.mark(~masquerade);
    }

    /** The same without the policy: what affinity is kept by. */
    Bytes routeMask() {
        return Bytes.mark(~masquerade & ~1);
    }

    Bytes masqueradeMask() {
        return Bytes.mark(masquerade);
    }
}
