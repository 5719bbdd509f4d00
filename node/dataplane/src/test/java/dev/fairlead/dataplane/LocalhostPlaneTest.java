// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.time.SystemTime;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes of the node find node ports on 127.0.0.1, as the table says; nobody else does. */
class LocalhostPlaneTest {
    private static final Settings SETTINGS = PlaneLab.SETTINGS.withLocalhost(true);
    private static final IpAddress LOCALHOST = IpAddress.of("127.0.0.1");
    private static final int PORT = 30080;

    private final SystemTime time = new SystemTime();
    private PlaneLab lab;

    @BeforeEach
    void build() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        lab = new PlaneLab(this::carry);
    }

    private PlaneLab.Carrying carry(Host node) {
        Loop loop = new Loop(new LinuxSockets(), Limits.USUAL, time);
        node.namespace().start("relay-localhost", loop::run);
        NftablesPlane below = NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL);
        return new PlaneLab.Carrying(LocalhostPlane.inNode(below, loop, new Random(1), time), () -> {});
    }

    @AfterEach
    void leave() {
        if (lab != null) {
            lab.close();
        }
        time.close();
    }

    private static List<Packet> packets() {
        Packet.From node = new Packet.From.Node(LOCALHOST);
        return List.of(
                new Packet(node, Protocol.TCP, LOCALHOST, PORT), new Packet(node, Protocol.UDP, LOCALHOST, PORT));
    }

    private static RouteTable table(Settings settings, String spec, String local, String remote) {
        return FlowsContract.table(settings, spec, local, remote);
    }

    @Test
    void theNodeIsServedAsTheTableSays() throws Exception {
        String ranges = ", loadBalancerSourceRanges: [8.8.8.0/24]";
        for (RouteTable table : List.of(
                table(SETTINGS, "", FlowsContract.UP, FlowsContract.UP),
                table(SETTINGS, ", externalTrafficPolicy: Local", "", FlowsContract.UP),
                table(SETTINGS, ", externalTrafficPolicy: Local", FlowsContract.UP, FlowsContract.UP),
                table(SETTINGS, "", FlowsContract.ENDING, ""),
                table(SETTINGS, "", "", ""),
                table(SETTINGS, ranges, "", FlowsContract.UP),
                table(PlaneLab.SETTINGS, "", FlowsContract.UP, ""),
                table(
                        SETTINGS.withNodePorts(NodePortAddresses.parse(List.of("10.200.0.0/24"))
                                .orElseThrow()),
                        "",
                        FlowsContract.UP,
                        ""))) {
            assertThat(lab.plane().apply(table)).isEmpty();
            for (Packet packet : packets()) {
                lab.agrees(table, packet);
                lab.agrees(
                        table,
                        new Packet(
                                lab.sources().get("otherNode").getFirst(),
                                packet.protocol(),
                                PlaneLab.ip(lab.node().v4()),
                                PORT));
            }
        }
    }

    @Test
    void connectionsAreCountedWithThoseOfTheKernel() throws Exception {
        lab.plane().apply(table(SETTINGS, "", FlowsContract.UP, ""));
        Packet packet = packets().getFirst();
        assertThat(lab.server(packet)).isEqualTo("a");
        assertThat(lab.server(new Packet(
                        packet.from(), Protocol.TCP, PlaneLab.ip(lab.node().v4()), PORT)))
                .isEqualTo("a");
        assertThat(lab.plane().passed()).singleElement().satisfies(passed -> {
            assertThat(passed.address()).isEqualTo(IpAddress.of("10.244.1.2"));
            assertThat(passed.connections()).isEqualTo(2);
        });
        assertThat(lab.plane().mode()).isEqualTo("nftables");
        lab.plane()
                .apply(table(SETTINGS, "", FlowsContract.UP, "")
                        .with(new Change.ServiceRemoved(
                                FlowsContract.service("").name())));
        assertThat(lab.server(packet)).isEqualTo("refused");
    }

    @Test
    void aPortThatAnotherProgramHasIsToldAndTheRestWorks() throws Exception {
        RouteTable table = table(SETTINGS, "", FlowsContract.UP, "");
        try (ServerSocket taken =
                lab.node().call(() -> new ServerSocket(PORT, 1, InetAddress.ofLiteral(LOCALHOST.toString())))) {
            assertThat(taken.isBound()).isTrue();
            assertThat(lab.plane().apply(table)).singleElement().satisfies(problem -> {
                assertThat(problem.frontend()).hasToString("node.IPv4:30080/tcp");
                assertThat(problem.service()).hasToString("shop/web");
                assertThat(problem.reason())
                        .contains("127.0.0.1 port 30080", "EADDRINUSE", "the node's other addresses");
            });
            lab.agrees(table, packets().getLast());
            lab.agrees(
                    table,
                    new Packet(
                            lab.sources().get("otherNode").getFirst(),
                            Protocol.TCP,
                            PlaneLab.ip(lab.node().v4()),
                            PORT));
        }
        RouteTable next = table(SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
        assertThat(lab.plane().apply(next))
                .as("tried again with the next change")
                .isEmpty();
        lab.agrees(next, packets().getFirst());
    }
}
