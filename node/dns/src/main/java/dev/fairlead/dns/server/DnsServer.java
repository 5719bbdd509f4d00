// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.forward.Forwarder;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/**
 * The server, over UDP, TCP, TLS and HTTPS. Our own names are answered by the thread that received the datagram; a question that
 * has to wait for others gets a virtual thread of its own. Close it to free the sockets.
 */
public final class DnsServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DnsServer.class.getName());
    private static final int LARGEST = 65_535;
    private static final int SECRET = 16;

    private final Desk desk;
    private final Time time;
    private final Duration patience;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Connections connections;
    private volatile boolean closed;

    private DnsServer(Desk desk, Time time, Duration patience) {
        this.desk = desk;
        this.time = time;
        this.patience = patience;
        this.connections = new Connections(time, patience);
        open.add(connections);
    }

    /** Where a server listens: bound channels in blocking mode, owned by the server from its start on. */
    public record Sockets(
            Collection<DatagramChannel> udp, Collection<ServerSocketChannel> tcp, Optional<Encrypted> encrypted) {
        /** Without encryption. */
        public Sockets(Collection<DatagramChannel> udp, Collection<ServerSocketChannel> tcp) {
            this(udp, tcp, Optional.empty());
        }
    }

    /**
     * Where it listens for those who want nobody to read along.
     *
     * @param tls for DNS over TLS (RFC 7858)
     * @param https for DNS over HTTPS (RFC 8484), at {@code /dns-query}
     * @param context with the server's certificate and key
     */
    public record Encrypted(
            Collection<ServerSocketChannel> tls, Collection<ServerSocketChannel> https, SSLContext context) {}

    /** Starts serving {@code names} at {@code sockets}. */
    public static DnsServer start(
            DnsSettings settings, NameTable names, DnsMetrics metrics, Sockets sockets, Time time) {
        Forwarder forwarder = new Forwarder(settings.forward(), metrics, time);
        Resolver resolver = new Resolver(new Resolver.Sources(
                new ZoneAnswers(settings.zone(), names), settings.hosts(), settings.search(), forwarder, metrics));
        byte[] secret = new byte[SECRET];
        new SecureRandom().nextBytes(secret);
        Desk desk = new Desk(
                resolver,
                names,
                metrics,
                new QueryLog(settings.logEvery()),
                new RateLimit(settings.perSecond(), time),
                time,
                new EdnsAnswers(new Cookies(secret, time), settings.patience()),
                settings.transferTo());
        DnsServer server = new DnsServer(desk, time, settings.patience());
        server.open.add(forwarder);
        server.serve(sockets);
        return server;
    }

    private void serve(Sockets sockets) {
        open.addAll(sockets.udp);
        sockets.udp.forEach(
                channel -> Thread.ofPlatform().daemon().name("dns-udp").start(() -> serveUdp(channel)));
        sockets.tcp.forEach(listener -> connections.accept(listener, messages(Transport.TCP)));
        sockets.encrypted.ifPresent(this::serve);
    }

    private void serve(Encrypted sockets) {
        SSLContext context = sockets.context;
        sockets.tls.forEach(listener ->
                connections.accept(listener, connections.encrypted(context, "dot", messages(Transport.TLS))));
        sockets.https.forEach(listener -> connections.accept(
                listener,
                connections.encrypted(context, "http/1.1", new HttpsConnection(desk, time, patience)::serve)));
    }

    private Connections.Service messages(Transport transport) {
        return (socket, from) -> new TcpConnection(desk, transport, time, patience).serve(socket, from);
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
        switch (desk.receive(bytes, from, Transport.UDP)) {
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

    @Override
    public void close() {
        closed = true;
        open.forEach(Connections::close);
    }
}
