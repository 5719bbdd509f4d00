// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.util.List;

/**
 * What a node's operator chooses.
 *
 * @param serviceCidrs the ranges clusterIPs come from: other addresses in them are dropped; empty when not known
 * @param podCidrs the ranges of all pods: clusterIP traffic from elsewhere is masqueraded; empty leaves it alone
 * @param nodePortAddresses where node ports are accepted; empty means the node's first InternalIP of each family
 * @param masqueradeAll whether all clusterIP traffic is masqueraded
 */
public record Settings(
        List<Cidr> serviceCidrs, List<Cidr> podCidrs, List<IpAddress> nodePortAddresses, boolean masqueradeAll) {
    /** Nothing known, nothing special. */
    public static final Settings DEFAULT = new Settings(List.of(), List.of(), List.of(), false);

    /** These settings with other Service ranges. */
    public Settings withServiceCidrs(List<Cidr> ranges) {
        return new Settings(ranges, podCidrs, nodePortAddresses, masqueradeAll);
    }

    /** These settings with other pod ranges. */
    public Settings withPodCidrs(List<Cidr> ranges) {
        return new Settings(serviceCidrs, ranges, nodePortAddresses, masqueradeAll);
    }

    /** These settings with other addresses for node ports. */
    public Settings withNodePortAddresses(List<IpAddress> addresses) {
        return new Settings(serviceCidrs, podCidrs, addresses, masqueradeAll);
    }
}
