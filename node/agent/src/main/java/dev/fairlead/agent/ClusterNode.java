// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.cluster.Balanced;
import dev.fairlead.agent.cluster.ClusterDoor;
import dev.fairlead.agent.cluster.ConntrackLimits;
import dev.fairlead.agent.cluster.Control;
import dev.fairlead.agent.cluster.LocalPods;
import dev.fairlead.agent.health.ServiceHealth;
import dev.fairlead.agent.network.NamespaceNetwork;
import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.Opened;
import dev.fairlead.client.https.Connection;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.KubeProxy;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.nftables.OlderIptables;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One node of a cluster that others run, with Fairlead in place of kube-proxy. Closing it leaves the kernel's table in force,
 * so traffic goes on until the next life; the relay's traffic ends with it. {@link #cleanup} takes everything away.
 */
public final class ClusterNode implements AutoCloseable {
    /**
     * What the operator decides.
     *
     * @param name the Node object's name
     * @param namespace where its traffic is; the host's own
     * @param directory of this agent alone
     * @param carrier what carries Services: RELAY or NFTABLES
     * @param balanced whose connections are translated at their sockets; nobody's with RELAY
     * @param serviceCidrs where Services have their addresses; empty: as the API says
     * @param localhost whether processes of the host find node ports on 127.0.0.1, too
     * @param pods how pods are told from others; by links only with NFTABLES
     * @param masquerade the bit of the packet mark, not bit 0
     * @param takeOver whether kube-proxy's rules are removed once ours stand
     */
    public record Settings(
            String name,
            Namespace namespace,
            Path directory,
            Carrier carrier,
            Balanced balanced,
            List<Cidr> serviceCidrs,
            LocalPods pods,
            NodePortAddresses nodePorts,
            boolean localhost,
            boolean masqueradeAll,
            int masquerade,
            ConntrackLimits conntrack,
            boolean takeOver) {}

    /** A data plane and how to take it away. */
    private record Carrying(DataPlane plane, Runnable unmake) {}

    private final Settings settings;
    private final Consumer<String> told;
    private final ClusterDoor door;
    private final Node node;
    private final Carrying carrying;
    private final TrafficAgent agent;

    private ClusterNode(
            Settings settings,
            ClusterDoor door,
            Node node,
            Carrying carrying,
            TrafficAgent agent,
            Consumer<String> told) {
        this.settings = settings;
        this.door = door;
        this.node = node;
        this.carrying = carrying;
        this.agent = agent;
        this.told = told;
    }

    /**
     * Asks the API what has to be known, as long as it takes, and prepares the data plane; {@link #start} begins.
     *
     * @param told hears what goes on, a line each
     * @throws IOException when it cannot be done: an API address that is a Service's, a node that is not known, a data plane
     *     that cannot be had; the message says what to change
     */
    public static ClusterNode open(
            Settings settings, Connection connection, Time time, RandomGenerator random, Consumer<String> told)
            throws IOException, InterruptedException {
        ClusterDoor door = ClusterDoor.open(connection, settings.directory(), settings.serviceCidrs(), time, told);
        try {
            Node node = door.node(settings.name());
            door.learn();
            settings.conntrack()
                    .apply(settings.namespace(), Runtime.getRuntime().availableProcessors())
                    .forEach(told);
            Carrying carrying = carrying(settings, node, door.serviceCidrs(), time, told);
            TrafficAgent agent = new TrafficAgent(new TrafficAgent.Parts(
                    door.client(), node, carrying.plane(), routing(settings, node, door.serviceCidrs()), time, random));
            agent.slices().handle((name, old, now, revision) -> {
                if (now != null) {
                    door.note(now);
                }
            });
            return new ClusterNode(settings, door, node, carrying, agent, told);
        } catch (IOException | InterruptedException | RuntimeException refused) {
            door.close();
            throw refused;
        }
    }

