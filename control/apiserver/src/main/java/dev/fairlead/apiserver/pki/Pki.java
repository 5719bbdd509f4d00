// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The certificates of one cluster in one folder: {@code ca.crt}, {@code ca.key}, and a pair of files for each thing issued.
 * What is there and still good is reused; what is missing, about to expire or made for other names is issued again by the
 * same CA. Files are readable by their owner alone.
 */
public final class Pki {
    private static final Duration CA_LIFE = Duration.ofDays(3650);
    private static final Duration LIFE = Duration.ofDays(365);
    /** A certificate with less than this left is replaced at the next start. */
    private static final Duration MARGIN = Duration.ofDays(30);

    private final KeyFiles files;
    private final Time time;
    private final Credential ca;

    private Pki(KeyFiles files, Time time, Credential ca) {
        this.files = files;
        this.time = time;
        this.ca = ca;
    }

    /**
     * Opens the folder, making it and the CA if they are not there.
     *
     * @throws IOException when the folder cannot be read or written; the message names the file
     */
    public static Pki open(Path folder, Time time) throws IOException {
        KeyFiles files = new KeyFiles(folder);
        Credential ca = files.read("ca");
        if (ca == null || !lasts(ca, time)) {
            ca = Issuer.authority("fairlead", time.now(), CA_LIFE);
            files.write("ca", ca);
        }
        return new Pki(files, time, ca);
    }

    /** The CA's certificate, PEM: what clients must trust. */
    public String authority() {
        return ca.certificate();
    }

    /** The server's credential for these host names and IP addresses. */
    public Credential server(Set<String> names) throws IOException {
        Set<String> wanted = names.stream().map(Pem::canonical).collect(Collectors.toCollection(TreeSet::new));
        Credential found = files.read("server");
        if (found != null && usable(found) && Pem.names(found).equals(wanted)) {
            return found;
        }
        return issued("server", Issuer.server(ca, wanted, time.now(), LIFE));
    }

    /** A client's credential: the user's name and groups are in its subject. Kept under {@code name}. */
    public Credential client(String name, User user) throws IOException {
        Credential found = files.read(name);
        if (found != null && usable(found) && Pem.user(found).equals(user)) {
            return found;
        }
        return issued(name, Issuer.client(ca, user, time.now(), LIFE));
    }

    /** The key that tokens of service accounts are signed with ({@code sa.key}, {@code sa.pub}). */
    public SigningKey tokenKey() throws IOException {
        String found = files.text("sa.key");
        String publicHalf = files.text("sa.pub");
        if (found != null && publicHalf != null) {
            return SigningKey.read(found, publicHalf);
        }
        SigningKey made = SigningKey.fresh();
        files.write("sa.key", made.pem());
        files.write("sa.pub", made.publicPem());
        return made;
    }

    private Credential issued(String name, Credential credential) throws IOException {
        files.write(name, credential);
        return credential;
    }

    private boolean usable(Credential credential) {
        return lasts(credential, time) && Pem.signedBy(credential, ca);
    }

    private static boolean lasts(Credential credential, Time time) {
        X509Certificate certificate = Pem.certificate(credential.certificate());
        return certificate.getNotAfter().toInstant().isAfter(time.now().plus(MARGIN))
                && !certificate.getNotBefore().toInstant().isAfter(time.now());
    }
}
