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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NeedsNamespaces.class)
class TcpTableTest {
    /** A minute of new connections leaves a hundred thousand; to make something of each held up everything else. */
    @Test
    void connectionsThatOnlyWaitForStragglersArePassedOver() throws Exception {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            try (ServerSocket server = host.call(() -> new ServerSocket(8080, 50, host.v4()))) {
                for (int i = 0; i < 500; i++) {
                    try (Socket client = host.call(() -> new Socket(host.v4(), 8080));
                            Socket accepted = server.accept()) {
                        client.shutdownOutput(); // who ends first waits
                        assertThat(accepted.getInputStream().read()).isNegative();
                    }
                }
                Path waiting = Path.of("/proc/thread-self/net/tcp6"); // Java opens sockets for both families
                assertThat(host.call(() -> Files.readAllLines(waiting))).hasSizeGreaterThan(400);
                Await.until(() -> TcpTable.of(host.namespace()).sockets().size() == 1);
                assertThat(TcpTable.of(host.namespace()).listeners())
                        .extracting(TcpSocket::local)
                        .containsExactly(new InetSocketAddress(host.v4(), 8080));
            }
        }
    }

    @Test
    void socketsAreToldAsTheyAre() throws Exception {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            for (InetAddress address : List.of(host.v4(), host.v6())) {
                try (ServerSocket server = host.call(() -> new ServerSocket(8080, 50, address));
                        Socket client = host.call(() -> new Socket(address, 8080));
                        Socket accepted = server.accept()) {
                    client.getOutputStream().write(new byte[5]);
                    Await.until(() -> accepted.getInputStream().available() == 5);
                    List<TcpSocket> all = TcpTable.of(host.namespace()).sockets();
                    assertThat(all).hasSize(3);
                    TcpSocket receiver = all.stream()
                            .filter(socket ->
                                    socket.local().getPort() == 8080 && socket.state() == TcpSocket.State.ESTABLISHED)
                            .findFirst()
                            .orElseThrow();
                    assertThat(receiver.local().getAddress()).isEqualTo(address);
                    assertThat(receiver.remote()).isEqualTo(client.getLocalSocketAddress());
                    assertThat(receiver.receiveQueue()).isEqualTo(5);
                    assertThat(receiver.sendQueue()).isZero();
                    assertThat(TcpTable.socketInodes(
                                    Set.of(ProcessHandle.current().pid())))
                            .containsAll(all.stream().map(TcpSocket::inode).toList());
                    assertThat(host.call(TcpTable::listening).sockets())
                            .extracting(TcpSocket::state)
                            .containsExactly(TcpSocket.State.LISTEN);
                }
            }
        }
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
                        || !TcpTable.of(host.namespace()).listeners().isEmpty());
                assertThat(child.isAlive()).isTrue();
                assertThat(ProcessStatus.session(child.pid()))
                        .extracting(ProcessStatus::pid)
                        .containsExactly(child.pid());
                List<TcpSocket> listeners = TcpTable.of(host.namespace()).listenersOf(Set.of(child.pid()));
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
}
