// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.loadbalancer;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.DoubleStream;

/** What the loop over load balancers does, under the names of Kubernetes' service controller. */
final class LoadBalancerMetrics {
    private static final String PREFIX = "service_controller_";
    /** From a second to 16,384. */
    private static final double[] SECONDS =
            DoubleStream.iterate(1, bound -> bound * 2).limit(15).toArray();

    private final Time time;
    private final Counter syncs;
    private final Counter failures;
    private final Histogram nodeSyncs;
    private final Histogram updates;
    private final Set<ObjectName> waiting = new HashSet<>();
    private long since;

    LoadBalancerMetrics(Metrics metrics, Time time) {
        this.time = time;
        syncs = metrics.counter(
                PREFIX + "loadbalancer_sync_total",
                "A metric counting the amount of times any load balancer has been configured, as an effect of service/node"
                        + " changes on the cluster");
        failures = metrics.counter(
                PREFIX + "nodesync_error_total",
                "A metric counting the amount of times any load balancer has been configured and errored, as an effect of"
                        + " node changes on the cluster");
        nodeSyncs = metrics.histogram(
                PREFIX + "nodesync_latency_seconds",
                "A metric measuring the latency for nodesync which updates loadbalancer hosts on cluster node updates.",
                SECONDS);
        updates = metrics.histogram(
                PREFIX + "update_loadbalancer_host_latency_seconds",
                "A metric measuring the latency for updating each load balancer hosts.",
                SECONDS);
        syncs.add(0);
        failures.add(0);
    }

    /** A load balancer was asked for. */
    void synced() {
        syncs.add();
    }

    /** The nodes have changed: these load balancers are to follow. */
    synchronized void nodesChanged(Collection<ObjectName> services) {
        if (waiting.isEmpty()) {
            since = time.nanos();
        }
        waiting.addAll(services);
    }

    /** One of them follows; it took so long. */
    synchronized void followed(ObjectName service, long nanos) {
        if (waiting.remove(service)) {
            updates.observe(nanos / 1e9);
            done();
        }
    }

    /** One of them cannot. */
    synchronized void failed(ObjectName service) {
        if (waiting.contains(service)) {
            failures.add();
        }
    }

    /** One of them is no more. */
    synchronized void forget(ObjectName service) {
        if (waiting.remove(service)) {
            done();
        }
    }

    private void done() {
        if (waiting.isEmpty()) {
            nodeSyncs.observe((time.nanos() - since) / 1e9);
        }
    }
}
