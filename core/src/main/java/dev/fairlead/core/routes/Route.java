// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.List;

/**
 * One port of one Service in one family, as one node carries it.
 *
 * @param frontends where clients come in, in a fixed order
 * @param cluster the backends under policy Cluster, sorted
 * @param local the backends under policy Local, sorted: those on this node
 * @param anyEndpoints whether there is any usable endpoint anywhere: decides between reject and drop
 * @param internal the policy of traffic to the ClusterIP
 * @param external the policy of traffic to every other frontend
 * @param affinitySeconds how long a client stays with its backend; 0 means no session affinity
 * @param sources who may use load-balancer addresses; empty means everybody
 * @param localReady how many ready endpoints this node has: what a load balancer's health check is told
 */
public record Route(
        RouteKey key,
        IpFamily family,
        List<Frontend> frontends,
        List<Backend> cluster,
        List<Backend> local,
        boolean anyEndpoints,
        TrafficPolicy internal,
        TrafficPolicy external,
        int affinitySeconds,
        List<Cidr> sources,
        int localReady) {

    /** The policy that holds for traffic which comes in at {@code frontend}. */
    public TrafficPolicy policy(Frontend frontend) {
        boolean inside = frontend instanceof Frontend.Virtual virtual && virtual.kind() == Frontend.Kind.CLUSTER_IP;
        return inside ? internal : external;
    }

    /** The backends for traffic from outside this node that comes in at {@code frontend}. */
    public List<Backend> backends(Frontend frontend) {
        return policy(frontend) == TrafficPolicy.LOCAL ? local : cluster;
    }
}
