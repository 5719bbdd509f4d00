// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import dev.fairlead.kernel.Work;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** One machine of the {@link Lab}: a network namespace with addresses, servers and clients. */
public final class Host implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Namespace namespace;
    private final InetAddress v4;
    private final InetAddress v6;
    private final Rtnetlink network;
    private final Deque<AutoCloseable> resources = new ConcurrentLinkedDeque<>();
    private String uplink = "";

    Host(String name, Namespace namespace, InetAddress v4, InetAddress v6) {
        this.name = name;
        this.namespace = namespace;
        this.v4 = v4;
        this.v6 = v6;
        this.network = Rtnetlink.in(namespace);
    }

    static void forwardPackets(Namespace namespace) {
        namespace.call(() -> {
            Sysctl.write("net/ipv4/ip_forward", "1");
            Sysctl.write("net/ipv4/conf/all/rp_filter", "0");
            Sysctl.write("net/ipv6/conf/all/forwarding", "1");
            return null;
        });
    }

    public String name() {
        return name;
    }

    public Namespace namespace() {
        return namespace;
    }

    public InetAddress v4() {
        return v4;
    }

    public InetAddress v6() {
        return v6;
    }

    /** Its links, addresses and routes, to be changed at will. */
    public Rtnetlink network() {
        return network;
    }

    /** Runs the work inside this host: sockets opened there are this host's. */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        return namespace.call(work);
    }

    /** Closes something together with this host. */
    public <T extends AutoCloseable> T keep(T resource) {
        resources.push(resource);
        return resource;
    }

    /** Answers on a TCP and UDP port of all addresses, IPv4 and IPv6. */
    public EchoServer serve(int port) throws IOException {
        return keep(EchoServer.start(this, new InetSocketAddress(port)));
    }

    /** Answers on one address only; it may be one that is routed here without being on a link. */
    public EchoServer serve(InetAddress address, int port) throws IOException {
        return keep(EchoServer.start(this, new InetSocketAddress(address, port)));
    }

    /** A connection from this host; connecting and each reading may take 30 s. */
    public Socket connect(InetAddress address, int port) throws IOException {
        return connect(address, port, PATIENCE);
    }

    public Socket connect(InetAddress address, int port, Duration patience) throws IOException {
        return call(() -> {
            Socket socket = new Socket();
            try {
                socket.setSoTimeout((int) patience.toMillis());
                socket.connect(new InetSocketAddress(address, port), (int) patience.toMillis());
                return socket;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        });
    }

    /** Asks an {@link EchoServer} over a new TCP connection: who are you, and whom do you see? */
    public Answer ask(InetAddress address, int port, String text) throws IOException {
        try (Socket socket = connect(address, port)) {
            socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line == null) {
                throw new EOFException("no answer from " + address.getHostAddress() + ":" + port);
            }
            return Answer.parse(line);
        }
    }

    /** The same with one datagram each way; throws SocketTimeoutException after 5 s. */
    public Answer askUdp(InetAddress address, int port, String text) throws IOException {
        try (DatagramSocket socket = call(() -> new DatagramSocket())) {
            return askUdp(socket, address, port, text);
        }
    }

    /** With a socket of the caller's, so that several questions come from the same port. */
    public Answer askUdp(DatagramSocket socket, InetAddress address, int port, String text) throws IOException {
        byte[] question = text.getBytes(StandardCharsets.UTF_8);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.send(new DatagramPacket(question, question.length, address, port));
        DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
        socket.receive(answer);
        return Answer.parse(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8));
    }

    String uplink() {
        if (uplink.isEmpty()) {
            throw new IllegalStateException(name + " is not a host of the router, it is behind another");
        }
        return uplink;
    }

    void uplink(String link) {
        uplink = link;
    }

    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                System.getLogger(Host.class.getName())
                        .log(System.Logger.Level.WARNING, name + " could not clean up", e);
            }
        }
        network.close();
    }

    @Override
    public String toString() {
        return name + " (" + v4.getHostAddress() + ", " + v6.getHostAddress() + ")";
    }
}
