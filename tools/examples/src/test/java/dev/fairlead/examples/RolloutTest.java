// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import dev.fairlead.junit.TestService;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A client whose requests all succeed while the pods behind it come and go. */
@Fairlead(
        value = Fairlead.Scope.METHOD,
        manifests = {"classpath:shop.yaml", "classpath:backend-service.yaml"})
class RolloutTest {
    // tag::example
    /** What is tested: asks once more when a connection breaks, because a GET may be asked twice. */
    record Shop(HttpClient http, URI backend) {
        int ask() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(backend).build();
            try {
                return http.send(request, BodyHandlers.discarding()).statusCode();
            } catch (IOException broken) {
                return http.send(request, BodyHandlers.discarding()).statusCode();
            }
        }
    }

    /** Asks and asks in the background; what went wrong is in {@code failures}. */
    static final class Customers implements AutoCloseable {
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final AtomicLong served = new AtomicLong();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final HttpClient http = HttpClient.newHttpClient();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Customers(URI backend) {
            Shop shop = new Shop(http, backend);
            threads.execute(() -> visit(shop));
            threads.execute(() -> visit(shop));
        }

        private void visit(Shop shop) {
            while (open.get()) {
                try {
                    int status = shop.ask();
                    if (status == 200) {
                        served.incrementAndGet();
                    } else {
                        failures.add("status " + status);
                    }
                } catch (IOException | InterruptedException failed) {
                    failures.add(failed.toString());
                }
            }
        }

        @Override
        public void close() {
            open.set(false);
            threads.close();
            http.close();
        }
    }

    @Test
    void noRequestFailsInARollout(FairleadCluster cluster, KubernetesClient client) {
        cluster.pods("app=backend").serveHttp(RolloutTest::ok);
        TestService backend = cluster.service("backend").awaitReady();
        List<String> before = backend.endpoints();
        Customers customers = new Customers(backend.uri());
        try (customers) {
            client.apps().deployments().withName("backend").rolling().restart();
            cluster.await("new pods only", () -> Collections.disjoint(backend.endpoints(), before));
            backend.awaitEndpoints(3);
        }
        assertThat(customers.failures).isEmpty();
        assertThat(customers.served).hasPositiveValue();
    }

    @Test
    void noRequestFailsWhenAPodDies(FairleadCluster cluster) {
        cluster.pods("app=backend").serveHttp(RolloutTest::ok);
        TestService backend = cluster.service("backend").awaitReady();
        List<String> pods = backend.endpoints();
        Customers customers = new Customers(backend.uri());
        try (customers) {
            cluster.pod(pods.get(0)).kill(); // connections are reset
            cluster.pod(pods.get(1)).terminate(); // drained, and replaced by the Deployment
            cluster.pod(pods.get(1)).awaitGone();
            backend.awaitEndpoints(3);
        }
        assertThat(customers.failures).isEmpty();
        assertThat(customers.served).hasPositiveValue();
    }

    private static void ok(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }
    // end::example
}
