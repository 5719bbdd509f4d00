// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Durable creates per second through the HTTPS API of a {@code ./fairlead up}, by 1 and by 16 writers that each wait for
 * their answer, each with a connection of its own. A round is one instance with a new data directory.
 */
final class Creates {
    private static final int WARM_UP = 1500;
    private static final int PRESENT = 10_000;
    private static final int TURNS = 10;
    private static final int[] WRITERS = {1, 16};
    private static final int[] AMOUNTS = {600, 3000};

    private enum Sort {
        CONFIG_MAP("ConfigMap"),
        SERVICE("Service without selector"),
        SELECTING("Service with selector");

        private final String text;

        Sort(String text) {
            this.text = text;
        }

        Resource resource() {
            return this == CONFIG_MAP ? Resources.CONFIG_MAPS : Resources.SERVICES;
        }

        Map<String, Object> object(String name) {
            Map<String, Object> meta = Map.of("name", name, "namespace", "default");
            List<Object> ports = List.of(Map.of("port", 80L));
            return switch (this) {
                case CONFIG_MAP ->
                    Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", meta, "data", Map.of("key", "value"));
                case SERVICE ->
                    Map.of("apiVersion", "v1", "kind", "Service", "metadata", meta, "spec", Map.of("ports", ports));
                case SELECTING ->
                    Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "Service",
                            "metadata",
                            meta,
                            "spec",
                            Map.of("ports", ports, "selector", Map.of("app", name)));
            };
        }
    }

    private record Row(Sort sort, int writers) {}

    private record Result(Sample perSecond, Sample latency) {}

    private final AtomicInteger names = new AtomicInteger();
    private final Map<Row, Result> results = new LinkedHashMap<>();
    private final Sample fsync = new Sample();

    private Creates() {}

    static void run(Path home, int rounds) throws IOException, InterruptedException {
        Conditions.print("begin");
        Creates creates = new Creates();
        for (int round = 0; round < rounds; round++) {
            creates.round(home);
        }
        creates.print();
        Conditions.print("\nend");
    }

    /**
     * Whether a Service's create takes longer among many: by one writer, with (nearly) none present and with 10,000, the two
     * measured in turns on two instances so that a loaded machine loads both.
     */
    static void among(Path home, int creates) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Creates measured = new Creates();
        Sample few = new Sample();
        Sample many = new Sample();
        try (Launched empty = Launched.start(home, Files.createDirectory(scratch.resolve("few")), true);
                Launched full = Launched.start(home, Files.createDirectory(scratch.resolve("many")), true);
                Disk disk = new Disk(scratch)) {
            measured.write(full, Sort.SERVICE, WRITERS[1], PRESENT, new Sample());
            measured.write(empty, Sort.CONFIG_MAP, WRITERS[1], WARM_UP, new Sample());
            for (Launched up : List.of(empty, full)) {
                measured.write(up, Sort.SERVICE, 1, WARM_UP / 10, new Sample());
            }
            for (int turn = 0; turn < TURNS; turn++) {
                measured.write(empty, Sort.SERVICE, 1, creates / TURNS, few);
                measured.write(full, Sort.SERVICE, 1, creates / TURNS, many);
                disk.measure(50, measured.fsync);
            }
        }
        Conditions.delete(scratch);
        System.out.println("\n| Services present | p50 ms | p99 ms | max ms |\n|--:|--:|--:|--:|");
        System.out.println("| under " + (creates + WARM_UP / 10) + " | " + few.tail("%.2f") + " |");
        System.out.println("| " + PRESENT + " | " + many.tail("%.2f") + " |");
        System.out.println("| one 4 KiB write and fdatasync | " + measured.fsync.tail("%.2f") + " |");
        Conditions.print("\nend");
    }

    private void round(Path home) throws IOException, InterruptedException {
        Path scratch = Conditions.scratch();
        Path data = Files.createDirectory(scratch.resolve("data"));
        try (Launched up = Launched.start(home, data, true);
                Disk disk = new Disk(scratch)) {
            for (Sort sort : Sort.values()) {
                write(up, sort, 4, WARM_UP / Sort.values().length, new Sample());
            }
            for (Sort sort : Sort.values()) {
                for (int i = 0; i < WRITERS.length; i++) {
                    disk.measure(100, fsync);
                    Result result = results.computeIfAbsent(
                            new Row(sort, WRITERS[i]), any -> new Result(new Sample(), new Sample()));
                    result.perSecond.add(write(up, sort, WRITERS[i], AMOUNTS[i], result.latency));
                    disk.measure(100, fsync);
                }
            }
        }
        Conditions.delete(scratch);
    }

    /** Creates {@code amount} objects; gives how many a second. */
    private double write(Launched up, Sort sort, int writers, int amount, Sample latency)
            throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(amount);
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        List<HttpsApi> apis = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            HttpsApi api = new HttpsApi(Kubeconfig.read(up.kubeconfig()).connection(null));
            apis.add(api);
            ApiClient client = new ApiClient(api, "bench");
            client.get(Resources.NAMESPACES, new dev.fairlead.core.definition.ObjectName("", "default")); // connects
            threads.add(Thread.ofPlatform().unstarted(() -> {
                try {
                    while (left.getAndDecrement() > 0) {
                        Map<String, Object> object = sort.object("o" + names.getAndIncrement());
                        long began = System.nanoTime();
                        client.create(sort.resource(), object);
                        latency.addNanos(System.nanoTime() - began);
                    }
                } catch (IOException | InterruptedException | RuntimeException failure) {
                    failed.compareAndSet(null, failure);
                }
            }));
        }
        long began = System.nanoTime();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        apis.forEach(HttpsApi::close);
        Exception failure = failed.get();
        if (failure != null) {
            throw new IOException("a create failed: " + failure.getMessage(), failure);
        }
        return amount / seconds;
    }

    private void print() {
        System.out.println("\n| kind | writers | creates/s (median of rounds) | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|--:|");
        results.forEach((row, result) -> System.out.println(String.format(
                Locale.ROOT,
                "| %s | %d | %.0f | %s |",
                row.sort.text,
                row.writers,
                result.perSecond.median(),
                result.latency.tail("%.2f"))));
        System.out.println("| one 4 KiB write and fdatasync | 1 | "
                + String.format(Locale.ROOT, "%.0f", 1000 / fsync.median()) + " | " + fsync.tail("%.2f") + " |");
    }
}
