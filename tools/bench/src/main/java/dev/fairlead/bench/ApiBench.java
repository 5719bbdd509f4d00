// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What an API server does under the load of many clients: a {@code ./fairlead up} in a process of its own, or whatever a kubeconfig
 * names, so that two servers can be compared by the same requests. One after the other: creates with few Services, with 10,000,
 * gets, lists, patches of slices, memory, changes seen by 500 watchers, memory of 5,000 watchers that see nothing.
 */
final class ApiBench implements AutoCloseable {
    private static final int CLIENTS = 16;
    private static final int PRESENT = 10_000;
    private static final int SINGLE = 500;
    private static final int MANY = 3000;
    private static final int GETS = 40_000;
    private static final int LISTS = 30;
    private static final int WATCHERS = 500;
    private static final int CHANGES = 300;
    private static final int IDLE_WATCHERS = 5000;
    private static final long SETTLING_MILLIS = 10_000;
    private static final byte[] NOTHING = {};
    private static final String FULL = "resident memory, 10,000 Services and 100,000 endpoints, MiB";

    private final ApiTarget target;
    private final Disk disk;
    private final ApiLoad one;
    private final ApiLoad many;
    private final ApiLine line;
    private int created;

    /** What is measured: all, or one thing in less than a minute. */
    enum Part {
        ALL,
        MEMORY,
        WATCHERS
    }

    private ApiBench(ApiTarget target, Disk disk) throws IOException, InterruptedException {
        this.target = target;
        this.disk = disk;
        this.one = new ApiLoad(target, 1);
        this.many = new ApiLoad(target, CLIENTS);
        this.line = target.open();
    }

