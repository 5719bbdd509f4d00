// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.health.Answer;
import dev.fairlead.agent.health.ServiceHealth;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.cache.Readings;
import dev.fairlead.client.record.Events;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.NodeReport;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dns.names.HostNames;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.pods.NodeStatus;
import dev.fairlead.pods.PodApi;
import dev.fairlead.pods.PodEvents;
import dev.fairlead.pods.PodSettings;
import dev.fairlead.pods.Pods;
import dev.fairlead.pods.Rotation;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fairlead on one node. {@link #start} registers the node, adopts the pods of the life before, and begins to follow the
 * API; {@link #awaitReady} returns when routes and names are whole. {@link #close} lets go of everything: pods go on
 * running; {@link #endPods} ends them first.
 */
public final class Agent implements AutoCloseable {
    /**
     * What an agent is made of.
     *
     * @param readings shared with other parts of the process that follow the same API
     * @param plane carries the traffic; closed with the agent
     * @param names is kept after the Services
     * @param routing what the operator decided about routes
     * @param patientEnds whether a pod's end waits until no node sends it new connections
     */
    public record Parts(
            ApiClient client,
            Readings readings,
            NodeStatus node,
            PodSettings pods,
            PodNetwork podNetwork,
            DataPlane plane,
            NameTable names,
            Settings routing,
            boolean patientEnds,
            Time time,
            RandomGenerator random) {}

    private final Parts parts;
    private final Progress progress;
    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Informer<Node> nodes;
    private final Informer<NodeLease> leases;
    private final Informer<String> namespaces;
    private final Informer<HostNames.Served> ingresses;
    private final Informer<Tree> ownPods;
    private final Events events;
    private final ServiceWarnings warnings;
    private final Heartbeat heartbeat;
    private final Reports reports;
    private final Counts counts;
    private final Programming programming;
    private final Reporting reporting;
    private final Notes notes;
    private final ProtocolCondition protocols;
    private final Pods pods;

    /** Puts the agent together; nothing runs yet. */
    public Agent(Parts parts) {
        this.parts = parts;
        Time time = parts.time();
        String name = parts.node().name();
        progress = new Progress(time);
        services = informer(Resources.SERVICES, Selection.ALL, parts.readings().services());
        slices = informer(
                Resources.ENDPOINT_SLICES, Selection.ALL, parts.readings().slices());
        nodes = informer(Resources.NODES, Selection.ALL, Node::from);
        leases = informer(Resources.LEASES, Selection.in(NodeLease.NAMESPACE), NodeLease::from);
        namespaces = informer(
                Resources.NAMESPACES,
                Selection.ALL,
                tree -> tree.tree("metadata").text("name", ""));
        ingresses = informer(Resources.INGRESSES, Selection.ALL, IngressHosts::of);
        ingresses.handle(IngressHosts.into(parts.names().hosts()));
        ownPods = informer(Resources.PODS, Selection.ALL.where("spec.nodeName=" + name), tree -> tree);
        events = new Events(parts.client(), time, "fairlead", name);
        warnings = new ServiceWarnings(services, events, name);
        heartbeat = new Heartbeat(parts.client(), parts.node(), progress, time);
        reports = new Reports(
                time, parts.plane().mode(), families(parts.node()), this::routes, this::eligible, warnings::unanswered);
        counts = new Counts(name, parts.plane(), time);
        reports.counts(counts);
        programming = new Programming(
                services,
                slices,
                RouteTable.empty(asNode(parts.node()), parts.routing()),
                parts.plane(),
                parts.names(),
                progress,
                reports,
                time,
                this::tell);
        protocols = new ProtocolCondition(
                parts.client(),
                services,
                time,
                new SplittableRandom(parts.random().nextLong()));
        OutOfRotation rotation = new OutOfRotation(name, progress, leases, this::knows, time);
        pods = new Pods(
                parts.pods(),
                PodApi.of(parts.client()),
                parts.podNetwork(),
                parts.patientEnds() ? rotation : (pod, bound) -> Rotation.Outcome.OUT,
                this::tell,
                new Links(services, parts.plane()::bindings),
                time);
        reporting = new Reporting(name, parts.plane(), progress, pods::openPorts, time);
        notes = new Notes(parts.plane(), () -> reporting.notes(programming.table()), heartbeat::note, time);
        nodes.handle((any, old, now, revision) -> {
            if (now != null && any.name().equals(name)) {
                programming.node(now);
                notes.changed();
                if (!now.ready()) {
                    heartbeat.contradict();
                }
            }
            progress.changed();
        });
        namespaces.handle((any, old, now, revision) -> {
            if (now != null) {
                parts.names().putNamespace(now);
            } else if (old != null) {
                parts.names().removeNamespace(old);
            }
        });
        leases.handle((any, old, now, revision) -> progress.changed());
        slices.handle((any, old, now, revision) -> {
            if (leases.size() > 1) {
                heartbeat.tell(revision); // an endpoint may have left: its pod's node waits for us
            }
        });
        PodAddresses addresses = new PodAddresses(parts.names());
        ownPods.handle(new Handler<>() {
            @Override
            public void changed(ObjectName any, @Nullable Tree old, @Nullable Tree now, long revision) {
                addresses.observe(any, old, now);
                rotation.observe(old, now);
                pods.observe(old, now);
            }

            @Override
            public void synced() {
                pods.synced();
            }
        });
    }

    private static List<IpFamily> families(NodeStatus status) {
        return status.addresses().stream()
                .map(IpAddress::family)
                .distinct()
                .sorted()
                .toList();
    }

    private boolean eligible() {
        Node node = nodes.get(new ObjectName("", parts.node().name()));
        return node != null && node.eligible();
    }

    private boolean knows(String node) {
        return nodes.get(new ObjectName("", node)) != null;
    }

    private static Node asNode(NodeStatus status) {
        return Node.from(new Tree(Map.of(
                "metadata", Map.of("name", status.name()),
                "status",
                        Map.of(
                                "addresses",
                                status.addresses().stream()
                                        .map(IpAddress::toString)
                                        .map(address -> Map.of("type", "InternalIP", "address", address))
                                        .toList()))));
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

    /** Registers the node and begins to follow the API. */
    public void start() throws IOException, InterruptedException {
        pods.start();
        heartbeat.register();
        heartbeat.start();
        List.of(services, slices, nodes, leases, namespaces, ingresses).forEach(Informer::start);
    }

    /**
     * Waits until everything there was at the start is programmed, and only then starts pods: what they look for is there.
     *
     * @return false when {@code patience} ran out first
     */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        long end = parts.time().nanos() + patience.toNanos();
        for (Informer<?> informer : List.of(services, slices, nodes, leases, namespaces, ingresses)) {
            if (!informer.awaitSynced(
                    Duration.ofNanos(Math.max(0, end - parts.time().nanos())))) {
                return false;
            }
        }
        programming.start();
        protocols.start();
        ownPods.start();
        return progress.await(
                () -> progress.programmed() > 0,
                Duration.ofNanos(Math.max(0, end - parts.time().nanos())));
    }

    /**
     * Where others may ask about this node's Services.
     *
     * @param listening makes listening sockets where the node's are
     * @param health for {@code /healthz} and {@code /livez}
     * @param metrics for {@code /metrics} and {@code /proxyMode}
     */
    public record ReportPorts(ServiceHealth.Listening listening, InetSocketAddress health, InetSocketAddress metrics) {
        /** kube-proxy's ports: health on an address of the caller's choice, metrics on loopback. */
        public static ReportPorts usual(ServiceHealth.Listening listening, InetAddress health) {
            return new ReportPorts(
                    listening,
                    new InetSocketAddress(health, 10_256),
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 10_249));
        }
    }

    /** Answers questions about this node's Services from now on: health, metrics, the health checks of Services. */
    public void report(ReportPorts ports) {
        reports.open(ports);
    }

    /** What the node answers at {@code path} ({@code /metrics}, {@code /healthz} …), as through its port for metrics. */
    public Answer page(String path) {
        return reports.numbers(path);
    }

    /** The routes as they are programmed. */
    public RouteTable routes() {
        return programming.table();
    }

    /** Tells more numbers at {@code /metrics}, in Prometheus' text format. */
    public void alsoTell(Supplier<String> numbers) {
        reports.alsoTell(numbers);
    }

    /** Where frontends are really bound on this node. */
    public List<Binding> bindings() {
        return parts.plane().bindings();
    }

    /** Through which revision of the API the data plane follows it. */
    public long programmed() {
        return progress.programmed();
    }

    /** What this node knows about a Service and its pods, for an explanation. */
    public NodeReport report(ObjectName service, List<ObjectName> own) {
        return reporting.of(programming.table(), service, own);
    }

    /** What passed through this node's data plane, by Service port and endpoint. */
    public TrafficReport traffic() {
        return counts.report();
    }

    /** The logs of this node's pods. */
    public PodLogs logs() {
        return pods.logs();
    }

    /**
     * Runs a command in a container of one of this node's pods.
     *
     * @throws IOException when the container does not run, or the command cannot be started
     */
    public RunningCommand run(ObjectName pod, String container, Command command)
            throws IOException, InterruptedException {
        return pods.run(pod, container, command);
    }

    /**
     * A connection to a port of one of this node's pods, as from inside of it.
     *
     * @throws IOException when nobody listens there, or the pod does not run
     */
    public Socket dial(ObjectName pod, int port) throws IOException, InterruptedException {
        return pods.dial(pod, port);
    }

    /** Ends the processes of all pods, giving each its time but at most {@code grace}. */
    public void endPods(Duration grace) throws InterruptedException {
        ownPods.close();
        pods.endAll(grace);
        heartbeat.giveUp();
    }

    private void tell(PodEvents.Event event) {
        Events.About about = new Events.About(
                "v1", "Pod", event.pod().namespace(), event.pod().name(), event.uid());
        if (event.warning()) {
            events.warning(about, event.reason(), event.message());
        } else {
            events.normal(about, event.reason(), event.message());
        }
    }

    private void tell(List<DataPlane.Problem> problems) {
        reporting.problems(problems);
        notes.changed();
        protocols.problems(problems);
        warnings.unbound(problems);
    }

    @Override
    public void close() {
        reports.close();
        notes.close();
        protocols.close();
        List.of(ownPods, services, slices, nodes, leases, namespaces, ingresses).forEach(Informer::close);
        heartbeat.close();
        programming.close();
        pods.close();
        events.close();
        parts.plane().close();
    }
}
