// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.Sockets;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A relay on the node connects to pod B from pod A's address; B sees A, and A gets its answer. */
@ExtendWith(NeedsNamespaces.class)
class TransparentRepliesTest {
    @ParameterizedTest
    @CsvSource({
        "10.96.0.1, tcp, true",
        "fd00:10:96::1, tcp, true",
        "10.96.0.1, udp, true",
        "fd00:10:96::1, udp, true",
        "10.96.0.1, tcp, false",
        "fd00:10:96::1, tcp, false",
        "10.96.0.1, udp, false",
        "fd00:10:96::1, udp, false"
    })
    void theBackendSeesTheClient(String virtual, String protocol, boolean bySocket) throws Exception {
        boolean tcp = protocol.equals("tcp");
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            b.serve(8080);
            int lo = node.network().index("lo");
            node.network().addRoute(Route.local(Prefix.of("10.96.0.0/16"), lo));
            node.network().addRoute(Route.local(Prefix.of("fd00:10:96::/112"), lo));
            TransparentReplies replies = node.keep(
                    bySocket
                            ? TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100)
                            : TransparentReplies.installByConnection(
                                    node.namespace(), "fairlead-test", 0x46, 146, 100));
            assertThat(replies.socketMark() == 0).isEqualTo(bySocket);
            InetAddress vip = InetAddress.ofLiteral(virtual);
            boolean v4 = vip.getAddress().length == 4;
            SocketAddress frontend = new SocketAddress().set(vip, 80);
            SocketAddress backend = new SocketAddress().set(v4 ? b.v4() : b.v6(), 8080);

            CompletableFuture<Void> relayed =
                    OneRequestRelay.start(node, frontend, backend, tcp, replies.socketMark(), 3);
            for (int i = 0; i < 3; i++) {
                Answer answer = tcp ? a.ask(vip, 80, "round " + i) : a.askUdp(vip, 80, "round " + i);
                assertThat(answer.server()).isEqualTo("pod-b");
                assertThat(answer.client().getAddress()).isEqualTo(v4 ? a.v4() : a.v6());
                assertThat(answer.text()).isEqualTo("round " + i);
                // and what A asks B directly passes by
                InetAddress direct = v4 ? b.v4() : b.v6();
                assertThat((tcp ? a.ask(direct, 8080, "x") : a.askUdp(direct, 8080, "x")).server())
                        .isEqualTo("pod-b");
            }
            relayed.get();
        }
    }

    /** Fragments but the first have no ports: without being put together first they would not find the socket. */
    @ParameterizedTest
    @CsvSource({"10.96.0.1, true", "fd00:10:96::1, true", "10.96.0.1, false", "fd00:10:96::1, false"})
    void datagramsLargerThanAPacketComeHome(String virtual, boolean bySocket) throws Exception {
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            b.serve(8080);
            int lo = node.network().index("lo");
            node.network().addRoute(Route.local(Prefix.of("10.96.0.0/16"), lo));
            node.network().addRoute(Route.local(Prefix.of("fd00:10:96::/112"), lo));
            TransparentReplies replies = node.keep(
                    bySocket
                            ? TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100)
                            : TransparentReplies.installByConnection(
                                    node.namespace(), "fairlead-test", 0x46, 146, 100));
            InetAddress vip = InetAddress.ofLiteral(virtual);
            SocketAddress backend = new SocketAddress().set(vip.getAddress().length == 4 ? b.v4() : b.v6(), 8080);
            CompletableFuture<Void> relayed = OneRequestRelay.start(
                    node, new SocketAddress().set(vip, 80), backend, false, replies.socketMark(), 1);
            String large = "x".repeat(3900);
            assertThat(a.askUdp(vip, 80, large).text()).isEqualTo(large);
            relayed.get();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, 4", "tcp, 6", "udp, 4", "udp, 6"})
    void aRefusalComesHomeToo(String protocol, int version) throws Exception {
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            node.keep(TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100));
            SocketAddress from = new SocketAddress().set(version == 4 ? a.v4() : a.v6(), 0);
            SocketAddress to = new SocketAddress().set(version == 4 ? b.v4() : b.v6(), 9999);
            assertThat(connectAs(node, protocol.equals("tcp"), from, to)).isEqualTo(-Errno.ECONNREFUSED);
        }
    }

    /** Why a pod that is its own backend must not see its own address. */
    @ParameterizedTest
    @CsvSource({"4", "6"})
    void noHostTakesPacketsFromItself(int version) throws Exception {
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            a.serve(8080);
            node.keep(TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100));
            SocketAddress from = new SocketAddress().set(version == 4 ? a.v4() : a.v6(), 0);
            SocketAddress to = new SocketAddress().set(from).setPort(8080);
            assertThat(connectAs(node, true, from, to)).isEqualTo(-Errno.ETIMEDOUT);
        }
    }

    /** What becomes of a connection: 0, or the error; ETIMEDOUT after 300 ms of silence. */
    private static int connectAs(Host node, boolean tcp, SocketAddress from, SocketAddress to) {
        return node.call(() -> {
            Sockets sockets = new Sockets();
            int fd = Sockets.require("socket", tcp ? sockets.tcp(to.family()) : sockets.udp(to.family()));
            try (Epoll epoll = new Epoll(1)) {
                Sockets.require("transparent", sockets.transparent(fd, to.family()));
                Sockets.require("bind", sockets.bind(fd, from));
                sockets.connect(fd, to);
                if (!tcp) {
                    sockets.send(fd, Arena.ofAuto().allocate(1), 0, 1);
                }
                epoll.add(fd, tcp ? Epoll.OUT : Epoll.IN, 1);
                return epoll.await(300) == 0 ? -Errno.ETIMEDOUT : sockets.error(fd);
            } finally {
                sockets.close(fd);
            }
        });
    }
}
