// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers every line (TCP) and every datagram (UDP) on one port with an {@link Answer}. A TCP connection stays open until
 * the client ends it.
 */
public final class EchoServer implements AutoCloseable {
    private final String name;
    private final ServerSocket tcp;
    private final DatagramSocket udp;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private EchoServer(String name, ServerSocket tcp, DatagramSocket udp) {
        this.name = name;
        this.tcp = tcp;
        this.udp = udp;
    }

    static EchoServer start(Host host, InetSocketAddress address) throws IOException {
        EchoServer server = host.call(() -> {
            ServerSocket tcp = new ServerSocket();
            try {
                tcp.setReuseAddress(true);
                tcp.bind(address, 1024);
                InetSocketAddress same = new InetSocketAddress(address.getAddress(), tcp.getLocalPort());
                return new EchoServer(host.name(), tcp, new DatagramSocket(same));
            } catch (IOException e) {
                tcp.close();
                throw e;
            }
        });
        Thread.ofVirtual().name(host.name() + "-tcp").start(server::acceptAll);
        Thread.ofVirtual().name(host.name() + "-udp").start(server::answerDatagrams);
        return server;
    }

    /** The port, of interest when 0 was asked for. */
    public int port() {
        return tcp.getLocalPort();
    }

    /** How many connections were accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket connection = tcp.accept();
                accepted.incrementAndGet();
                connections.add(connection);
                Thread.ofVirtual().start(() -> answerLines(connection));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void answerLines(Socket connection) {
        try (connection) {
            InetSocketAddress client = (InetSocketAddress) connection.getRemoteSocketAddress();
            InetSocketAddress asked = (InetSocketAddress) connection.getLocalSocketAddress();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null) {
                Answer answer = new Answer(name, client, asked, line);
                connection.getOutputStream().write(answer.line().getBytes(StandardCharsets.UTF_8));
                line = lines.readLine();
            }
        } catch (IOException _) {
            // the client is gone
        } finally {
            connections.remove(connection);
        }
    }

    private void answerDatagrams() {
        DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
        InetSocketAddress asked = (InetSocketAddress) udp.getLocalSocketAddress();
        try {
            while (true) {
                packet.setLength(65536);
                udp.receive(packet);
                String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                Answer answer = new Answer(name, (InetSocketAddress) packet.getSocketAddress(), asked, text);
                byte[] bytes = answer.line().getBytes(StandardCharsets.UTF_8);
                udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
            }
        } catch (IOException _) {
            // closed
        }
    }

    /** Ends the server and all its connections. */
    @Override
    public void close() {
        try {
            tcp.close();
            udp.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
