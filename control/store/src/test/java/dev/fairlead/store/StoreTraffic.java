// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.Expect.absent;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Many writers, watchers and readers at once. Writers count up two counters that they all share, by compare and set, so a
 * lost, doubled or torn commit shows: every watcher must see 1, 2, 3 … of each counter, and every reader both equal.
 */
final class StoreTraffic {
    private static final int WRITERS = 8;
    private static final int COMMITS = 150;
    private static final List<String> COUNTERS = List.of("/count/a", "/count/b");

    private final Store store;

    private StoreTraffic(Store store) {
        this.store = store;
    }

    /** With so many watchers, for which the store must keep all history. */
    static void run(Store store, int watchers) throws Exception {
        new StoreTraffic(store).run(watchers);
    }

    private void run(int watchers) throws Exception {
        store.commit(List.of(put(COUNTERS.get(0), 0, absent()), put(COUNTERS.get(1), 0, absent())));
        long start = store.revision();
        int total = WRITERS * COMMITS;
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < watchers; i++) {
            String prefix = List.of("/count/", "/count/a", "/count/b", "").get(i % 4);
            all.add(StoreContract.inBackground(() -> watch(prefix, start, total)));
        }
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            all.add(StoreContract.inBackground(() -> write(writer)));
        }
        all.add(StoreContract.inBackground(() -> read(total)));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
        assertThat(store.revision()).isEqualTo(start + total);
    }

    private Void write(int writer) throws Exception {
        long last = 0;
        for (int done = 0; done < COMMITS; ) {
            Entry a = store.get(COUNTERS.get(0)).orElseThrow();
            Entry b = store.get(COUNTERS.get(1)).orElseThrow();
            try {
                long revision = store.commit(List.of(
                        put(a.key(), number(a) + 1, Expect.revision(a.modRevision())),
                        put("/other/" + writer, done, Expect.any()),
                        put(b.key(), number(b) + 1, Expect.revision(b.modRevision()))));
                assertThat(revision).isGreaterThan(last);
                assertThat(store.revision()).isGreaterThanOrEqualTo(revision);
                last = revision;
                done++;
            } catch (ConflictException e) {
                // What a conflict tells must be there to be read.
                assertThat(e.current().orElseThrow().modRevision()).isLessThanOrEqualTo(store.revision());
            }
        }
        return null;
    }

    private Void watch(String prefix, long start, int total) throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        long last = start;
        try (Watch watch = store.watch(prefix, start)) {
            while (counts.isEmpty() || counts.values().stream().anyMatch(count -> count < total)) {
                for (Event event : watch.next(StoreContract.LONG)) {
                    assertThat(event.revision()).isBetween(last, last + 1);
                    last = event.revision();
                    if (COUNTERS.contains(event.key())) {
                        Entry now = ((Event.Put) event).entry();
                        assertThat(number(now)).isEqualTo(counts.merge(event.key(), 1L, Long::sum));
                        assertThat(number(event.previous())).isEqualTo(number(now) - 1);
                    }
                }
                assertThat(watch.revision()).isEqualTo(last);
            }
        }
        return null;
    }

    private Void read(int total) {
        long count = 0;
        while (count < total) {
            Range range = store.prefix("/count/", 0, 0);
            assertThat(range.entries())
                    .extracting(StoreTraffic::number)
                    .hasSize(2)
                    .containsOnly(number(range.entries().getFirst()));
            assertThat(range.entries()).extracting(Entry::modRevision).containsOnly(range.revision());
            assertThat(number(range.entries().getFirst())).isGreaterThanOrEqualTo(count);
            count = number(range.entries().getFirst());
        }
        return null;
    }

    private static Write put(String key, long number, Expect expect) {
        return Write.put(key, ByteBuffer.allocate(8).putLong(number).array(), expect);
    }

    private static long number(Entry entry) {
        return ByteBuffer.wrap(entry.value()).getLong();
    }
}
