// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.List;

/**
 * One port of a Service in one family, as this node sees it. All entrances of the port share it.
 *
 * @param service the Service
 * @param port the port's name, empty when the only port has none
 * @param endpoints every known endpoint, also those that take no traffic, sorted
 * @param cluster who serves the Cluster policy: ready ones after topology, else those that end and still answer; sorted
 * @param local who serves the Local policy: ready ones of this node, else those of it that end and still answer; sorted
 * @param internalPolicy the policy for clusterIP traffic
 * @param externalPolicy the policy for external IPs, load-balancer addresses and node ports
 * @param affinitySeconds how long a client stays with its endpoint, renewed by each new connection; 0 means no affinity.
 *     The key is (client address, this route, backend), whichever entrance was used
 * @param topology which hints narrowed {@code cluster}
 */
public record Route(
        ObjectName service,
        String port,
        Protocol protocol,
        IpFamily family,
        List<Backend> endpoints,
        List<Backend> cluster,
        List<Backend> local,
        TrafficPolicy internalPolicy,
        TrafficPolicy externalPolicy,
        int affinitySeconds,
        Topology topology) {

    /** What happens to a new connection when its policy's set is empty. */
    public enum WhenEmpty {
        /** Refuse it: TCP reset, ICMP port unreachable. Nobody in the cluster could serve it. */
        REJECT,
        /** Discard it silently. Others could serve it, but not under policy Local on this node. */
        DROP
    }

    /** What identifies the route: affinity and counters belong to it. */
    public record Key(ObjectName service, String port, Protocol protocol, IpFamily family) {
        /** For example {@code shop/web:http/TCP/IPv4}. */
        @Override
        public String toString() {
            return service + ":" + port + "/" + protocol + "/" + family.text();
        }
    }

    /** What identifies this route. */
    public Key key() {
        return new Key(service, port, protocol, family);
    }

    /** The set for a policy. */
    public List<Backend> under(TrafficPolicy policy) {
        return switch (policy) {
            case CLUSTER -> cluster;
            case LOCAL -> local;
        };
    }

    /** The endpoints that take no new connections under a policy, and why. */
    public List<Excluded> excluded(TrafficPolicy policy) {
        return Excluded.of(this, policy);
    }

    /** What happens under a policy whose set is empty: drop when others could serve, else reject. */
    public WhenEmpty whenEmpty() {
        return cluster.isEmpty() ? WhenEmpty.REJECT : WhenEmpty.DROP;
    }
}