    private static Carrying carrying(
            Settings settings, Node node, List<Cidr> serviceCidrs, Time time, Consumer<String> told)
            throws IOException {
        Namespace namespace = settings.namespace();
        return switch (settings.carrier()) {
            case RELAY -> {
                NamespaceNetwork network =
                        NamespaceNetwork.open(namespace, node.internalIps(), List.of(), serviceCidrs);
                yield new Carrying(Planes.relay(network, time), network::end);
            }
            case NFTABLES -> {
                Ruleset.Options options = Ruleset.Options.USUAL.withMasquerade(settings.masquerade());
                NftablesPlane plane = Planes.nftables(namespace, options, time);
                DataPlane whole = settings.localhost() ? Planes.withLocalhost(plane, namespace, time) : plane;
                yield new Carrying(balanced(settings, whole, told), plane::remove);
            }
            case SOCKETS, SOCKETS_IF_POSSIBLE ->
                throw new IllegalArgumentException("whose sockets? it is NFTABLES, and whom it balances");
        };
    }

    private static DataPlane balanced(Settings settings, DataPlane plane, Consumer<String> told) throws IOException {
        Probe possible = settings.balanced() == Balanced.AUTO ? Probe.socketHooks() : null;
        if (possible != null && !possible.possible()) {
            told.accept("connections are not led to endpoints at their sockets: " + possible.reason());
        }
        return settings.balanced() == Balanced.OFF || possible != null && !possible.possible()
                ? plane
                : Planes.sockets(
                        plane,
                        () -> new SocketPlane.Options(
                                Planes.cgroups(),
                                settings.namespace(),
                                settings.balanced() == Balanced.PODS,
                                Set.of()));
    }

    private static dev.fairlead.core.routes.Settings routing(Settings settings, Node node, List<Cidr> serviceCidrs) {
        dev.fairlead.core.routes.Settings chosen = dev.fairlead.core.routes.Settings.DEFAULT
                .withServiceCidrs(serviceCidrs)
                .withNodePorts(settings.nodePorts())
                .withLocalhost(settings.localhost())
                .withMasqueradeAll(settings.masqueradeAll());
        return settings.pods().tell(chosen, node);
    }

    /**
     * Follows the API from now on. Returns when everything there was is programmed, and kube-proxy's rules are gone if they
     * were to go.
     */
    public void start() throws InterruptedException {
        agent.start();
        while (!agent.awaitReady(Duration.ofSeconds(30))) {
            told.accept("waiting for Services and EndpointSlices from " + door.current());
        }
        if (settings.takeOver()) {
            List<String> removed = new KubeProxy(settings.namespace()).remove();
            told.accept(
                    removed.isEmpty() ? "nothing of kube-proxy was there" : "removed " + String.join(", ", removed));
            new OlderIptables(settings.namespace()).left().forEach(told);
        }
    }

    /** Answers health, metrics and the health checks of Services. */
    public void report(InetSocketAddress health, InetSocketAddress metrics) {
        ServiceHealth.Listening here =
                at -> settings.namespace().call(() -> Opened.listener(NodeNetwork.family(at), at));
        agent.report(new Agent.ReportPorts(here, health, metrics));
    }

    /** The node as the API told it. */
    public Node node() {
        return node;
    }

    /** The routes as they are programmed. */
    public RouteTable routes() {
        return agent.routes();
    }

    /** Ends it and takes everything away that it made; what was done, in words. */
    public String end() {
        try {
            carrying.plane()
                    .apply(RouteTable.empty(
                            node,
                            routing(settings, node, door.serviceCidrs()))); // addresses that were claimed one by one
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        agent.close();
        carrying.unmake().run();
        carrying.plane().close();
        door.close();
        return "Services are no longer carried by Fairlead on node " + settings.name();
    }

    @Override
    public void close() {
        agent.close();
        carrying.plane().close();
        door.close();
    }

    /**
     * Takes away what an agent on this directory left or still keeps up: through the agent where one runs.
     *
     * @return what was done, in words
     */
    public static String cleanup(Namespace namespace, Path directory) throws IOException {
        Optional<String> done = Control.askForCleanup(directory);
        if (done.isPresent()) {
            return done.get();
        }
        try (NftablesPlane plane = NftablesPlane.in(namespace, Planes.TABLE, Ruleset.Options.USUAL)) {
            plane.remove();
        }
        NamespaceNetwork.remove(namespace, ClusterDoor.memory(directory).blocks());
        return "what Fairlead left in the kernel is removed";
    }
}
