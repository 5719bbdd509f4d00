// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.relay.Frontend;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.relay.Outward;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.dns.forward.HostResolvers;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.dns.server.DnsServer;
import dev.fairlead.dns.server.DnsSettings;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Cgroups;
import dev.fairlead.pods.environment.ResolvConf;
import dev.fairlead.pods.network.KernelNetwork;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What carries traffic on the node: its network, the data plane, DNS, and the pods' places. */
public final class NodeTraffic implements AutoCloseable {
    /**
     * What there is to carry.
     *
     * @param network where; closed with the traffic
     * @param podBlocks what pods of this node get their addresses from, one block for each family, primary first
     * @param dns where the cluster's DNS answers on this node
     * @param directory the node's data directory
     * @param carrier by what; but for RELAY only where the network has a namespace
     * @param names how names are answered
     */
    public record Plan(
            NodeNetwork network,
            List<Cidr> podBlocks,
            IpAddress dns,
            Path directory,
            Carrier carrier,
            DnsChoices names) {
        public Plan {
            carrier = carrier.here();
        }
    }

    /** The cluster's domain. */
    public static final String DOMAIN = "cluster.local";

    private static final int DNS_PORT = 53;
    private static final int[] OTHER_DNS_PORTS = {8053, 20_053, 30_053};
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private static final System.Logger LOG = System.getLogger(NodeTraffic.class.getName());

    private final Plan plan;
    private final NodeNetwork network;
    private final PodNetwork pods;
    private final DataPlane plane;
    private final NameTable names;
    private final DnsServer dns;
    private final DnsMetrics dnsMetrics;
    private final InetSocketAddress dnsAddress;
    private final @Nullable Loop outward;

    private NodeTraffic(
            Plan plan,
            PodNetwork pods,
            DataPlane plane,
            NameTable names,
            DnsServer dns,
            DnsMetrics dnsMetrics,
            InetSocketAddress dnsAddress,
            @Nullable Loop outward) {
        this.plan = plan;
        this.network = plan.network();
        this.pods = pods;
        this.plane = plane;
        this.names = names;
        this.dns = dns;
        this.dnsMetrics = dnsMetrics;
        this.dnsAddress = dnsAddress;
        this.outward = outward;
    }

    /** Opens everything; nothing is routed yet. */
    public static NodeTraffic open(Plan plan, Time time) throws IOException {
        NodeNetwork network = plan.network();
        NameTable names = new NameTable(time);
        List<UdpSocket> udp = new ArrayList<>();
        List<ServerSocketChannel> tcp = new ArrayList<>();
        InetSocketAddress dnsAddress = listen(network, plan.dns(), udp, tcp);
        DnsMetrics metrics = new DnsMetrics(dnsAddress.getPort());
        DnsServer dns = DnsServer.start(
                settings(plan.dns(), plan.names()),
                names,
                metrics,
                new DnsServer.Sockets(udp, tcp, encrypted(network, plan)),
                time);
        DataPlane plane = switch (plan.carrier()) {
            case RELAY -> Planes.relay(network, time);
            case NFTABLES -> kernel(network, plan.dns(), time);
            case SOCKETS -> sockets(plan, time);
            case SOCKETS_IF_POSSIBLE -> throw new IllegalStateException("a plan says which");
        };
        return new NodeTraffic(
                plan, podNetwork(plan, dnsAddress), plane, names, dns, metrics, dnsAddress, outward(network, time));
    }

    /** Passes pods' connections to the world on, where no route does; null where there is nothing to do. */
    private static @Nullable Loop outward(NodeNetwork network, Time time) throws IOException {
        Optional<NodeNetwork.Outside> outside = network.outside();
        if (outside.isEmpty()) {
            return null;
        }
        Loop loop = new Loop(outside.get().sockets(), Outward.LIMITS, time);
        outside.get().start().accept("relay-out", loop::run);
        Outward world = new Outward();
        Map<Frontend, Upstream> open = outside.get().doors().stream()
                .collect(Collectors.toMap(door -> new Frontend(door, false), door -> world));
        try {
            Map<Frontend, IOException> refused = loop.change(new Loop.Changes(open, List.of(), List.of()));
            if (refused.size() == open.size()) {
                loop.close();
                throw new IOException("nothing can pass pods' connections on to the world: " + refused);
            }
        } catch (InterruptedException stop) {
            loop.close();
            throw new InterruptedIOException("interrupted");
        }
        return loop;
    }

    private static DataPlane kernel(NodeNetwork network, IpAddress dns, Time time) throws IOException {
        Namespace namespace = network.namespace()
                .orElseThrow(
                        () -> new IOException("nftables carries Services in a network namespace only; the network is "
                                + network.mode().text()));
        DataPlane plane = Planes.nftables(namespace, Ruleset.Options.USUAL.withListeners(List.of(dns)), time);
        return Planes.withDoors(plane, network, time);
    }