    /** Loads an own server, on a new data directory. */
    static void own(Path home, Part part) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Path data = Files.createDirectory(scratch.resolve("data"));
        try (Launched up = Launched.start(home, data, true);
                Disk disk = new Disk(scratch)) {
            head();
            row("start to ready, ms", "%.0f", up.readyNanos() / 1e6);
            row("resident memory once ready, MiB", "%.0f", up.residentMebibytes());
            load(new ApiTarget(up.kubeconfig(), List.of(up.pid())), disk, part);
        }
        Conditions.delete(scratch);
        Conditions.print("\nend");
    }

    /** Loads the server that a kubeconfig names; {@code processes} are what it consists of on this machine. */
    static void other(Path kubeconfig, List<Long> processes, Part part) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        try (Disk disk = new Disk(scratch)) {
            head();
            load(new ApiTarget(kubeconfig, processes), disk, part);
        }
        Conditions.delete(scratch);
        Conditions.print("\nend");
    }

    private static void load(ApiTarget target, Disk disk, Part part) throws IOException, InterruptedException {
        try (target;
                ApiBench bench = new ApiBench(target, disk)) {
            bench.run(part);
        }
    }

    private void run(Part part) throws IOException, InterruptedException {
        line.require("POST", ApiObjects.NAMESPACES, ApiObjects.namespace(), ApiObjects.JSON);
        try {
            switch (part) {
                case ALL -> all();
                case MEMORY -> {
                    many.run(PRESENT, this::create, new Sample());
                    slices();
                    memory(FULL);
                }
                case WATCHERS -> {
                    warmUp();
                    watchers();
                }
            }
        } finally {
            line.call("DELETE", ApiObjects.NAMESPACES + "/" + ApiObjects.NAMESPACE, NOTHING, "");
        }
    }

    private void all() throws IOException, InterruptedException {
        warmUp();
        creates("few Services");
        many.run(PRESENT - created, this::create, new Sample());
        creates("10,000 Services");
        gets();
        lists();
        slices();
        patches();
        memory(FULL);
        watchers();
        idleWatchers();
    }

    private ApiLoad.Ask create(int any) {
        return new ApiLoad.Ask("POST", ApiObjects.SERVICES, ApiObjects.service("s" + created++), ApiObjects.JSON);
    }

    /** The first requests of a process are not what it is like; they are asked of every server alike. */
    private void warmUp() throws IOException {
        many.run(
                MANY,
                i -> new ApiLoad.Ask(
                        "POST", ApiObjects.CONFIG_MAPS, ApiObjects.configMap("warm" + i, i), ApiObjects.JSON),
                new Sample());
        many.run(MANY, i -> ApiLoad.Ask.get(ApiObjects.CONFIG_MAPS + "/warm" + i), new Sample());
        many.run(SINGLE, this::create, new Sample());
    }

    private void creates(String among) throws IOException {
        Sample alone = new Sample();
        Sample fsync = new Sample();
        for (int i = 0; i < SINGLE; i += 50) { // turn and turn about, so that both meet the same disk
            disk.measure(20, fsync);
            one.run(50, this::create, alone);
        }
        row("create of a Service, 1 client, " + among + ", ms", alone);
        row("meanwhile one 4 KiB write and fdatasync, ms", fsync);
        Sample together = new Sample();
        double perSecond = many.run(MANY, this::create, together);
        row("create of a Service, " + CLIENTS + " clients, " + among + ", ms", together);
        row("the same, creates/s", "%.0f", perSecond);
    }

    private void gets() throws IOException {
        Sample latency = new Sample();
        many.run(GETS / 4, i -> ApiLoad.Ask.get(ApiObjects.SERVICES + "/s" + i % PRESENT), new Sample());
        double before = target.processorMillis();
        double perSecond = many.run(GETS, i -> ApiLoad.Ask.get(ApiObjects.SERVICES + "/s" + i * 7 % PRESENT), latency);
        row("get, " + CLIENTS + " clients, ms", latency);
        row("the same, gets/s", "%.0f", perSecond);
        row("the same, processor µs of the server each", "%.0f", (target.processorMillis() - before) * 1000 / GETS);
    }

    private void lists() throws IOException, InterruptedException {
        Sample latency = new Sample();
        long bytes = 0;
        for (int i = -5; i < LISTS; i++) {
            long began = System.nanoTime();
            bytes = line.require("GET", ApiObjects.SERVICES, NOTHING, "").length();
            if (i >= 0) {
                latency.addNanos(System.nanoTime() - began);
            }
        }
        row(String.format(Locale.ROOT, "list of %,d Services, %.1f MB of JSON, ms", created, bytes / 1e6), latency);
    }

    private void slices() throws IOException {
        many.run(
                PRESENT,
                i -> new ApiLoad.Ask("POST", ApiObjects.SLICES, ApiObjects.slice("s" + i, i), ApiObjects.JSON),
                new Sample());
    }

    private void patches() throws IOException {
        Sample latency = new Sample();
        Sample fsync = new Sample();
        for (int i = 0; i < SINGLE; i += 50) {
            int from = i;
            disk.measure(20, fsync);
            one.run(50, j -> patch(from + j), i == 0 ? new Sample() : latency);
        }
        row("merge patch of a slice of 10 endpoints, 1 client, ms", latency);
        row("meanwhile one 4 KiB write and fdatasync, ms", fsync);
    }

    private ApiLoad.Ask patch(int number) {
        return new ApiLoad.Ask(
                "PATCH",
                ApiObjects.SLICES + "/s" + number + "-x",
                ApiObjects.readiness(number, false),
                ApiObjects.MERGE_PATCH);
    }

    private void memory(String what) throws IOException, InterruptedException {
        System.err.println("settling for " + SETTLING_MILLIS / 1000 + " s");
        Thread.sleep(SETTLING_MILLIS);
        row(what, "%.0f", target.residentMebibytes());
    }

    private void watchers() throws IOException, InterruptedException {
        Sample sent = new Sample();
        Sample answered = new Sample();
        try (ApiWatchers watchers = new ApiWatchers(target, ApiObjects.SERVICES, revision(), WATCHERS)) {
            double before = 0;
            for (int i = -50; i < CHANGES; i++) {
                if (i == 0) {
                    before = target.processorMillis();
                }
                Thread.sleep(5);
                int expected = watchers.expect();
                long began = System.nanoTime();
                line.require("PATCH", ApiObjects.SERVICES + "/s1", ApiObjects.annotation(i), ApiObjects.MERGE_PATCH);
                long committed = System.nanoTime();
                long last = watchers.await(expected);
                if (i >= 0) {
                    sent.addNanos(last - began);
                    answered.addNanos(Math.max(0, last - committed));
                }
            }
            row(WATCHERS + " watchers: all have a change after it was sent, ms", sent);
            row(WATCHERS + " watchers: all have it after it was answered, ms", answered);
            row("processor ms of the server a change", "%.1f", (target.processorMillis() - before) / CHANGES);
        }
    }

    private void idleWatchers() throws IOException, InterruptedException {
        memory("resident memory before watchers, MiB");
        try (ApiWatchers watchers = new ApiWatchers(target, ApiObjects.CONFIG_MAPS, revision(), IDLE_WATCHERS)) {
            memory("resident memory with " + watchers.size() + " watchers over TLS, MiB");
        }
    }

    private String revision() throws IOException, InterruptedException {
        String list = line.require("GET", ApiObjects.CONFIG_MAPS + "?limit=1", NOTHING, "")
                .body();
        return new Tree(Json.object(list.getBytes(StandardCharsets.UTF_8)))
                .tree("metadata")
                .text("resourceVersion", "0");
    }

    private static void head() {
        System.out.println("\n| what | n | p50 | p99 | max |\n|---|--:|--:|--:|--:|");
    }

    private static void row(String what, Sample sample) {
        System.out.println("| " + what + " | " + sample.size() + " | " + sample.tail("%.2f") + " |");
    }

    private static void row(String what, String format, double value) {
        System.out.println("| " + what + " | 1 | " + String.format(Locale.ROOT, format, value) + " | | |");
    }

    @Override
    public void close() {
        one.close();
        many.close();
        line.close();
    }
}
