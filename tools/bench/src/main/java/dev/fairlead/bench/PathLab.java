// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A node of its own for each way that is measured, with a pod that asks, a pod that answers at ten addresses, and a host
 * outside.
 *
 * <pre>
 *   client ── node ── (router) ── outside
 *   pod ──────┘
 * </pre>
 */
final class PathLab implements AutoCloseable {
    /** The pod's addresses as endpoints, the first of them and how many. */
    static final String FIRST = "10.244.1.16";

    static final int ENDPOINTS = 10;
    /** What a port of the pod does; the ports after a Service's first do the same. */
    static final int PORT = 8080;

    /** Answers 16 bytes by 32, and ends the connection. */
    static final int ANSWER = 0;
    /** Sends each byte back. */
    static final int ECHO = 1;
    /** Takes all there is. */
    static final int SINK = 2;

    static final int REQUEST = 16;
    static final int REPLY = 32;

    private static final String RANGE = FIRST + "/28";
    private static final int CHUNK = 1 << 18;

    private final Lab lab = new Lab();
    private final Host node = lab.host("node");
    private final Host outside = lab.host("outside");
    private final Host client = lab.behind(node, "client", "10.244.1.9", "fd00:10:244:1::9");

    PathLab() throws IOException {
        Host pod = lab.behind(node, "pod", "10.244.1.2", "fd00:10:244:1::2");
        int link = node.network().routes().stream()
                .filter(route -> route.destination().equals(Prefix.host(pod.v4())))
                .findFirst()
                .orElseThrow()
                .link();
        node.network()
                .addRoute(Route.to(Prefix.of(RANGE))
                        .withGateway(pod.v4())
                        .withLink(link)
                        .withOnLink());
        pod.network().addRoute(Route.local(Prefix.of(RANGE), pod.network().index("lo")));
        lab.route(RANGE, node);
        serve(pod, ANSWER, PathLab::answer);
        serve(pod, ECHO, connection -> Thread.ofPlatform().daemon().start(() -> echo(connection)));
        serve(pod, SINK, connection -> Thread.ofPlatform().daemon().start(() -> take(connection)));
    }

    Host node() {
        return node;
    }

    Host client() {
        return client;
    }

    Host outside() {
        return outside;
    }

    /** The first of the three ports of the pod itself. */
    static InetSocketAddress direct() {
        return new InetSocketAddress(InetAddress.ofLiteral(FIRST), PORT);
    }

    private interface Serving {
        void serve(SocketChannel connection) throws IOException;
    }

    private static void serve(Host pod, int what, Serving serving) throws IOException {
        ServerSocketChannel server = pod.keep(pod.call(ServerSocketChannel::open));
        server.bind(new InetSocketAddress(PORT + what), 4096);
        Thread.ofPlatform().daemon().name("pod-" + what).start(() -> {
            while (server.isOpen()) {
                try {
                    SocketChannel connection = server.accept();
                    connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    serving.serve(connection);
                } catch (IOException over) {
                    // of this connection, or of the server: then it is closed
                }
            }
        });
    }

    private static void answer(SocketChannel connection) throws IOException {
        try (connection) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(REPLY).limit(REQUEST);
            while (bytes.hasRemaining()) {
                if (connection.read(bytes) < 0) {
                    return;
                }
            }
            connection.write(bytes.clear());
        }
    }

    private static void echo(SocketChannel connection) {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        try (connection) {
            while (connection.read(one.clear()) > 0) {
                connection.write(one.flip());
            }
        } catch (IOException ended) {
            // by the client
        }
    }

    private static void take(SocketChannel connection) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try (connection) {
            while (connection.read(chunk.clear()) >= 0) {
                // on it goes
            }
        } catch (IOException ended) {
            // by the client
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
