// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;

/** The addresses a frontend is reached at. */
public sealed interface Scope extends Comparable<Scope> {
    /** One virtual address: a clusterIP, an external IP, a load balancer's address. */
    record At(IpAddress address) implements Scope {
        @Override
        public IpFamily family() {
            return address.family();
        }

        @Override
        public String toString() {
            return address.family() == IpFamily.IPV6 ? "[" + address + "]" : address.toString();
        }
    }

    /** The node's own addresses of one family that accept node ports: {@link RouteTable#nodePortAddresses()}. */
    record NodePorts(IpFamily family) implements Scope {
        @Override
        public String toString() {
            return "node." + family.text();
        }
    }

    /** The family of the addresses. */
    IpFamily family();

    /** Addresses in numeric order, then node ports, IPv4 first. */
    @Override
    default int compareTo(Scope other) {
        return switch (this) {
            case At(IpAddress mine) -> other instanceof At(IpAddress theirs) ? mine.compareTo(theirs) : -1;
            case NodePorts(IpFamily mine) -> other instanceof NodePorts(IpFamily theirs) ? mine.compareTo(theirs) : 1;
        };
    }
}
