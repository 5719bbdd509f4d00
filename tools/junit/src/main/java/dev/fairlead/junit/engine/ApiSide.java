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
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API of one cluster where clients find it: on loopback, with TLS or without.
 *
 * @param kubeconfig the text for its administrator
 */
record ApiSide(HttpsServer server, String kubeconfig) {
    /** Whose token is in the kubeconfig of a cluster without TLS. */
    static final User ADMIN = new User("admin", Set.of(Authorizer.MASTERS));

    private static final String HOST = "127.0.0.1";
    private static final int TOKEN_BYTES = 24;

    /** A token that nobody guesses. */
    static String freshToken() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * Serves {@code api}.
     *
     * @param certificates null to serve without TLS
     * @param port 0 for any
     * @param loops closed with it
     */
    static ApiSide open(
            String name,
            Api api,
            ApiServer server,
            @Nullable Certificates certificates,
            String token,
            int port,
            EventLoops loops)
            throws IOException, InterruptedException {
        if (certificates == null) {
            HttpsServer plain = HttpsServer.start(
                    HttpsServer.Settings.plain(HOST, port, server.identities(), Limits.STANDARD), api, loops);
            return new ApiSide(plain, Kubeconfig.text(name, plain.url(), token));
        }
        Certificates.Made made = certificates.get();
        HttpsServer https = HttpsServer.start(
                new HttpsServer.Settings(
                        HOST, port, made.server(), made.authority(), server.identities(), Limits.STANDARD),
                api,
                loops);
        return new ApiSide(https, Kubeconfig.text(name, https.url(), made.authority(), made.admin()));
    }

    URI uri() {
        return URI.create(server.url());
    }
}
