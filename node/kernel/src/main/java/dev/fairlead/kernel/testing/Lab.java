// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.RoutedVeth;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small internet for one test: hosts around a router, all of them anonymous network namespaces.
 *
 * <pre>
 *   node1 10.200.0.1 ──┐             ┌── client 10.200.0.3       pod-a 10.244.1.2 ── node1
 *         fd00:200::1  ├── (router) ─┤          fd00:200::3
 *   node2 10.200.0.2 ──┘             └── …
 * </pre>
 *
 * <pre>{@code
 * try (Lab lab = new Lab()) {
 *     Host node = lab.host("node");
 *     Host client = lab.host("client");
 *     Host pod = lab.behind(node, "pod", "10.244.1.2", "fd00:10:244:1::2");
 *     pod.serve(8080);
 *     lab.route("10.96.0.0/16", node); // the router sends Service addresses to the node
 *     Answer answer = client.ask(pod.v4(), 8080, "hello");
 * }
 * }</pre>
 *
 * <p>Every host has {@code lo} and {@code eth0}, forwards packets, and filters nothing. Needs CAP_SYS_ADMIN and
 * CAP_NET_ADMIN: skip the test if {@link dev.fairlead.kernel.Probe#networkNamespaces()} says no. Not thread-safe; hosts are.
 */
public final class Lab implements AutoCloseable {
    private static final InetAddress GATEWAY_V4 = InetAddress.ofLiteral("169.254.1.2");
    private static final InetAddress GATEWAY_V6 = InetAddress.ofLiteral("fe80::2");

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<Host> hosts = new ArrayList<>();
    private final Map<Host, List<Route>> routesTo = new HashMap<>();
    private final RoutedVeth middle;
    private final Rtnetlink routes;
    private int links;

    public Lab() {
        try {
            Namespace router = keep(Namespace.create("router"));
            routes = keep(Rtnetlink.in(router));
            routes.setUp("lo");
            Host.forwardPackets(router);
            // not the addresses its hosts have as routers of their pods
            middle = new RoutedVeth(router, GATEWAY_V4, GATEWAY_V6, List.of());
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    /** A host at the router: a node, a client, the world outside. Its addresses are 10.200.0.N and fd00:200::N. */
    public Host host(String name) {
        int number = hosts.size() + 1;
        Host host = connect(
                middle,
                name,
                InetAddress.ofLiteral("10.200.0." + number),
                InetAddress.ofLiteral("fd00:200::" + Integer.toHexString(number)));
        host.uplink("to-" + links);
        return host;
    }

    /** A host behind another, as a pod is behind its node; every other host can reach it. */
    public Host behind(Host node, String name, String v4, String v6) {
        Host host = connect(
                RoutedVeth.at(node.namespace(), List.of(node.v4(), node.v6())),
                name,
                InetAddress.ofLiteral(v4),
                InetAddress.ofLiteral(v6));
        route(v4, node);
        route(v6, node);
        return host;
    }

    private Host connect(RoutedVeth via, String name, InetAddress v4, InetAddress v6) {
        Namespace namespace = keep(Namespace.create(name));
        String link =
                "to-" + ++links; // unique in any router; names of hosts may be longer than the 15 bytes of a link's
        via.connect(link, namespace, "eth0", List.of(v4, v6));
        Host.forwardPackets(namespace);
        Host host = keep(new Host(name, namespace, v4, v6));
        hosts.add(host);
        return host;
    }

    /** Makes the router send a prefix (or a single address) to one of its hosts. */
    public void route(String prefix, Host host) {
        Prefix destination = Prefix.of(prefix);
        Route route = Route.to(destination)
                .withLink(routes.index(host.uplink()))
                .withGateway(destination.isV4() ? host.v4() : host.v6())
                .withOnLink();
        routes.addRoute(route);
        routesTo.computeIfAbsent(host, _ -> new ArrayList<>()).add(route);
    }

    /** Takes back a {@link #route}. */
    public void unroute(String prefix) {
        Prefix destination = Prefix.of(prefix);
        routes.removeRoute(Route.to(destination));
        routesTo.values()
                .forEach(list -> list.removeIf(route -> route.destination().equals(destination)));
    }

    /** Pulls a host's cable out of the router, until {@link #plug}. */
    public void unplug(Host host) {
        routes.setDown(host.uplink());
    }

    /** Plugs it in again. */
    public void plug(Host host) {
        routes.setUp(host.uplink());
        // with the link went its routes, and its IPv6 address
        int index = routes.index(host.uplink());
        routes.addAddress(host.uplink(), new Prefix(GATEWAY_V6, 64));
        routes.addRoute(Route.to(Prefix.host(host.v4())).withLink(index));
        routes.addRoute(Route.to(Prefix.host(host.v6())).withLink(index));
        routesTo.getOrDefault(host, List.of()).forEach(routes::addRoute);
    }

    /** Ends servers and connections, then the hosts. Also after a failure, and more than once. */
    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                System.getLogger(Lab.class.getName()).log(System.Logger.Level.WARNING, "the lab could not clean up", e);
            }
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.push(resource);
        return resource;
    }
}