    private static DataPlane sockets(Plan plan, Time time) throws IOException {
        return Planes.sockets(
                kernel(plan.network(), plan.dns(), time),
                () -> new SocketPlane.Options(
                        Cgroups.create(Planes.cgroups(), groupName(plan)),
                        plan.network().namespace().orElseThrow(),
                        true,
                        Set.of(plan.dns())));
    }

    /** The group of this node's pods is found again by every life of the node, wherever that was started. */
    private static String groupName(Plan plan) {
        return "fairlead-"
                + Integer.toHexString(
                        plan.directory().toAbsolutePath().normalize().hashCode());
    }

    private static InetSocketAddress listen(
            NodeNetwork network, IpAddress address, List<UdpSocket> udp, List<ServerSocketChannel> tcp)
            throws IOException {
        IOException last = null;
        List<Integer> ports = new ArrayList<>(List.of(DNS_PORT));
        if (network.mode() == Mode.LOOPBACK) {
            for (int other : OTHER_DNS_PORTS) {
                ports.add(other);
            }
        }
        for (int port : ports) {
            InetSocketAddress at = Inet.socketAddress(address, port);
            try {
                UdpSocket datagrams = network.datagrams(at);
                try {
                    tcp.add(network.listen(at));
                } catch (IOException taken) {
                    datagrams.close();
                    throw taken;
                }
                udp.add(datagrams);
                return at;
            } catch (IOException refused) {
                last = refused;
            }
        }
        throw new IOException("DNS cannot listen at " + address + " port " + DNS_PORT + ": " + last, last);
    }

    private static Optional<DnsServer.Encrypted> encrypted(NodeNetwork network, Plan plan) throws IOException {
        Optional<DnsChoices.Encryption> wanted = plan.names().encryption();
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DnsServer.Encrypted(
                encrypted(network, plan.dns(), wanted.get().tlsPort()),
                encrypted(network, plan.dns(), wanted.get().httpsPort()),
                wanted.get().context()));
    }

    private static List<ServerSocketChannel> encrypted(NodeNetwork network, IpAddress address, int port)
            throws IOException {
        return port == 0 ? List.of() : List.of(network.listen(Inet.socketAddress(address, port)));
    }

    private static PodNetwork podNetwork(Plan plan, InetSocketAddress dnsAddress) throws IOException {
        NodeNetwork network = plan.network();
        Optional<Namespace> namespace = network.namespace();
        if (namespace.isEmpty()) {
            String dns = dnsAddress.getAddress().getHostAddress() + ":" + dnsAddress.getPort();
            return new LoopbackNetwork(
                    plan.podBlocks().getFirst(), network.nodeIps().getFirst(), dns);
        }
        String resolvConf = Files.exists(RESOLV_CONF) ? Files.readString(RESOLV_CONF) : "";
        ResolvConf.ClusterDns dns = new ResolvConf.ClusterDns(List.of(plan.dns().toString()), DOMAIN);
        return new KernelNetwork(
                new KernelNetwork.Plan(
                        network.mode().text(),
                        plan.podBlocks(),
                        network.nodeIps(),
                        dns,
                        ResolvConf.parse(resolvConf),
                        plan.directory()),
                namespace.get());
    }

    /** The cgroup that all processes of pods have to be in; empty where it does not matter. */
    public Optional<Path> cgroup() {
        return plan.carrier() == Carrier.SOCKETS
                ? Optional.of(Planes.cgroups().resolve(groupName(plan)))
                : Optional.empty();
    }

    /** Where it happens. */
    public NodeNetwork network() {
        return network;
    }

    /** The pods' places. */
    public PodNetwork pods() {
        return pods;
    }

    /** What carries Services. */
    public DataPlane plane() {
        return plane;
    }

    /** What DNS answers from. */
    public NameTable names() {
        return names;
    }

    /** What DNS counts. */
    public DnsMetrics dnsMetrics() {
        return dnsMetrics;
    }

    /** Where DNS answers. */
    public InetSocketAddress dnsAddress() {
        return dnsAddress;
    }

    /** DNS goes on with other choices, without losing a query; where it listens stays as it is. */
    public void reload(DnsChoices choices) {
        dns.reload(settings(plan.dns(), choices));
    }

    /** DNS answers every question with SERVFAIL from now on, or as before. */
    public void failNames(boolean failing) {
        dns.fail(failing);
    }

    private static DnsSettings settings(IpAddress address, DnsChoices choices) {
        return choices.settings(DnsName.of(DOMAIN), List.of(address), HostResolvers.read(RESOLV_CONF));
    }

    /** Unmakes the network too: no pods run any more. */
    public void end() {
        endSockets();
        network.end();
        cgroup().ifPresent(group -> {
            try {
                Cgroups.removeAll(group);
            } catch (KernelException busy) {
                LOG.log(System.Logger.Level.WARNING, "the cgroup of pods stays: {0}", busy.getMessage());
            }
        });
    }

    @Override
    public void close() {
        endSockets();
        network.close();
    }

    private void endSockets() {
        dns.close();
        if (outward != null) {
            outward.close();
        }
    }
}
