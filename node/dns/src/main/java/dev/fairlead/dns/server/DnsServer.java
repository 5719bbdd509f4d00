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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;

/**
 * The server, over UDP, TCP, TLS and HTTPS. Our own names are answered by the thread that received the datagram; a question that
 * has to wait for others gets a virtual thread of its own. Close it to free the sockets.
 */
public final class DnsServer implements AutoCloseable {
    private static final int SECRET = 16;

    private final Ground ground;
    private volatile Rules rules;
    private final List<UdpDesk> udps = new ArrayList<>();
    private final Time time;
    private final Duration patience;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Connections connections;

    private DnsServer(DnsSettings settings, Ground ground) {
        this.ground = ground;
        this.rules = Rules.of(settings, ground, false);
        this.time = ground.time;
        this.patience = settings.patience();
        this.connections = new Connections(time, patience);
        open.add(connections);
        ground.metrics.connections(connections::size);
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
        DnsServer server = new DnsServer(settings, new Ground(names, metrics, cookies(time), time));
        server.serve(sockets);
        return server;
    }

    private static Cookies cookies(Time time) {
        byte[] secret = new byte[SECRET];
        new SecureRandom().nextBytes(secret);
        return new Cookies(secret, time);
    }

    /** What stays while settings change. */
    private record Ground(NameTable names, DnsMetrics metrics, Cookies cookies, Time time) {}

    /** What follows from settings. */
    private record Rules(DnsSettings settings, ZoneAnswers zone, Forwarder forwarder, Desk desk, boolean failing) {
        static Rules of(DnsSettings settings, Ground ground, boolean failing) {
            Forwarder forwarder = new Forwarder(settings.forward(), ground.metrics, ground.time);
            ZoneAnswers zone = new ZoneAnswers(settings.zone(), ground.names);
            Resolver resolver = new Resolver(
                    new Resolver.Sources(zone, settings.hosts(), settings.search(), forwarder, ground.metrics),
                    failing);
            Desk desk = new Desk(
                    resolver,
                    ground.names,
                    ground.metrics,
                    new QueryLog(settings.logEvery()),
                    new RateLimit(settings.perSecond(), ground.time),
                    ground.time,
                    new EdnsAnswers(ground.cookies, settings.patience()),
                    settings.transferTo());
            return new Rules(settings, zone, forwarder, desk, failing);
        }

        /** For one thread at a socket for datagrams. */
        UdpDesk.Rules udp() {
            // each query is looked at, the long way
            boolean each = failing || settings.logEvery() > 0 || settings.perSecond() > 0;
            return new UdpDesk.Rules(
                    desk,
                    each ? null : new PreparedAnswers(zone, settings.search().isPresent()));
        }
    }

    private void serve(Sockets sockets) {
        open.addAll(sockets.udp);
        for (UdpSocket socket : sockets.udp) {
            UdpDesk udp = new UdpDesk(socket, rules.udp(), time);
            udps.add(udp);
            Thread.ofPlatform().daemon().name("dns-udp").start(udp);
        }
        sockets.tcp.forEach(listener -> connections.accept(listener, messages(Transport.TCP)));
        sockets.encrypted.ifPresent(this::serve);
    }

    /**
     * Answers by other settings from now on, those that connections bring too; what is being answered is still answered by
     * those before. What was remembered of others is forgotten. The patience with connections stays.
     */
    public synchronized void reload(DnsSettings settings) {
        Rules before = rules;
        rules = Rules.of(settings, ground, before.failing);
        udps.forEach(udp -> udp.follow(rules.udp()));
        before.forwarder.close();
    }

    /** Answers every question with SERVFAIL from now on, as a resolver does that is in trouble; or as before. */
    public synchronized void fail(boolean failing) {
        Rules before = rules;
        rules = Rules.of(before.settings, ground, failing);
        udps.forEach(udp -> udp.follow(rules.udp()));
        before.forwarder.close();
    }

    private void serve(Encrypted sockets) {
        SSLContext context = sockets.context;
        sockets.tls.forEach(listener ->
                connections.accept(listener, connections.encrypted(context, "dot", messages(Transport.TLS))));
        sockets.https.forEach(listener -> connections.accept(
                listener,
                connections.encrypted(
                        context, "http/1.1", new HttpsConnection(() -> rules.desk, time, patience)::serve)));
    }

    private Connections.Service messages(Transport transport) {
        return (socket, from) -> new TcpConnection(() -> rules.desk, transport, time, patience).serve(socket, from);
    }

    @Override
    public void close() {
        open.forEach(Connections::close);
        rules.forwarder.close();
    }
}
