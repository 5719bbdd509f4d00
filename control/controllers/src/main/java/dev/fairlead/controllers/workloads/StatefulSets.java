// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.workloads;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.Ownership;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.stateful.Counts;
import dev.fairlead.controllers.stateful.Member;
import dev.fairlead.controllers.stateful.Order;
import dev.fairlead.controllers.stateful.Step;
import dev.fairlead.core.definition.ControllerRevision;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pods of StatefulSets. What comes next is decided in {@link Order}; a pod's name is its place, so a stale cache
 * can lead to a refused create or delete, but never to a pod too many.
 */
public final class StatefulSets {
    private final ApiClient client;
    private final Observed seen;
    private final Time time;
    private final Events events;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<Pod> writes;
    private final Histories histories;

    /** Makes the loop; {@code queues} turns its work into a queue. */
    public StatefulSets(ApiClient client, Observed seen, Time time, Events events, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.queue = queues.queue("stateful-sets", this::work);
        this.writes = new OwnWrites<>(seen.pods, queue::add);
        this.histories = new Histories(client, seen, queue::add);
        seen.statefulSets.handle((name, old, now, revision) -> queue.add(name));
        seen.revisions.handle((name, old, now, revision) -> {
            ControllerRevision known = now == null ? old : now;
            if (known != null) {
                owner(known.meta().namespace(), known.meta().controller());
            }
        });
        seen.pods.handle((name, old, now, revision) -> {
            if (old != null) {
                owner(name.namespace(), old.meta().controller());
            }
            if (now != null) {
                owner(name.namespace(), now.meta().controller());
                orphan(now);
            }
        });
    }

    private void owner(String namespace, @Nullable OwnerReference owner) {
        if (owner != null && owner.kind().equals("StatefulSet")) {
            queue.add(new ObjectName(namespace, owner.name()));
        }
    }

