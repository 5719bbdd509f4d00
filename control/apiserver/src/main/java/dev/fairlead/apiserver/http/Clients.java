// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.wire.exchange.Request.User;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection. A certificate counts before a token, as in Kubernetes. */
final class Clients {
    private final Identities identities;

    Clients(Identities identities) {
        this.identities = identities;
    }

    /**
     * Who asks.
     *
     * @param user null when the client showed nothing
     * @param refused whether it showed something that is no good
     */
    record Known(@Nullable User user, boolean refused) {}

    Known of(@Nullable SSLSession session, @Nullable String authorization) {
        User user = session == null ? null : certified(session);
        if (user != null || authorization == null || !Identities.isToken(authorization)) {
            return new Known(user, false);
        }
        User holder = identities.of(authorization);
        return new Known(holder, holder == null);
    }

    private @Nullable User certified(SSLSession session) {
        try {
            return session.getPeerCertificates().length > 0
                            && session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? identities.of(certificate)
                    : null;
        } catch (SSLPeerUnverifiedException showedNone) {
            return null;
        }
    }
}
