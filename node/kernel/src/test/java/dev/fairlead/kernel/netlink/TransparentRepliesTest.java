// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.SocketOption;
import dev.fairlead.kernel.socket.Sockets;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A relay on the node connects to pod B from pod A's address; B sees A, and A gets its answer. */
class TransparentRepliesTest {
    @ParameterizedTest
    @CsvSource({"10.96.0.1, tcp", "fd00:10:96::1, tcp", "10.96.0.1, udp", "fd00:10:96::1, udp"})
    void theBackendSeesTheClient(String virtual, String protocol) throws Exception {
        boolean tcp = protocol.equals("tcp");
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            b.serve(8080);
            int lo = node.network().index("lo");
            node.network().addRoute(Route.local(Prefix.of("10.96.0.0/16"), lo));
            node.network().addRoute(Route.local(Prefix.of("fd00:10:96::/112"), lo));
            node.keep(TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100));
            InetAddress vip = InetAddress.ofLiteral(virtual);
            boolean v4 = vip.getAddress().length == 4;
            SocketAddress frontend = new SocketAddress().set(vip, 80);
            SocketAddress backend = new SocketAddress().set(v4 ? b.v4() : b.v6(), 8080);

            CompletableFuture<Void> relayed = new CompletableFuture<>();
            CompletableFuture<Void> ready = new CompletableFuture<>();
            node.namespace().start("relay", () -> {
                try (Relay relay = new Relay(frontend, backend, tcp)) {
                    ready.complete(null);
                    for (int i = 0; i < 3; i++) {
                        relay.one();
                    }
                    relayed.complete(null);
                } catch (Throwable t) {
                    ready.completeExceptionally(t);
                    relayed.completeExceptionally(t);
                }
            });
            ready.get();
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

    /** The smallest relay: one request and one answer at a time. */
    private static final class Relay implements AutoCloseable {
        private final Sockets sockets = new Sockets();
        private final Epoll epoll = new Epoll(8);
        private final MemorySegment buffer = Arena.ofAuto().allocate(4096);
        private final SocketAddress backend;
        private final boolean tcp;
        private final int frontend;

        Relay(SocketAddress virtual, SocketAddress backend, boolean tcp) {
            this.backend = backend;
            this.tcp = tcp;
            int family = virtual.family();
            frontend = Sockets.require("socket", tcp ? sockets.tcp(family) : sockets.udp(family));
            Sockets.require("transparent", sockets.transparent(frontend, family));
            Sockets.require("bind", sockets.bind(frontend, virtual));
            if (tcp) {
                Sockets.require("listen", sockets.listen(frontend, 16));
            }
        }

        void one() {
            SocketAddress client = new SocketAddress();
            await(frontend, Epoll.IN);
            int near = tcp ? Sockets.require("accept", sockets.accept(frontend, client)) : frontend;
            if (tcp) {
                await(near, Epoll.IN);
            }
            int length = Sockets.require(
                    "receive",
                    tcp ? sockets.recv(near, buffer, 0, 4096) : sockets.recvFrom(near, buffer, 0, 4096, client));
            SocketAddress asClient = new SocketAddress().set(client).setPort(0);
            int family = client.family();
            int far = Sockets.require("socket", tcp ? sockets.tcp(family) : sockets.udp(family));
            Sockets.require("transparent", sockets.transparent(far, family));
            Sockets.require("late port", sockets.set(far, SocketOption.BIND_ADDRESS_NO_PORT, 1));
            Sockets.require("bind to the client's address", sockets.bind(far, asClient));
            assertThat(sockets.connect(far, backend)).isIn(0, -Errno.EINPROGRESS);
            await(far, Epoll.OUT);
            Sockets.require("connect", sockets.error(far));
            Sockets.require("send", sockets.send(far, buffer, 0, length));
            await(far, Epoll.IN);
            length = Sockets.require("receive", sockets.recv(far, buffer, 0, 4096));
            if (tcp) {
                Sockets.require("answer", sockets.send(near, buffer, 0, length));
                sockets.close(near);
            } else {
                Sockets.require("answer", sockets.sendTo(near, buffer, 0, length, client));
            }
            sockets.close(far);
        }

        private void await(int fd, int events) {
            epoll.add(fd, events, fd);
            if (epoll.await(5000) == 0) {
                throw new AssertionError("waited 5 s in vain for events " + events);
            }
            epoll.remove(fd);
        }

        @Override
        public void close() {
            sockets.close(frontend);
            epoll.close();
        }
    }
}
