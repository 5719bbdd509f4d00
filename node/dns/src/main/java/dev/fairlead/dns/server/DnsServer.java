// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.forward.Forwarder;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The server, over UDP and TCP. Our own names are answered by the thread that received the datagram; a question that
 * has to wait for others gets a virtual thread of its own. Close it to free the sockets.
 */
public final class DnsServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DnsServer.class.getName());
    private static final int LARGEST = 65_535;
    private static final int MAX_CONNECTIONS = 1000;
    private static final int MAX_OF_ONE_SOURCE = 500;

    private final Desk desk;
    private final Time time;
    private final Duration patience;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> sources = new ConcurrentHashMap<>();
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    private volatile boolean closed;

    private DnsServer(Desk desk, Time time, Duration patience) {
        this.desk = desk;
        this.time = time;
        this.patience = patience;
    }

    /** Where a server listens: bound channels in blocking mode, owned by the server from its start on. */
    public record Sockets(Collection<DatagramChannel> udp, Collection<ServerSocketChannel> tcp) {}

    /** Starts serving {@code names} at {@code sockets}. */
    public static DnsServer start(
            DnsSettings settings, NameTable names, DnsMetrics metrics, Sockets sockets, Time time) {
        Forwarder forwarder = new Forwarder(settings.forward(), metrics, time);
        Resolver resolver = new Resolver(new Resolver.Sources(
                new ZoneAnswers(settings.zone(), names), settings.hosts(), settings.search(), forwarder, metrics));
        Desk desk = new Desk(
                resolver,
                names,
                metrics,
                new QueryLog(settings.logEvery()),
                new RateLimit(settings.perSecond(), time),
                time);
        DnsServer server = new DnsServer(desk, time, settings.patience());
        server.open.add(forwarder);
        server.serve(sockets);
        return server;
    }

    private void serve(Sockets sockets) {
        open.addAll(sockets.udp);
        open.addAll(sockets.tcp);
        sockets.udp.forEach(
                channel -> Thread.ofPlatform().daemon().name("dns-udp").start(() -> serveUdp(channel)));
        sockets.tcp.forEach(channel -> Thread.ofVirtual().name("dns-tcp").start(() -> accept(channel)));
    }

    private void serveUdp(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
        while (!closed) {
            try {
                buffer.clear();
                InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
                buffer.flip();
                answerUdp(channel, from, buffer);
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException failure) {
                LOG.log(Level.DEBUG, "a datagram was lost", failure); // an ICMP error of an earlier answer, mostly
            }
        }
    }

    private void answerUdp(DatagramChannel channel, InetSocketAddress from, ByteBuffer bytes) throws IOException {
        switch (desk.receive(bytes, from, "udp")) {
            case Desk.Reception.Dropped() -> {}
            case Desk.Reception.Ready(byte[] answer) -> channel.send(ByteBuffer.wrap(answer), from);
            case Desk.Reception.Waiting(Desk.Asked asked) ->
                Thread.ofVirtual().name("dns-forward").start(() -> {
                    try {
                        channel.send(ByteBuffer.wrap(desk.await(asked)), from);
                    } catch (IOException | InterruptedException gone) {
                        LOG.log(Level.DEBUG, "an answer was not sent", gone);
                    }
                });
        }
    }

    private void accept(ServerSocketChannel listener) {
        while (!closed) {
            try {
                SocketChannel connection = listener.accept();
                InetAddress source = ((InetSocketAddress) connection.getRemoteAddress()).getAddress();
                if (sources.getOrDefault(source, 0) >= MAX_OF_ONE_SOURCE || !connections.tryAcquire()) {
                    connection.close();
                    continue;
                }
                open.add(connection);
                sources.merge(source, 1, Integer::sum);
                Thread.ofVirtual().name("dns-connection").start(() -> serve(connection, source));
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException failure) {
                LOG.log(Level.WARNING, "a connection was not accepted", failure);
            }
        }
    }

    private void serve(SocketChannel connection, InetAddress source) {
        try {
            new TcpConnection(connection, desk, time, patience).serve();
        } finally {
            open.remove(connection);
            sources.computeIfPresent(source, (any, count) -> count == 1 ? null : count - 1);
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
