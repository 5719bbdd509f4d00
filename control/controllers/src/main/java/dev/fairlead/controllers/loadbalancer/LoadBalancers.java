// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.loadbalancer;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.queue.Backoff;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.provider.LoadBalancerAnswer;
import dev.fairlead.controllers.provider.LoadBalancerProvider;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The loop over Services of type LoadBalancer: asks the provider of their class for addresses, and shows what came of it.
 * Services of a class that nobody here serves are left to whoever does; when that seems to be nobody, they say so.
 */
public final class LoadBalancers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LoadBalancers.class.getName());
    /** How long somebody else has time to serve a class before the Service says that nobody does. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Backoff AFTER_FAILURES = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(300), 0);
    private static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

    private final Observed seen;
    private final Time time;
    private final Events events;
    private final Face face;
    private final LoadBalancerMetrics counted;
    private final WorkQueue<ObjectName> queue;
    private final List<LoadBalancerProvider> providers;
    private final Map<String, LoadBalancerProvider> byClass = new HashMap<>();
    private final Map<ObjectName, State> states = new ConcurrentHashMap<>();

    /** What is remembered of a Service between two looks; the queue lets no two looks at one overlap. */
    private static final class State {
        private final String uid;
        private final long since;
        private @Nullable LoadBalancerAnswer shown;
        private List<String> nodes = List.of();
        private int failures;

        State(String uid, long since) {
            this.uid = uid;
            this.since = since;
        }
    }

    /**
     * Makes the loop.
     *
     * @param found providers besides the pools; they come first
     */
    public LoadBalancers(
            ApiClient client,
            Observed seen,
            Time time,
            Events events,
            List<LoadBalancerProvider> found,
            Metrics metrics,
            ReplicaSets.Queues queues) {
        this.seen = seen;
        this.time = time;
        this.events = events;
        this.face = new Face(client, time);
        this.counted = new LoadBalancerMetrics(metrics, time);
        this.providers = new ArrayList<>(found);
        providers.add(new PoolProvider(client, seen, queues));
        this.queue = queues.queue("load-balancers", this::work);
        for (LoadBalancerProvider provider : providers) {
            provider.classes().forEach(name -> byClass.putIfAbsent(name, provider));
            provider.start(queue::add);
        }
        seen.services.handle((name, old, now, revision) -> {
            boolean balanced = now != null && now.type() == ServiceType.LOAD_BALANCER;
            if (balanced || now == null && states.containsKey(name) || now != null && held(now)) {
                queue.add(name);
            }
        });
        seen.nodes.handle((name, old, now, revision) -> {
            if ((old != null && fit(old)) != (now != null && fit(now))) {
                counted.nodesChanged(states.keySet());
                states.keySet().forEach(queue::add);
            }
        });
    }

    private static boolean held(Service service) {
        return service.meta().finalizers().contains(Face.FINALIZER);
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Service service = seen.services.get(name);
        if (service == null) {
            states.remove(name);
            counted.forget(name);
            return Outcome.done();
        }
        boolean balanced = service.type() == ServiceType.LOAD_BALANCER;
        LoadBalancerProvider provider =
                balanced ? byClass.get(service.loadBalancer().className()) : null;
        if (!balanced || service.meta().deleting()) {
            boolean others = balanced && provider == null;
            return held(service) && !others ? end(service, provider) : Outcome.done();
        }
        State state = states.compute(
                name,
                (key, known) -> known != null && known.uid.equals(service.meta().uid())
                        ? known
                        : new State(service.meta().uid(), time.nanos()));
        return provider == null ? unserved(service, state) : ensure(service, provider, state);
    }

    private Outcome ensure(Service service, LoadBalancerProvider provider, State state)
            throws IOException, InterruptedException {
        Events.About about = Told.about(service);
        if (!held(service)) {
            events.normal(about, "EnsuringLoadBalancer", "Ensuring load balancer");
            face.addFinalizer(service);
        }
        List<Node> nodes = provider.followsNodes() ? nodes() : List.of();
        if (provider.followsNodes() && nodes.isEmpty()) {
            events.warning(about, "UnAvailableLoadBalancer", "There are no available nodes for LoadBalancer");
        }
        LoadBalancerAnswer answer;
        long began = time.nanos();
        counted.synced();
        try {
            answer = provider.ensure(service, nodes);
            counted.followed(service.name(), time.nanos() - began);
        } catch (IOException | RuntimeException failure) {
            counted.failed(service.name());
            return failed(service, state, "SyncLoadBalancerFailed", "Error syncing load balancer: ", failure);
        }
        state.failures = 0;
        if (answer.equals(state.shown) && service.ingress().equals(answer.ingress())) {
            tellNodes(about, nodes, state);
            return Outcome.done();
        }
        LoadBalancerAnswer before = state.shown;
        boolean news = face.show(
                service, answer.ingress(), answer.complete() ? "True" : "False", answer.reason(), answer.message());
        state.shown = answer;
        tellNodes(about, nodes, state);
        if (news && !answer.equals(before)) {
            tell(about, answer);
        }
        return Outcome.done();
    }

    private void tell(Events.About about, LoadBalancerAnswer answer) {
        if (!answer.complete()) {
            events.warning(about, "SyncLoadBalancerFailed", "Error syncing load balancer: " + answer.message());
        } else if (answer.reason().equals("Assigned")) {
            events.normal(about, "EnsuredLoadBalancer", "Ensured load balancer: " + answer.message());
        } else {
            events.warning(about, answer.reason(), answer.message());
        }
    }

    private void tellNodes(Events.About about, List<Node> nodes, State state) {
        List<String> names = nodes.stream().map(Node::name).toList();
        if (!names.equals(state.nodes) && !state.nodes.isEmpty()) {
            events.normal(about, "UpdatedLoadBalancer", "Updated load balancer with new hosts");
        }
        state.nodes = names;
    }

    /** What failed is tried again, with the provider's own patience and not the queue's. */
    private Outcome failed(Service service, State state, String event, String words, Exception failure)
            throws IOException, InterruptedException {
        if (failure instanceof RuntimeException) {
            LOG.log(Level.ERROR, "a bug of the provider for " + service.name(), failure);
        }
        String why = words + failure.getMessage();
        events.warning(Told.about(service), event, why);
        if (state.shown == null || !state.shown.message().equals(why)) {
            face.show(service, null, "False", event, why);
            state.shown = LoadBalancerAnswer.waiting(service.ingress(), event, why);
        }
        state.failures++;
        return Outcome.retry(AFTER_FAILURES.after(state.failures, new SplittableRandom(0)), why);
    }

    private Outcome end(Service service, @Nullable LoadBalancerProvider provider)
            throws IOException, InterruptedException {
        Events.About about = Told.about(service);
        State state = states.computeIfAbsent(
                service.name(), key -> new State(service.meta().uid(), time.nanos()));
        events.normal(about, "DeletingLoadBalancer", "Deleting load balancer");
        try {
            // which one served a Service that is of another type now nobody has written down
            for (LoadBalancerProvider one : provider == null ? providers : List.of(provider)) {
                one.delete(service);
            }
        } catch (IOException | RuntimeException failure) {
            return failed(service, state, "DeleteLoadBalancerFailed", "Error deleting load balancer: ", failure);
        }
        if (!service.meta().deleting()) {
            face.hide(service);
        }
        face.removeFinalizer(service);
        events.normal(about, "DeletedLoadBalancer", "Deleted load balancer");
        states.remove(service.name());
        counted.forget(service.name());
        return Outcome.done();
    }

    private Outcome unserved(Service service, State state) throws IOException, InterruptedException {
        if (!service.ingress().isEmpty()) {
            if (state.shown != null) {
                face.show(service, null, "True", "AssignedByOthers", "another provider gave the addresses");
                state.shown = null;
            }
            return Outcome.done();
        }
        Duration left = PATIENCE.minusNanos(time.nanos() - state.since);
        if (left.isPositive()) {
            return Outcome.retry(left, "somebody else may serve the class");
        }
        if (state.shown == null) {
            String served = new TreeSet<>(byClass.keySet())
                    .stream()
                            .map(one -> one.isEmpty() ? "none at all" : "\"" + one + "\"")
                            .collect(Collectors.joining(", "));
            String message = "nobody here serves loadBalancerClass \""
                    + service.loadBalancer().className() + "\"; served are " + served;
            if (face.show(service, null, "Unknown", "ClassNotHandled", message)) {
                events.warning(Told.about(service), "ClassNotHandled", message);
            }
            state.shown = LoadBalancerAnswer.waiting(List.of(), "ClassNotHandled", message);
        }
        return Outcome.done();
    }

    private List<Node> nodes() {
        return seen.nodes.all().stream()
                .filter(LoadBalancers::fit)
                .sorted(Comparator.comparing(Node::name))
                .toList();
    }

    /** Whether load balancers may lead to a node; that it is ready plays no part (KEP-3458). */
    private static boolean fit(Node node) {
        String excluded = node.meta().labels().get(EXCLUDED);
        boolean stays = excluded == null
                || List.of("false", "False", "FALSE", "f", "F", "0").contains(excluded);
        return stays && !node.meta().deleting() && !node.goes();
    }

    @Override
    public void close() {
        providers.forEach(LoadBalancerProvider::close);
    }
}
