// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import dev.fairlead.store.disk.DiskStore;
import dev.fairlead.store.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Prints how fast the stores are here and now; for tuning, not for claims. Argument: a folder on the disk to measure. */
final class StoreSpeed {
    private static final int VALUE = 1200;
    private static final Duration LONG = Duration.ofSeconds(30);

    private StoreSpeed() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args.length == 0 ? "." : args[0]), "speed");
        sync(folder);
        for (int threads : new int[] {1, 4, 16, 64, 16, 1}) {
            try (Store store = DiskStore.open(folder.resolve("commits"))) {
                commits("disk", store, threads);
            }
        }
        try (Store store = MemoryStore.open()) {
            commits("memory", store, 1);
            commits("memory", store, 16);
        }
        for (int others : new int[] {0, 1000, 10_000}) {
            watch("memory", MemoryStore.open(), others, false);
        }
        watch("memory", MemoryStore.open(), 1000, true);
        watch("disk", DiskStore.open(folder.resolve("watch0")), 0, false);
        watch("disk", DiskStore.open(folder.resolve("watch1")), 1000, false);
        watch("disk", DiskStore.open(folder.resolve("watch2")), 1000, true);
        many(folder.resolve("many"));
    }

    private static void sync(Path folder) throws Exception {
        long[] nanos = new long[1000];
        try (FileChannel channel =
                FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(4096));
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
        }
        print("append 4 KiB + fdatasync", nanos);
    }

    private static void commits(String name, Store store, int threads) throws Exception {
        int each = (name.equals("disk") ? 8000 : 200_000) / threads;
        long[] nanos = new long[each * threads];
        List<CompletableFuture<Void>> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            all.add(StoreContract.inBackground(() -> {
                for (int i = 0; i < each; i++) {
                    long before = System.nanoTime();
                    store.commit(List.of(Write.put(
                            "/registry/pods/default/pod-" + thread + "-" + i % 1000, new byte[VALUE], Expect.any())));
                    nanos[thread * each + i] = System.nanoTime() - before;
                }
                return null;
            }));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        double seconds = (System.nanoTime() - start) / 1e9;
        print("%s, %d threads: %.0f commits/s".formatted(name, threads, nanos.length / seconds), nanos);
    }

    /** From before the commit to after the watch's wake; so on disk with the sync in it. */
    private static void watch(String name, Store opened, int others, boolean samePrefix) throws Exception {
        try (Store store = opened) {
            for (int i = 0; i < others; i++) {
                Watch watch = store.watch(samePrefix ? "/a/" : "/other/" + i + "/", store.revision());
                Thread.ofVirtual().start(() -> follow(watch));
            }
            int rounds = 3000;
            long[] whole = new long[rounds];
            long[] afterAck = new long[rounds];
            Watch watch = store.watch("/a/", store.revision());
            long[] acked = new long[1];
            for (int i = 0; i < rounds; i++) {
                CompletableFuture<Long> woken = StoreContract.inBackground(() -> {
                    watch.next(LONG);
                    return System.nanoTime();
                });
                LockSupport.parkNanos(1_000_000); // until it most likely waits
                long before = System.nanoTime();
                store.commit(List.of(Write.put("/a/x", new byte[VALUE], Expect.any())));
                acked[0] = System.nanoTime();
                long at = woken.join();
                whole[i] = at - before;
                afterAck[i] = Math.max(0, at - acked[0]);
            }
            String title = "%s, watch wakes, %d others %s"
                    .formatted(name, others, samePrefix ? "on the same prefix" : "elsewhere");
            print(title + ", from commit called", Arrays.copyOfRange(whole, 500, rounds));
            print(title + ", from commit returned", Arrays.copyOfRange(afterAck, 500, rounds));
        }
    }

    private static void follow(Watch watch) {
        try {
            while (true) {
                watch.next(LONG);
            }
        } catch (InterruptedException | ClosedException e) {
            return;
        }
    }

    private static void many(Path folder) throws Exception {
        int count = 100_000;
        try (Store store = DiskStore.open(folder)) {
            long before = used();
            long start = System.nanoTime();
            for (int i = 0; i < count; i += 1000) {
                List<Write> writes = new ArrayList<>();
                for (int j = i; j < i + 1000; j++) {
                    writes.add(Write.put(
                            "/registry/endpointslices/default/backend-" + j, new byte[1000], Expect.absent()));
                }
                store.commit(writes);
            }
            System.out.printf(
                    "100k entries of 1,000 bytes written in %d ms%n", (System.nanoTime() - start) / 1_000_000);
            System.out.printf("  heap besides values: %d bytes each with history%n", (used() - before) / count - 1016);
            store.compact(store.revision());
            System.out.printf("  heap besides values: %d bytes each compacted%n", (used() - before) / count - 1016);
            for (int i = 0; i < 20; i++) {
                start = System.nanoTime();
                store.prefix("/registry/endpointslices/", 0, i < 10 ? 0 : 500);
                if (i % 10 == 9) {
                    System.out.printf(
                            "  list %s: %.1f ms%n", i < 10 ? "all" : "500", (System.nanoTime() - start) / 1e6);
                }
            }
        }
        long start = System.nanoTime();
        DiskStore.open(folder).close();
        System.out.printf("  opened and closed in %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void print(String what, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        System.out.printf(
                "%s: p50 %.0f us, p99 %.0f us, max %.0f us%n",
                what,
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 99 / 100] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }
}
