// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.http.EventLoops;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Request.User;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API of one cluster where clients find it: on loopback, with TLS or without. It can be away for a while. */
final class ApiSide implements AutoCloseable {
    /** Whose token is in the kubeconfig of a cluster without TLS. */
    static final User ADMIN = new User("admin", Set.of(Authorizer.MASTERS));

    private static final String HOST = "127.0.0.1";
    private static final int TOKEN_BYTES = 24;

    private final Api api;
    private final HttpsServer.Settings settings;
    private final URI uri;
    private final String kubeconfig;
    private HttpsServer server;
    /** Keeps the port while nobody listens there. */
    private @Nullable Socket place;

    private boolean closed;

    private ApiSide(Api api, HttpsServer.Settings settings, HttpsServer server, String kubeconfig) {
        this.api = api;
        this.settings = settings;
        this.server = server;
        this.uri = URI.create(server.url());
        this.kubeconfig = kubeconfig;
    }

    /** A token that nobody guesses. */
    static String freshToken() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * Serves {@code api} at any port.
     *
     * @param made null to serve without TLS
     * @param loops closed with it
     */
    static ApiSide open(
            String name, Api api, ApiServer server, Certificates.@Nullable Made made, String token, EventLoops loops)
            throws IOException, InterruptedException {
        if (made == null) {
            HttpsServer.Settings plain = HttpsServer.Settings.plain(HOST, 0, server.identities(), Limits.STANDARD);
            HttpsServer started = HttpsServer.start(plain, api, loops);
            return new ApiSide(api, plain, started, Kubeconfig.text(name, started.url(), token));
        }
        HttpsServer.Settings secure = new HttpsServer.Settings(
                HOST, 0, made.server(), made.authority(), server.identities(), Limits.STANDARD);
        HttpsServer started = HttpsServer.start(secure, api, loops);
        return new ApiSide(api, secure, started, Kubeconfig.text(name, started.url(), made.authority(), made.admin()));
    }

    URI uri() {
        return uri;
    }

    /** The text for its administrator. */
    String kubeconfig() {
        return kubeconfig;
    }

    /** Breaks all connections and refuses new ones; nobody else gets the port. */
    synchronized void away() throws IOException {
        if (place != null || closed) {
            return;
        }
        server.abort();
        Socket held = new Socket();
        try {
            held.setReuseAddress(true);
            held.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), uri.getPort()));
            place = held;
        } catch (IOException refused) {
            held.close();
            throw refused;
        }
    }

    /** Listens again, where it did. */
    synchronized void back() throws IOException, InterruptedException {
        Socket held = place;
        if (held != null && !closed) {
            held.close();
            server = HttpsServer.start(settings.at(uri.getPort()), api);
            place = null;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (place != null) {
            place.close();
        }
        server.close();
    }
}
