// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.nodes;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says of nodes that give no sign of life any more that nobody knows how they are, and of their pods that they are not ready, so that
 * no Service sends anybody there. What a node that is back says of itself and its pods is its own affair.
 *
 * <p>As in Kubernetes a sign of life is a change of the lease, and its age is measured from when it was seen: clocks of nodes
 * differ. Nodes that never had a lease are left alone.
 */
public final class LostNodes implements AutoCloseable {
    /** kube-controller-manager's {@code --node-monitor-grace-period}. */
    static final Duration GRACE = Duration.ofSeconds(50);

    /** kube-controller-manager's {@code --node-monitor-period}. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private static final String LEASES = "kube-node-lease";
    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private final ApiClient client;
    private final Observed seen;
    private final Events events;
    private final Time time;
    private final WorkQueue<ObjectName> queue;
    private final Map<String, Sign> signs = new ConcurrentHashMap<>();
    private Time.@Nullable Timer timer;
    private boolean closed;

    /** What a lease said last, and when that was seen. */
    private record Sign(String renewed, long at) {}

    /** Makes the loop. */
    public LostNodes(
            ApiClient client,
            Observed seen,
            Events events,
            Time time,
            Function<WorkQueue.Worker<ObjectName>, WorkQueue<ObjectName>> queues) {
        this.client = client;
        this.seen = seen;
        this.events = events;
        this.time = time;
        this.queue = queues.apply(this::work);
        seen.follow(Resources.LEASES, LostNodes::renewed).handle((name, old, now, revision) -> {
            if (now != null && name.namespace().equals(LEASES)) {
                note(name.name(), now);
            }
        });
        again();
    }

    private static String renewed(Tree lease) {
        return lease.tree("spec").text("renewTime", "");
    }

    private void note(String node, String renewed) {
        signs.compute(
                node,
                (any, before) ->
                        before != null && before.renewed.equals(renewed) ? before : new Sign(renewed, time.nanos()));
    }

    private synchronized void again() {
        if (!closed) {
            timer = time.schedule(PERIOD, this::look);
        }
    }

    private void look() {
        signs.forEach((node, sign) -> {
            if (silent(sign)) {
                queue.add(new ObjectName("", node));
            }
        });
        again();
    }

    private boolean silent(Sign sign) {
        return time.nanos() - sign.at > GRACE.toNanos();
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        if (seen.nodes.get(name) == null) {
            signs.remove(name.name());
            return Outcome.done();
        }
        Tree lease = client.find(Resources.LEASES, new ObjectName(LEASES, name.name()));
        if (lease != null) {
            note(name.name(), renewed(lease)); // what the cache may not show yet
        }
        Sign sign = signs.get(name.name());
        if (sign == null || !silent(sign)) {
            return Outcome.done();
        }
        lost(name);
        for (Pod pod : seen.pods.all()) {
            if (pod.nodeName().equals(name.name()) && pod.ready()) {
                unready(pod.name());
            }
        }
        return Outcome.done();
    }

    private void lost(ObjectName name) throws IOException, InterruptedException {
        Tree found = client.find(Resources.NODES, name);
        if (found == null || unknown(found)) {
            return;
        }
        String now = now();
        patch(
                Resources.NODES,
                name,
                CONDITIONS.stream()
                        .map(type -> condition(
                                type, "Unknown", now, "NodeStatusUnknown", "Kubelet stopped posting node status."))
                        .toList());
        events.normal(
                Events.About.of("v1", "Node", Node.from(found).meta()),
                "NodeNotReady",
                "Node " + name.name() + " status is now: NodeNotReady");
    }

    private static boolean unknown(Tree node) {
        return node.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("Unknown"));
    }

    private void unready(ObjectName pod) throws IOException, InterruptedException {
        patch(
                Resources.PODS,
                pod,
                List.of(condition(
                        "Ready", "False", now(), "NodeNotReady", "nothing is heard of the node that the pod runs on")));
    }

    private String now() {
        Instant second = time.now().truncatedTo(ChronoUnit.SECONDS);
        return second.toString();
    }

    private static Map<String, Object> condition(
            String type, String status, String since, String reason, String message) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", status);
        condition.put("lastTransitionTime", since);
        condition.put("reason", reason);
        condition.put("message", message);
        return condition;
    }

    private void patch(Resource kind, ObjectName name, List<Map<String, Object>> conditions)
            throws IOException, InterruptedException {
        try {
            client.patch(kind, name, "status", new Patch.Strategic(Map.of("status", Map.of("conditions", conditions))));
        } catch (ApiError gone) {
            if (!gone.isNotFound()) {
                throw gone;
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
