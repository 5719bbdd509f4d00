// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/**
 * Port numbers from {@code first} to {@code last}, both included.
 *
 * @param first 1 to 65535
 * @param last {@code first} to 65535
 */
public record PortRange(int first, int last) {
    /** The node ports of a cluster that says nothing else: 30000 to 32767. */
    public static final PortRange NODE_PORTS = new PortRange(30000, 32767);

    /** Refuses an empty range and numbers that are no ports. */
    public PortRange {
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException("not a range of ports: " + first + "-" + last);
        }
    }

    /** Whether {@code port} is one of them. */
    public boolean contains(int port) {
        return first <= port && port <= last;
    }

    /** How many there are. */
    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
