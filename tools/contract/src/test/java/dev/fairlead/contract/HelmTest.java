// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** helm 3 and helm 4 install, upgrade, roll back and remove a chart of ours. */
@Timeout(600)
class HelmTest {
    @TempDir
    private static Path scratch;

    private static List<Path> fetched = List.of();
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        fetched = Program.fetched();
        Program.require(fetched);
        cluster = Cluster.start(scratch);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The oldest and the newest there is: today helm 3.16 and helm 4. */
    @TestFactory
    List<DynamicTest> aChartsLife() {
        return List.of(fetched.getFirst(), fetched.getLast()).stream()
                .distinct()
                .map(folder ->
                        DynamicTest.dynamicTest("helm beside kubectl " + folder.getFileName(), () -> live(folder)))
                .toList();
    }

    private static void live(Path folder) throws Exception {
        String namespace = "h" + folder.getFileName().toString().replace('.', '-');
        Path home = Files.createDirectory(scratch.resolve(namespace));
        Path kubeconfig = Files.copy(cluster.kubeconfig(), home.resolve("kubeconfig"));
        Program kubectl = new Program(folder.resolve("kubectl"), home, kubeconfig);
        Program helm = new Program(folder.resolve("helm"), home, kubeconfig);
        kubectl.quietly("config", "set-context", "--current", "--namespace=" + namespace);
        String chart = Path.of(HelmTest.class.getResource("/chart/Chart.yaml").toURI())
                .getParent()
                .toString();

        helm.quietly(
                "install", "web", chart, "--namespace", namespace, "--create-namespace", "--wait", "--timeout=60s");
        assertThat(helm.quietly("list", "--short")).isEqualTo("web\n");
        assertThat(helm.quietly("status", "web")).contains("STATUS: deployed", "REVISION: 1");
        assertThat(greeting(kubectl)).isEqualTo("hello");

        helm.quietly(
                "upgrade", "web", chart, "--set", "greeting=good-day,replicas=2,port=81", "--wait", "--timeout=60s");
        assertThat(greeting(kubectl)).isEqualTo("good-day");
        assertThat(kubectl.quietly("get", "service", "web", "-o", "jsonpath={.spec.ports[*].port}"))
                .isEqualTo("81");
        assertThat(kubectl.quietly("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"))
                .isEqualTo("2");
        assertThat(kubectl.quietly("get", "configmap", "web-before", "-o", "jsonpath={.data.revision}"))
                .isEqualTo("2");

        helm.quietly("rollback", "web", "1", "--wait", "--timeout=60s");
        assertThat(greeting(kubectl)).isEqualTo("hello");
        assertThat(kubectl.quietly("get", "service", "web", "-o", "jsonpath={.spec.ports[*].port}"))
                .isEqualTo("80");
        assertThat(helm.quietly("history", "web", "-o", "json")).contains("\"revision\":3");
        assertThat(helm.quietly("get", "manifest", "web")).contains("kind: Deployment");
        assertThat(helm.quietly("upgrade", "web", chart, "--dry-run=server", "--set", "greeting=never"))
                .contains("never");
        assertThat(greeting(kubectl)).isEqualTo("hello");

        Program.Run again = helm.run("install", "web", chart);
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("still in use");

        helm.quietly("uninstall", "web", "--wait", "--timeout=60s");
        assertThat(kubectl.quietly("get", "service,deployment,secret", "-o", "name"))
                .isEmpty();
    }

    private static String greeting(Program kubectl) throws Exception {
        return kubectl.quietly("get", "configmap", "web", "-o", "jsonpath={.data.greeting}");
    }
}
