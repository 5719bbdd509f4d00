// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Link;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a host has addresses of, and leads packets to, already. A block with any of it would cut the host off from there; a route
 * that is wider than a block is none of it, as the narrower one only takes its own part.
 *
 * @param links the names of links by their numbers
 */
record HostRoutes(List<Route> routes, Map<Integer, String> links) implements Taken {
    /** As they are now. */
    static HostRoutes of(Namespace host) {
        try (Rtnetlink netlink = Rtnetlink.in(host)) {
            return new HostRoutes(
                    netlink.routes(), netlink.links().stream().collect(Collectors.toMap(Link::index, Link::name)));
        }
    }

    @Override
    public Optional<String> conflict(Block block, String own) {
        for (Cidr range : List.of(block.pods(), block.services(), block.loadBalancers())) {
            for (Route route : routes) {
                String link = links.getOrDefault(route.link(), "");
                if (isInside(route.destination(), range) && (own.isEmpty() || !link.equals(own))) {
                    return Optional.of(route.destination() + " of this host"
                            + (link.isEmpty() ? "" : ", at link " + link + ",") + " is in " + range);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isInside(Prefix destination, Cidr range) {
        return destination.length() >= range.prefix()
                && range.contains(IpAddress.of(destination.address().getAddress()));
    }
}
