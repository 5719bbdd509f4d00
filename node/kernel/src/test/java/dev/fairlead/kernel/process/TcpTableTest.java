// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NeedsNamespaces.class)
class TcpTableTest {
    /** A minute of new connections leaves so many; making something of each held up everything else on a small machine. */
    @Test
    void connectionsThatOnlyWaitForStragglersArePassedOver(@TempDir Path net) throws Exception {
        String heading =
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        StringBuilder table = new StringBuilder(heading);
        for (int i = 0; i < 20_000; i++) {
            String socket = i % 1000 == 7
                    ? "00000000:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 %d 1 0"
                            .formatted(i / 1000 + 1, i)
                    : "0100007F:1F90 0100007F:E6A8 06 00000000:00000000 03:00000553 00000000 0 0 0 3 0";
            table.append("%5d: %s%n".formatted(i, socket));
        }
        Files.writeString(net.resolve("tcp"), table);

        List<TcpSocket> sockets = TcpTable.read(net, "tcp");

        assertThat(sockets)
                .extracting(socket -> socket.local().getPort())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
        assertThat(sockets).extracting(TcpSocket::inode).startsWith(7L, 1007L).endsWith(19_007L);
    }

    @Test
    void connectionsNobodyHasAcceptedAreCounted() throws Exception {
        try (Lab lab = new Lab()) {
            Host server = lab.host("server");
            Host client = lab.host("client");
            for (InetAddress address : List.of(server.v4(), server.v6())) {
                try (ServerSocket wildcard = server.call(() -> new ServerSocket(8080, 2));
                        ServerSocket one = server.call(() -> new ServerSocket(8081, 50, address))) {
                    assertThat(one.getLocalPort()).isEqualTo(8081);
                    assertThat(TcpTable.of(server.namespace()).notAccepted(any -> true))
                            .isZero();
                    Socket a = client.keep(client.connect(address, 8080));
                    client.keep(client.connect(address, 8080));
                    client.keep(client.connect(address, 8081));
                    TcpTable before = TcpTable.of(server.namespace());
                    assertThat(before.notAccepted(InetAddress::isAnyLocalAddress))
                            .isEqualTo(2);
                    assertThat(before.notAccepted(address::equals)).isEqualTo(1);
                    assertThat(before.notAccepted(any -> true)).isEqualTo(3);
                    server.keep(wildcard.accept());
                    TcpTable after = TcpTable.of(server.namespace());
                    assertThat(after.notAccepted(InetAddress::isAnyLocalAddress))
                            .isEqualTo(1);
                    a.close();
                }
            }
        }
    }

    @Test
    void aFullQueueLeavesHalfOpenConnections() throws Exception {
        try (Lab lab = new Lab()) {
            Host server = lab.host("server");
            Host client = lab.host("client");
            try (ServerSocket full = server.call(() -> new ServerSocket(8080, 1))) {
                assertThat(full.isBound()).isTrue();
                for (int i = 0; i < 5; i++) {
                    client.call(() -> {
                        var channel = client.keep(java.nio.channels.SocketChannel.open());
                        channel.configureBlocking(false);
                        return channel.connect(new InetSocketAddress(server.v4(), 8080));
                    });
                }
                // two fit into a queue of one; a further one is remembered as half-open for a while, or refused to be
                Await.until(() -> TcpTable.of(server.namespace()).notAccepted(any -> true) >= 2);
            }
        }
    }

    @Test
    void aProcessThatListensOnTheWildcardIsFound() throws Exception {
        try (Lab lab = new Lab();
                var _ = new ServerSocket(0)) {
            Host host = lab.host("host");
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Child child = Spawn.of(List.of(
                            java,
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            "-m",
                            "jdk.httpserver",
                            "-b",
                            "0.0.0.0",
                            "-p",
                            "8000"))
                    .withEnvironment(Map.of("PATH", "/usr/bin:/bin"))
                    .withDirectory(Path.of("/tmp"))
                    .withNetwork(host.namespace())
                    .start();
            try {
                Await.until(() -> !child.isAlive()
                        || !TcpTable.ofProcess(child.pid()).listeners().isEmpty());
                assertThat(child.isAlive()).isTrue();
                assertThat(ProcessStatus.session(child.pid()))
                        .extracting(ProcessStatus::pid)
                        .containsExactly(child.pid());
                List<TcpSocket> listeners = TcpTable.ofProcess(child.pid()).listenersOf(Set.of(child.pid()));
                assertThat(listeners).hasSize(1);
                assertThat(listeners.getFirst().isWildcard()).isTrue();
                assertThat(listeners.getFirst().local().getPort()).isEqualTo(8000);
                assertThat(TcpTable.of(host.namespace())
                                .listenersOf(Set.of(ProcessHandle.current().pid())))
                        .isEmpty();
            } finally {
                child.signalGroup(Signal.KILL);
                child.exit().join();
            }
        }
    }

    @Test
    void linesAreReadAsTheKernelPrintsThem() {
        TcpSocket v4 = TcpTable.parse(
                "   0: 0100007F:1F90 0200000A:C000 01 00000010:00000005 00:00000000 00000000  1000        0 12345 1 0 20 4 0 10 -1");
        assertThat(v4.local()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080));
        assertThat(v4.remote()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.2"), 49152));
        assertThat(v4.state()).isEqualTo(TcpSocket.State.ESTABLISHED);
        assertThat(v4.sendQueue()).isEqualTo(16);
        assertThat(v4.receiveQueue()).isEqualTo(5);
        assertThat(v4.inode()).isEqualTo(12345);
        TcpSocket v6 = TcpTable.parse(
                "   1: 000000FD000000000000000002000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0");
        assertThat(v6.local().getAddress()).isEqualTo(InetAddress.ofLiteral("fd00::2"));
        assertThat(v6.state()).isEqualTo(TcpSocket.State.LISTEN);
        assertThat(v6.isWildcard()).isFalse();
        TcpSocket mapped = TcpTable.parse(
                "   2: 0000000000000000FFFF00000180C97F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8 1 0 100 0 0 10 0");
        assertThat(mapped.local().getAddress()).isEqualTo(InetAddress.ofLiteral("127.201.128.1"));
    }
}
