// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of clusters that are forgotten or waited for in vain, and of what they do not have. */
@Timeout(180)
class ClusterLifeTest {
    private static final ClusterOptions PLAIN = ClusterOptions.usual().withPlainHttp();

    /** A program that forgets its cluster. */
    public static void main(String[] arguments) {
        FairleadCluster.start(PLAIN.withName("forgotten"));
    }

    @Test
    void aClusterThatIsForgottenIsClosedAndNamedAtTheEnd() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.fairlead.junit.ClusterLifeTest")
                .redirectErrorStream(true)
                .start();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said)
                .contains("Fairlead: the cluster \"forgotten\", started at dev.fairlead.junit.ClusterLifeTest"
                        + ".main(ClusterLifeTest.java:")
                .contains("), was never closed");
        assertThat(program.exitValue()).isZero();
    }

    @Test
    void aNameThatIsTakenIsSaid() {
        try (FairleadCluster first = FairleadCluster.start(PLAIN.withName("twice"))) {
            assertThatThrownBy(() -> FairleadCluster.start(PLAIN.withName(first.name())))
                    .isInstanceOf(FairleadCluster.StartException.class)
                    .hasMessageStartingWith("a cluster named \"twice\" is open already, started at dev.fairlead.junit"
                            + ".ClusterLifeTest.aNameThatIsTakenIsSaid(ClusterLifeTest.java:")
                    .hasMessageEndingWith("; close it, or choose another name");
        }
    }

    @Test
    void whatThereIsNotIsSaidWithWhatIsNear() {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN)) {
            cluster.apply(FairleadClusterTest.BACKEND);
            assertThatThrownBy(() -> cluster.service("backedn").uri())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no Service \"backedn\"; did you mean \"backend\"?");
            cluster.await("pods", () -> cluster.listPods("app=backend").size() == 3);
            assertThatThrownBy(() -> cluster.pod("backend"))
                    .hasMessageStartingWith("several pods belong to \"backend\"");
            assertThatThrownBy(() -> cluster.service("backend").uri("htpp"))
                    .hasMessage("Service backend has no port \"htpp\"; it has http (8080)");
        }
    }

    @Test
    void waitingInVainSaysForWhatAndWhatThereIsAndWhy() {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN.withPatience(Duration.ofMillis(300)))) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: backend}
                    spec:
                      selector: {app: backend}
                      ports: [{name: http, port: 8080}]
                    """);
            assertThatThrownBy(() -> cluster.service("backend").awaitEndpoints(1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("waited 300 ms for Service backend to have 1 endpoint, in vain\n")
                    .hasMessageContaining("backend")
                    .hasMessageContaining("pods:\n  none\nno events");
            assertThatThrownBy(() -> cluster.await("the moon", Duration.ofSeconds(1), () -> false))
                    .hasMessage("waited 1 s for the moon, in vain\npods:\n  none\nno events");
        }
    }
}
