// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Serves a resolver over UDP and TCP (RFC 7766). Our own names are answered by the thread that received the datagram;
 * a question that has to wait for others gets a virtual thread of its own. Close it to free the sockets.
 */
public final class DnsServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DnsServer.class.getName());
    private static final int LARGEST = 65_535;
    private static final int MAX_CONNECTIONS = 1000;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Resolver resolver;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    private volatile boolean closed;

    /**
     * Starts serving.
     *
     * @param udp bound channels in blocking mode; owned by the server from now on
     * @param tcp bound and listening channels in blocking mode; owned by the server from now on
     */
    public DnsServer(Resolver resolver, Collection<DatagramChannel> udp, Collection<ServerSocketChannel> tcp) {
        this.resolver = resolver;
        open.addAll(udp);
        open.addAll(tcp);
        udp.forEach(channel -> Thread.ofPlatform().daemon().name("dns-udp").start(() -> serveUdp(channel)));
        tcp.forEach(channel -> Thread.ofVirtual().name("dns-tcp").start(() -> accept(channel)));
    }

    private void serveUdp(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
        while (!closed) {
            try {
                buffer.clear();
                SocketAddress from = channel.receive(buffer);
                buffer.flip();
                answerUdp(channel, from, buffer);
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException failure) {
                LOG.log(Level.DEBUG, "a datagram was lost", failure); // an ICMP error of an earlier answer, mostly
            } catch (RuntimeException bug) {
                LOG.log(Level.ERROR, "a query was not answered because of a bug", bug);
            }
        }
    }

    private void answerUdp(DatagramChannel channel, SocketAddress from, ByteBuffer bytes) throws IOException {
        Query query;
        try {
            query = Query.read(bytes.duplicate());
        } catch (MalformedException malformed) {
            boolean response = bytes.limit() > 2 && (bytes.get(2) & 0x80) != 0;
            if (bytes.limit() >= 12 && !response) {
                send(channel, from, MessageWriter.formatError(bytes.getShort(0)));
            }
            return;
        }
        Optional<byte[]> immediate = resolver.immediate(query, query.udpSize());
        if (immediate.isPresent()) {
            send(channel, from, immediate.get());
            return;
        }
        Thread.ofVirtual().name("dns-forward").start(() -> {
            try {
                send(channel, from, resolver.resolve(query, query.udpSize()));
            } catch (IOException | InterruptedException gone) {
                LOG.log(Level.DEBUG, "an answer was not sent", gone);
            }
        });
    }

    private static void send(DatagramChannel channel, SocketAddress to, byte[] message) throws IOException {
        channel.send(ByteBuffer.wrap(message), to);
    }

    private void accept(ServerSocketChannel listener) {
        while (!closed) {
            try {
                SocketChannel connection = listener.accept();
                if (!connections.tryAcquire()) {
                    connection.close();
                    continue;
                }
                open.add(connection);
                Thread.ofVirtual().name("dns-connection").start(() -> serve(connection));
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException failure) {
                LOG.log(Level.WARNING, "a connection was not accepted", failure);
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (Socket socket = connection.socket()) {
            socket.setSoTimeout(Math.toIntExact(IDLE.toMillis()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (!closed) {
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                Query query = Query.read(ByteBuffer.wrap(message));
                byte[] answer = resolver.resolve(query, LARGEST);
                out.write(ByteBuffer.allocate(answer.length + 2)
                        .putShort((short) answer.length)
                        .put(answer)
                        .array());
            }
        } catch (EOFException end) {
            // the asker hung up between two questions
        } catch (IOException | MalformedException | InterruptedException broken) {
            LOG.log(Level.DEBUG, "a connection ended", broken);
        } finally {
            open.remove(connection);
            connections.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (AutoCloseable channel : open) {
            try {
                channel.close();
            } catch (Exception failure) {
                LOG.log(Level.DEBUG, "a socket did not close", failure);
            }
        }
    }
}
