// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chart, installed by helm itself. */
@Fairlead
class HelmTest {
    // tag::example
    @Test
    void theChartServesItsGreeting(FairleadCluster cluster, @TempDir Path home) throws Exception {
        cluster.pods("app=web").serveHttp(exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        String chart = Path.of(HelmTest.class.getResource("/chart/Chart.yaml").toURI())
                .getParent()
                .toString();
        helm(cluster, home, "install", "web", chart, "--wait", "--timeout=60s");
        assertThat(cluster.service("web").awaitReady().endpoints()).hasSize(1);

        helm(cluster, home, "upgrade", "web", chart, "--set", "replicas=2", "--wait", "--timeout=60s");
        cluster.service("web").awaitEndpoints(2);

        helm(cluster, home, "uninstall", "web", "--wait", "--timeout=60s");
        assertThat(cluster.ask("GET", "/api/v1/namespaces/default/services/web", null)
                        .status())
                .isEqualTo(404);
    }

    /** Runs helm against the cluster, with a home of its own. */
    private static void helm(FairleadCluster cluster, Path home, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program().toString(), "--kubeconfig=" + cluster.kubeconfig()));
        command.addAll(List.of(arguments));
        Path said = home.resolve("said");
        ProcessBuilder helm =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        helm.environment().put("HOME", home.toString());
        assertThat(helm.start().waitFor())
                .as(() -> command + " said: " + text(said))
                .isZero();
    }
    // end::example

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unread) {
            return unread.toString();
        }
    }

    /** The newest that tools/contract/fetch-clients.sh has fetched; skips the test that has none. */
    private static Path program() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("fairlead"))) {
            root = root.getParent();
        }
        Path clients = root.resolve("target/clients");
        assumeTrue(Files.isDirectory(clients), "no helm: tools/contract/fetch-clients.sh fetches it");
        try (Stream<Path> folders = Files.list(clients)) {
            List<Path> found = folders.map(folder -> folder.resolve("helm"))
                    .filter(Files::isExecutable)
                    .sorted()
                    .toList();
            assumeTrue(!found.isEmpty(), "no helm: tools/contract/fetch-clients.sh fetches it");
            return found.getLast();
        }
    }
}
