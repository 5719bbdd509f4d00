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
import dev.fairlead.controllers.Ownership;
import dev.fairlead.controllers.Reports;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.Values;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps as many pods of each ReplicaSet as it asks for.
 *
 * <p>A ReplicaSet whose last creations are not in the cache yet waits for them; a pod whose deletion was asked for counts
 * as gone from then on, even while the cache shows it alive. So neither lag leads to one pod too many or too few. When a
 * create fails the rest of that round is not tried: one refusal, not a hundred.
 */
public final class ReplicaSets {
    private final ApiClient client;
    private final Observed seen;
    private final Time time;
    private final Events events;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<Pod> writes;
    private final Claims claims;
    /** Pods that were told to end and may not show it yet, by uid. */
    private final Set<String> ending = ConcurrentHashMap.newKeySet();

    /** Makes the loop; {@code queues} turns its work into a queue. */
    public ReplicaSets(ApiClient client, Observed seen, Time time, Events events, Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.queue = queues.queue("replica-sets", this::work);
        this.writes = new OwnWrites<>(seen.pods, queue::add);
        this.claims = new Claims(client, seen, writes);
        seen.replicaSets.handle((name, old, now, revision) -> queue.add(name));
        seen.pods.handle((name, old, now, revision) -> pod(old, now));
    }

    /** Makes and starts a queue. */
    @FunctionalInterface
    public interface Queues {
        /** A queue of that name whose keys {@code worker} works on. */
        WorkQueue<ObjectName> queue(String name, WorkQueue.Worker<ObjectName> worker);
    }

    private void pod(@Nullable Pod old, @Nullable Pod now) {
        if (now == null || now.meta().deleting()) {
            Pod last = now == null ? old : now;
            if (last != null) {
                ending.remove(last.meta().uid());
            }
        }
        if (old != null) {
            owner(old);
        }
        if (now != null) {
            owner(now);
            if (now.meta().controller() == null) {
                for (ReplicaSet set : seen.replicaSets.all()) {
                    if (set.meta().namespace().equals(now.meta().namespace())
                            && set.selector().matches(now.meta().labels())) {
                        queue.add(set.name());
                    }
                }
            }
        }
    }

