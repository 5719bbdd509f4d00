// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static dev.fairlead.junit.assertj.FairleadAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Pods that the test plays, in the ways a stranger would have it. */
class PlayedPodsTest {
    private static final ClusterOptions PLAIN = ClusterOptions.usual().withPlainHttp();

    private static String pod(String name, String rest) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: %s}}
                spec:
                  %s
                """.formatted(name, name, rest);
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void eachPortHasAPlayerOfItsOwn() throws Exception {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN)) {
            cluster.apply(pod(
                    "two", "containers: [{name: a, image: x, ports: [{containerPort: 8080}, {containerPort: 9090}]}]"));
            cluster.pods("app=two")
                    .serveHttp(8080, exchange -> answer(exchange, "first"))
                    .serveHttp(9090, exchange -> answer(exchange, "second"));
            String address = cluster.pod("two").awaitReady().address();
            assertThat(FairleadClusterTest.get(URI.create("http://" + address + ":8080")))
                    .isEqualTo("first");
            assertThat(FairleadClusterTest.get(URI.create("http://" + address + ":9090")))
                    .isEqualTo("second");
        }
    }

    @Test
    void aSidecarGoesOn() {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN)) {
            cluster.apply(pod(
                    "beside",
                    "initContainers: [{name: once, image: x}, {name: always, image: x, restartPolicy: Always}]\n"
                            + "  containers: [{name: main, image: x}]"));
            TestPod pod = cluster.pod("beside").awaitReady();
            assertThat(cluster.ask("GET", "/api/v1/namespaces/default/pods/beside", null)
                            .body())
                    .contains("\"phase\":\"Running\"")
                    .doesNotContain("\"restartCount\":1");
            assertThat(pod).isReady();
        }
    }

    @Test
    void aPodThatEndsAnswersWhatItWasAsked() throws Exception {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            cluster.apply(pod("slow", "containers: [{name: a, image: x, ports: [{containerPort: 8080}]}]"));
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            cluster.pods("app=slow").serveHttp(exchange -> {
                asked.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
                answer(exchange, "late");
            });
            TestPod pod = cluster.pod("slow").awaitReady();
            URI uri = URI.create("http://" + pod.address() + ":8080");
            Future<String> answer = threads.submit(() -> FairleadClusterTest.get(uri));
            asked.await();
            pod.terminate();
            cluster.await(
                    "the pod to be ending",
                    () -> cluster.ask("GET", "/api/v1/namespaces/default/pods/slow", null)
                            .body()
                            .contains("deletionTimestamp"));
            goOn.countDown();
            assertThat(answer.get()).isEqualTo("late");
            pod.awaitGone();
        }
    }

    @Test
    void aServerOfTheTestDoesNotHoldUpThePodsEndByAnIdleConnection() throws Exception {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN);
                java.net.ServerSocket server = new java.net.ServerSocket(0)) {
            cluster.apply(pod("cache", "containers: [{name: a, image: x, ports: [{containerPort: 6379}]}]"));
            cluster.pods("app=cache").servedAt(server.getLocalPort());
            TestPod pod = cluster.pod("cache").awaitReady();
            try (Socket client = new Socket()) {
                client.connect(new InetSocketAddress(pod.address(), 6379));
                server.accept();
                pod.terminate().awaitGone();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aPodThatWasKilledIsNoLongerThoughtOfAsReady() {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN)) {
            cluster.apply(pod("frail", "containers: [{name: a, image: x}]"));
            TestPod pod = cluster.pod("frail").awaitReady();
            pod.kill().awaitReady();
            assertThat(cluster.ask("GET", "/api/v1/namespaces/default/pods/frail", null)
                            .body())
                    .contains("\"restartCount\":1");
        }
    }

    @Test
    void anInterruptedTestClosesItsCluster() {
        FairleadCluster cluster = FairleadCluster.start(PLAIN);
        cluster.clock().stop();
        Thread.currentThread().interrupt();
        cluster.close();
        assertThat(Thread.interrupted()).isTrue();
        try (FairleadCluster next = FairleadCluster.start(PLAIN)) {
            next.apply(pod("there", "containers: [{name: a, image: x}]"));
            next.pod("there").awaitReady();
        }
    }
}
