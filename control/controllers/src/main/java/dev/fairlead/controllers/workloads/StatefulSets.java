// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.workloads;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Claims;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.Reports;
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
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
    private final Claims claims;
    private final Histories histories;

    /** Makes the loop; {@code queues} turns its work into a queue. */
    public StatefulSets(ApiClient client, Observed seen, Time time, Events events, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.queue = queues.queue("stateful-sets", this::work);
        this.writes = new OwnWrites<>(seen.pods, queue::add);
        this.claims = new Claims(client, seen, writes);
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

    /** The pods of a set by number. */
    private Map<Integer, Pod> claimed(StatefulSet set) throws IOException, InterruptedException {
        Map<Integer, Pod> numbered = new TreeMap<>();
        List<Pod> claimed = claims.of(
                Resources.STATEFUL_SETS,
                set.meta(),
                pod -> number(set, pod).isPresent()
                        && set.selector().matches(pod.meta().labels()),
                _ -> true);
        claimed.forEach(pod -> number(set, pod).ifPresent(ordinal -> numbered.put(ordinal, pod)));
        return numbered;
    }

    private static OptionalInt number(StatefulSet set, Pod pod) {
        return Member.number(set.meta().name(), pod.meta().name());
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
        Reports.status(client, Resources.STATEFUL_SETS, set.meta(), tree);
    }
}
