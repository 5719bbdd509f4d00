// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A cluster as a test without JUnit's extension uses it. */
class FairleadClusterTest {
    static final String BACKEND = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: backend}
            spec:
              replicas: 3
              selector: {matchLabels: {app: backend}}
              template:
                metadata: {labels: {app: backend}}
                spec:
                  containers:
                  - name: web
                    image: example/web
                    ports: [{containerPort: 8080}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: backend}
            spec:
              selector: {app: backend}
              ports: [{name: http, port: 8080}]
            """;

    static String get(URI uri) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void aHandlerPlaysThePodsOfAService() throws Exception {
        try (FairleadCluster cluster =
                FairleadCluster.start(ClusterOptions.usual().withPlainHttp())) {
            cluster.apply(BACKEND);
            cluster.pods("app=backend").serveHttp(exchange -> {
                byte[] body = TestPod.of(exchange).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            TestService backend = cluster.service("backend").awaitReady();
            assertThat(backend.endpoints()).hasSize(3);
            Set<String> answered = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                answered.add(get(backend.uri("http")));
            }
            assertThat(answered).hasSize(3).isEqualTo(new HashSet<>(backend.endpoints()));
            assertThat(cluster.traffic("backend").total()).isEqualTo(60);
            assertThat(InetAddress.getByName(backend.dnsName()).getHostAddress())
                    .isEqualTo(backend.address("http").getAddress().getHostAddress());
            TestPod first = cluster.pod(backend.endpoints().getFirst());
            first.unready();
            assertThat(backend.endpoints()).hasSize(2).doesNotContain(first.name());
            first.ready();
            backend.awaitEndpoints(3);
        }
    }

    @Test
    void aManifestWithAnErrorNamesTheField() {
        try (FairleadCluster cluster =
                FairleadCluster.start(ClusterOptions.usual().withPlainHttp())) {
            assertThatThrownBy(() -> cluster.apply(BACKEND.replace("selector: {app", "selectro: {app")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the text given:19:3")
                    .hasMessageContaining("did you mean \"selector\"?");
        }
    }
}
