// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples.bench;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.FairleadCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One measurement in a fresh JVM, named by its argument; prints one number. */
public final class ClusterStart {
    private static final ClusterOptions PLAIN = ClusterOptions.usual().withPlainHttp();
    private static final int LATER = 20;
    private static final int PARALLEL = 8;
    private static final int TRIPS = 1_000;

    private ClusterStart() {}

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        double number = switch (arguments[0]) {
            case "answer" -> answer(PLAIN);
            case "answer-tls" -> started(ClusterOptions.usual());
            case "fabric8" -> fabric8();
            case "mock" -> mock();
            case "later" -> later();
            case "parallel" -> parallel();
            case "heap" -> heap();
            case "trips" -> trips();
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        System.out.println(number);
        System.exit(0);
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    /** From nothing to the first answer to a request made by hand, ms. */
    private static double answer(ClusterOptions options) throws IOException {
        long begin = System.nanoTime();
        FairleadCluster cluster = FairleadCluster.start(options);
        ask(cluster.api());
        double took = since(begin);
        cluster.close();
        return took;
    }

    /** From nothing to the return of start(), with TLS; ms. */
    private static double started(ClusterOptions options) {
        long begin = System.nanoTime();
        FairleadCluster cluster = FairleadCluster.start(options);
        double took = since(begin);
        cluster.close();
        return took;
    }

    private static void ask(URI api) throws IOException {
        try (Socket socket = new Socket(api.getHost(), api.getPort())) {
            socket.getOutputStream()
                    .write("GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(answer);
            }
        }
    }

    /** From nothing to the first answer to fabric8's client, ms. */
    private static double fabric8() {
        long begin = System.nanoTime();
        FairleadCluster cluster = FairleadCluster.start(PLAIN);
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfigText()))
                .build()) {
            client.services().inNamespace("default").list();
        }
        double took = since(begin);
        cluster.close();
        return took;
    }

    /** The same of fabric8's CRUD mock, ms. */
    private static double mock() {
        long begin = System.nanoTime();
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        server.init();
        try (KubernetesClient client = server.createClient()) {
            client.services().inNamespace("default").list();
        }
        double took = since(begin);
        server.destroy();
        return took;
    }

    /** The median of later clusters' starts to their first answer, ms. */
    private static double later() throws IOException {
        List<Double> took = new ArrayList<>();
        for (int i = 0; i < LATER; i++) {
            took.add(answer(PLAIN));
        }
        return median(took.subList(1, took.size()));
    }

    static double median(List<Double> numbers) {
        return numbers.stream().sorted().toList().get(numbers.size() / 2);
    }

    /** From nothing to the last first answer of eight, ms. */
    private static double parallel() throws Exception {
        long begin = System.nanoTime();
        List<Future<FairleadCluster>> starting = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL)) {
            for (int i = 0; i < PARALLEL; i++) {
                starting.add(threads.submit(() -> {
                    FairleadCluster cluster = FairleadCluster.start(PLAIN);
                    ask(cluster.api());
                    return cluster;
                }));
            }
        }
        double took = since(begin);
        for (Future<FairleadCluster> cluster : starting) {
            cluster.get().close();
        }
        return took;
    }

    /** What one more cluster takes of the heap, whole and idle, after garbage collection; MiB. */
    private static double heap() {
        List<FairleadCluster> open = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            open.add(whole());
        }
        long before = used();
        for (int i = 0; i < 10; i++) {
            open.add(whole());
        }
        double each = (used() - before) / 10.0 / (1 << 20);
        open.forEach(FairleadCluster::close);
        return each;
    }

    private static FairleadCluster whole() {
        FairleadCluster cluster = FairleadCluster.start(PLAIN);
        cluster.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: there}}\n"); // waits for controllers and node
        return cluster;
    }

    /** The heap in use, once collections free no more of it. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int vain = 0; vain < 3; vain++) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (now < least - least / 200) {
                vain = -1;
            }
            least = Math.min(least, now);
        }
        return least;
    }

    /** A create and its event at a watch, one after the other over HTTP, each; ms. */
    private static double trips() throws Exception {
        try (FairleadCluster cluster = FairleadCluster.start(PLAIN)) {
            Matcher token = Pattern.compile("token: (\\S+)").matcher(cluster.kubeconfigText());
            if (!token.find()) {
                throw new IllegalStateException("no token in the kubeconfig");
            }
            URI maps = cluster.api().resolve("/api/v1/namespaces/default/configmaps");
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            String bearer = "Bearer " + token.group(1);
            HttpResponse<java.io.InputStream> watch = client.send(
                    HttpRequest.newBuilder(URI.create(maps + "?watch=true"))
                            .header("Authorization", bearer)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            BufferedReader events = new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8));
            for (int i = 0; i < TRIPS / 5; i++) {
                trip(client, maps, bearer, "warm-" + i, events);
            }
            long begin = System.nanoTime();
            for (int i = 0; i < TRIPS; i++) {
                trip(client, maps, bearer, "trip-" + i, events);
            }
            double each = since(begin) / TRIPS;
            watch.body().close();
            return each;
        }
    }

    private static void trip(HttpClient client, URI maps, String bearer, String name, BufferedReader events)
            throws IOException, InterruptedException {
        HttpRequest create = HttpRequest.newBuilder(maps)
                .header("Authorization", bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}"))
                .build();
        int status = client.send(create, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 201) {
            throw new IOException("create: " + status);
        }
        String wanted = "\"name\":\"" + name + "\"";
        for (String event = events.readLine(); !event.contains(wanted); event = events.readLine()) {
            // the root certificate's ConfigMap, by a controller
        }
    }
}
