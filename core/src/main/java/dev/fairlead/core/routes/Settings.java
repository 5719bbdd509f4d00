// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpFamily;
import java.util.List;
import java.util.Optional;

/**
 * What a node's operator chooses.
 *
 * @param serviceCidrs the ranges clusterIPs come from: other addresses in them are dropped; empty when not known
 * @param podCidrs the ranges of the pods that count as this node's: clusterIP traffic from elsewhere is masqueraded; empty
 *     leaves it alone
 * @param nodePorts on which of its addresses the node accepts node ports
 * @param masqueradeAll whether all clusterIP traffic is masqueraded
 * @param externalIps whether external IPs are honoured; anybody who may write a Service can claim any address with them
 * @param localhost whether the node itself finds node ports on 127.0.0.1, too
 * @param podLinks by which links this node's pods come in, where they are told by that; empty where they are told by ranges
 */
public record Settings(
        List<Cidr> serviceCidrs,
        List<Cidr> podCidrs,
        NodePortAddresses nodePorts,
        boolean masqueradeAll,
        boolean externalIps,
        boolean localhost,
        Optional<PodLinks> podLinks) {
    /** Nothing known, nothing special. */
    public static final Settings DEFAULT =
            new Settings(List.of(), List.of(), new NodePortAddresses.Primary(), false, true, false, Optional.empty());

    /** These settings with other Service ranges. */
    public Settings withServiceCidrs(List<Cidr> ranges) {
        return new Settings(List.copyOf(ranges), podCidrs, nodePorts, masqueradeAll, externalIps, localhost, podLinks);
    }

    /** These settings with other pod ranges. */
    public Settings withPodCidrs(List<Cidr> ranges) {
        return new Settings(
                serviceCidrs, List.copyOf(ranges), nodePorts, masqueradeAll, externalIps, localhost, podLinks);
    }

    /** These settings with other addresses for node ports. */
    public Settings withNodePorts(NodePortAddresses addresses) {
        return new Settings(serviceCidrs, podCidrs, addresses, masqueradeAll, externalIps, localhost, podLinks);
    }

    /** These settings with all clusterIP traffic masqueraded, or not. */
    public Settings withMasqueradeAll(boolean all) {
        return new Settings(serviceCidrs, podCidrs, nodePorts, all, externalIps, localhost, podLinks);
    }

    /** These settings with external IPs honoured, or not. */
    public Settings withExternalIps(boolean honoured) {
        return new Settings(serviceCidrs, podCidrs, nodePorts, masqueradeAll, honoured, localhost, podLinks);
    }

    /** These settings with node ports on 127.0.0.1, or without. */
    public Settings withLocalhost(boolean open) {
        return new Settings(serviceCidrs, podCidrs, nodePorts, masqueradeAll, externalIps, open, podLinks);
    }

    /** These settings with pods told by the links they come in by. */
    public Settings withPodLinks(Optional<PodLinks> links) {
        return new Settings(serviceCidrs, podCidrs, nodePorts, masqueradeAll, externalIps, localhost, links);
    }

    /** Whether pods of a family can be told from others. */
    public boolean tellsPods(IpFamily family) {
        // where only the other family's pods are known, nobody of this one can be told to be no pod
        return podLinks.isPresent() || podCidrs.stream().anyMatch(range -> range.family() == family);
    }

    /** Whether clusterIP traffic of a family from these clients is masqueraded. */
    boolean masquerades(Origin origin, IpFamily family) {
        return masqueradeAll || origin != Origin.POD && tellsPods(family);
    }
}
