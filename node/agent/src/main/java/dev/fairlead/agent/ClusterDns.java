// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.health.Answer;
import dev.fairlead.agent.health.PlainHttp;
import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.Opened;
import dev.fairlead.client.ApiClient;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.forward.HostResolvers;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.dns.server.DnsServer;
import dev.fairlead.dns.server.DnsSettings;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** DNS for a cluster that others run: it answers the names of its Services, and does nothing else. */
public final class ClusterDns implements AutoCloseable {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final String TEXT = "text/plain; charset=utf-8";

    /**
     * What the operator decides.
     *
     * @param domain the cluster's
     * @param listening where queries are answered; at least one
     * @param health where {@code /health} says that this process lives
     * @param ready where {@code /ready} says that every name is known
     * @param metrics where {@code /metrics} are
     * @param linux whether system calls of Linux may be used
     */
    public record Settings(
            DnsName domain,
            DnsChoices names,
            List<InetSocketAddress> listening,
            InetSocketAddress health,
            InetSocketAddress ready,
            InetSocketAddress metrics,
            boolean linux) {}

    private final NameFeed feed;
    private final Settings settings;
    private final DnsServer server;
    private final List<AutoCloseable> open;

    private ClusterDns(Settings settings, NameFeed feed, DnsServer server, List<AutoCloseable> open) {
        this.settings = settings;
        this.feed = feed;
        this.server = server;
        this.open = open;
    }

    /**
     * Opens its sockets and begins to follow the API. Until all is known, a name that is not known is answered with SERVFAIL.
     *
     * @throws IOException when something else has an address of it, or it cannot be had here; nothing is left open then
     */
    public static ClusterDns open(Settings settings, ApiClient client, Time time, RandomGenerator random)
            throws IOException {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            NameTable names = new NameTable(time);
            DnsMetrics metrics = new DnsMetrics(settings.listening.getFirst().getPort());
            NameFeed feed =
                    new NameFeed(client, names, settings.names.external().isPresent(), time, random);
            open.add(feed);
            serve(open, settings.health, time, path -> path.equals("/health") ? ok() : Answer.notFound());
            serve(open, settings.ready, time, path -> ready(path, names));
            serve(
                    open,
                    settings.metrics,
                    time,
                    path -> path.equals("/metrics")
                            ? Answer.of(200, Metrics.MEDIA_TYPE, metrics.text())
                            : Answer.notFound());
            DnsServer.Sockets sockets = sockets(settings, open);
            DnsServer server = DnsServer.start(settings(settings, settings.names), names, metrics, sockets, time);
            open.add(server);
            feed.start();
            return new ClusterDns(settings, feed, server, open);
        } catch (IOException | RuntimeException refused) {
            close(open);
            throw refused;
        }
    }

    private static DnsSettings settings(Settings settings, DnsChoices choices) {
        List<IpAddress> servers = settings.listening.stream()
                .map(InetSocketAddress::getAddress)
                .filter(address -> !address.isAnyLocalAddress())
                .map(address -> IpAddress.of(address.getAddress()))
                .toList();
        return choices.settings(settings.domain, servers, HostResolvers.read(RESOLV_CONF));
    }

    private static Answer ok() {
        return Answer.of(200, TEXT, "OK");
    }

    private static Answer ready(String path, NameTable names) {
        if (!path.equals("/ready")) {
            return Answer.notFound();
        }
        return names.synced() ? ok() : Answer.of(503, TEXT, "kubernetes");
    }

    private static void serve(
            List<AutoCloseable> open, InetSocketAddress at, Time time, Function<String, Answer> answers)
            throws IOException {
        open.add(PlainHttp.serve(listener(at), answers, time));
    }

    private static ServerSocketChannel listener(InetSocketAddress at) throws IOException {
        return Opened.listener(NodeNetwork.family(at), at);
    }

    private static DnsServer.Sockets sockets(Settings settings, List<AutoCloseable> open) throws IOException {
        List<UdpSocket> udp = new ArrayList<>();
        List<ServerSocketChannel> tcp = new ArrayList<>();
        List<ServerSocketChannel> tls = new ArrayList<>();
        List<ServerSocketChannel> https = new ArrayList<>();
        Optional<DnsChoices.Encryption> encryption = settings.names.encryption();
        for (InetSocketAddress at : settings.listening) {
            udp.add(kept(open, UdpSocket.open(at, settings.linux)));
            tcp.add(kept(open, listener(at)));
            if (encryption.isPresent()) {
                listen(open, tls, at, encryption.get().tlsPort());
                listen(open, https, at, encryption.get().httpsPort());
            }
        }
        return new DnsServer.Sockets(
                udp, tcp, encryption.map(how -> new DnsServer.Encrypted(tls, https, how.context())));
    }

    private static void listen(
            List<AutoCloseable> open, List<ServerSocketChannel> listeners, InetSocketAddress at, int port)
            throws IOException {
        if (port > 0) {
            listeners.add(kept(open, listener(new InetSocketAddress(at.getAddress(), port))));
        }
    }

    private static <T extends AutoCloseable> T kept(List<AutoCloseable> open, T socket) {
        open.add(socket);
        return socket;
    }

    /**
     * Waits until everything there was at the start has its names.
     *
     * @return false when {@code patience} ran out first; it may be asked again
     */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return feed.awaitReady(patience);
    }

    /** Goes on with other choices, without losing a query. Where it listens stays as it is, encryption too. */
    public void reload(DnsChoices choices) {
        server.reload(settings(settings, choices));
    }

    @Override
    public void close() {
        close(open);
    }

    private static void close(List<AutoCloseable> open) {
        for (AutoCloseable each : open.reversed()) {
            try {
                each.close();
            } catch (Exception failure) {
                System.getLogger(ClusterDns.class.getName())
                        .log(System.Logger.Level.DEBUG, "something did not close", failure);
            }
        }
    }
}
