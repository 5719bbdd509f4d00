// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.placement;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Binds pods that have no node. A pod that fits nowhere gets the condition PodScheduled False and an event, and is looked
 * at again whenever a node changes.
 */
public final class Scheduler {
    private static final String DEFAULT = "default-scheduler";

    private final ApiClient client;
    private final Observed seen;
    private final Time time;
    private final Events events;
    private final WorkQueue<ObjectName> queue;
    private final Index<String, Pod> byNode;
    private final Set<ObjectName> homeless = ConcurrentHashMap.newKeySet();
    /** Nodes of pods just bound, which the cache may not show there yet; by uid. */
    private final Map<String, String> bound = new ConcurrentHashMap<>();

    /** Makes the loop; its queue must have one worker, which keeps count of what it has just bound. */
    public Scheduler(ApiClient client, Observed seen, Time time, Events events, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.queue = queues.queue("scheduler", this::work);
        this.byNode = seen.pods.index(pod -> List.of(pod.terminal() ? "" : pod.nodeName()));
        seen.pods.handle((name, old, now, revision) -> pod(name, old, now));
        seen.nodes.handle((name, old, now, revision) -> node(old, now));
    }

    private void pod(ObjectName name, @Nullable Pod old, @Nullable Pod now) {
        if (now == null || !now.nodeName().isEmpty()) {
            homeless.remove(name);
            Pod one = now == null ? old : now;
            if (one != null) {
                bound.remove(one.meta().uid());
            }
        } else {
            queue.add(name);
        }
    }

    private void node(@Nullable Node old, @Nullable Node now) {
        boolean same = old != null
                && now != null
                && old.ready() == now.ready()
                && old.unschedulable() == now.unschedulable()
                && old.meta().labels().equals(now.meta().labels());
        if (!same) {
            homeless.forEach(queue::add);
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Pod pod = seen.pods.get(name);
        if (pod == null
                || !pod.nodeName().isEmpty()
                || pod.meta().deleting()
                || pod.terminal()
                || bound.containsKey(pod.meta().uid())) {
            return Outcome.done();
        }
        Tree whole = client.find(Resources.PODS, name);
        if (whole == null || !whole.tree("spec").text("schedulerName", DEFAULT).equals(DEFAULT)) {
            return Outcome.done();
        }
        Placement placement = Placement.of(whole.tree("spec").textMap("nodeSelector"), seen.nodes.all(), this::podsOn);
        try {
            if (placement.node() == null) {
                homeless.add(name);
                refuse(pod, whole, placement.why());
                return Outcome.refused(placement.why());
            }
            bind(pod, placement.node());
            return Outcome.done();
        } catch (ApiError error) {
            if (error.isNotFound() || error.isConflict()) {
                return Outcome.done();
            }
            throw error;
        }
    }

    private int podsOn(String node) {
        int pods = byNode.count(node);
        for (String other : bound.values()) {
            pods += other.equals(node) ? 1 : 0;
        }
        return pods;
    }

    private void bind(Pod pod, String node) throws IOException, InterruptedException {
        String uid = pod.meta().uid();
        condition(pod, new Condition("PodScheduled", "True", "", "", now(), null));
        bound.put(uid, node);
        try {
            client.patch(
                    Resources.PODS,
                    pod.name(),
                    new Patch.Merge(Values.object(
                            "metadata", Values.object("uid", uid), "spec", Values.object("nodeName", node))));
        } catch (IOException refused) {
            bound.remove(uid);
            throw refused;
        }
        Pod known = seen.pods.get(pod.name());
        if (known == null
                || !known.meta().uid().equals(uid)
                || !known.nodeName().isEmpty()) {
            bound.remove(uid); // its event came before the answer did
        }
        events.normal(Told.about(pod), "Scheduled", "Successfully assigned " + pod.name() + " to " + node);
    }

    private void refuse(Pod pod, Tree whole, String why) throws IOException, InterruptedException {
        boolean told = whole.tree("status").trees("conditions").stream()
                .map(Condition::from)
                .anyMatch(one -> one.type().equals("PodScheduled")
                        && one.reason().equals("Unschedulable")
                        && one.message().equals(why));
        if (!told) {
            condition(pod, new Condition("PodScheduled", "False", "Unschedulable", why, now(), null));
            events.warning(Told.about(pod), "FailedScheduling", why);
        }
    }

    private void condition(Pod pod, Condition condition) throws IOException, InterruptedException {
        client.patch(
                Resources.PODS,
                pod.name(),
                "status",
                new Patch.Strategic(Values.object(
                        "metadata",
                        Values.object("uid", pod.meta().uid()),
                        "status",
                        Values.object("conditions", List.of(condition.tree())))));
    }

    private java.time.Instant now() {
        return time.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
