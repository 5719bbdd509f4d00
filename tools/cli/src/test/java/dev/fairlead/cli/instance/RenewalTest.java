// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is about to expire is replaced while clients come and go. */
final class RenewalTest {
    private static final Set<String> NAMES = Set.of("127.0.0.1");

    @TempDir
    private Path folder = Path.of("");

    /** A certificate of that age has less than 30 of its 365 days before it; clients look at it by the real clock. */
    private static final Duration OLD = Duration.ofDays(336);

    private final FakeTime time = new FakeTime(Instant.now().minus(OLD));
    private final AtomicBoolean unreadable = new AtomicBoolean();

    @Test
    void clientsSeeTheNewCertificateFromThenOn() throws Exception {
        Pki pki = Pki.open(folder, time);
        HttpsServer.Settings settings = new HttpsServer.Settings(
                "127.0.0.1", 0, pki.server(NAMES), pki.authority(), new Identities(Map.of()), Limits.STANDARD);
        try (HttpsServer https = HttpsServer.start(settings, _ -> new Reply.Whole(200, Map.of(), new byte[0]))) {
            try (Renewal _ = new Renewal(https, () -> source(pki), time)) {
                X509Certificate first = shown(https, pki);
                time.advance(Duration.ofMinutes(5));
                assertThat(number(https, pki)).as("it lasts").isEqualTo(first.getSerialNumber());

                unreadable.set(true);
                time.setClock(OLD.minus(Duration.ofHours(1)));
                time.advance(Duration.ofMinutes(1));
                assertThat(number(https, pki))
                        .as("while there is no other it stays")
                        .isEqualTo(first.getSerialNumber());

                unreadable.set(false);
                time.advance(Duration.ofSeconds(30));
                X509Certificate second = shown(https, pki);
                assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
                assertThat(second.getNotAfter()).isAfter(first.getNotAfter());
            }
            assertThat(time.waiting()).as("nothing is left to be done").isZero();
        }
    }

    private dev.fairlead.apiserver.pki.Credential source(Pki pki) throws IOException {
        if (unreadable.get()) {
            throw new IOException("no such folder");
        }
        return pki.server(NAMES);
    }

    private static BigInteger number(HttpsServer https, Pki pki) throws Exception {
        return shown(https, pki).getSerialNumber();
    }

    private static X509Certificate shown(HttpsServer https, Pki pki) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new java.io.ByteArrayInputStream(
                                pki.authority().getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", https.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
