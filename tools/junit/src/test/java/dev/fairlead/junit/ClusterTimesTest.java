// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lives by the cluster's clock lives by it: leases, probes, back-off, affinity, events, tokens. */
@Timeout(120)
class ClusterTimesTest {
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node";

    private FairleadCluster cluster;

    @BeforeEach
    void start() {
        cluster = FairleadCluster.start(ClusterOptions.usual().withPlainHttp());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private String found(String path, String pattern) {
        FairleadCluster.Answer answer = cluster.ask("GET", path, null);
        Matcher found = Pattern.compile(pattern).matcher(answer.body());
        return found.find() ? found.group(1) : "";
    }

    private boolean leaseIsLive() {
        return Instant.parse(found(LEASE, "\"renewTime\":\"([^\"]+)\""))
                .plusSeconds(40)
                .isAfter(cluster.clock().now());
    }

    private void awaitLease() {
        cluster.await(
                "the node's lease",
                () -> !found(LEASE, "\"renewTime\":\"([^\"]+)\"").isEmpty());
    }

    @Test
    void theLeaseOfANodeThatLivesOutlivesHours() {
        awaitLease();
        Instant before = cluster.clock().now();
        cluster.clock().advance(Duration.ofHours(2));
        assertThat(cluster.clock().now()).isAfterOrEqualTo(before.plus(Duration.ofHours(2)));
        assertThat(leaseIsLive()).isTrue();
    }

    @Test
    void theLeaseOfALostNodeRunsOutWhenTheClockIsAdvanced() {
        awaitLease();
        cluster.faults().nodeLost();
        cluster.clock().advance(Duration.ofMinutes(1));
        assertThat(leaseIsLive()).isFalse();
        cluster.faults().nodeBack();
        cluster.await("the node to be back", this::leaseIsLive);
    }

    private static final String PROBED = """
            apiVersion: v1
            kind: Pod
            metadata: {name: backend, labels: {app: backend}}
            spec:
              containers:
              - name: web
                image: example/web
                ports: [{containerPort: 8080}]
                readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 600, failureThreshold: 2}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: backend}
            spec:
              selector: {app: backend}
              ports: [{name: http, port: 8080}]
            """;

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, String text)
            throws java.io.IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Test
    void probePeriodsPassWithTheClock() {
        AtomicBoolean well = new AtomicBoolean(true);
        cluster.pods("app=backend").serveHttp(exchange -> answer(exchange, well.get() ? 200 : 500, "here"));
        cluster.apply(PROBED);
        cluster.service("backend").awaitEndpoints(1);
        well.set(false);
        assertThat(cluster.pod("backend").isReady()).isTrue();
        cluster.clock().advance(Duration.ofMinutes(21));
        cluster.service("backend").awaitEndpoints(0);
        well.set(true);
        cluster.clock().advance(Duration.ofMinutes(10));
        cluster.service("backend").awaitEndpoints(1);
    }

    @Test
    void backOffAfterCrashesPassesWithTheClock() {
        cluster.pods("app=backend").serveHttp(exchange -> answer(exchange, 200, "here"));
        cluster.apply(PROBED.replaceAll("(?m)^    readinessProbe.*$", ""));
        TestPod pod = cluster.pod("backend").awaitReady();
        cluster.clock().stop();
        String path = "/api/v1/namespaces/default/pods/backend";
        while (!waits(path)) {
            long before = restarts(path);
            pod.kill();
            cluster.await("a restart or back-off", () -> waits(path) || restarts(path) > before && pod.isReady());
        }
        long before = restarts(path);
        cluster.clock().advance(Duration.ofMinutes(6));
        cluster.await("the next start", () -> restarts(path) > before && pod.isReady());
    }

    private boolean waits(String path) {
        return !found(path, "(\"reason\":\"CrashLoopBackOff\")").isEmpty();
    }

    private long restarts(String path) {
        return Long.parseLong("0" + found(path, "\"restartCount\":(\\d+)"));
    }

    @Test
    void anAffinityThatHasTimedOutIsForgotten() throws Exception {
        cluster.pods("app=backend").serveHttp(exchange -> answer(exchange, 200, TestPod.of(exchange)));
        cluster.apply(FairleadClusterTest.BACKEND.replace(
                "  selector: {app: backend}\n  ports",
                "  selector: {app: backend}\n  sessionAffinity: ClientIP\n"
                        + "  sessionAffinityConfig: {clientIP: {timeoutSeconds: 600}}\n  ports"));
        URI uri = cluster.service("backend").awaitReady().uri();
        Set<String> without = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            without.add(FairleadClusterTest.get(uri));
            cluster.clock().advance(Duration.ofMinutes(1));
        }
        assertThat(without).hasSize(1);
        Set<String> after = new HashSet<>(without);
        for (int i = 0; i < 40 && after.size() == 1; i++) {
            cluster.clock().advance(Duration.ofMinutes(11));
            after.add(FairleadClusterTest.get(uri));
        }
        assertThat(after).hasSizeGreaterThan(1);
    }

    @Test
    void eventsLiveForAnHourOfTheClock() {
        String events = "/api/v1/namespaces/default/events";
        cluster.ask(
                "POST",
                events,
                "{\"metadata\": {\"name\": \"one\"}, \"involvedObject\": {\"kind\": \"Pod\", \"name\": \"x\","
                        + " \"namespace\": \"default\"}, \"reason\": \"Tested\", \"type\": \"Normal\", \"message\": \"m\"}");
        assertThat(cluster.events()).contains("Normal Tested pod/x: m");
        cluster.clock().advance(Duration.ofMinutes(50));
        assertThat(cluster.events()).contains("Normal Tested pod/x: m");
        cluster.clock().advance(Duration.ofMinutes(12));
        cluster.await("the event to be gone", () -> !cluster.events().contains("Normal Tested pod/x: m"));
    }

    @Test
    void tokensExpireByTheClock() throws Exception {
        String account = "/api/v1/namespaces/default/serviceaccounts/default";
        cluster.await("the account", () -> cluster.ask("GET", account, null).status() == 200);
        FairleadCluster.Answer made = cluster.ask(
                "POST",
                account + "/token",
                "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\","
                        + " \"spec\": {\"expirationSeconds\": 600}}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(made.body());
        assertThat(token.find()).isTrue();
        assertThat(status(token.group(1))).isEqualTo(200);
        cluster.clock().advance(Duration.ofMinutes(20));
        assertThat(status(token.group(1))).isEqualTo(401);
    }

    private int status(String token) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(cluster.api().resolve("/apis"))
                                    .header("Authorization", "Bearer " + token)
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
