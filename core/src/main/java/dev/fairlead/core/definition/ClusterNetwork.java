// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Optional;

/**
 * What a cluster's operator decided about addresses and ports, as far as the rules for objects depend on it.
 *
 * @param serviceCidrs where ClusterIPs come from: one or two blocks of different families, the primary family's first
 * @param nodePorts where node ports come from
 * @param loopbackRanges loopback blocks that are this cluster's own and so allowed as endpoint and external addresses;
 *     empty except in a cluster that lives on the loopback interface
 */
public record ClusterNetwork(List<Cidr> serviceCidrs, PortRange nodePorts, List<Cidr> loopbackRanges) {
    /** Refuses no block, more than two, and two of one family. */
    public ClusterNetwork {
        serviceCidrs = List.copyOf(serviceCidrs);
        loopbackRanges = List.copyOf(loopbackRanges);
        if (serviceCidrs.isEmpty()
                || serviceCidrs.size() > 2
                || (serviceCidrs.size() == 2
                        && serviceCidrs.get(0).family() == serviceCidrs.get(1).family())) {
            throw new IllegalArgumentException("one or two Service CIDRs of different families, not " + serviceCidrs);
        }
    }

    /** A cluster with the usual node ports and no loopback ranges. */
    public static ClusterNetwork of(Cidr... serviceCidrs) {
        return new ClusterNetwork(List.of(serviceCidrs), PortRange.NODE_PORTS, List.of());
    }

    /** The family a Service gets when it does not ask for one. */
    public IpFamily primaryFamily() {
        return serviceCidrs.getFirst().family();
    }

    /** The families Services can have, primary first. */
    public List<IpFamily> families() {
        return serviceCidrs.stream().map(Cidr::family).toList();
    }

    /** Whether Services can have both families. */
    public boolean dualStack() {
        return serviceCidrs.size() == 2;
    }

    /** The block ClusterIPs of that family come from; empty when the family is not configured. */
    public Optional<Cidr> serviceCidr(IpFamily family) {
        return serviceCidrs.stream().filter(cidr -> cidr.family() == family).findFirst();
    }
}
