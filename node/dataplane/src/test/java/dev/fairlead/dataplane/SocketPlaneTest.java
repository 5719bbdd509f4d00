// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.hooks.HookMaps;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.Sockets;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.OwnCgroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What processes see when their sockets are translated, and nothing below carries anything. */
class SocketPlaneTest {
    private static final InetAddress V4 = InetAddress.ofLiteral("10.96.0.1");
    private static final InetAddress V6 = InetAddress.ofLiteral("fd00:10:96::1");
    private static final int PORT = 80;
    private static final HookMaps TINY = new HookMaps(2, 128);

    private OwnCgroup group;
    private PlaneLab lab;
    private Host client;

    /** Carries nothing. */
    private static final class Nothing implements DataPlane {
        @Override
        public List<Problem> apply(RouteTable table) {
            return List.of();
        }

        @Override
        public String mode() {
            return "nothing";
        }

        @Override
        public List<Binding> bindings() {
            return List.of();
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void build() throws Exception {
        Probe probe = Probe.socketHooks();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        lab = new PlaneLab(node -> {
            group = OwnCgroup.enter("socket-plane");
            SocketPlane.Options options = new SocketPlane.Options(group.path(), node.namespace(), true, Set.of());
            return new PlaneLab.Carrying(SocketPlane.over(new Nothing(), options, TINY), group, true);
        });
        client = lab.client();
    }

    @AfterEach
    void leave() {
        lab.close();
    }

    private void apply(String spec, String near, String far) throws InterruptedException {
        lab.plane().apply(FlowsContract.table(PlaneLab.SETTINGS, spec, near, far));
    }

    private static Answer ask(DatagramSocket socket, InetSocketAddress to, String text) throws IOException {
        byte[] question = text.getBytes(StandardCharsets.US_ASCII);
        socket.setSoTimeout(30_000);
        socket.send(new DatagramPacket(question, question.length, to));
        DatagramPacket answer = new DatagramPacket(new byte[1000], 1000);
        socket.receive(answer);
        assertThat(answer.getSocketAddress()).as("who answers").isEqualTo(to);
        String[] words = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        InetSocketAddress any = new InetSocketAddress(0);
        return new Answer(words[0], any, any, words[5]);
    }

    private DatagramSocket datagrams() throws IOException {
        return client.call(() -> new DatagramSocket());
    }

    @Test
    void thePeerIsTheService() throws Exception {
        apply("", FlowsContract.UP, FlowsContract.UP);
        for (InetAddress service : List.of(V4, V6)) {
            SocketAddress asked = new SocketAddress().set(service, PORT);
            client.call(() -> {
                Sockets sockets = new Sockets();
                int fd = Sockets.require("open socket", sockets.tcp(asked.family()));
                try {
                    assertThat(sockets.connect(fd, asked)).isIn(0, -Errno.EINPROGRESS);
                    SocketAddress peer = new SocketAddress();
                    PlaneLab.await("the connection", () -> sockets.peerAddress(fd, peer) >= 0);
                    assertThat(peer).hasToString(asked.toString());
                    return null;
                } finally {
                    sockets.close(fd);
                }
            });
            // a socket of both families, as the JDK's are
            assertThat(client.ask(service, PORT, "hello").server()).isIn("a", "b");
        }
    }

    @Test
    void datagramsAreAnsweredByTheService() throws Exception {
        apply("", FlowsContract.UP, FlowsContract.UP);
        for (InetAddress service : List.of(V4, V6)) {
            InetSocketAddress to = new InetSocketAddress(service, PORT);
            Set<String> all = new HashSet<>();
            for (int socket = 0; socket < 60 && all.size() < 2; socket++) {
                try (DatagramSocket unconnected = datagrams()) {
                    Set<String> servers = new HashSet<>();
                    for (int i = 0; i < 5; i++) {
                        servers.add(ask(unconnected, to, "hello").server());
                    }
                    assertThat(servers)
                            .as("a conversation stays with its endpoint")
                            .hasSize(1);
                    all.addAll(servers);
                }
                try (DatagramSocket connected = datagrams()) {
                    connected.connect(to);
                    all.add(ask(connected, to, "hello").server());
                }
            }
            assertThat(all).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void connectsAreCountedByEndpointAlsoOfMapsThatAreNoMore() throws Exception {
        apply("", FlowsContract.UP, FlowsContract.UP);
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            answers.merge(client.ask(V4, PORT, "hello").server(), 1, Integer::sum);
        }
        assertThat(answers).hasSize(2);
        assertThat(counted("10.244.")).containsExactlyInAnyOrderElementsOf(counts(answers));
        assertThat(counted("fd00:")).isEmpty();
        client.ask(V6, PORT, "hello");
        assertThat(counted("fd00:")).containsExactly(1L);
        try (DatagramSocket socket = datagrams()) {
            for (int i = 0; i < 5; i++) {
                ask(socket, new InetSocketAddress(V4, PORT), "hello");
            }
        }
        long before = sum();
        assertThat(before).as("a conversation counts once").isEqualTo(42);
        // other settings need other programs and maps
        dev.fairlead.core.routes.Settings others = PlaneLab.SETTINGS.withMasqueradeAll(true);
        lab.plane().apply(FlowsContract.table(others, "", FlowsContract.UP, FlowsContract.UP));
        assertThat(sum()).isEqualTo(before);
        apply(", type: ClusterIP", "", "");
        assertThat(sum()).as("the Service is still there").isGreaterThanOrEqualTo(before);
    }

    private List<Long> counted(String start) {
        return lab.plane().passed().stream()
                .filter(passed -> passed.address().toString().startsWith(start))
                .filter(passed -> passed.route().protocol() == dev.fairlead.core.definition.Protocol.TCP)
                .map(DataPlane.Passed::connections)
                .toList();
    }

    private static List<Long> counts(Map<String, Integer> answers) {
        return answers.values().stream().map(Integer::longValue).toList();
    }

    private long sum() {
        return lab.plane().passed().stream()
                .mapToLong(DataPlane.Passed::connections)
                .sum();
    }

    @Test
    void aConversationMovesWhenItsEndpointGoes() throws Exception {
        InetSocketAddress to = new InetSocketAddress(V4, PORT);
        apply("", FlowsContract.UP, "");
        try (DatagramSocket socket = datagrams()) {
            assertThat(ask(socket, to, "hello").server()).isEqualTo("a");
            apply("", FlowsContract.UP, FlowsContract.UP);
            for (int i = 0; i < 10; i++) {
                assertThat(ask(socket, to, "hello").server()).isEqualTo("a");
            }
            apply("", "", FlowsContract.UP);
            assertThat(ask(socket, to, "hello").server()).isEqualTo("b");
        }
    }

    @Test
    void aConnectedDatagramSocketIsToldThatItsEndpointIsGone() throws Exception {
        InetSocketAddress to = new InetSocketAddress(V4, PORT);
        Child process = Spawn.of(List.of("sleep", "1000"))
                .withNetwork(client.namespace())
                .withCgroup(group.path())
                .withEnvironment(java.util.Map.of("PATH", "/usr/bin:/bin"))
                .start();
        try (DatagramSocket led = datagrams();
                DatagramSocket direct = datagrams()) {
            apply("", FlowsContract.UP, "");
            led.connect(to);
            assertThat(ask(led, to, "hello").server()).isEqualTo("a");
            InetSocketAddress endpoint = new InetSocketAddress(InetAddress.ofLiteral("10.244.1.2"), 8080);
            direct.connect(endpoint);
            apply("", FlowsContract.UP, FlowsContract.UP);
            assertThat(ask(led, to, "hello").server()).as("it is there").isEqualTo("a");

            apply("", "", FlowsContract.UP);
            assertThatThrownBy(() -> ask(led, to, "hello"))
                    .as("its next send, or a receive that waits")
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("Destination address required|Software caused connection abort");
            assertThat(ask(direct, endpoint, "hello").server())
                    .as("whoever asked for the endpoint itself goes on")
                    .isEqualTo("a");
            try (DatagramSocket next = datagrams()) {
                next.connect(to);
                assertThat(ask(next, to, "hello").server()).isEqualTo("b");
            }
        } finally {
            process.signalGroup(dev.fairlead.kernel.process.Signal.KILL);
            process.exit().get(30, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    @Test
    void affinityHoldsThePod() throws Exception {
        String held = ", type: ClusterIP, externalIPs: [], sessionAffinity: ClientIP";
        RouteTable both = clusterIpOnly(held, FlowsContract.UP, FlowsContract.UP);
        lab.plane().apply(both);
        Set<String> servers = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            servers.add(client.ask(V4, PORT, "hello").server());
        }
        assertThat(servers).hasSize(1);
        boolean first = servers.contains("a");
        lab.plane().apply(clusterIpOnly(held, first ? "" : FlowsContract.UP, first ? FlowsContract.UP : ""));
        assertThat(client.ask(V4, PORT, "hello").server()).isEqualTo(first ? "b" : "a");
        lab.plane().apply(both);
        assertThat(client.ask(V4, PORT, "hello").server()).as("it has moved").isEqualTo(first ? "b" : "a");
    }

    /** A Service that is reached by nothing else, so that pods are held at their sockets. */
    private static RouteTable clusterIpOnly(String spec, String near, String far) {
        dev.fairlead.core.definition.Service service = dev.fairlead.core.definition.Service.from(
                PlaneLab.tree("{metadata: {namespace: shop, name: web}, spec: {clusterIP: 10.96.0.1,"
                        + " clusterIPs: [10.96.0.1], ports: [{name: http, port: 80}]" + spec + "}}"));
        return RouteTable.of(
                List.of(service), List.of(FlowsContract.slice("IPv4", near, far)), PlaneLab.NODE, PlaneLab.SETTINGS);
    }

    @Test
    void nobodyThereIsSaidAtOnce() throws Exception {
        Assumptions.assumeTrue(
                Probe.socketErrors().possible(), Probe.socketErrors().toString());
        apply("", "", "");
        for (InetAddress service : List.of(V4, V6)) {
            assertThatThrownBy(() -> client.ask(service, PORT, "hello"))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("refused");
        }
        apply("", FlowsContract.UP, "");
        assertThat(client.ask(V4, PORT, "hello").server()).isEqualTo("a");
    }

    @Test
    void nothingIsLeftWhenItEnds() throws Exception {
        apply("", FlowsContract.UP, FlowsContract.UP);
        assertThat(client.ask(V4, PORT, "hello").server()).isIn("a", "b");
        lab.plane().close();
        assertThatThrownBy(
                        () -> client.connect(V4, PORT, Duration.ofMillis(300)).close())
                .as("nobody translates any more")
                .isInstanceOf(IOException.class);
    }
}
