// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import org.jspecify.annotations.Nullable;

/**
 * A chain of rules.
 *
 * @param hook where the kernel calls it; null when only other chains do
 */
public record Chain(String name, @Nullable Hook hook) {
    /** A chain that others jump or go to. */
    public static Chain called(String name) {
        return new Chain(name, null);
    }

    /**
     * A place in a packet's way.
     *
     * @param priority smaller comes first; -150 is mangle, -100 destination NAT, 0 filter, 100 source NAT
     */
    public record Hook(Kind kind, Point point, int priority) {}

    /** What a chain may do; a {@link #NAT} chain sees the first packet of each connection only. */
    public enum Kind {
        FILTER,
        NAT;

        String text() {
            return this == NAT ? "nat" : "filter";
        }
    }

    /** The points of a packet's way, in the kernel's order (NF_INET_*). */
    public enum Point implements Numbered {
        PREROUTING(0),
        INPUT(1),
        FORWARD(2),
        OUTPUT(3),
        POSTROUTING(4);

        private final int number;

        Point(int number) {
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }
    }
}
