// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.SocketOption;
import dev.fairlead.kernel.socket.Sockets;
import dev.fairlead.kernel.testing.Host;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** The smallest relay: one request and one answer at a time. */
public final class OneRequestRelay implements AutoCloseable {
    private final Sockets sockets = new Sockets();
    private final Epoll epoll = new Epoll(8);
    private final MemorySegment buffer = Arena.ofAuto().allocate(4096);
    private final SocketAddress backend;
    private final boolean tcp;
    private final int mark;
    private final int frontend;

    private OneRequestRelay(SocketAddress virtual, SocketAddress backend, boolean tcp, int mark) {
        this.backend = backend;
        this.tcp = tcp;
        this.mark = mark;
        int family = virtual.family();
        frontend = Sockets.require("socket", tcp ? sockets.tcp(family) : sockets.udp(family));
        Sockets.require("transparent", sockets.transparent(frontend, family));
        Sockets.require("bind", sockets.bind(frontend, virtual));
        if (tcp) {
            Sockets.require("listen", sockets.listen(frontend, 16));
        }
    }

    /** Starts it on a thread of the node's; the future ends after so many requests, or with the first failure. */
    public static CompletableFuture<Void> start(
            Host node, SocketAddress virtual, SocketAddress backend, boolean tcp, int mark, int requests) {
        CompletableFuture<Void> relayed = new CompletableFuture<>();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        node.namespace().start("relay", () -> {
            try (OneRequestRelay relay = new OneRequestRelay(virtual, backend, tcp, mark)) {
                ready.complete(null);
                for (int i = 0; i < requests; i++) {
                    relay.one();
                }
                relayed.complete(null);
            } catch (RuntimeException | Error e) {
                ready.completeExceptionally(e);
                relayed.completeExceptionally(e);
            }
        });
        ready.join();
        return relayed;
    }

    private void one() {
        SocketAddress client = new SocketAddress();
        await(frontend, Epoll.IN);
        int near = tcp ? Sockets.require("accept", sockets.accept(frontend, client)) : frontend;
        if (tcp) {
            await(near, Epoll.IN);
        }
        int length = Sockets.require(
                "receive", tcp ? sockets.recv(near, buffer, 0, 4096) : sockets.recvFrom(near, buffer, 0, 4096, client));
        SocketAddress asClient = new SocketAddress().set(client).setPort(0);
        int family = client.family();
        int far = Sockets.require("socket", tcp ? sockets.tcp(family) : sockets.udp(family));
        Sockets.require("transparent", sockets.transparent(far, family));
        if (mark != 0) {
            Sockets.require("mark", sockets.set(far, SocketOption.MARK, mark));
        }
        Sockets.require("late port", sockets.set(far, SocketOption.BIND_ADDRESS_NO_PORT, 1));
        Sockets.require("bind to the client's address", sockets.bind(far, asClient));
        int connecting = sockets.connect(far, backend);
        if (connecting != -Errno.EINPROGRESS) {
            Sockets.require("connect", connecting);
        }
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
