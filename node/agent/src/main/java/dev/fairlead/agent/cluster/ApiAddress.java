// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the API may be asked where it is said to be. A Service address will not do: after a reboot nobody carries it but
 * the agent itself, which would wait for itself; nor will a name that only the cluster's own DNS knows.
 *
 * @param services addresses of the Service {@code default/kubernetes}, as far as known
 * @param blocks where Services have their addresses, as far as known
 */
public record ApiAddress(List<IpAddress> services, List<Cidr> blocks) {
    private static final List<String> CLUSTER_NAMES = List.of("kubernetes", "kubernetes.default");

    /** Why not; empty when it may. A name is looked up by the host's own resolver. */
    public Optional<String> refusal(URI server) {
        String host = server.getHost();
        if (host == null) {
            return Optional.of(server + " names no host");
        }
        if (CLUSTER_NAMES.contains(host) || host.endsWith(".svc") || host.contains(".svc.")) {
            return Optional.of(server + " is a name of the cluster's own DNS, which needs this agent to be reached");
        }
        return addresses(host).stream()
                .filter(address ->
                        services.contains(address) || blocks.stream().anyMatch(block -> block.contains(address)))
                .findFirst()
                .map(address -> server + " leads to the Service address " + address
                        + ", which after a reboot nobody carries before this agent does: it would wait for itself");
    }

    private static List<IpAddress> addresses(String host) {
        List<IpAddress> found = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                found.add(IpAddress.of(address.getAddress()));
            }
        } catch (UnknownHostException unknown) {
            // connecting will say so
        }
        return found;
    }
}
