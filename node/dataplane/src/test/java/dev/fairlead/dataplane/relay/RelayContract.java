// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay promises, whatever its sockets are. */
abstract class RelayContract {
    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final Limits LIMITS = new Limits(1000, Duration.ofMillis(400), IDLE);

    private final SystemTime time = new SystemTime();
    private final AtomicLong rested = new AtomicLong();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CopyOnWriteArrayList<Upstream.Target> targets = new CopyOnWriteArrayList<>();
    private Loop loop;
    private Thread thread;

    /** New sockets of the sort under test. */
    abstract Sockets sockets() throws IOException;

    /** Channels of the JDK that are connected send no empty datagrams. */
    abstract boolean carriesEmptyDatagrams();

    @BeforeEach
    void start() throws Exception {
        loop = new Loop(sockets(), LIMITS, jumping());
        thread = Thread.ofPlatform().name("relay-test").start(loop::run);
    }

    @AfterEach
    void stop() throws Exception {
        loop.close();
        thread.join();
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        time.close();
    }

    @Test
    void carriesBytesBothWaysAndSpreadsConnections() throws Exception {
        target(echo("a"));
        target(echo("b"));
        InetSocketAddress frontend = frontend(false);
        Map<String, Integer> hits = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            try (Socket client = connect(frontend)) {
                client.getOutputStream().write("hello".getBytes(US_ASCII));
                client.shutdownOutput();
                String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
                assertThat(answer).endsWith("hello");
                hits.merge(answer.substring(0, 1), 1, Integer::sum);
            }
        }
        assertThat(hits).containsOnlyKeys("a", "b");
        await(() -> targets.stream().allMatch(target -> target.traffic().open() == 0));
        assertThat(targets.stream()
                        .mapToLong(target -> target.traffic().opened())
                        .sum())
                .isEqualTo(40);
        assertThat(targets.stream()
                        .mapToLong(target -> target.traffic().bytesToEndpoint())
                        .sum())
                .isEqualTo(200);
        await(() -> loop.sessions() == 0);
    }

    @Test
    void carriesMuchWithoutLossWhenTheReceiverIsSlow() throws Exception {
        target(echo(""));
        byte[] sent = new byte[20 << 20];
        new Random(42).nextBytes(sent);
        try (Socket client = connect(frontend(false))) {
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException failure) {
                    throw new AssertionError(failure);
                }
            });
            await(() -> targets.getFirst().traffic().bytesToEndpoint() > 1 << 20); // buffers fill: nobody reads yet
            byte[] received = client.getInputStream().readAllBytes();
            writer.join();
            assertThat(Arrays.equals(received, sent)).isTrue();
        }
    }

    @Test
    void triesAnotherEndpointWhenOneRefuses() throws Exception {
        targets.add(new Upstream.Target(refusing(), false, new Traffic()));
        target(echo("b"));
        InetSocketAddress frontend = frontend(false);
        for (int i = 0; i < 20; i++) {
            assertThat(ask(frontend, "hello")).isEqualTo("bhello");
        }
        assertThat(targets.getFirst().traffic().failed()).isPositive();
        assertThat(targets.getFirst().traffic().opened()).isZero();
    }

    @Test
    void triesAnotherEndpointWhenOneDoesNotAnswer() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket filler = new Socket(deaf.getInetAddress(), deaf.getLocalPort());
                Socket filler2 = new Socket(deaf.getInetAddress(), deaf.getLocalPort())) {
            assertThat(filler.isConnected() && filler2.isConnected())
                    .as("its accept queue is full")
                    .isTrue();
            targets.add(new Upstream.Target(address(deaf.getLocalPort()), false, new Traffic()));
            target(echo("b"));
            assertThat(ask(frontend(false), "hello")).isEqualTo("bhello");
            assertThat(ask(frontend(false), "again")).isEqualTo("bagain");
        }
    }

    @Test
    void aClientWithNoEndpointLeftIsTurnedAway() throws Exception {
        targets.add(new Upstream.Target(refusing(), false, new Traffic()));
        InetSocketAddress frontend = frontend(false);
        assertThatThrownBy(() -> {
                    try (Socket client = connect(frontend)) {
                        client.getOutputStream().write(1);
                        assertThat(client.getInputStream().read()).isEqualTo(-1);
                        throw new SocketException("ended without a byte");
                    }
                })
                .isInstanceOf(SocketException.class);
        await(() -> loop.sessions() == 0);
    }

    @Test
    void whenOneSideBreaksTheOtherIsTold() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            targets.add(new Upstream.Target(address(server.getLocalPort()), false, new Traffic()));
            try (Socket client = connect(frontend(false))) {
                client.getOutputStream().write(7);
                Socket accepted = server.accept();
                assertThat(accepted.getInputStream().read()).isEqualTo(7);
                accepted.setSoLinger(true, 0);
                accepted.close();
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void halfClosedConnectionsStillAnswer() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            targets.add(new Upstream.Target(address(server.getLocalPort()), false, new Traffic()));
            try (Socket client = connect(frontend(false))) {
                client.shutdownOutput();
                try (Socket accepted = server.accept()) {
                    assertThat(accepted.getInputStream().read()).isEqualTo(-1);
                    accepted.getOutputStream().write("late answer".getBytes(US_ASCII));
                }
                assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
                        .isEqualTo("late answer");
            }
        }
    }

    @Test
    void aRemovedEndpointKeepsItsConnectionsAndGetsNoNewOnes() throws Exception {
        Upstream.Target old = target(echo("a"));
        InetSocketAddress frontend = frontend(false);
        try (Socket kept = connect(frontend)) {
            kept.getOutputStream().write('x');
            InputStream in = kept.getInputStream();
            assertThat(in.read()).isEqualTo('a');
            assertThat(in.read()).isEqualTo('x');
            target(echo("b"));
            targets.remove(old);
            for (int i = 0; i < 10; i++) {
                assertThat(ask(frontend, "hello")).isEqualTo("bhello");
            }
            kept.getOutputStream().write('y');
            assertThat(in.read()).isEqualTo('y');
        }
    }

    @Test
    void aConnectionAfterALongRestHasItsTimeToo() throws Exception {
        target(echo("a"));
        InetSocketAddress frontend = frontend(false);
        assertThat(ask(frontend, "hello")).isEqualTo("ahello");
        await(() -> loop.sessions() == 0);
        for (int i = 0; i < 20; i++) {
            rested.addAndGet(Duration.ofHours(1).toNanos());
            try (Socket client = connect(frontend)) {
                await(() -> loop.sessions() == 1);
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('a');
            }
            await(() -> loop.sessions() == 0);
        }
        assertThat(targets.getFirst().traffic().failed()).isZero();
    }

    @Test
    void moreConnectionsThanTheLimitWaitForTheirTurn() throws Exception {
        target(echo(""));
        InetSocketAddress frontend = frontend(false);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            Socket client = connect(frontend);
            open.add(client);
            client.getOutputStream().write(i);
            clients.add(client);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(clients.get(i).getInputStream().read()).isEqualTo(i & 0xff);
        }
        assertThat(loop.sessions()).isEqualTo(1000);
        for (int i = 0; i < 1000; i++) {
            clients.get(i).close();
        }
        for (int i = 1000; i < 1100; i++) {
            assertThat(clients.get(i).getInputStream().read()).isEqualTo(i & 0xff);
        }
    }

    @Test
    void carriesDatagramsAndForgetsIdleFlows() throws Exception {
        DatagramSocket server = udpEcho("u");
        targets.add(new Upstream.Target(address(server.getLocalPort()), false, new Traffic()));
        InetSocketAddress frontend = frontend(true);
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(30_000);
            assertThat(datagram(client, frontend, "one")).isEqualTo("uone");
            if (carriesEmptyDatagrams()) {
                assertThat(datagram(client, frontend, "")).isEqualTo("u");
            }
            assertThat(targets.getFirst().traffic().opened()).as("one flow").isEqualTo(1);
            rested.addAndGet(IDLE.plusSeconds(1).toNanos());
            await(() -> targets.getFirst().traffic().open() == 0);
            assertThat(datagram(client, frontend, "two")).isEqualTo("utwo");
        }
    }

    /** Each asks once from a port of its own and is never seen again: that must not take all sockets there are. */
    @Test
    void clientsOfDatagramsThatComeAndGoHoldABoundedNumberOfSockets() throws Exception {
        targets.add(new Upstream.Target(address(udpEcho("u").getLocalPort()), false, new Traffic()));
        InetSocketAddress frontend = frontend(true);
        for (int i = 0; i < DatagramListener.MOST + 100; i++) {
            try (DatagramSocket client = new DatagramSocket()) {
                client.setSoTimeout(30_000);
                assertThat(datagram(client, frontend, "one")).isEqualTo("uone");
            }
        }
        assertThat(targets.getFirst().traffic().open()).isLessThanOrEqualTo(DatagramListener.MOST);
    }

    @Test
    void flowsOfDatagramsLeaveARemovedEndpointAtOnce() throws Exception {
        Upstream.Target old = new Upstream.Target(address(udpEcho("a").getLocalPort()), false, new Traffic());
        targets.add(old);
        Frontend frontend = new Frontend(frontend(true), true);
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(30_000);
            assertThat(datagram(client, frontend.at(), "one")).isEqualTo("aone");
            targets.add(new Upstream.Target(address(udpEcho("b").getLocalPort()), false, new Traffic()));
            targets.remove(old);
            loop.change(new Loop.Changes(Map.of(), List.of(), List.of(frontend)));
            assertThat(datagram(client, frontend.at(), "two")).isEqualTo("btwo");
        }
    }

    @Test
    void aClosedFrontendRefuses() throws Exception {
        target(echo(""));
        InetSocketAddress at = frontend(false);
        assertThat(ask(at, "x")).isEqualTo("x");
        loop.change(new Loop.Changes(Map.of(), List.of(new Frontend(at, false)), List.of()));
        assertThatThrownBy(() -> connect(at).close()).isInstanceOf(IOException.class);
    }

    /** The system's time, and what the test adds to it. */
    private Time jumping() {
        return new Time() {
            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public long nanos() {
                return time.nanos() + rested.get();
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                return time.schedule(delay, task);
            }
        };
    }

    private Upstream.Target target(ServerSocket server) {
        Upstream.Target target = new Upstream.Target(address(server.getLocalPort()), false, new Traffic());
        targets.add(target);
        return target;
    }

    /** A server that says who it is, then gives back what it gets. */
    private ServerSocket echo(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 2000, InetAddress.getLoopbackAddress());
        open.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket connection = server.accept();
                    Thread.ofVirtual().start(() -> echo(name, connection));
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return server;
    }

    private static void echo(String name, Socket connection) {
        try (connection) {
            int first = connection.getInputStream().read();
            connection.getOutputStream().write(name.getBytes(US_ASCII));
            if (first >= 0) {
                connection.getOutputStream().write(first);
                connection.getInputStream().transferTo(connection.getOutputStream());
            }
        } catch (IOException gone) {
            // the test closed it
        }
    }

    private DatagramSocket udpEcho(String name) throws IOException {
        DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        open.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
                    server.receive(packet);
                    byte[] answer =
                            (name + new String(packet.getData(), 0, packet.getLength(), US_ASCII)).getBytes(US_ASCII);
                    server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return server;
    }

    private InetSocketAddress frontend(boolean datagrams) throws Exception {
        InetSocketAddress at;
        if (datagrams) {
            try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                at = address(probe.getLocalPort());
            }
        } else {
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                at = address(probe.getLocalPort());
            }
        }
        Map<Frontend, Upstream> open = Map.of(new Frontend(at, datagrams), new RoundRobin());
        assertThat(loop.change(new Loop.Changes(open, List.of(), List.of()))).isEmpty();
        return at;
    }

    private final class RoundRobin implements Upstream {
        private int next;

        @Override
        public Target choose(InetAddress client, List<Target> tried) {
            return tried.size() >= targets.size() ? null : targets.get(Math.floorMod(next++, targets.size()));
        }

        @Override
        public boolean has(InetAddress client, Target target) {
            return targets.contains(target);
        }
    }

    private InetSocketAddress refusing() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return address(probe.getLocalPort());
        }
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Socket connect(InetSocketAddress at) throws IOException {
        Socket client = new Socket(at.getAddress(), at.getPort());
        client.setSoTimeout(30_000);
        return client;
    }

    private static String ask(InetSocketAddress at, String what) throws IOException {
        try (Socket client = connect(at)) {
            client.getOutputStream().write(what.getBytes(US_ASCII));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static String datagram(DatagramSocket client, InetSocketAddress at, String what) throws IOException {
        client.send(new DatagramPacket(what.getBytes(US_ASCII), what.length(), at));
        DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
        client.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), US_ASCII);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited 30 s").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
