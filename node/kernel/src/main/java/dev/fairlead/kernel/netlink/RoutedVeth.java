// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The cable between a host (a pod) and the one that routes for it (its node): a veth pair without a bridge, every
 * address a /32 or /128 route of its own.
 *
 * <pre>
 * router: routerLink 169.254.1.1/32 fe80::1/64       route 10.244.0.7/32 dev routerLink
 * host:   hostLink   10.244.0.7/32                   default via 169.254.1.1 dev hostLink onlink
 * </pre>
 *
 * <p>The gateway's addresses are the same on every cable of a router; they are never routed. Two hosts talk through the
 * router, which is where Services happen.
 *
 * @param router the one that routes
 * @param gatewayV4 the router's end of every cable, 169.254.1.1 as a rule; a router that is itself a host on such a cable
 *     needs another address than its own gateway's
 * @param gatewayV6 the same, fe80::1 as a rule
 * @param sources addresses of the router's own from which it shall talk to its hosts, at most one of each family; where
 *     there is none it uses the gateway's
 */
public record RoutedVeth(Namespace router, InetAddress gatewayV4, InetAddress gatewayV6, List<InetAddress> sources) {
    private static final long PACE = 1_000_000; // 1 ms
    private static final int LONGEST_WAIT = 5000; // times that

    /** With the usual gateway addresses. */
    public static RoutedVeth at(Namespace router, List<InetAddress> sources) {
        return new RoutedVeth(
                router, InetAddress.ofLiteral("169.254.1.1"), InetAddress.ofLiteral("fe80::1"), List.copyOf(sources));
    }

    /**
     * Connects a host, and brings it up: afterwards host and router reach each other. The host's {@code lo} is set up too.
     * To disconnect, delete the link at either end, or the host's namespace.
     *
     * @param routerLink name of the router's end, at most 15 bytes, unused there
     * @param hostLink name of the host's end, {@code eth0}
     * @param addresses the host's, of either family
     * @throws KernelException with everything taken back that was done before
     */
    public void connect(String routerLink, Namespace host, String hostLink, List<InetAddress> addresses) {
        try (Rtnetlink here = Rtnetlink.in(router);
                Rtnetlink there = Rtnetlink.in(host)) {
            here.createVeth(routerLink, host, hostLink);
            try {
                boolean v6 = routerSide(here, routerLink, addresses);
                hostSide(there, host, hostLink, addresses);
                awaitAnswering(there, hostLink, addresses);
                awaitAnswering(here, routerLink, v6 ? List.of(gatewayV6) : List.of());
            } catch (KernelException e) {
                here.deleteLink(routerLink);
                throw e;
            }
        }
    }

    private boolean routerSide(Rtnetlink netlink, String link, List<InetAddress> addresses) {
        boolean v6 = withoutAutomaticAddresses(router, link);
        netlink.setUp(link);
        netlink.addAddress(link, Prefix.host(gatewayV4));
        if (v6) {
            netlink.addAddress(link, new Prefix(gatewayV6, 64));
        }
        int index = netlink.index(link);
        for (InetAddress address : addresses) {
            Route route = Route.to(Prefix.host(address)).withLink(index);
            InetAddress source = sourceFor(address);
            netlink.addRoute(source == null ? route : route.withSource(source));
        }
        return v6;
    }

    private void hostSide(Rtnetlink host, Namespace namespace, String link, List<InetAddress> addresses) {
        withoutAutomaticAddresses(namespace, link);
        host.setUp("lo");
        host.setUp(link);
        for (InetAddress address : addresses) {
            host.addAddress(link, Prefix.host(address));
        }
        int index = host.index(link);
        for (InetAddress address : addresses) {
            boolean v4 = address.getAddress().length == 4;
            Route route = Route.to(Prefix.of(v4 ? "0.0.0.0/0" : "::/0"))
                    .withLink(index)
                    .withGateway(v4 ? gatewayV4 : gatewayV6)
                    .withOnLink();
            try {
                host.addRoute(route);
            } catch (KernelException e) {
                if (!e.isExists()) { // a second address of the same family
                    throw e;
                }
            }
        }
    }

    /**
     * Until the kernel has done what an IPv6 address needs and it puts off: the route home, and answering neighbours who ask
     * for it. A busy machine takes seconds over it, and connections fail meanwhile. Gives up after some, as nothing is lost.
     */
    private static void awaitAnswering(Rtnetlink netlink, String link, List<InetAddress> addresses) {
        Set<InetAddress> left = new HashSet<>(addresses);
        left.removeIf(address -> address.getAddress().length == 4);
        int index = netlink.index(link);
        for (int i = 0; i < LONGEST_WAIT && !left.isEmpty(); i++) {
            if (i > 0) {
                LockSupport.parkNanos(PACE);
            }
            for (Route route : netlink.routes()) {
                if (route.link() == index && route.table() == Route.LOCAL) {
                    left.remove(route.destination().address());
                }
            }
        }
    }

    /**
     * No duplicate address detection, which holds back every IPv6 address for a second, and no addresses from router
     * advertisements. Reverse path filtering would drop what a relay sends with a foreign address. False without IPv6.
     */
    private static boolean withoutAutomaticAddresses(Namespace namespace, String link) {
        return namespace.call(() -> {
            Sysctl.write("net/ipv4/conf/" + link + "/rp_filter", "0");
            if (!Sysctl.exists("net/ipv6/conf/" + link)) {
                return false;
            }
            Sysctl.write("net/ipv6/conf/" + link + "/disable_ipv6", "0");
            Sysctl.write("net/ipv6/conf/" + link + "/accept_dad", "0");
            Sysctl.write("net/ipv6/conf/" + link + "/accept_ra", "0");
            return true;
        });
    }

    private @Nullable InetAddress sourceFor(InetAddress address) {
        return sources.stream()
                .filter(source -> source.getAddress().length == address.getAddress().length)
                .findFirst()
                .orElse(null);
    }
}