    private void owner(Pod pod) {
        OwnerReference owner = pod.meta().controller();
        if (owner != null && owner.kind().equals("ReplicaSet")) {
            queue.add(new ObjectName(pod.meta().namespace(), owner.name()));
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        ReplicaSet set = seen.replicaSets.get(name);
        if (set == null || writes.unseen(name)) {
            return Outcome.done();
        }
        // Read before the cache: a pod is forgotten here once the cache shows its end. The other way round it could be
        // forgotten after an old look at the cache, count once more, and another pod would be ended in its place.
        Set<String> told = Set.copyOf(ending);
        List<Pod> active = new ArrayList<>();
        for (Pod pod : claimed(set)) {
            if (!pod.terminal()
                    && !pod.meta().deleting()
                    && !told.contains(pod.meta().uid())) {
                active.add(pod);
            }
        }
        @Nullable ApiError refused = null;
        if (!set.meta().deleting()) {
            int missing = set.replicas() - active.size();
            if (missing > 0) {
                refused = create(set, missing);
            } else {
                end(set, Preference.first(active, -missing));
                active.removeIf(pod -> ending.contains(pod.meta().uid()));
            }
        }
        Instant now = time.now();
        report(set, active, refused, now);
        if (refused != null) {
            return refused.isNamespaceTerminating()
                    ? Outcome.done()
                    : Outcome.retry(String.valueOf(refused.getMessage()));
        }
        Duration wait = untilAvailable(set, active, now);
        return wait == null ? Outcome.done() : Outcome.retry(wait, "pods become available");
    }

    private List<Pod> claimed(ReplicaSet set) throws IOException, InterruptedException {
        return claims.of(
                Resources.REPLICA_SETS,
                set.meta(),
                pod -> set.selector().matches(pod.meta().labels()),
                pod -> !pod.terminal());
    }

    private void wrote(ReplicaSet set, long revision) {
        if (revision != 0) {
            writes.wrote(set.name(), revision);
        }
    }

    private @Nullable ApiError create(ReplicaSet set, int count) throws IOException, InterruptedException {
        Map<String, Object> pod = pod(set);
        for (int i = 0; i < count; i++) {
            try {
                Tree made = client.create(Resources.PODS, pod);
                wrote(set, Revisions.of(made));
                events.normal(
                        Told.about(set),
                        "SuccessfulCreate",
                        "Created pod: " + made.tree("metadata").text("name", ""));
            } catch (ApiError refused) {
                if (!refused.isNamespaceTerminating()) {
                    events.warning(Told.about(set), "FailedCreate", "Error creating: " + refused.getMessage());
                }
                return refused;
            }
        }
        return null;
    }

    private static Map<String, Object> pod(ReplicaSet set) {
        Tree template = new Tree(set.template());
        Map<String, Object> metadata =
                new LinkedHashMap<>(template.tree("metadata").fields());
        metadata.remove("creationTimestamp");
        metadata.put("namespace", set.meta().namespace());
        metadata.remove("name");
        metadata.put("generateName", set.meta().name() + "-");
        metadata.put(
                "ownerReferences",
                List.of(Ownership.controller("apps/v1", "ReplicaSet", set.meta())
                        .tree()));
        return Values.object(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                metadata,
                "spec",
                template.tree("spec").fields());
    }

    private void end(ReplicaSet set, List<Pod> pods) throws IOException, InterruptedException {
        for (Pod pod : pods) {
            String uid = pod.meta().uid();
            ending.add(uid);
            try {
                client.delete(Resources.PODS, pod.name(), Deletion.of(uid));
                events.normal(
                        Told.about(set),
                        "SuccessfulDelete",
                        "Deleted pod: " + pod.meta().name());
            } catch (ApiError error) {
                if (!error.isNotFound() && !error.isConflict()) {
                    ending.remove(uid);
                    events.warning(Told.about(set), "FailedDelete", "Error deleting: " + error.getMessage());
                    throw error;
                }
            }
            Pod now = seen.pods.get(pod.name());
            if (now == null || !now.meta().uid().equals(uid) || now.meta().deleting()) {
                ending.remove(uid); // its event came before the answer did
            }
        }
    }

    private void report(ReplicaSet set, List<Pod> active, @Nullable ApiError refused, Instant now)
            throws IOException, InterruptedException {
        Map<String, String> labels = new Tree(set.template()).tree("metadata").textMap("labels");
        int labelled = 0;
        int ready = 0;
        int available = 0;
        for (Pod pod : active) {
            labelled += pod.meta().labels().entrySet().containsAll(labels.entrySet()) ? 1 : 0;
            ready += pod.ready() ? 1 : 0;
            available += availableAt(set, pod).compareTo(now) <= 0 ? 1 : 0;
        }
        ReplicaSet.Status wanted = new ReplicaSet.Status(
                set.meta().generation(), active.size(), labelled, ready, available, conditions(set, refused, now));
        if (wanted.equals(set.status())) {
            return;
        }
        Map<String, Object> status = Values.object(
                "observedGeneration",
                wanted.observedGeneration(),
                "replicas",
                (long) wanted.replicas(),
                "fullyLabeledReplicas",
                (long) labelled,
                "readyReplicas",
                (long) ready,
                "availableReplicas",
                (long) available,
                "conditions",
                Values.conditions(wanted.conditions()));
        Reports.status(client, Resources.REPLICA_SETS, set.meta(), status);
    }

    private static List<Condition> conditions(ReplicaSet set, @Nullable ApiError refused, Instant now) {
        if (refused == null) {
            return List.of();
        }
        Condition before = set.status().conditions().stream()
                .filter(condition -> condition.type().equals("ReplicaFailure"))
                .findFirst()
                .orElse(null);
        String message = String.valueOf(refused.getMessage());
        if (before != null && before.message().equals(message)) {
            return List.of(before);
        }
        return List.of(new Condition(
                "ReplicaFailure", "True", "FailedCreate", message, now.truncatedTo(ChronoUnit.SECONDS), null));
    }

    /** From when on a pod counts as available; never while it is not ready. */
    private static Instant availableAt(ReplicaSet set, Pod pod) {
        if (!pod.ready()) {
            return Instant.MAX;
        }
        Instant since = pod.readySince();
        return since == null || set.minReadySeconds() == 0 ? Instant.MIN : since.plusSeconds(set.minReadySeconds());
    }

    private static @Nullable Duration untilAvailable(ReplicaSet set, List<Pod> active, Instant now) {
        return active.stream()
                .map(pod -> availableAt(set, pod))
                .filter(at -> at.isAfter(now) && at.isBefore(Instant.MAX))
                .min(Instant::compareTo)
                .map(at -> Duration.between(now, at))
                .orElse(null);
    }
}
