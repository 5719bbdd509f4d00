// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.testing.Flows;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Attempt;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A node whose Services a data plane carries, and everybody who may ask it. Packets are sent for real, and what
 * becomes of them is compared with what {@code trace} says.
 *
 * <pre>
 *   client, a (a backend) ── node ──┐
 *          b (a backend) ── node2 ──┼── (router) ── outside
 * </pre>
 */
final class PlaneLab implements AutoCloseable {
    static final Node NODE = Node.from(
            tree("{metadata: {name: n1, labels: {topology.kubernetes.io/zone: za}}, status: {addresses: [{type:"
                    + " InternalIP, address: 10.200.0.1}, {type: InternalIP, address: 'fd00:200::1'}]}}"));
    static final Settings SETTINGS =
            Settings.DEFAULT.withPodCidrs(List.of(Cidr.of("10.244.1.0/24"), Cidr.of("fd00:10:244:1::/64")));
    static final List<String> BLOCKS = List.of("10.96.0.0/16", "fd00:10:96::/112");
    private static final List<String> OUTER = List.of("198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final int MOST = 60; // questions until every backend has answered

    private final Lab lab = new Lab();
    private final Host node = lab.host("node");
    private final Host other = lab.host("node2");
    private final Host outside = lab.host("outside");
    private final Host client = lab.behind(node, "client", "10.244.1.9", "fd00:10:244:1::9");
    private final Host near = lab.behind(node, "a", "10.244.1.2", "fd00:10:244:1::2");
    private final Host far = lab.behind(other, "b", "10.244.2.2", "fd00:10:244:2::2");
    private final Carrying carrying;

    /** How a plane comes to carry the Services of the lab's node. */
    interface Carrier {
        Carrying carry(Host node) throws Exception;
    }

    /**
     * A plane, and what ends with it.
     *
     * @param atSockets whether it works where processes connect: then only those of the node and its pods concern it, and a
     *     pod that meets itself does so without leaving
     */
    record Carrying(DataPlane plane, AutoCloseable surroundings, boolean atSockets) {
        Carrying(DataPlane plane, AutoCloseable surroundings) {
            this(plane, surroundings, false);
        }
    }

    PlaneLab(Carrier carrier) throws Exception {
        near.serve(8080);
        far.serve(8080);
        node.call(() -> {
            Sysctl.write("net/ipv6/ip_nonlocal_bind", "1");
            Sysctl.write("net/ipv4/icmp_ratelimit", "0"); // every refused datagram shall be told so
            Sysctl.write("net/ipv6/icmp/ratelimit", "0");
            return null;
        });
        for (String block : BLOCKS) {
            lab.route(block, node);
        }
        OUTER.forEach(block -> lab.route(block, node));
        carrying = carrier.carry(node);
    }

    static Tree tree(String yaml) {
        Yaml.Document document = Yaml.read(yaml).getFirst();
        return new Tree(document.fields());
    }

    DataPlane plane() {
        return carrying.plane();
    }

    Host node() {
        return node;
    }

    /** A pod of the node that is no backend. */
    Host client() {
        return client;
    }

    /** The name of the node's link to one of its pods. */
    String linkTo(Host pod) {
        int index = node.network().routes().stream()
                .filter(route -> route.destination().address().equals(pod.v4()))
                .findFirst()
                .orElseThrow()
                .link();
        return node.network().links().stream()
                .filter(link -> link.index() == index)
                .findFirst()
                .orElseThrow()
                .name();
    }

    /** Both backends answer at another port too. */
    void serveAt(int port) throws IOException {
        near.serve(port);
        far.serve(port);
    }

    /** Everybody who asks, by what the table shall take him for; of both families. */
    Map<String, List<Packet.From>> sources() {
        Map<String, List<Packet.From>> sources = new LinkedHashMap<>();
        sources.put(
                "pod", List.of(new Packet.From.Pod(ip(client.v4()), "n1"), new Packet.From.Pod(ip(client.v6()), "n1")));
        sources.put(
                "itself", List.of(new Packet.From.Pod(ip(near.v4()), "n1"), new Packet.From.Pod(ip(near.v6()), "n1")));
        sources.put(
                "podElsewhere",
                List.of(new Packet.From.Pod(ip(far.v4()), "n2"), new Packet.From.Pod(ip(far.v6()), "n2")));
        sources.put("node", List.of(new Packet.From.Node(ip(node.v4())), new Packet.From.Node(ip(node.v6()))));
        sources.put(
                "otherNode",
                List.of(new Packet.From.OtherNode(ip(other.v4())), new Packet.From.OtherNode(ip(other.v6()))));
        sources.put(
                "outside",
                List.of(new Packet.From.Outside(ip(outside.v4())), new Packet.From.Outside(ip(outside.v6()))));
        if (carrying.atSockets()) {
            sources.keySet().retainAll(Set.of("pod", "itself", "node"));
        }
        return sources;
    }

    /** The host that has an address. */
    Host host(IpAddress address) {
        return List.of(node, other, outside, client, near, far).stream()
                .filter(host -> ip(host.v4()).equals(address) || ip(host.v6()).equals(address))
                .findFirst()
                .orElseThrow();
    }

    static IpAddress ip(InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    /** Sends the packet, as often as it takes, and holds what happens against what the table says. */
    void agrees(RouteTable table, Packet packet) throws IOException {
        Flows.Met met = flows().send(table, packet);
        assertThat(met.amiss()).as("%s: %s", packet, met.verdict()).isEmpty();
    }

    private Flows flows() {
        return new Flows(node, this::host, carrying.atSockets());
    }

    /** Who answers the packet. */
    String server(Packet packet) throws IOException {
        Attempt seen = flows().attempt(packet, PATIENCE);
        return seen instanceof Attempt.Answered(Answer answer) ? answer.server() : seen.toString();
    }

    /** A connection that stays, of one that {@code server} answered. */
    AutoCloseable hold(Packet packet, String server) throws IOException {
        for (int i = 0; i < MOST; i++) {
            SocketChannel channel =
                    host(packet.from().ip()).call(() -> SocketChannel.open(StandardProtocolFamily.INET));
            channel.socket().setSoTimeout((int) PATIENCE.toMillis());
            channel.socket()
                    .connect(Inet.socketAddress(packet.destination(), packet.port()), (int) PATIENCE.toMillis());
            if (Attempt.over(channel.socket()).answer().server().equals(server)) {
                return channel;
            }
            channel.close();
        }
        throw new IOException(server + " never answered");
    }

    @Override
    public void close() {
        carrying.plane().close();
        try {
            carrying.surroundings().close();
        } catch (Exception e) {
            throw new IllegalStateException("the plane's surroundings stay", e);
        } finally {
            lab.close();
        }
    }

    /** Waits until a condition holds. */
    static void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(PATIENT.toSeconds() + " s for " + what)
                    .isLessThan(end);
            LockSupport.parkNanos(1_000_000); // the pace of asking
        }
    }
}
