// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.agent.Carrier;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.dns.server.DnsChoices;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * How an instance is to run.
 *
 * @param data where everything that survives lies: the store, keys, kubeconfig, pods' records and logs
 * @param listen where the API is served; port 0 takes a free one
 * @param network {@code auto}, {@code kernel}, {@code rootless} or {@code loopback}
 * @param node the node's name
 * @param insideUserNamespace whether the launcher has entered a user namespace
 * @param ephemeral whether nothing has to survive: the store is kept in memory
 * @param nodePorts on which of its addresses the node accepts node ports
 * @param carrier which data plane carries Services
 * @param serviceCidrs where ClusterIPs come from, one block of each family, the primary one's first; empty for the usual
 * @param api what the API allows and tells
 * @param names how names are answered
 */
public record Settings(
        Path data,
        InetSocketAddress listen,
        String network,
        String node,
        boolean insideUserNamespace,
        boolean ephemeral,
        NodePortAddresses nodePorts,
        Carrier carrier,
        List<Cidr> serviceCidrs,
        ApiChoices api,
        DnsChoices names) {
    /** Settings with node ports on the node's primary addresses, as is usual. */
    public Settings(
            Path data,
            InetSocketAddress listen,
            String network,
            String node,
            boolean insideUserNamespace,
            boolean ephemeral) {
        this(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                new NodePortAddresses.Primary(),
                Carrier.RELAY,
                List.of(),
                ApiChoices.USUAL,
                DnsChoices.USUAL);
    }

    /** These settings with node ports on other addresses. */
    public Settings withNodePorts(NodePortAddresses addresses) {
        return new Settings(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                addresses,
                carrier,
                serviceCidrs,
                api,
                names);
    }

    /** These settings with ClusterIPs from other blocks, the primary family's first. */
    public Settings withServiceCidrs(List<Cidr> cidrs) {
        return new Settings(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                nodePorts,
                carrier,
                List.copyOf(cidrs),
                api,
                names);
    }

    /** These settings with another data plane. */
    public Settings withCarrier(Carrier other) {
        return new Settings(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                nodePorts,
                other,
                serviceCidrs,
                api,
                names);
    }

    /** These settings with an API of other choices. */
    public Settings withApi(ApiChoices choices) {
        return new Settings(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                nodePorts,
                carrier,
                serviceCidrs,
                choices,
                names);
    }

    /** These settings with names answered in another way. */
    public Settings withNames(DnsChoices choices) {
        return new Settings(
                data,
                listen,
                network,
                node,
                insideUserNamespace,
                ephemeral,
                nodePorts,
                carrier,
                serviceCidrs,
                api,
                choices);
    }
}
