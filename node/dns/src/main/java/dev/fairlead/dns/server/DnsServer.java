// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.forward.Forwarder;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import dev.fairlead.dns.prepared.PreparedAnswers;
import dev.fairlead.wire.time.Time;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The server, over UDP, TCP, TLS and HTTPS. Our own names are answered by the thread that received the datagram; a question that
 * has to wait for others gets a virtual thread of its own. Close it to free the sockets.
 */
public final class DnsServer implements AutoCloseable {
    private static final int SECRET = 16;

    private final Desk desk;
    private final Time time;
    private final Duration patience;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Connections connections;

    private DnsServer(Desk desk, Time time, Duration patience) {
        this.desk = desk;
        this.time = time;
        this.patience = patience;
        this.connections = new Connections(time, patience);
        open.add(connections);
    }

    /** Where a server listens: bound sockets, owned by the server from its start on; those for connections in blocking mode. */
    public record Sockets(
            Collection<UdpSocket> udp, Collection<ServerSocketChannel> tcp, Optional<Encrypted> encrypted) {
        /** Without encryption. */
        public Sockets(Collection<UdpSocket> udp, Collection<ServerSocketChannel> tcp) {
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
        ZoneAnswers zone = new ZoneAnswers(settings.zone(), names);
        Resolver resolver =
                new Resolver(new Resolver.Sources(zone, settings.hosts(), settings.search(), forwarder, metrics));
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
        boolean each = settings.logEvery() > 0 || settings.perSecond() > 0; // query is looked at, the long way
        server.serve(
                sockets,
                () -> each
                        ? Optional.empty()
                        : Optional.of(
                                new PreparedAnswers(zone, settings.search().isPresent())));
        return server;
    }

    private void serve(Sockets sockets, Supplier<Optional<PreparedAnswers>> prepared) {
        open.addAll(sockets.udp);
        for (UdpSocket socket : sockets.udp) {
            UdpDesk udp = new UdpDesk(socket, desk, prepared.get().orElse(null), time);
            Thread.ofPlatform().daemon().name("dns-udp").start(udp);
        }
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

    @Override
    public void close() {
        open.forEach(Connections::close);
    }
}
