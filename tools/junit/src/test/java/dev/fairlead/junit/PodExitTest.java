// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static dev.fairlead.junit.assertj.FairleadAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that end by themselves: what follows is for their restart policy to say. */
@Fairlead(plainHttp = true)
@Timeout(120)
class PodExitTest {
    private static TestPod played(FairleadCluster cluster, String name, String rest) {
        cluster.pods("app=" + name).serveText("served");
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: %s}}
                spec:
                  containers: [{name: main, image: example/main, ports: [{containerPort: 8080}]}]
                  %s
                """.formatted(name, name, rest));
        return cluster.pod(name).awaitReady();
    }

    private static String status(FairleadCluster cluster, String pod) {
        String body = cluster.ask("GET", "/api/v1/namespaces/default/pods/" + pod, null)
                .body();
        return body.substring(body.indexOf("\"status\":"));
    }

    @ParameterizedTest
    @CsvSource({
        "Always, 0, Running, 1",
        "Always, 3, Running, 1",
        "OnFailure, 0, Succeeded, 0",
        "OnFailure, 3, Running, 1",
        "Never, 0, Succeeded, 0",
        "Never, 3, Failed, 0"
    })
    void theRestartPolicySaysWhatFollows(String policy, int code, String phase, int restarts, FairleadCluster cluster) {
        String name = policy.toLowerCase(Locale.ROOT) + code;
        TestPod pod = played(cluster, name, "restartPolicy: " + policy).exit(code);
        assertThat(status(cluster, name))
                .contains("\"phase\":\"" + phase + "\"", "\"restartCount\":" + restarts, "\"exitCode\":" + code);
        if (restarts > 0) {
            assertThat(pod.awaitReady()).isReady();
        } else {
            assertThat(pod).isNotReady();
            assertThatThrownBy(() -> pod.exit(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the pod " + name + " has ended (" + phase + "): its restart policy is " + policy);
        }
    }

    @Test
    void whoEndsAgainWaitsLonger(FairleadCluster cluster) {
        TestPod pod = played(cluster, "frail", "restartPolicy: Always").exit(1).awaitReady();
        cluster.clock().stop(); // the back-off lasts as long as it is looked at
        pod.exit(2);
        assertThat(status(cluster, "frail"))
                .contains("\"reason\":\"CrashLoopBackOff\"", "\"exitCode\":2", "\"restartCount\":1");
        cluster.clock().advance(Duration.ofSeconds(10));
        cluster.clock().resume();
        pod.awaitReady();
        assertThat(status(cluster, "frail")).contains("\"restartCount\":2");
    }

    @Test
    void sidecarsEndWithThePod(FairleadCluster cluster) {
        played(
                        cluster,
                        "beside",
                        "restartPolicy: Never\n"
                                + "  initContainers: [{name: side, image: example/side, restartPolicy: Always}]")
                .exit(4);
        assertThat(status(cluster, "beside"))
                .contains("\"phase\":\"Failed\"", "\"exitCode\":4")
                .doesNotContain("\"restartCount\":1", "\"running\":");
    }

    @Test
    void itLeavesItsService(FairleadCluster cluster) {
        TestPod pod = played(cluster, "job", "restartPolicy: OnFailure");
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: job}
                spec: {selector: {app: job}, ports: [{port: 8080}]}
                """);
        cluster.service("job").awaitReady();
        pod.exit(0);
        cluster.service("job").awaitEndpoints(0);
        assertThatThrownBy(() -> pod.exit(256)).hasMessage("exit(256): from 0 to 255");
        assertThatThrownBy(pod::restart).hasMessageContaining("has ended (Succeeded): its restart policy is OnFailure");
    }

    @Test
    void whatDoesNotStartAgainSaysSo(FairleadCluster cluster) {
        TestPod pod = played(cluster, "once", "restartPolicy: Never");
        assertThatThrownBy(pod::restart).hasMessage("the pod once has ended (Succeeded): its restart policy is Never");
    }
}
