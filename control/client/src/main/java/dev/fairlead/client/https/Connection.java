// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an API is, whom to trust there, and as whom to ask.
 *
 * @param server {@code https://host:port}, maybe with a path before {@code /api}; {@code http} is allowed for proxies
 * @param authorities who may have signed the server's certificate; empty for the system's own authorities
 * @param insecure whether to believe any server; for trying things out
 * @param identity the client's certificate, or null
 * @param token the bearer token, or null
 */
public record Connection(
        URI server,
        List<X509Certificate> authorities,
        boolean insecure,
        @Nullable Identity identity,
        @Nullable Token token) {
    /** A certificate chain, the client's own first, and its key. */
    public record Identity(List<X509Certificate> chain, PrivateKey key) {}

    /** A bearer token, asked for with every request because it may change. */
    @FunctionalInterface
    public interface Token {
        /** The token as it is now. */
        String value() throws IOException;
    }

    /** The same at another server. */
    public Connection at(URI other) {
        return new Connection(other, authorities, insecure, identity, token);
    }

    /** Where Kubernetes puts a pod's service account. */
    public static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * The API of the cluster whose pod this is.
     *
     * @param environment the process's environment
     * @param account the folder with {@code token} and {@code ca.crt}, {@link #SERVICE_ACCOUNT} in a pod
     * @throws IOException when this is no pod, or its service account is not mounted
     */
    public static Connection inCluster(Map<String, String> environment, Path account) throws IOException {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.get("KUBERNETES_SERVICE_PORT");
        if (host == null || port == null) {
            throw new IOException("not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set");
        }
        Path token = account.resolve("token");
        if (!Files.isReadable(token)) {
            throw new IOException("cannot read " + token + ": is the service account's token mounted?");
        }
        Path authority = account.resolve("ca.crt");
        if (!Files.isReadable(authority)) {
            throw new IOException("cannot read " + authority + ": it says whom to believe that it is the API");
        }
        String literal = host.contains(":") ? "[" + host + "]" : host;
        return new Connection(
                URI.create("https://" + literal + ":" + port),
                Pem.certificates(Files.readString(authority)),
                false,
                null,
                () -> Files.readString(token).strip());
    }
}
