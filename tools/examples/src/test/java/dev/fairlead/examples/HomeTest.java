// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** A user's own kubeconfig is neither read nor changed: in its place are pipes, and whoever opens one waits forever. */
class HomeTest {
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    private Path home = Path.of("");

    /** What runs in a JVM of its own, with that home. */
    @Fairlead(
            plainHttp = true,
            manifests = {"classpath:shop.yaml", "classpath:backend-service.yaml"})
    static class Uses {
        @Test
        void allThatIsGiven(FairleadCluster cluster, KubernetesClient fabric8, ApiClient official) throws Exception {
            cluster.pods("app=backend").serveText("in stock");
            cluster.service("backend").awaitReady();
            assertThat(fabric8.getMasterUrl().getPort()).isEqualTo(cluster.api().getPort());
            assertThat(fabric8.pods().list().getItems()).hasSize(3);
            assertThat(new CoreV1Api(official)
                            .listNamespacedPod("default")
                            .execute()
                            .getItems())
                    .hasSize(3);
        }
    }

    /** Runs {@link Uses}. */
    public static void main(String[] arguments) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Uses.class))
                .execute()
                .testEvents()
                .assertStatistics(all -> all.started(1).succeeded(1));
        System.out.println("used");
    }

    /** What is below the home, and since when. */
    private Map<String, String> found() throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            Map<String, String> found = new TreeMap<>();
            for (Path one : all.toList()) {
                BasicFileAttributes is = Files.readAttributes(one, BasicFileAttributes.class);
                found.put(home.relativize(one).toString(), (is.isOther() ? "pipe " : "") + is.lastModifiedTime());
            }
            return found;
        }
    }

    @Test
    void theUsersKubeconfigIsLeftAlone(@TempDir Path scratch) throws Exception {
        Path usual = Files.createDirectory(home.resolve(".kube")).resolve("config");
        Path named = home.resolve("work-kubeconfig");
        assertThat(new ProcessBuilder("mkfifo", usual.toString(), named.toString())
                        .start()
                        .waitFor())
                .isZero();
        Map<String, String> before = found();
        assertThat(before.toString()).contains(".kube/config=pipe ", "work-kubeconfig=pipe ");

        Path said = scratch.resolve("said");
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // it does not live long
                        "-Duser.home=" + home,
                        "-cp",
                        System.getProperty("java.class.path"),
                        HomeTest.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        java.environment().put("HOME", home.toString());
        java.environment().put("KUBECONFIG", named.toString());
        Process child = java.start();
        try {
            assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(() -> "it ends; one that opens a kubeconfig waits forever")
                    .isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(said).content().contains("used\n");
        assertThat(child.exitValue()).isZero();
        assertThat(found()).isEqualTo(before);
    }
}
