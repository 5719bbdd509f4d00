// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.record.Events;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Fairlead in place of kube-proxy: on a node that a kubelet rules it follows Services and slices, programs the data plane and
 * answers for it, and leaves everything else alone. {@link Agent} is the one that has pods too.
 */
final class TrafficAgent implements AutoCloseable {
    /**
     * What it is made of.
     *
     * @param node as the API knows it now
     * @param plane carries the traffic; not closed with the agent
     * @param routing what the operator decided about routes
     */
    record Parts(ApiClient client, Node node, DataPlane plane, Settings routing, Time time, RandomGenerator random) {}

    private final Parts parts;
    private final Progress progress;
    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Informer<Node> nodes;
    private final Events events;
    private final Reports reports;
    private final Programming programming;
    private final AtomicBoolean programs = new AtomicBoolean();

    /** Puts it together; nothing runs yet. */
    TrafficAgent(Parts parts) {
        this.parts = parts;
        Time time = parts.time();
        String name = parts.node().name();
        progress = new Progress(time);
        services = informer(Resources.SERVICES, Selection.ALL, Service::from);
        slices = informer(Resources.ENDPOINT_SLICES, Selection.ALL, EndpointSlice::from);
        nodes = informer(Resources.NODES, Selection.ALL.where("metadata.name=" + name), Node::from);
        events = new Events(parts.client(), time, "fairlead", name);
        ServiceWarnings warnings = new ServiceWarnings(services, events, name);
        reports = new Reports(
                time,
                parts.plane().mode(),
                parts.node().internalIps().stream()
                        .map(IpAddress::family)
                        .distinct()
                        .sorted()
                        .toList(),
                this::routes,
                this::eligible,
                warnings::unanswered);
        reports.counts(new Counts(name, parts.plane(), time));
        programming = new Programming(
                services,
                slices,
                RouteTable.empty(parts.node(), parts.routing()),
                parts.plane(),
                new NameTable(time),
                progress,
                reports,
                time,
                warnings::unbound);
        nodes.handle((any, old, now, revision) -> {
            if (now != null && any.name().equals(name)) {
                programming.node(now);
            }
        });
    }

    private <T> Informer<T> informer(Resource kind, Selection selection, Function<Tree, T> slim) {
        return new Informer<>(
                parts.client(),
                kind,
                selection,
                slim,
                parts.time(),
                new SplittableRandom(parts.random().nextLong()));
    }

    private boolean eligible() {
        Node node = nodes.get(new ObjectName("", parts.node().name()));
        return node != null && node.eligible();
    }

    /** The informers of Services and slices, for whoever wants to know what passes through them; before the start. */
    Informer<Service> services() {
        return services;
    }

    /** See {@link #services}. */
    Informer<EndpointSlice> slices() {
        return slices;
    }

    /** Begins to follow the API. */
    void start() {
        List.of(services, slices, nodes).forEach(Informer::start);
    }

    /**
     * Waits until everything there was at the start is programmed.
     *
     * @return false when {@code patience} ran out first; it may be asked again
     */
    boolean awaitReady(Duration patience) throws InterruptedException {
        long end = parts.time().nanos() + patience.toNanos();
        for (Informer<?> informer : List.of(services, slices, nodes)) {
            if (!informer.awaitSynced(
                    Duration.ofNanos(Math.max(0, end - parts.time().nanos())))) {
                return false;
            }
        }
        if (programs.compareAndSet(false, true)) {
            programming.start();
        }
        return progress.await(
                () -> progress.programmed() > 0,
                Duration.ofNanos(Math.max(0, end - parts.time().nanos())));
    }

    /** Answers questions about this node's Services from now on. */
    void report(Agent.ReportPorts ports) {
        reports.open(ports);
    }

    /** The routes as they are programmed. */
    RouteTable routes() {
        return programming.table();
    }

    @Override
    public void close() {
        reports.close();
        List.of(services, slices, nodes).forEach(Informer::close);
        programming.close();
        events.close();
    }
}
