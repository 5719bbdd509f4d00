// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import dev.fairlead.junit.TestService;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** What the guide begins with. */
// tag::example
@Fairlead(manifests = {"classpath:shop.yaml", "classpath:backend-service.yaml"})
class FirstTest {
    @Test
    void survivesTheLossOfABackend(FairleadCluster cluster, KubernetesClient client) throws Exception {
        cluster.pods("app=backend").serveText("in stock");
        TestService backend = cluster.service("backend").awaitReady();
        assertThat(client.pods().withLabel("app", "backend").list().getItems()).hasSize(3);

        cluster.pod(backend.endpoints().getFirst()).unready();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(backend.uri()).build();
            assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("in stock");
        }
        assertThat(backend.endpoints()).hasSize(2);
    }
}
// end::example
