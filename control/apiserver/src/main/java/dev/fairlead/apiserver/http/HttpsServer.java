// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.streams.PodStreams;
import dev.fairlead.wire.exchange.Api;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Listens on one address and serves an {@link Api} there. */
public final class HttpsServer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final HttpServer server;
    private final HttpServerOptions options;
    private final ExecutorService threads;
    private final Exchanges exchanges;
    private final String host;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Where and as whom to serve.
     *
     * @param host a name or address of this machine
     * @param port 0 for any that is free
     * @param server the server's certificate and key; null to serve without TLS, where only this machine can listen
     * @param clientAuthority the CA that client certificates must be from, PEM
     * @param turnedAway hears of requests that the API is not asked
     */
    public record Settings(
            String host,
            int port,
            @Nullable Credential server,
            String clientAuthority,
            Identities identities,
            Limits limits,
            TurnedAway turnedAway) {
        /** A server that tells nobody whom it turns away. */
        public Settings(
                String host,
                int port,
                @Nullable Credential server,
                String clientAuthority,
                Identities identities,
                Limits limits) {
            this(host, port, server, clientAuthority, identities, limits, TurnedAway.UNTOLD);
        }

        /** HTTP without TLS, for tests: on loopback, to clients that have tokens. */
        public static Settings plain(String host, int port, Identities identities, Limits limits) {
            return new Settings(host, port, null, "", identities, limits);
        }

        /** The same at another port. */
        public Settings at(int other) {
            return new Settings(host, other, server, clientAuthority, identities, limits, turnedAway);
        }

        /** The same, but {@code listener} hears of requests that the API is not asked. */
        public Settings telling(TurnedAway listener) {
            return new Settings(host, port, server, clientAuthority, identities, limits, listener);
        }
    }

    private HttpsServer(EventLoops loops, Settings settings, Api api) {
        this.vertx = loops.vertx();
        this.host = settings.host();
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("api-", 0).factory());
        Connections connections = new Connections(settings.limits().connections());
        Duration answer = settings.limits().answer();
        Deadlines deadlines = new Deadlines(vertx, answer);
        this.exchanges = new Exchanges(api, settings, threads, connections, deadlines);
        this.options = options(settings);
        this.server = vertx.createHttpServer(options);
        server.connectionHandler(connection -> {
            connections.admit(connection, loops.upgrades().admit(connection));
        });
        long interval = settings.limits().idle().dividedBy(Connections.LOOKS).toMillis();
        vertx.setPeriodic(Math.max(1, interval), _ -> connections.look());
        vertx.setPeriodic(Math.max(1, answer.dividedBy(Deadlines.LOOKS).toMillis()), _ -> deadlines.look());
        server.requestHandler(exchanges::accept);
        server.invalidRequestHandler(exchanges::invalid);
    }

    /**
     * Starts to listen.
     *
     * @throws IOException when the address cannot be had; the message names it and says what to do
     */
    public static HttpsServer start(Settings settings, Api api) throws IOException, InterruptedException {
        return start(settings, api, EventLoops.open());
    }

    /**
     * The same on loops that are the server's from now on.
     *
     * @throws IOException when the address cannot be had; the message names it and says what to do
     */
    public static HttpsServer start(Settings settings, Api api, EventLoops loops)
            throws IOException, InterruptedException {
        HttpsServer server = new HttpsServer(loops, settings, api);
        try {
            server.server
                    .listen(settings.port(), settings.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return server;
        } catch (ExecutionException | TimeoutException e) {
            server.close();
            throw refused(settings, e);
        } catch (InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private static IOException refused(Settings settings, Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String where = settings.host() + ":" + settings.port();
        String message = String.valueOf(cause.getMessage());
        String why = message.substring(message.lastIndexOf(": ") + 1).strip(); // before it: which system call
        boolean used = why.contains("in use");
        String advice = used
                ? "another program (or another instance) listens there; stop it, or choose another address"
                : why.contains("denied")
                        ? "ports below 1024 need a privilege; choose another port"
                        : "choose another address";
        IOException refused = new BindException("cannot listen on " + where + ": " + why + "; " + advice);
        refused.initCause(cause);
        return refused;
    }

    private static HttpServerOptions options(Settings settings) {
        Limits limits = settings.limits();
        Credential own = settings.server();
        HttpServerOptions options = new HttpServerOptions();
        if (own != null) {
            options.setSsl(true)
                    .setSslEngineOptions(engine())
                    .setUseAlpn(true)
                    .setKeyCertOptions(keys(own))
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                    .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(settings.clientAuthority())))
                    .setClientAuth(ClientAuth.REQUEST);
        }
        return options
                // Else a client and a pod that agree on compression would have a third in between that takes part.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setWebSocketSubProtocols(PodStreams.PROTOCOLS)
                .setHandle100ContinueAutomatically(true)
                .setMaxHeaderSize(limits.header())
                .setMaxInitialLineLength(limits.line())
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(limits.streams())
                        .setMaxHeaderListSize(limits.header()))
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true);
    }

    /** BoringSSL takes a quarter less processor time and half the memory of the JDK's engine, where it can be loaded. */
    private static SSLEngineOptions engine() {
        return OpenSSLEngineOptions.isAvailable() ? new OpenSSLEngineOptions() : new JdkSSLEngineOptions();
    }

    /**
     * Shows another certificate to clients that connect from now on; connections that are open go on.
     *
     * @throws IOException when it cannot be used
     */
    public void show(Credential credential) throws IOException, InterruptedException {
        try {
            server.updateSSLOptions(options.getSslOptions().copy().setKeyCertOptions(keys(credential)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the new certificate cannot be used: " + e.getMessage(), e);
        }
    }

    private static PemKeyCertOptions keys(Credential own) {
        return new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(own.certificate()))
                .addKeyValue(Buffer.buffer(own.key()));
    }

    /** The address that is listened on. */
    public InetSocketAddress address() {
        return InetSocketAddress.createUnresolved(host, server.actualPort());
    }

    /** Where clients find the server: {@code https://host:port}, or {@code http:} without TLS. */
    public String url() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return (options.isSsl() ? "https://" : "http://") + name + ":" + server.actualPort();
    }

    /** Ends watches, lets other requests end within two seconds, and gives the address back. May be called twice. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        exchanges.close();
        stop(FAREWELL);
    }

    /** Gives the address back at once and breaks all connections, as when the machine is gone. May be called twice. */
    public void abort() {
        if (closed.compareAndSet(false, true)) {
            stop(Duration.ZERO);
            exchanges.close();
        }
    }

    private void stop(Duration farewell) {
        try {
            server.shutdown(farewell).toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the HTTPS server did not stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }
}
