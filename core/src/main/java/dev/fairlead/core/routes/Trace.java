// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows one packet through a table, noting why. */
final class Trace {
    private final RouteTable table;
    private final Packet packet;
    private final List<String> because = new ArrayList<>();

    private Trace(RouteTable table, Packet packet) {
        this.table = table;
        this.packet = packet;
    }

    static Verdict of(RouteTable table, Packet packet) {
        return new Trace(table, packet).verdict();
    }

    private Verdict verdict() {
        Frontend frontend = frontend();
        Route route = frontend == null ? null : table.at(frontend);
        if (frontend == null || route == null) {
            return unknown();
        }
        because.add(
                packet.destination() + " port " + packet.port() + " is " + describe(frontend) + " of " + route.key());
        if (isLoadBalancer(frontend) && !allowed(route)) {
            because.add(packet.source() + " is in none of loadBalancerSourceRanges");
            return new Verdict.Drop(because);
        }
        return destination(frontend, route);
    }

    private Verdict destination(Frontend frontend, Route route) {
        boolean inside = isClusterIp(frontend);
        boolean local = route.policy(frontend) == TrafficPolicy.LOCAL;
        boolean shortCircuit = local && !inside && packet.origin() != Packet.Origin.OUTSIDE;
        if (shortCircuit) {
            because.add("traffic of the cluster itself to an external address is balanced over all endpoints");
        }
        List<Backend> backends = local && !shortCircuit ? route.local() : route.cluster();
        if (backends.isEmpty()) {
            return nobody(local && !shortCircuit, route);
        }
        if (backends.getFirst().terminating()) {
            because.add("no endpoint is ready; those that terminate but still serve are used");
        }
        if (local && !shortCircuit) {
            because.add("the traffic policy is Local: only endpoints of node "
                    + table.node().name());
        }
        boolean masqueraded = !inside && (local ? shortCircuit && packet.origin() == Packet.Origin.NODE : true);
        because.add(masqueraded ? "the endpoint sees the node's address" : "the endpoint sees the client's address");
        return new Verdict.Forward(route.key(), backends, !masqueraded, route.affinitySeconds(), because);
    }

    private Verdict nobody(boolean local, Route route) {
        if (local && route.anyEndpoints()) {
            because.add("the traffic policy is Local and node " + table.node().name() + " has no endpoint");
            return new Verdict.Drop(because);
        }
        because.add("no endpoint is ready");
        return new Verdict.Reject(because);
    }

    private Verdict unknown() {
        because.add("no Service of this node's table has " + packet.destination() + " port " + packet.port() + "/"
                + packet.protocol());
        return new Verdict.NotAService(because);
    }

    private @Nullable Frontend frontend() {
        for (Frontend.Kind kind : Frontend.Kind.values()) {
            Frontend virtual = new Frontend.Virtual(kind, packet.destination(), packet.protocol(), packet.port());
            if (table.at(virtual) != null) {
                return virtual;
            }
        }
        IpAddress destination = packet.destination();
        return table.node().internalIps().contains(destination)
                ? new Frontend.NodePort(destination.family(), packet.protocol(), packet.port())
                : null;
    }

    private boolean allowed(Route route) {
        return route.sources().isEmpty() || route.sources().stream().anyMatch(range -> range.contains(packet.source()));
    }

    private static boolean isClusterIp(Frontend frontend) {
        return frontend instanceof Frontend.Virtual virtual && virtual.kind() == Frontend.Kind.CLUSTER_IP;
    }

    private static boolean isLoadBalancer(Frontend frontend) {
        return frontend instanceof Frontend.Virtual virtual && virtual.kind() == Frontend.Kind.LOAD_BALANCER;
    }

    private static String describe(Frontend frontend) {
        return switch (frontend) {
            case Frontend.NodePort port -> "a node port";
            case Frontend.Virtual virtual ->
                switch (virtual.kind()) {
                    case CLUSTER_IP -> "the ClusterIP";
                    case EXTERNAL_IP -> "an external address";
                    case LOAD_BALANCER -> "a load balancer's address";
                };
        };
    }
}
