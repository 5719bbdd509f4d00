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
import dev.fairlead.controllers.Reports;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.rollout.Progress;
import dev.fairlead.controllers.rollout.Revision;
import dev.fairlead.controllers.rollout.Rollout;
import dev.fairlead.controllers.rollout.Step;
import dev.fairlead.controllers.rollout.Template;
import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out rollouts: one ReplicaSet per template, scaled step by step; status and history. */
public final class Deployments {
    private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    private static final String MAXIMUM = "deployment.kubernetes.io/max-replicas";

    /** What kubectl or a set keeps for itself; never copied from a Deployment to its ReplicaSets. */
    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            "deprecated.deployment.rollback.to",
            Revision.ANNOTATION,
            Revision.HISTORY,
            DESIRED,
            MAXIMUM);

    private final ApiClient client;
    private final Observed seen;
    private final Time time;
    private final Events events;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<ReplicaSet> writes;

    /** Makes the loop. */
    public Deployments(ApiClient client, Observed seen, Time time, Events events, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.queue = queues.queue("deployments", this::work);
        this.writes = new OwnWrites<>(seen.replicaSets, queue::add);
        seen.deployments.handle((name, old, now, revision) -> queue.add(name));
        seen.replicaSets.handle((name, old, now, revision) -> set(old, now));
        seen.pods.handle((name, old, now, revision) -> {
            if (now == null && old != null) {
                gone(old);
            }
        });
    }

    private void set(@Nullable ReplicaSet old, @Nullable ReplicaSet now) {
        if (old != null) {
            owner(old);
        }
        if (now != null) {
            owner(now);
            if (now.meta().controller() == null) {
                seen.deployments.all().stream()
                        .filter(deployment ->
                                deployment.meta().namespace().equals(now.meta().namespace())
                                        && deployment
                                                .selector()
                                                .matches(now.meta().labels()))
                        .forEach(deployment -> queue.add(deployment.name()));
            }
        }
    }

    private void owner(ReplicaSet set) {
        OwnerReference owner = set.meta().controller();
        if (owner != null && owner.kind().equals("Deployment")) {
            queue.add(new ObjectName(set.meta().namespace(), owner.name()));
        }
    }

    /** The end of a pod matters to a Deployment that waits for all old pods to be gone. */
    private void gone(Pod pod) {
        OwnerReference owner = pod.meta().controller();
        if (owner != null) {
            ReplicaSet set = seen.replicaSets.get(new ObjectName(pod.meta().namespace(), owner.name()));
            if (set != null) {
                owner(set);
            }
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Deployment deployment = seen.deployments.get(name);
        if (deployment == null || writes.unseen(name)) {
            return Outcome.done();
        }
        List<ReplicaSet> old = owned(deployment);
        ReplicaSet current = old.stream()
                .filter(set -> Template.same(set.template(), deployment.template()))
                .min(java.util.Comparator.comparingLong(Revision::of).reversed())
                .orElse(null);
        old.remove(current);
        boolean left = old.stream()
                .flatMap(set -> seen.podsOf(set.meta().uid()).stream())
                .anyMatch(pod -> !pod.terminal());
        if (current != null && !deployment.meta().deleting()) {
            revise(deployment, current, old);
        }
        for (Step step : Rollout.steps(deployment, current, old, left)) {
            Outcome outcome = take(step, deployment, old);
            if (!(outcome instanceof Outcome.Done)) {
                return outcome;
            }
        }
        Progress progress = Progress.of(deployment, current, old, time.now());
        report(deployment, progress.status());
        return progress.lookAgain() == null
                ? Outcome.done()
                : Outcome.retry(progress.lookAgain(), "the rollout's deadline");
    }

    private List<ReplicaSet> owned(Deployment deployment) throws IOException, InterruptedException {
        List<ReplicaSet> owned =
                new ArrayList<>(seen.replicaSetsOf(deployment.meta().uid()));
        if (deployment.meta().deleting()) {
            return owned;
        }
        OwnerReference owner = Ownership.controller("apps/v1", "Deployment", deployment.meta());
        for (ReplicaSet set : seen.orphanReplicaSets(deployment.meta().namespace())) {
            if (!set.meta().deleting()
                    && deployment.selector().matches(set.meta().labels())) {
                wrote(
                        deployment,
                        Ownership.adopt(
                                client,
                                Resources.REPLICA_SETS,
                                set.meta(),
                                owner,
                                Resources.DEPLOYMENTS,
                                deployment.meta().namespace()));
                owned.add(set);
            }
        }
        return owned;
    }

    private void wrote(Deployment deployment, long revision) {
        if (revision != 0) {
            writes.wrote(deployment.name(), revision);
        }
    }

    /** Gives the current template's set the newest number of the history, and the Deployment the same. */
    private void revise(Deployment deployment, ReplicaSet current, List<ReplicaSet> old)
            throws IOException, InterruptedException {
        long wanted = Math.max(Revision.of(current), Revision.after(old));
        Map<String, Object> annotations = annotations(deployment);
        annotations.put(Revision.ANNOTATION, String.valueOf(wanted));
        if (wanted > Revision.of(current)) {
            annotations.putAll(Revision.history(current));
        }
        if (current.minReadySeconds() != deployment.minReadySeconds()
                || !current.meta().annotations().entrySet().containsAll(annotations.entrySet())) {
            Map<String, Object> spec = Values.object("minReadySeconds", (long) deployment.minReadySeconds());
            wrote(deployment, change(Resources.REPLICA_SETS, current.meta(), annotations, spec));
        }
        String text = String.valueOf(wanted);
        if (!text.equals(deployment.meta().annotations().get(Revision.ANNOTATION))) {
            change(Resources.DEPLOYMENTS, deployment.meta(), Values.object(Revision.ANNOTATION, text), Map.of());
        }
    }

    /** What a ReplicaSet that is scaled says about its Deployment: how many pods it wants, and how many there may be. */
    private static Map<String, Object> noted(Deployment deployment) {
        int wanted = deployment.replicas();
        int surge =
                deployment.strategy() instanceof Deployment.Strategy.RollingUpdate rolling ? rolling.surge(wanted) : 0;
        return Values.object(DESIRED, String.valueOf(wanted), MAXIMUM, String.valueOf(wanted + surge));
    }

    /** What the ReplicaSet of the current template carries of its Deployment: {@code rollout history} shows of it why. */
    private static Map<String, Object> annotations(Deployment deployment) {
        Map<String, Object> annotations = new LinkedHashMap<>(deployment.meta().annotations());
        annotations.keySet().removeAll(NOT_COPIED);
        annotations.putAll(noted(deployment));
        return annotations;
    }

    private long change(
            dev.fairlead.wire.Resource resource,
            ObjectMeta object,
            Map<String, Object> annotations,
            Map<String, Object> spec)
            throws IOException, InterruptedException {
        Map<String, Object> metadata = Values.object("uid", object.uid(), "annotations", annotations);
        Patch patch = new Patch.Merge(Values.object("metadata", metadata, "spec", spec));
        return Revisions.of(client.patch(resource, object.objectName(), patch));
    }

    private Outcome take(Step step, Deployment deployment, List<ReplicaSet> old)
            throws IOException, InterruptedException {
        return switch (step) {
            case Step.Create(int replicas) -> create(deployment, old, replicas);
            case Step.Scale(ReplicaSet set, int replicas) -> {
                scale(deployment, set, replicas);
                yield Outcome.done();
            }
            case Step.Delete(ReplicaSet set) -> {
                client.deleteIfThere(
                        Resources.REPLICA_SETS,
                        set.name(),
                        new Deletion(
                                Deletion.Propagation.BACKGROUND,
                                null,
                                set.meta().uid(),
                                String.valueOf(set.meta().resourceVersion())));
                yield Outcome.done();
            }
        };
    }

    private Outcome create(Deployment deployment, List<ReplicaSet> old, int replicas)
            throws IOException, InterruptedException {
        String hash = Template.hash(deployment.template(), deployment.status().collisionCount());
        Map<String, Object> set = replicaSet(deployment, hash, replicas, Revision.after(old));
        String name = deployment.meta().name() + "-" + hash;
        try {
            wrote(deployment, Revisions.of(client.create(Resources.REPLICA_SETS, set)));
        } catch (ApiError error) {
            if (error.isAlreadyExists()) {
                return taken(deployment, name);
            }
            if (error.isNamespaceTerminating()) {
                return Outcome.done();
            }
            events.warning(
                    Told.about(deployment),
                    "ReplicaSetCreateError",
                    "Failed to create new replica set \"" + name + "\": " + error.getMessage());
            throw error;
        }
        if (replicas > 0) {
            events.normal(
                    Told.about(deployment),
                    "ScalingReplicaSet",
                    "Scaled up replica set " + name + " from 0 to " + replicas);
        }
        return Outcome.done();
    }

    /** The name is there already: ours and merely not seen yet, or somebody else's, which asks for another name. */
    private Outcome taken(Deployment deployment, String name) throws IOException, InterruptedException {
        Tree found = client.find(
                Resources.REPLICA_SETS, new ObjectName(deployment.meta().namespace(), name));
        if (found == null) {
            return Outcome.retry("the ReplicaSet " + name + " has just gone");
        }
        ReplicaSet set = ReplicaSet.from(found);
        OwnerReference owner = set.meta().controller();
        if (owner != null
                && owner.uid().equals(deployment.meta().uid())
                && Template.same(set.template(), deployment.template())) {
            wrote(deployment, set.meta().resourceVersion());
            return Outcome.done();
        }
        Integer before = deployment.status().collisionCount();
        Map<String, Object> status = Values.object("collisionCount", before == null ? 1L : before + 1L);
        client.patch(
                Resources.DEPLOYMENTS, deployment.name(), "status", new Patch.Merge(Values.object("status", status)));
        return Outcome.retry("the name " + name + " is taken by another ReplicaSet");
    }

    private static Map<String, Object> replicaSet(Deployment deployment, String hash, int replicas, long revision) {
        Map<String, Object> template = Template.with(deployment.template(), hash);
        Map<String, Object> annotations = annotations(deployment);
        annotations.put(Revision.ANNOTATION, String.valueOf(revision));
        Map<String, String> labels = new LinkedHashMap<>(deployment.selector().matchLabels());
        labels.put(Template.HASH, hash);
        Map<String, Object> metadata = Values.object(
                "namespace",
                deployment.meta().namespace(),
                "name",
                deployment.meta().name() + "-" + hash,
                "labels",
                Tree.of(template.get("metadata")).tree("labels").fields(),
                "annotations",
                annotations,
                "ownerReferences",
                List.of(Ownership.controller("apps/v1", "Deployment", deployment.meta())
                        .tree()));
        Map<String, Object> spec = Values.object(
                "replicas",
                (long) replicas,
                "selector",
                Values.selector(new LabelSelector(labels, deployment.selector().requirements())),
                "template",
                template);
        if (deployment.minReadySeconds() > 0) {
            spec.put("minReadySeconds", (long) deployment.minReadySeconds());
        }
        return Values.object("apiVersion", "apps/v1", "kind", "ReplicaSet", "metadata", metadata, "spec", spec);
    }

    private void scale(Deployment deployment, ReplicaSet set, int replicas) throws IOException, InterruptedException {
        Map<String, Object> change = Values.object(
                "metadata",
                Values.object(
                        "uid",
                        set.meta().uid(),
                        "resourceVersion",
                        String.valueOf(set.meta().resourceVersion()),
                        "annotations",
                        noted(deployment)),
                "spec",
                Values.object("replicas", (long) replicas));
        wrote(deployment, Revisions.of(client.patch(Resources.REPLICA_SETS, set.name(), new Patch.Merge(change))));
        events.normal(
                Told.about(deployment),
                "ScalingReplicaSet",
                "Scaled " + (replicas > set.replicas() ? "up" : "down") + " replica set "
                        + set.meta().name() + " from " + set.replicas() + " to " + replicas);
    }

    private void report(Deployment deployment, Deployment.Status status) throws IOException, InterruptedException {
        if (status.equals(deployment.status())) {
            return;
        }
        Map<String, Object> tree = Values.object(
                "observedGeneration",
                status.observedGeneration(),
                "replicas",
                (long) status.replicas(),
                "updatedReplicas",
                (long) status.updatedReplicas(),
                "readyReplicas",
                (long) status.readyReplicas(),
                "availableReplicas",
                (long) status.availableReplicas(),
                "unavailableReplicas",
                (long) status.unavailableReplicas(),
                "conditions",
                Values.conditions(status.conditions()));
        Reports.status(client, Resources.DEPLOYMENTS, deployment.meta(), tree);
    }
}
