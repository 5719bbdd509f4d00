// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Writes the file that tells kubectl and the client libraries where the cluster is and who they are. */
public final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * Writes {@code file} with everything embedded, readable by its owner alone.
     *
     * @param cluster the name of cluster, user and context
     * @param server {@code https://host:port}
     * @param authority the CA's certificate, PEM
     */
    public static void write(Path file, String cluster, String server, String authority, Credential client)
            throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        KeyFiles.privately(file, text(cluster, server, authority, client));
    }

    /** The file's text: YAML as kubectl writes it. */
    public static String text(String cluster, String server, String authority, Credential client) {
        return text(
                cluster,
                server,
                "\n    certificate-authority-data: " + base64(authority),
                "client-certificate-data: " + base64(client.certificate()) + "\n    client-key-data: "
                        + base64(client.key()));
    }

    /** The same for an API without TLS, whose clients show a token. */
    public static String text(String cluster, String server, String token) {
        return text(cluster, server, "", "token: " + token);
    }

    /** @param trust lines after the server's, each with the line end before it */
    private static String text(String cluster, String server, String trust, String user) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s%3$s
                users:
                - name: %1$s
                  user:
                    %4$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                    namespace: default
                current-context: %1$s
                """.formatted(cluster, server, trust, user);
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
