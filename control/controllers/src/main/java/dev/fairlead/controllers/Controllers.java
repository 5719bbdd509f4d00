// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.cache.Readings;
import dev.fairlead.client.queue.Backoff;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.client.record.Leader;
import dev.fairlead.controllers.accounts.NamespaceBasics;
import dev.fairlead.controllers.custom.CustomKinds;
import dev.fairlead.controllers.garbage.Garbage;
import dev.fairlead.controllers.loadbalancer.LoadBalancers;
import dev.fairlead.controllers.namespaces.Namespaces;
import dev.fairlead.controllers.nodes.BlockRange;
import dev.fairlead.controllers.nodes.LostNodes;
import dev.fairlead.controllers.nodes.NodeBlocks;
import dev.fairlead.controllers.placement.Scheduler;
import dev.fairlead.controllers.provider.LoadBalancerProvider;
import dev.fairlead.controllers.servicecidrs.Cover;
import dev.fairlead.controllers.servicecidrs.ServiceCidrs;
import dev.fairlead.controllers.slices.LegacyEndpoints;
import dev.fairlead.controllers.slices.Mirroring;
import dev.fairlead.controllers.slices.Selecting;
import dev.fairlead.controllers.slices.Slices;
import dev.fairlead.controllers.workloads.Deployments;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.controllers.workloads.StatefulSets;
import dev.fairlead.core.definition.ControllerRevision;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All controllers over one API and one set of informers. Exactly one process of a cluster should run them. One that has
 * the store to itself, such as {@code fairlead up}, just does; where several API servers share a store each runs
 * {@link #elected} ones, and only the leader's work.
 */
public final class Controllers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Controllers.class.getName());
    /** Who runs the controllers of a cluster. */
    private static final ObjectName LEASE = new ObjectName("kube-system", "fairlead-controllers");

    /** Who the controllers are in the process of an API server; its default roles allow them what they do, and no more. */
    public static final Request.User USER =
            new Request.User("system:kube-controller-manager", Set.of("system:authenticated"));

    private static final Duration LISTS = Duration.ofSeconds(30);
    private static final int WORKERS = 4;
    /** Of slices and Endpoints, which come by the thousand at a start: writes that wait together are synced together. */
    private static final int WRITERS = 16;

    private final ApiClient client;
    private final Time time;
    private final RandomGenerator.SplittableGenerator random;
    private final List<WorkQueue<?>> queues = new ArrayList<>();
    private final Observed seen;
    private final Events events;
    private final LoadBalancers loadBalancers;
    private final LostNodes lostNodes;
    private final Metrics metrics = new Metrics();
    private final CustomKinds kinds;
    private final Garbage garbage;
    private boolean started;

    /**
     * Wires the controllers; {@link #start} lets them go.
     *
     * @param user in whose name requests of this process are made; null leaves it to the transport
     * @param seed of all chance in back-off and reconnection
     */
    public Controllers(Api api, Request.@Nullable User user, Time time, long seed) {
        this(api, user, time, seed, Readings.OWN);
    }

    /** The same beside other parts of the process that follow the same API, with which records are shared. */
    public Controllers(Api api, Request.@Nullable User user, Time time, long seed, Readings readings) {
        this(api, user, time, seed, readings, LoadBalancerProvider.found());
    }

    /**
     * The same with these providers of load balancers instead of those found.
     *
     * @param providers come before the LoadBalancerPools; closed with the controllers
     */
    public Controllers(
            Api api, Request.@Nullable User user, Time time, long seed, List<LoadBalancerProvider> providers) {
        this(api, user, time, seed, Readings.OWN, providers);
    }

    private Controllers(
            Api api,
            Request.@Nullable User user,
            Time time,
            long seed,
            Readings readings,
            List<LoadBalancerProvider> providers) {
        this.time = time;
        this.random = new SplittableRandom(seed);
        client = new ApiClient(api, "fairlead-controllers", user, warning -> {});
        this.events = new Events(client, time, "fairlead-controllers", "");
        this.seen = new Observed(client, readings, time, random);
        this.kinds = new CustomKinds(seen, Kinds.served(), new Custom());
        new ReplicaSets(client, seen, time, events, (name, worker) -> queue(name, WORKERS, worker));
        new Deployments(client, seen, time, events, (name, worker) -> queue(name, WORKERS, worker));
        new StatefulSets(client, seen, time, events, (name, worker) -> queue(name, WORKERS, worker));
        new Scheduler(client, seen, time, events, (name, worker) -> queue(name, 1, worker));
        Selecting selecting = new Selecting(seen);
        new Slices(client, seen, selecting, time, events, metrics, (name, worker) -> queue(name, WRITERS, worker));
        Informer<LegacyEndpoints.Known> endpoints = seen.follow(Resources.ENDPOINTS, LegacyEndpoints.Known::from);
        new LegacyEndpoints(client, seen, selecting, events, endpoints, (name, worker) -> queue(name, WRITERS, worker));
        new Mirroring(client, seen, events, endpoints, metrics, time, (name, worker) -> queue(name, WORKERS, worker));
        Informer<Cover> cidrs = seen.follow(Resources.SERVICE_CIDRS, Cover::from);
        new ServiceCidrs(client, cidrs, time, (name, worker) -> queue(name, 1, worker));
        lostNodes = new LostNodes(client, seen, events, time, worker -> queue("lost-nodes", 1, worker));
        new Namespaces(client, seen, time, kinds, (name, worker) -> queue(name, WORKERS, worker));
        this.loadBalancers = new LoadBalancers(
                client, seen, time, events, providers, metrics, (name, worker) -> queue(name, WORKERS, worker));
        this.garbage = new Garbage(client, kinds, worker -> queue("garbage", WORKERS, worker));
        garbage(endpoints);
    }

    /** Also gives nodes their blocks of pod addresses, out of these ranges; to be asked for before the start. */
    public Controllers withNodeBlocks(List<BlockRange> ranges) {
        new NodeBlocks(client, seen, events, ranges, worker -> queue("nodes", 1, worker));
        return this;
    }

    /**
     * Also gives namespaces their default service account and the root certificate; to be asked for before the start.
     *
     * @param certificate of the authority that signed the API's own, PEM
     */
    public Controllers withNamespaceBasics(String certificate) {
        new NamespaceBasics(client, seen, certificate, worker -> queue("namespace-basics", WORKERS, worker));
        return this;
    }

    /**
     * Controllers that work as long as this process is the leader of those that ask for the same cluster. A new leader
     * begins with its own lists, so nothing a former one knew is missed.
     *
     * @param holder who this process is; unique among them
     * @param seeds gives the seed of each term
     */
    public static Leader elected(Api api, Request.@Nullable User user, Time time, String holder, LongSupplier seeds) {
        ApiClient client = new ApiClient(api, "fairlead-controllers", user, warning -> {});
        return new Leader(client, time, LEASE, holder, () -> {
            Controllers term = new Controllers(api, user, time, seeds.getAsLong());
            Thread starter = Thread.ofVirtual().name("controllers-start").start(term::startPatiently);
            return () -> {
                starter.interrupt();
                term.close();
            };
        });
    }

    private void startPatiently() {
        try {
            while (!start(LISTS)) {
                LOG.log(Level.WARNING, "the controllers still wait for their first lists");
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Custom implements CustomKinds.Follower {
        @Override
        public void follow(Informer<ObjectMeta> informer, boolean before) {
            if (before) {
                garbage.relisted(informer.resource());
            }
            garbage.follow(informer, meta -> meta);
            garbage.learned(informer.resource());
        }

        @Override
        public void ended(Resource kind) {
            garbage.ended(kind);
        }
    }

    private void garbage(Informer<LegacyEndpoints.Known> endpoints) {
        garbage.follow(seen.pods, Pod::meta);
        garbage.follow(seen.nodes, Node::meta);
        garbage.follow(seen.services, Service::meta);
        garbage.follow(seen.slices, EndpointSlice::meta);
        garbage.follow(seen.deployments, dev.fairlead.core.definition.Deployment::meta);
        garbage.follow(seen.replicaSets, ReplicaSet::meta);
        garbage.follow(seen.statefulSets, StatefulSet::meta);
        garbage.follow(seen.revisions, ControllerRevision::meta);
        garbage.follow(seen.namespaces, Observed.Namespace::meta);
        garbage.follow(endpoints, LegacyEndpoints.Known::meta);
        for (Resource other : List.of(Resources.CONFIG_MAPS, Resources.SECRETS, Resources.SERVICE_ACCOUNTS)) {
            garbage.follow(seen.follow(other, ObjectMeta::from), meta -> meta);
        }
    }

    private <K> WorkQueue<K> queue(String name, int workers, WorkQueue.Worker<K> worker) {
        WorkQueue<K> queue = new WorkQueue<>(name, workers, time, random.split(), Backoff.OF_KEYS, worker);
        queues.add(queue);
        return queue;
    }

    /**
     * Lists everything, then lets the workers go: nobody decides on half of what there is.
     *
     * @return false when the lists did not come within {@code patience}; it may be asked again
     */
    public boolean start(Duration patience) throws InterruptedException {
        if (!started) {
            started = true;
            seen.start();
        }
        if (!seen.awaitSynced(patience)) {
            return false;
        }
        queues.forEach(WorkQueue::start);
        return true;
    }

    /** Numbers about what they do, under the names of Kubernetes' controllers. */
    public Metrics metrics() {
        return metrics;
    }

    /** The kinds that they know now, custom ones too. */
    public Kinds kinds() {
        return kinds.get();
    }

    /** What the controllers see; for those who show or test it. */
    public Observed seen() {
        return seen;
    }

    /** Stops watching, lets running work finish. */
    @Override
    public void close() {
        lostNodes.close();
        kinds.close();
        seen.close();
        queues.forEach(WorkQueue::close);
        loadBalancers.close();
        events.close();
    }
}
