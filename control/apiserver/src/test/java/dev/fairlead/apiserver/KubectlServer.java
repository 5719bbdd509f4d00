// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A server on a port of its own and a kubectl that knows it. */
record KubectlServer(TestServer server, HttpsServer https, Kubectl kubectl) implements AutoCloseable {
    /** Starts one; a test without kubectl on the PATH is left out. */
    static KubectlServer start(Path home) throws IOException, InterruptedException {
        assumeTrue(Kubectl.isThere(), "no kubectl on the PATH");
        TestServer server = new TestServer();
        Pki pki = Pki.open(home.resolve("pki"), server.time());
        HttpsServer https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("localhost", "127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of()),
                        Limits.STANDARD),
                server.api());
        Path kubeconfig = home.resolve("kubeconfig");
        Kubeconfig.write(kubeconfig, "fairlead", https.url(), pki.authority(), pki.client("admin", Client.ADMIN));
        return new KubectlServer(server, https, new Kubectl(home, kubeconfig, Map.of()));
    }

    /** What kubectl prints; it must succeed without a warning. */
    String run(String... arguments) throws IOException, InterruptedException {
        return kubectl.run(arguments).quietly();
    }

    /** The same with {@code yaml} on its standard input. */
    String feed(String yaml, String... arguments) throws IOException, InterruptedException {
        return kubectl.feed(yaml, arguments).quietly();
    }

    @Override
    public void close() {
        https.close();
        server.close();
    }
}
