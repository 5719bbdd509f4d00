// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Trouble with the node, with names and with pods, as traffic meets it. */
@Timeout(120)
class NodeFaultsTest {
    /** A watch that is silent for longer is begun anew by who follows it. */
    private static final Duration LAG = Duration.ofMinutes(1);

    private static final Duration MINUTES = Duration.ofMinutes(10);

    private FairleadCluster cluster;
    private HttpClient client;

    @BeforeEach
    void start() {
        cluster = FairleadCluster.start(ClusterOptions.usual().withPlainHttp());
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        cluster.pods("app=backend").serveHttp(NodeFaultsTest::answer);
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        cluster.close();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        byte[] body = TestPod.of(exchange).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private URI backend(int replicas) {
        cluster.apply(FairleadClusterTest.BACKEND.replace("replicas: 3", "replicas: " + replicas));
        return cluster.service("backend").awaitReady().uri();
    }

    private CompletableFuture<String> ask(URI uri) {
        return client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .thenApply(HttpResponse::body);
    }

    private String answered(URI uri) throws Exception {
        return ask(uri).get(30, TimeUnit.SECONDS);
    }

    @Test
    void changesOfEndpointsReachTheDataPlaneLate() throws Exception {
        URI uri = backend(1);
        String only = answered(uri);
        cluster.faults().endpointLag(LAG);
        cluster.ask("PATCH", "/apis/apps/v1/namespaces/default/deployments/backend", "{\"spec\": {\"replicas\": 3}}");
        cluster.await(
                "three pods that are ready",
                () -> cluster.listPods("app=backend").stream()
                                .filter(TestPod::isReady)
                                .count()
                        == 3);
        cluster.await(
                "the slice to name them",
                () -> cluster.ask("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", null)
                                .body()
                                .split("\"ready\":true", -1)
                                .length
                        > 3);
        assertThat(cluster.service("backend").endpoints()).containsExactly(only);
        cluster.clock().advance(LAG);
        cluster.service("backend").awaitEndpoints(3);
    }

    @Test
    void podsOfALostNodeGoOnServing() throws Exception {
        URI uri = backend(2);
        cluster.faults().nodeLost();
        assertThat(answered(uri)).startsWith("backend-");
        cluster.ask("PATCH", "/apis/apps/v1/namespaces/default/deployments/backend", "{\"spec\": {\"replicas\": 4}}");
        cluster.await("four pods", () -> cluster.listPods("app=backend").size() == 4);
        assertThat(cluster.service("backend").endpoints()).hasSize(2);
        assertThat(answered(uri)).startsWith("backend-");
        cluster.faults().nodeBack();
        cluster.service("backend").awaitEndpoints(4);
    }

    @Test
    void aLostNodeIsNotReadyNorAreItsPods() throws Exception {
        URI uri = backend(2);
        cluster.faults().nodeLost();
        cluster.clock().advance(Duration.ofMinutes(2));
        cluster.await("the node to be unknown", () -> node().contains("Kubelet stopped posting node status."));
        cluster.await(
                "no pod to be ready",
                () -> cluster.listPods("app=backend").stream().noneMatch(TestPod::isReady));
        assertThat(cluster.events()).contains("Normal NodeNotReady node/node: Node node status is now: NodeNotReady");

        cluster.faults().nodeBack();
        cluster.await("the node to be ready", () -> !node().contains("Unknown"));
        cluster.await(
                "its pods to be ready",
                () -> cluster.listPods("app=backend").stream().allMatch(TestPod::isReady));
        cluster.service("backend").awaitEndpoints(2);
        assertThat(answered(uri)).startsWith("backend-");
    }

    private String node() {
        return cluster.ask("GET", "/api/v1/nodes/node", null).body();
    }

    @Test
    void aNodeThatLivesStaysReadyHoweverFarTheClockIsSet() {
        backend(1);
        cluster.clock().advance(Duration.ofHours(1));
        assertThat(node()).doesNotContain("Unknown");
        assertThat(cluster.events()).noneMatch(event -> event.contains("NodeNotReady"));
    }

    @Test
    void namesFailAndComeBack() throws Exception {
        for (String name : new String[] {"one", "two", "three"}) {
            cluster.apply("apiVersion: v1\nkind: Service\nmetadata: {name: " + name
                    + "}\nspec: {ports: [{port: 80}], selector: {app: x}}");
        }
        String domain = ".default.svc." + cluster.name();
        assertThat(cluster.service("three").address("80").getPort()).isPositive(); // the node knows of all three
        cluster.await("names", () -> resolves("one" + domain));
        cluster.faults().dnsFails();
        assertThatThrownBy(() -> InetAddress.getByName("two" + domain)) // no name twice: the JDK remembers
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("two" + domain + ": the cluster's DNS fails (SERVFAIL)");
        cluster.faults().heal();
        cluster.await("names", () -> resolves("three" + domain));
    }

    private static boolean resolves(String name) {
        try {
            return InetAddress.getAllByName(name).length > 0;
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    @Test
    void aSlowPodAnswersWhenTheClockHasBeenAdvanced() throws Exception {
        URI uri = backend(1);
        TestPod pod = cluster.pod("backend").slow(MINUTES);
        CompletableFuture<String> answer = ask(uri);
        cluster.await("the handler to have answered", () -> pod.served() == 1);
        assertThat(answer).isNotDone();
        cluster.clock().advance(MINUTES);
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(pod.name());
        CompletableFuture<String> another = ask(uri);
        cluster.await("the handler to have answered", () -> pod.served() == 2);
        assertThat(another).isNotDone();
        pod.heal();
        assertThat(another.get(30, TimeUnit.SECONDS)).isEqualTo(pod.name());
    }

    @Test
    void aPodResetsConnectionsUntilItIsHealed() throws Exception {
        URI uri = backend(1);
        assertThat(answered(uri)).startsWith("backend-");
        TestPod pod = cluster.pod("backend").resetConnections();
        assertThatThrownBy(() -> answered(uri)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> answered(uri)).hasCauseInstanceOf(IOException.class);
        pod.heal();
        assertThat(answered(uri)).isEqualTo(pod.name());
    }

    @Test
    void aPodThatHangsAnswersNeitherNewConnectionsNorThoseThatAreOpen() throws Exception {
        URI uri = backend(1);
        assertThat(answered(uri)).startsWith("backend-"); // this connection stays open
        TestPod pod = cluster.pod("backend").hang();
        CompletableFuture<String> overTheOld = ask(uri);
        CompletableFuture<String> overANew = ask(uri);
        assertThatThrownBy(() -> overTheOld.get(200, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(overANew).isNotDone();
        assertThat(pod.served()).isEqualTo(1);
        pod.heal();
        assertThat(answered(uri)).isEqualTo(pod.name());
        assertThat(overTheOld).isNotDone();
    }
}
