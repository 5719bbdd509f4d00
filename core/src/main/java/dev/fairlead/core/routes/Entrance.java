// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.Comparator;
import java.util.List;

/**
 * A frontend and the route behind it. Where several Services claim one frontend (users may write any external IP), the
 * smallest by kind, then Service name wins; the others wait until it goes.
 *
 * @param sourceRanges who may come in; empty means everybody (only {@link Kind#LOAD_BALANCER} is ever restricted). The
 *     address itself is among them where the node is: a node that has it asks it from there
 */
public record Entrance(Frontend frontend, Kind kind, Route route, List<Cidr> sourceRanges)
        implements Comparable<Entrance> {
    /** Why the frontend exists, in the order of precedence. */
    public enum Kind {
        CLUSTER_IP("clusterIP"),
        EXTERNAL_IP("externalIP"),
        LOAD_BALANCER("loadBalancer"),
        NODE_PORT("nodePort");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** A stable word for it. */
        public String text() {
            return text;
        }
    }

    private static final Comparator<Entrance> PRECEDENCE = Comparator.comparing(Entrance::kind)
            .thenComparing(entrance -> entrance.route.service())
            .thenComparing(entrance -> entrance.route.port());

    /** Whether the external policy holds: everything but a clusterIP. */
    public boolean external() {
        return kind != Kind.CLUSTER_IP;
    }

    /** The policy for traffic from elsewhere than this node and its pods. */
    public TrafficPolicy policy() {
        return external() ? route.externalPolicy() : route.internalPolicy();
    }

    /** The set for traffic from elsewhere than this node and its pods. */
    public List<Backend> backends() {
        return route.under(policy());
    }

    /**
     * What becomes of new connections of clients that stand at {@code origin} and are admitted. External policy Local does
     * not bind this node and its pods: they are served as by the Cluster policy. Internal policy Local binds everybody.
     */
    public Treatment treatment(Origin origin, Settings settings) {
        boolean shortCircuit = external() && policy() == TrafficPolicy.LOCAL && origin != Origin.ELSEWHERE;
        TrafficPolicy policy = shortCircuit ? TrafficPolicy.CLUSTER : policy();
        return new Treatment(policy, route.under(policy), route.whenEmpty(), masquerades(origin, settings));
    }

    private boolean masquerades(Origin origin, Settings settings) {
        if (!external()) {
            return settings.masquerades(origin, route.family());
        }
        return policy() == TrafficPolicy.CLUSTER || origin == Origin.NODE;
    }

    /**
     * Whether a client of that address may come in. Where nobody can be served, refusing comes first: then everybody is
     * told so.
     */
    public boolean admits(IpAddress source) {
        return sourceRanges.isEmpty() || sourceRanges.stream().anyMatch(range -> range.contains(source));
    }

    /** By precedence among those that claim one frontend. */
    @Override
    public int compareTo(Entrance other) {
        return PRECEDENCE.compare(this, other);
    }
}