    private void orphan(Pod pod) {
        String name = pod.meta().name();
        int dash = name.lastIndexOf('-');
        if (pod.meta().controller() == null && dash > 0) {
            ObjectName set = new ObjectName(pod.meta().namespace(), name.substring(0, dash));
            if (seen.statefulSets.get(set) != null) {
                queue.add(set);
            }
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        StatefulSet set = seen.statefulSets.get(name);
        if (set == null || writes.unseen(name) || histories.unseen(set)) {
            return Outcome.done();
        }
        Map<Integer, Pod> pods = claimed(set);
        if (set.meta().deleting()) {
            return Outcome.done();
        }
        Histories.Two two = histories.of(set);
        if (two == null) {
            return Outcome.retry("the name of its template is taken");
        }
        Map<Integer, Member> members = new TreeMap<>();
        pods.forEach((ordinal, pod) -> members.put(ordinal, Member.of(pod, ordinal, set.minReadySeconds())));
        String current = two.current().meta().name();
        String updated = two.updated().meta().name();
        Instant now = time.now();
        @Nullable ApiError refused = null;
        for (Step step : Order.steps(set, members, current, updated, now)) {
            refused = switch (step) {
                case Step.Create(int ordinal, String revision) ->
                    create(set, ordinal, revision.equals(updated) ? two.updated() : two.current());
                case Step.End(int ordinal, Step.Why why) -> end(set, pods.get(ordinal), why);
            };
            if (refused != null) {
                break;
            }
        }
        report(set, Counts.of(set, members.values(), current, updated, now));
        histories.forget(set, used(current, updated, members.values()));
        if (refused != null) {
            return refused.isNamespaceTerminating()
                    ? Outcome.done()
                    : Outcome.retry(String.valueOf(refused.getMessage()));
        }
        return members.values().stream()
                .map(Member::availableAt)
                .filter(at -> at.isAfter(now) && at.isBefore(Instant.MAX))
                .min(Instant::compareTo)
                .map(at -> Outcome.retry(Duration.between(now, at), "pods become available"))
                .orElseGet(Outcome::done);
    }

    private static Set<String> used(String current, String updated, Collection<Member> members) {
        Set<String> used = new HashSet<>(Set.of(current));
        used.add(updated);
        members.forEach(member -> used.add(member.revision()));
        return used;
    }

    /** The pods of a set by number: its own, with those it takes on, without those whose labels no longer match. */
    private Map<Integer, Pod> claimed(StatefulSet set) throws IOException, InterruptedException {
        Map<Integer, Pod> claimed = new TreeMap<>();
        for (Pod pod : seen.podsOf(set.meta().uid())) {
            boolean member = Member.number(set.meta().name(), pod.meta().name()).isPresent();
            if (member && set.selector().matches(pod.meta().labels())) {
                put(claimed, set, pod);
            } else if (!pod.meta().deleting()) {
                wrote(
                        set,
                        Ownership.release(
                                client, Resources.PODS, pod.meta(), set.meta().uid()));
            }
        }
        if (set.meta().deleting()) {
            return claimed;
        }
        OwnerReference owner = Ownership.controller("apps/v1", "StatefulSet", set.meta());
        for (Pod pod : seen.orphanPods(set.meta().namespace())) {
            boolean member = Member.number(set.meta().name(), pod.meta().name()).isPresent();
            if (member
                    && !pod.meta().deleting()
                    && set.selector().matches(pod.meta().labels())) {
                long revision = Ownership.adopt(
                        client,
                        Resources.PODS,
                        pod.meta(),
                        owner,
                        Resources.STATEFUL_SETS,
                        set.meta().namespace());
                wrote(set, revision);
                if (revision != 0) {
                    put(claimed, set, pod);
                }
            }
        }
        return claimed;
    }

    private static void put(Map<Integer, Pod> pods, StatefulSet set, Pod pod) {
        Member.number(set.meta().name(), pod.meta().name()).ifPresent(ordinal -> pods.put(ordinal, pod));
    }

    private void wrote(StatefulSet set, long revision) {
        if (revision != 0) {
            writes.wrote(set.name(), revision);
        }
    }

    private @Nullable ApiError create(StatefulSet set, int ordinal, ControllerRevision from)
            throws IOException, InterruptedException {
        Map<String, Object> pod =
                StatefulPods.pod(set, ordinal, Histories.bare(from), from.meta().name());
        String what = "create Pod " + StatefulPods.name(set, ordinal) + " in StatefulSet "
                + set.meta().name();
        try {
            wrote(set, Revisions.of(client.create(Resources.PODS, pod)));
            events.normal(Told.about(set), "SuccessfulCreate", what + " successful");
            if (!set.claims().isEmpty()) {
                events.warning(
                        Told.about(set),
                        "NoVolumeClaims",
                        StatefulPods.name(set, ordinal)
                                + " waits for volumes of spec.volumeClaimTemplates, which do not"
                                + " come: there are no PersistentVolumeClaims here");
            }
            return null;
        } catch (ApiError refused) {
            if (!refused.isNamespaceTerminating()) {
                events.warning(Told.about(set), "FailedCreate", what + " failed error: " + refused.getMessage());
            }
            return refused;
        }
    }

    private @Nullable ApiError end(StatefulSet set, @Nullable Pod pod, Step.Why why)
            throws IOException, InterruptedException {
        if (pod == null) {
            return null;
        }
        String name = pod.meta().name();
        if (why == Step.Why.OVER) {
            boolean failed = pod.phase().equals("Failed");
            events.warning(
                    Told.about(set),
                    failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                    "StatefulSet " + set.meta().namespace() + "/" + set.meta().name() + " is recreating "
                            + (failed ? "failed" : "terminated") + " Pod " + name);
        }
        String what = "delete Pod " + name + " in StatefulSet " + set.meta().name();
        try {
            client.delete(Resources.PODS, pod.name(), Deletion.of(pod.meta().uid()));
            events.normal(Told.about(set), "SuccessfulDelete", what + " successful");
            return null;
        } catch (ApiError error) {
            if (error.isNotFound() || error.isConflict()) {
                return null; // it has gone already
            }
            events.warning(Told.about(set), "FailedDelete", what + " failed error: " + error.getMessage());
            return error;
        }
    }

    private void report(StatefulSet set, StatefulSet.Status status) throws IOException, InterruptedException {
        if (status.equals(set.status())) {
            return;
        }
        Map<String, Object> tree = Values.object(
                "observedGeneration",
                status.observedGeneration(),
                "replicas",
                (long) status.replicas(),
                "readyReplicas",
                (long) status.readyReplicas(),
                "availableReplicas",
                (long) status.availableReplicas(),
                "currentReplicas",
                (long) status.currentReplicas(),
                "updatedReplicas",
                (long) status.updatedReplicas(),
                "currentRevision",
                status.currentRevision(),
                "updateRevision",
                status.updateRevision());
        Patch patch = new Patch.Merge(
                Values.object("metadata", Values.object("uid", set.meta().uid()), "status", tree));
        try {
            client.patch(Resources.STATEFUL_SETS, set.name(), "status", patch);
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error;
            }
        }
    }
}
