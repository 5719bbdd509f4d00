// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketsTest {
    private final Sockets sockets = new Sockets();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(1 << 16);

    @AfterEach
    void free() {
        arena.close();
    }

    private static SocketAddress loopback(String address) {
        return new SocketAddress().set(InetAddress.ofLiteral(address), 0);
    }

    private int write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
        return bytes.length;
    }

    private String read(long offset, int length) {
        return new String(
                buffer.asSlice(offset, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void tcpFromConnectToHalfClose(String host) {
        SocketAddress server = loopback(host);
        int listener = Sockets.require("listen", sockets.listenTcp(server, 16));
        Sockets.require("name", sockets.localAddress(listener, server));
        assertThat(server.port()).isPositive();
        assertThat(sockets.accept(listener, new SocketAddress())).isEqualTo(-Errno.EAGAIN);
        try (Epoll epoll = new Epoll(8)) {
            assertThat(epoll.add(listener, Epoll.IN, 1)).isZero();
            int client = sockets.tcp(server.family());
            assertThat(sockets.set(client, SocketOption.NODELAY, 1)).isZero();
            assertThat(sockets.get(client, SocketOption.NODELAY)).isPositive();
            assertThat(sockets.connect(client, server)).isIn(0, -Errno.EINPROGRESS);
            epoll.add(client, Epoll.OUT | Epoll.EDGE, 2);
            awaitToken(epoll, 1);
            SocketAddress peer = new SocketAddress();
            int accepted = Sockets.require("accept", sockets.accept(listener, peer));
            SocketAddress name = new SocketAddress();
            sockets.localAddress(client, name);
            assertThat(peer).hasToString(name.toString());
            sockets.peerAddress(client, name);
            assertThat(name).hasToString(server.toString());
            assertThat(sockets.error(client)).isZero();

            assertThat(sockets.recv(accepted, buffer, 0, 100)).isEqualTo(-Errno.EAGAIN);
            assertThat(sockets.send(client, buffer, 0, write("hello"))).isEqualTo(5);
            epoll.add(accepted, Epoll.IN | Epoll.RDHUP, 3);
            assertThat(awaitToken(epoll, 3) & Epoll.IN).isNotZero();
            assertThat(sockets.recv(accepted, buffer, 1000, 100)).isEqualTo(5);
            assertThat(read(1000, 5)).isEqualTo("hello");

            assertThat(sockets.shutdown(client, Sockets.SHUT_WR)).isZero();
            assertThat(awaitToken(epoll, 3) & Epoll.RDHUP).isNotZero();
            assertThat(sockets.recv(accepted, buffer, 0, 100)).isZero();
            assertThat(sockets.send(accepted, buffer, 0, write("bye"))).isEqualTo(3);
            epoll.modify(client, Epoll.IN, 4);
            awaitToken(epoll, 4);
            assertThat(sockets.recv(client, buffer, 0, 100)).isEqualTo(3);
            assertThat(sockets.resetOnClose(accepted)).isZero();
            sockets.close(accepted);
            assertThat(awaitToken(epoll, 4) & (Epoll.HUP | Epoll.ERR)).isNotZero();
            assertThat(sockets.recv(client, buffer, 0, 100)).isEqualTo(-Errno.ECONNRESET);
            assertThat(sockets.send(client, buffer, 0, 1)).isEqualTo(-Errno.EPIPE);
            assertThat(epoll.remove(client)).isZero();
            assertThat(sockets.close(client)).isZero();
        }
        assertThat(sockets.close(listener)).isZero();
        assertThat(sockets.close(listener)).isEqualTo(-Errno.EBADF);
    }

    private static int awaitToken(Epoll epoll, long token) {
        for (int round = 0; round < 100; round++) {
            int ready = epoll.await(100);
            for (int i = 0; i < ready; i++) {
                if (epoll.token(i) == token) {
                    return epoll.events(i);
                }
            }
        }
        throw new AssertionError("no event for token " + token);
    }

    @Test
    void refusedConnectsAndTakenPortsAreNumbers() {
        SocketAddress server = loopback("127.0.0.1");
        int listener = sockets.listenTcp(server, 1);
        sockets.localAddress(listener, server);
        assertThat(sockets.listenTcp(server, 1)).isEqualTo(-Errno.EADDRINUSE);
        assertThat(sockets.listenTcp(loopback("192.0.2.1"), 1)).isEqualTo(-Errno.EADDRNOTAVAIL);
        sockets.close(listener);
        try (Epoll epoll = new Epoll(8)) {
            int client = sockets.tcp(SocketAddress.IPV4);
            int result = sockets.connect(client, server);
            if (result == -Errno.EINPROGRESS) {
                epoll.add(client, Epoll.OUT, 1);
                awaitToken(epoll, 1);
                result = sockets.error(client);
            }
            assertThat(result).isEqualTo(-Errno.ECONNREFUSED);
            sockets.close(client);
        }
        assertThatThrownBy(() -> sockets.recv(0, buffer, 1 << 16, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anotherThreadWakesTheLoopAndNoWakeIsLost() throws Exception {
        try (Epoll epoll = new Epoll(4)) {
            var queue = new java.util.concurrent.ConcurrentLinkedQueue<Integer>();
            int rounds = 20_000;
            CountDownLatch done = new CountDownLatch(1);
            Thread producer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < rounds; i++) {
                    queue.add(i);
                    epoll.wake();
                }
                done.countDown();
            });
            int seen = 0;
            while (seen < rounds) {
                long asleep = System.nanoTime();
                assertThat(epoll.await(10_000)).isZero();
                // a wake may find its work taken already, but work is never left for a whole timeout
                assertThat(System.nanoTime() - asleep).isLessThan(9_000_000_000L);
                while (queue.poll() != null) {
                    seen++;
                }
            }
            done.await();
            producer.join();
            epoll.await(0);
            long start = System.nanoTime();
            assertThat(epoll.await(20)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThan(15_000_000L);
        }
    }

    @Test
    void spliceMovesBytesThroughAPipe() {
        int[] left = pair();
        int[] right = pair();
        long pipe = sockets.pipe(1 << 16);
        int reading = (int) pipe;
        int writing = (int) (pipe >>> 32);
        assertThat(sockets.splice(left[1], writing, 1 << 16)).isEqualTo(-Errno.EAGAIN);
        sockets.send(left[0], buffer, 0, write("through"));
        int moved = sockets.splice(left[1], writing, 1 << 16);
        assertThat(moved).isEqualTo(7);
        assertThat(sockets.splice(reading, right[0], moved)).isEqualTo(7);
        assertThat(sockets.recv(right[1], buffer, 100, 100)).isEqualTo(7);
        assertThat(read(100, 7)).isEqualTo("through");
        sockets.shutdown(left[0], Sockets.SHUT_WR);
        assertThat(sockets.splice(left[1], writing, 1 << 16)).isZero();
        for (int fd : new int[] {left[0], left[1], right[0], right[1], reading, writing}) {
            assertThat(sockets.close(fd)).isZero();
        }
    }

    /** Two ends of one connection over loopback. */
    private int[] pair() {
        SocketAddress server = loopback("127.0.0.1");
        int listener = sockets.listenTcp(server, 1);
        sockets.localAddress(listener, server);
        int client = sockets.tcp(SocketAddress.IPV4);
        sockets.connect(client, server);
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(listener, Epoll.IN, 1);
            awaitToken(epoll, 1);
        }
        int accepted = Sockets.require("accept", sockets.accept(listener, new SocketAddress()));
        sockets.close(listener);
        return new int[] {client, accepted};
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagramsInRowsKnowWhereTheyWereSentTo(String host) {
        SocketAddress any = loopback(host.contains(":") ? "::" : "0.0.0.0");
        int server = Sockets.require("socket", sockets.udp(any.family()));
        boolean v4 = any.family() == SocketAddress.IPV4;
        assertThat(sockets.set(server, v4 ? SocketOption.PKTINFO_V4 : SocketOption.PKTINFO_V6, 1))
                .isZero();
        assertThat(sockets.bind(server, any)).isZero();
        sockets.localAddress(server, any);
        SocketAddress target = loopback(host).setPort(any.port());
        int client = sockets.udp(any.family());
        Datagrams row = new Datagrams(4, 100);
        assertThat(row.receive(server)).isEqualTo(-Errno.EAGAIN);
        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(sockets.sendTo(client, buffer, 0, write(text), target)).isEqualTo(text.length());
        }
        sockets.sendTo(client, buffer, 0, 200, target);
        sockets.sendTo(client, buffer, 0, 5, target);
        assertThat(row.receive(server)).isEqualTo(4);
        assertThat(row.length(0)).isEqualTo(3);
        assertThat(row.length(2)).isEqualTo(5);
        assertThat(row.isTruncated(2)).isFalse();
        assertThat(row.isTruncated(3)).isTrue();
        assertThat(new String(
                        row.buffer()
                                .asSlice(row.offset(1), row.length(1))
                                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                        StandardCharsets.US_ASCII))
                .isEqualTo("two");
        SocketAddress local = new SocketAddress();
        assertThat(row.localAddress(1, local)).isTrue();
        assertThat(local.setPort(target.port())).hasToString(target.toString());

        // answer all from an address of ours, 127.0.0.9 where the family has it
        if (v4) {
            row.sendFromV4(0, 0x7f000009);
        } else {
            row.sendFromV6(0, 0, 1);
        }
        row.sendFromAny(1);
        row.sendFromAny(2);
        row.setLength(2, 4);
        assertThat(row.send(server, 0, 3)).isEqualTo(3);
        SocketAddress sender = new SocketAddress();
        assertThat(sockets.recvFrom(client, buffer, 0, 100, sender)).isEqualTo(3);
        assertThat(sender).hasToString((v4 ? "127.0.0.9:" : "[0:0:0:0:0:0:0:1]:") + target.port());
        assertThat(sockets.recvFrom(client, buffer, 0, 100, sender)).isEqualTo(3);
        assertThat(sockets.recvFrom(client, buffer, 0, 100, sender)).isEqualTo(4);
        assertThat(sender).hasToString(target.toString());

        assertThat(row.receive(server)).isEqualTo(1);
        assertThat(sockets.connect(client, target)).isZero();
        row.setLength(0, 2);
        assertThat(row.sendConnected(client, 0, 1)).isEqualTo(1);
        assertThat(row.receive(server)).isEqualTo(1);
        assertThat(row.length(0)).isEqualTo(2);
        sockets.close(client);
        sockets.close(server);
    }

    @Test
    void addressesReadLikeAddresses() {
        SocketAddress address = new SocketAddress();
        assertThat(address).hasToString("unset");
        assertThat(address.setV4(0x0a600001, 65535)).hasToString("10.96.0.1:65535");
        assertThat(address.packedV4()).isEqualTo(0x0a600001ffffL);
        assertThat(new SocketAddress().set(address).port()).isEqualTo(65535);
        address.set(InetAddress.ofLiteral("fd00::2"), 80);
        assertThat(address.v6High()).isEqualTo(0xfd00000000000000L);
        assertThat(address.v6Low()).isEqualTo(2);
        assertThat(address).hasToString("[fd00:0:0:0:0:0:0:2]:80");
    }
}
