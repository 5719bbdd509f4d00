// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Eight clusters with different settings, at once, under traffic: none notices the others, and nothing is left of them. */
@Timeout(180)
class EightClustersTest {
    private static final int CLUSTERS = 8;
    private static final int TROUBLED = 3;
    private static final String SHOP = FairleadClusterTest.BACKEND.replace(
            "  selector: {app: backend}\n  ports: [{name: http, port: 8080}]",
            "  type: NodePort\n  selector: {app: backend}\n  ports: [{name: http, port: 8080, nodePort: 30080}]");

    /** Threads that a cluster may have, by the first words of their names. */
    private static final Set<String> OURS = Set.of("cluster-time", "dns-udp", "vert.x", "relay", "fairlead");

    private static ClusterOptions options(int number) {
        ClusterOptions options = ClusterOptions.usual().withName(number < 0 ? "before" : "shop" + number);
        options = number % 2 == 0 ? options.withPlainHttp() : options;
        options = number % 4 == 1 ? options.withProcesses() : options;
        return number % 3 == 0 ? options.withPatience(Duration.ofSeconds(60)) : options;
    }

    private static FairleadCluster open(int number) {
        FairleadCluster cluster = FairleadCluster.start(options(number));
        cluster.pods("app=backend").serveHttp(exchange -> {
            byte[] body = cluster.name().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        cluster.apply(SHOP);
        cluster.service("backend").awaitReady();
        return cluster;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> OURS.stream().anyMatch(name::startsWith))
                .sorted()
                .toList();
    }

    /** Sockets and pipes of this process by where they lead to; empty where the system does not tell. */
    private static Map<String, Long> files() throws IOException {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return Map.of();
        }
        try (Stream<Path> all = Files.list(open)) {
            return all.map(EightClustersTest::kind)
                    .filter(kind -> kind.equals("socket") || kind.equals("pipe") || kind.equals("anon_inode"))
                    .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
        }
    }

    private static String kind(Path file) {
        try {
            String target = Files.readSymbolicLink(file).toString();
            return target.contains(":") ? target.substring(0, target.indexOf(':')) : "file";
        } catch (IOException closedMeanwhile) {
            return "gone";
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static boolean atMost(Map<String, Long> before) {
        try {
            return files().entrySet().stream()
                    .allMatch(kind -> kind.getValue() <= before.getOrDefault(kind.getKey(), 0L));
        } catch (IOException unreadable) {
            return false;
        }
    }

    @Test
    void noneNoticesTheOthersAndNothingIsLeft() throws Exception {
        try (FairleadCluster first = open(-1)) { // what a JVM keeps it has from now on
            FairleadClusterTest.get(first.service("backend").uri());
            InetAddress.getByName(first.service("backend").dnsName());
        }
        List<String> threadsBefore = threads();
        Map<String, Long> filesBefore = files();
        List<Path> folders = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<FairleadCluster> clusters = all(threads, CLUSTERS, EightClustersTest::open);
            try {
                clusters.forEach(cluster -> folders.add(cluster.kubeconfig().getParent()));
                FairleadCluster troubled = clusters.get(TROUBLED);
                troubled.faults().answer(503).dnsFails();
                troubled.clock().advance(Duration.ofHours(1));
                all(threads, CLUSTERS, number -> {
                    traffic(clusters.get(number), number == TROUBLED);
                    return clusters.get(number);
                });
                assertThatThrownBy(() -> InetAddress.getAllByName("backend.default.svc.cluster.local"))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessageContaining("several Fairlead clusters are open")
                        .hasMessageContaining("shop0")
                        .hasMessageContaining("shop7");
            } finally {
                all(threads, clusters.size(), number -> {
                    clusters.get(number).close();
                    return number;
                });
            }
        }
        assertThat(folders).hasSize(CLUSTERS).noneMatch(Files::exists);
        await(() -> threads().size() <= threadsBefore.size());
        assertThat(threads()).hasSizeLessThanOrEqualTo(threadsBefore.size());
        await(() -> atMost(filesBefore));
        assertThat(atMost(filesBefore))
                .as("%s, before %s", files(), filesBefore)
                .isTrue();
    }

    private interface Each<T> {
        T of(int number) throws Exception;
    }

    private static <T> List<T> all(ExecutorService threads, int count, Each<T> each) throws Exception {
        List<Future<T>> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            begun.add(threads.submit(() -> each.of(number)));
        }
        List<T> done = new ArrayList<>();
        for (Future<T> one : begun) {
            done.add(one.get(90, TimeUnit.SECONDS));
        }
        return done;
    }

    private static void traffic(FairleadCluster cluster, boolean troubled) throws Exception {
        TestService backend = cluster.service("backend");
        URI uri = backend.uri();
        for (int i = 0; i < 20; i++) {
            assertThat(FairleadClusterTest.get(uri)).isEqualTo(cluster.name());
        }
        assertThat(cluster.traffic("backend").total()).isEqualTo(20);
        try (NetworkClient client = new NetworkClient(cluster)) {
            assertThat(client.get("/api/v1/namespaces/default/services/backend").statusCode())
                    .isEqualTo(troubled ? 503 : 200);
        }
        if (troubled) {
            assertThatThrownBy(() -> InetAddress.getByName(backend.dnsName())).hasMessageContaining("SERVFAIL");
            assertThat(cluster.clock().now()).isAfter(Instant.now().plus(Duration.ofMinutes(59)));
        } else {
            assertThat(InetAddress.getByName(backend.dnsName())).isEqualTo(InetAddress.getByName(uri.getHost()));
            assertThat(cluster.clock().now()).isBefore(Instant.now().plus(Duration.ofMinutes(30)));
        }
    }
}
