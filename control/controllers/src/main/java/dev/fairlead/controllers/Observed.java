// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.cache.Readings;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.ControllerRevision;
import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What all controllers look at: one informer per kind, and the indexes that several of them share. */
public final class Observed implements AutoCloseable {
    public final Informer<Pod> pods;
    public final Informer<Node> nodes;
    public final Informer<Service> services;
    public final Informer<EndpointSlice> slices;
    public final Informer<Deployment> deployments;
    public final Informer<ReplicaSet> replicaSets;
    public final Informer<StatefulSet> statefulSets;
    public final Informer<ControllerRevision> revisions;
    public final Informer<Namespace> namespaces;
    private final Index<String, Pod> podsByOwner;
    private final Index<String, ReplicaSet> replicaSetsByOwner;
    private final Index<String, ControllerRevision> revisionsByOwner;
    private final List<Informer<?>> all = new ArrayList<>();
    private final ApiClient client;
    private final Time time;
    private final RandomGenerator.SplittableGenerator random;

    /** A namespace: whether it ends, who still has to empty it, and what is told of that. */
    public record Namespace(ObjectMeta meta, List<String> specFinalizers, List<Condition> conditions) {
        static Namespace from(Tree object) {
            return new Namespace(
                    ObjectMeta.from(object),
                    object.tree("spec").texts("finalizers"),
                    object.tree("status").trees("conditions").stream()
                            .map(Condition::from)
                            .toList());
        }
    }

    Observed(ApiClient client, Readings readings, Time time, RandomGenerator.SplittableGenerator random) {
        this.client = client;
        this.time = time;
        this.random = random;
        this.pods = follow(Resources.PODS, Pod::from);
        this.nodes = follow(Resources.NODES, Node::from);
        this.services = follow(Resources.SERVICES, readings.services());
        this.slices = follow(Resources.ENDPOINT_SLICES, readings.slices());
        this.deployments = follow(Resources.DEPLOYMENTS, Deployment::from);
        this.replicaSets = follow(Resources.REPLICA_SETS, ReplicaSet::from);
        this.statefulSets = follow(Resources.STATEFUL_SETS, StatefulSet::from);
        this.revisions = follow(Resources.CONTROLLER_REVISIONS, ControllerRevision::from);
        this.namespaces = follow(Resources.NAMESPACES, Namespace::from);
        this.podsByOwner = pods.index(pod -> List.of(owner(pod.meta())));
        this.replicaSetsByOwner = replicaSets.index(set -> List.of(owner(set.meta())));
        this.revisionsByOwner = revisions.index(revision -> List.of(owner(revision.meta())));
    }

    /** Follows one kind more; to be asked for before the start. */
    public <T> Informer<T> follow(Resource resource, Function<Tree, T> slim) {
        Informer<T> informer = watching(resource, slim);
        all.add(informer);
        return informer;
    }

    /** An informer that whoever asks for it starts and closes. */
    public <T> Informer<T> watching(Resource resource, Function<Tree, T> slim) {
        synchronized (random) {
            return new Informer<>(client, resource, Selection.ALL, slim, time, random.split());
        }
    }

    /** The pods whose managing owner has that uid. */
    public List<Pod> podsOf(String ownerUid) {
        return podsByOwner.get(ownerUid);
    }

    /** The pods of a namespace that nobody manages. */
    public List<Pod> orphanPods(String namespace) {
        return podsByOwner.get(orphans(namespace));
    }

    /** The ReplicaSets whose managing owner has that uid. */
    public List<ReplicaSet> replicaSetsOf(String ownerUid) {
        return replicaSetsByOwner.get(ownerUid);
    }

    /** The ReplicaSets of a namespace that nobody manages. */
    public List<ReplicaSet> orphanReplicaSets(String namespace) {
        return replicaSetsByOwner.get(orphans(namespace));
    }

    /** The ControllerRevisions whose managing owner has that uid. */
    public List<ControllerRevision> revisionsOf(String ownerUid) {
        return revisionsByOwner.get(ownerUid);
    }

    private static String owner(ObjectMeta meta) {
        OwnerReference controller = meta.controller();
        return controller == null ? orphans(meta.namespace()) : controller.uid();
    }

    private static String orphans(String namespace) {
        return "orphans of " + namespace;
    }

    void start() {
        all.forEach(Informer::start);
    }

    boolean awaitSynced(Duration patience) throws InterruptedException {
        long end = time.nanos() + patience.toNanos();
        for (Informer<?> informer : all) {
            if (!informer.awaitSynced(Duration.ofNanos(Math.max(0, end - time.nanos())))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        all.forEach(Informer::close);
    }
}
