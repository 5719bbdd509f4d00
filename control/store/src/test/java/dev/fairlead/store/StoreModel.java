// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.Expect.absent;
import static dev.fairlead.store.Expect.any;
import static dev.fairlead.store.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The naive reference: the whole map, once per revision. Runs seeded random operations on a store and on itself, and
 * compares all that can be seen after each step.
 */
final class StoreModel {
    private static final List<String> PREFIXES = List.of("", "/a", "/a/", "/a/1", "/b/", "/b/2", "/c");

    private final Store store;
    private final long seed;
    private final Random random;
    private final NavigableMap<Long, SortedMap<String, Entry>> states = new TreeMap<>();
    private final Map<Long, List<Event>> events = new TreeMap<>();
    private final List<Open> watches = new ArrayList<>();

    private static final class Open {
        final Watch watch;
        final String prefix;
        long seen;

        Open(Watch watch, String prefix, long seen) {
            this.watch = watch;
            this.prefix = prefix;
            this.seen = seen;
        }
    }

    StoreModel(Store store, long seed) {
        this.store = store;
        this.seed = seed;
        this.random = new Random(seed);
        states.put(store.revision(), new TreeMap<>());
    }

    void run(int steps) throws Exception {
        int step = 0;
        try {
            for (; step < steps; step++) {
                step();
                compareNow();
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed %d, step %d (-Dfairlead.seed=%d)".formatted(seed, step, seed), e);
        } finally {
            watches.forEach(open -> open.watch.close());
        }
    }

    private void step() throws Exception {
        switch (random.nextInt(10)) {
            case 0 -> openWatch();
            case 1 -> readOldRevision();
            case 2 -> page();
            case 3, 4 -> readWatch();
            case 5 -> {
                if (random.nextInt(8) == 0) {
                    store.compact(randomRevision());
                }
            }
            default -> commit();
        }
    }

    private void commit() {
        List<Write> writes = writes();
        Map<String, Entry> before = states.lastEntry().getValue();
        int refused = -1;
        for (int i = writes.size() - 1; i >= 0; i--) {
            refused = holds(writes.get(i).expect(), before.get(writes.get(i).key())) ? refused : i;
        }
        try {
            long revision = store.commit(writes);
            assertThat(refused).as("must be refused: %s", writes).isEqualTo(-1);
            apply(writes, before);
            assertThat(revision).isEqualTo(states.lastKey());
        } catch (ConflictException e) {
            assertThat(e.index()).isEqualTo(refused);
            assertThat(e.current())
                    .isEqualTo(
                            Optional.ofNullable(before.get(writes.get(refused).key())));
        }
    }

    private static boolean holds(Expect expect, Entry entry) {
        return switch (expect) {
            case Expect.Any _ -> true;
            case Expect.Absent _ -> entry == null;
            case Expect.Present _ -> entry != null;
            case Expect.Revision revision -> entry != null && entry.modRevision() == revision.modRevision();
        };
    }

    private void apply(List<Write> writes, Map<String, Entry> before) {
        long revision = states.lastKey() + 1;
        SortedMap<String, Entry> after = new TreeMap<>(before);
        List<Event> made = new ArrayList<>();
        for (Write write : writes) {
            Entry old = before.get(write.key());
            if (write instanceof Write.Put put) {
                long created = old == null ? revision : old.createRevision();
                Entry entry = new Entry(put.key(), put.value(), created, revision);
                after.put(put.key(), entry);
                made.add(new Event.Put(entry, old));
            } else if (write instanceof Write.Delete && old != null) {
                after.remove(write.key());
                made.add(new Event.Delete(revision, old));
            }
        }
        if (!made.isEmpty()) {
            states.put(revision, after);
            events.put(revision, made);
        }
    }

    private List<Write> writes() {
        Set<String> keys = new LinkedHashSet<>();
        int count = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(4);
        while (keys.size() < count) {
            keys.add("/" + "abc".charAt(random.nextInt(3)) + "/" + random.nextInt(6));
        }
        List<Write> writes = new ArrayList<>();
        for (String key : keys) {
            writes.add(
                    switch (random.nextInt(7)) {
                        case 0 -> Write.check(key, expect(key));
                        case 1, 2 -> Write.delete(key, expect(key));
                        default -> Write.put(key, bytes(), expect(key));
                    });
        }
        return writes;
    }

    /** Mostly one that holds, or nothing would ever happen. */
    private Expect expect(String key) {
        Entry entry = states.lastEntry().getValue().get(key);
        if (random.nextInt(10) == 0) {
            return List.of(absent(), present(), Expect.revision(randomRevision()))
                    .get(random.nextInt(3));
        }
        Expect right =
                entry == null ? absent() : random.nextBoolean() ? present() : Expect.revision(entry.modRevision());
        return random.nextBoolean() ? any() : right;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(50) == 0 ? 6000 : random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void openWatch() {
        String prefix = PREFIXES.get(random.nextInt(PREFIXES.size()));
        long after = randomRevision();
        if (after < store.oldestRevision()) {
            try (Watch _ = store.watch(prefix, after)) {
                fail("a watch after %d was opened, the oldest is %d".formatted(after, store.oldestRevision()));
            } catch (CompactedException e) {
                assertThat(e.oldest()).isEqualTo(store.oldestRevision());
            }
        } else {
            watches.add(new Open(store.watch(prefix, after), prefix, after));
        }
    }

    private void readWatch() throws InterruptedException {
        if (watches.isEmpty()) {
            return;
        }
        Open open = watches.get(random.nextInt(watches.size()));
        try {
            List<Event> found = open.watch.next(Duration.ZERO);
            long reached = open.watch.revision();
            assertThat(found).isEqualTo(expected(open.prefix, open.seen, reached));
            assertThat(reached).isEqualTo(store.revision());
            open.seen = reached;
        } catch (CompactedException e) {
            assertThat(open.seen).isLessThan(store.oldestRevision());
            watches.remove(open);
            open.watch.close();
            return;
        }
        if (random.nextInt(4) == 0) {
            watches.remove(open);
            open.watch.close();
        }
    }

    private List<Event> expected(String prefix, long after, long upTo) {
        List<Event> expected = new ArrayList<>();
        for (long revision = after + 1; revision <= upTo; revision++) {
            events.get(revision).stream()
                    .filter(event -> event.key().startsWith(prefix))
                    .forEach(expected::add);
        }
        return expected;
    }

    private void readOldRevision() {
        long revision = randomRevision();
        String prefix = PREFIXES.get(random.nextInt(PREFIXES.size()));
        try {
            assertThat(store.prefix(prefix, revision, 0).entries()).isEqualTo(stateBelow(prefix, revision));
            assertThat(revision).isGreaterThanOrEqualTo(store.oldestRevision());
        } catch (CompactedException e) {
            assertThat(revision).isLessThan(store.oldestRevision());
        }
    }

    private void page() {
        String prefix = PREFIXES.get(random.nextInt(PREFIXES.size()));
        int limit = 1 + random.nextInt(4);
        Range page = store.prefix(prefix, 0, limit);
        List<Entry> all = new ArrayList<>(page.entries());
        int total = stateBelow(prefix, store.revision()).size();
        while (page.more()) {
            assertThat(page.entries()).hasSize(limit);
            assertThat(all.size() + page.remaining()).isEqualTo(total);
            page = store.range(page.nextFrom(), Store.endOfPrefix(prefix), page.revision(), limit);
            all.addAll(page.entries());
        }
        assertThat(all).isEqualTo(stateBelow(prefix, page.revision()));
    }

    private void compareNow() {
        assertThat(store.revision()).isEqualTo(states.lastKey());
        assertThat(store.prefix("", 0, 0).entries()).isEqualTo(stateBelow("", states.lastKey()));
        String key = "/a/" + random.nextInt(6);
        assertThat(store.get(key))
                .isEqualTo(Optional.ofNullable(states.lastEntry().getValue().get(key)));
    }

    private List<Entry> stateBelow(String prefix, long revision) {
        SortedMap<String, Entry> state = states.get(revision);
        return state.values().stream()
                .filter(entry -> entry.key().startsWith(prefix))
                .toList();
    }

    private long randomRevision() {
        return 1 + random.nextLong(states.lastKey());
    }
}
