// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.SSLContext;

/** Who a server says it is. */
public final class ServerIdentity {
    private ServerIdentity() {}

    /**
     * TLS for a server with this certificate, its chain behind it, and this key.
     *
     * @throws IOException when they are no PEM, or of no use
     */
    public static SSLContext context(String certificate, String key) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    Trust.keys(new Connection.Identity(Pem.certificates(certificate), Pem.key(key))),
                    null,
                    new SecureRandom());
            return context;
        } catch (GeneralSecurityException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }
}
