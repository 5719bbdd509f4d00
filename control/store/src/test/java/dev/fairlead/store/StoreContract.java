// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.Expect.absent;
import static dev.fairlead.store.Expect.any;
import static dev.fairlead.store.Expect.present;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every store promises, one small story per promise. Big random ones are in {@link StoreModel}. */
interface StoreContract {
    Duration LONG = Duration.ofSeconds(20);

    /** A new, empty store; the test closes it. */
    Store open(Retention retention);

    /** A new store that keeps all history the tests make. */
    default Store open() {
        return open(Retention.STANDARD);
    }

    /** A put of a short text. */
    static Write put(String key, String value, Expect expect) {
        return Write.put(key, value.getBytes(UTF_8), expect);
    }

    /** A put of a short text, whatever is there. */
    static Write put(String key, String value) {
        return put(key, value, any());
    }

    /** An entry as {@code key=value@create/mod}, easy to read in an assertion. */
    static String shown(Entry entry) {
        return "%s=%s@%d/%d"
                .formatted(entry.key(), new String(entry.value(), UTF_8), entry.createRevision(), entry.modRevision());
    }

    /** An event as {@code +new (old)} or {@code -revision (old)}. */
    static String shown(Event event) {
        return switch (event) {
            case Event.Put(Entry entry, Entry previous) ->
                "+" + shown(entry) + (previous == null ? "" : " (" + shown(previous) + ")");
            case Event.Delete(long revision, Entry previous) -> "-" + revision + " (" + shown(previous) + ")";
        };
    }

    private static List<String> entries(Range range) {
        return range.entries().stream().map(StoreContract::shown).toList();
    }

    private static List<String> events(List<Event> events) {
        return events.stream().map(StoreContract::shown).toList();
    }

    @Test
    default void aNewStoreIsEmptyAtRevisionOne() {
        try (Store store = open()) {
            assertThat(store.revision()).isEqualTo(1);
            assertThat(store.oldestRevision()).isEqualTo(1);
            assertThat(store.get("a")).isEmpty();
            assertThat(store.prefix("", 0, 0)).isEqualTo(new Range(List.of(), 1, 0));
        }
    }

    @Test
    default void putsAndDeletesAreVisibleAtOnce() throws Exception {
        try (Store store = open()) {
            assertThat(store.commit(List.of(put("a", "x")))).isEqualTo(2);
            assertThat(store.commit(List.of(put("a", "y")))).isEqualTo(3);
            assertThat(store.get("a")).map(StoreContract::shown).contains("a=y@2/3");
            assertThat(store.commit(List.of(Write.delete("a", any())))).isEqualTo(4);
            assertThat(store.get("a")).isEmpty();
            assertThat(store.commit(List.of(put("a", "z")))).isEqualTo(5);
            assertThat(store.get("a")).map(StoreContract::shown).contains("a=z@5/5");
        }
    }

    @Test
    default void aCommitHasOneRevision() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "1"), put("b", "1"), put("c", "1")));
            store.commit(List.of(put("a", "2"), Write.delete("b", present()), Write.check("c", present())));
            assertThat(store.revision()).isEqualTo(3);
            assertThat(entries(store.prefix("", 0, 0))).containsExactly("a=2@2/3", "c=1@2/2");
        }
    }

    @Test
    default void nothingChangedMakesNoRevision() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "x")));
            assertThat(store.commit(List.of())).isEqualTo(2);
            assertThat(store.commit(List.of(Write.delete("gone", any())))).isEqualTo(2);
            assertThat(store.commit(List.of(Write.check("a", present())))).isEqualTo(2);
            assertThat(store.revision()).isEqualTo(2);
        }
    }

    /** A condition, the state of key {@code k} (created at 2, changed at 3, or absent), and whether it holds. */
    record Condition(Expect expect, boolean exists, boolean holds) {}

    @Test
    default void conditionsHoldAsTheTableSays() throws Exception {
        List<Condition> table = List.of(
                new Condition(any(), false, true),
                new Condition(any(), true, true),
                new Condition(absent(), false, true),
                new Condition(absent(), true, false),
                new Condition(present(), false, false),
                new Condition(present(), true, true),
                new Condition(Expect.revision(3), false, false),
                new Condition(Expect.revision(3), true, true),
                new Condition(Expect.revision(2), true, false),
                new Condition(Expect.revision(0), false, false));
        for (Condition row : table) {
            for (Write write :
                    List.of(put("k", "new", row.expect), Write.delete("k", row.expect), Write.check("k", row.expect))) {
                try (Store store = open()) {
                    store.commit(List.of(put("k", "old")));
                    store.commit(List.of(row.exists ? put("k", "older") : Write.delete("k", any())));
                    var conflict = catchThrowableOfType(ConflictException.class, () -> store.commit(List.of(write)));
                    assertThat(conflict == null).as("%s with %s", row, write).isEqualTo(row.holds);
                }
            }
        }
    }

    @Test
    default void aConflictNamesTheFirstBadWriteAndChangesNothing() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "x")));
            var present = catchThrowableOfType(
                    ConflictException.class,
                    () -> store.commit(
                            List.of(put("b", "1", absent()), put("a", "1", absent()), put("c", "1", present()))));
            assertThat(present.index()).isEqualTo(1);
            assertThat(present.key()).isEqualTo("a");
            assertThat(present.current()).map(StoreContract::shown).contains("a=x@2/2");
            assertThat(present).hasMessage("write 1 expects Absent[] of a, which has modRevision 2");

            var absent = catchThrowableOfType(
                    ConflictException.class, () -> store.commit(List.of(Write.check("c", Expect.revision(7)))));
            assertThat(absent.current()).isEmpty();
            assertThat(absent).hasMessage("write 0 expects Revision[modRevision=7] of c, which has no entry");

            assertThat(store.revision()).isEqualTo(2);
            assertThat(entries(store.prefix("", 0, 0))).containsExactly("a=x@2/2");
        }
    }

    @Test
    default void allConditionsSeeTheStateBeforeTheCommit() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "x"), Write.check("a", absent())));
            store.commit(List.of(Write.delete("a", present()), Write.check("a", present())));
            assertThat(store.get("a")).isEmpty();
        }
    }

    @Test
    default void aCommitChangesAKeyOnlyOnce() {
        try (Store store = open()) {
            assertThatThrownBy(() -> store.commit(List.of(put("a", "x"), Write.delete("a", any()))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a commit must not change a key twice: a");
        }
    }

    @Test
    default void keysThatCannotBeWrittenAreRefused() {
        for (String key : List.of("", "a\0b", "a\ud800", "\udc00a", "\ud800\ud800\udc00")) {
            assertThatThrownBy(() -> Write.delete(key, any())).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Write.delete("\ud83d\ude80", any()).key()).isEqualTo("\ud83d\ude80");
    }

    @Test
    default void rangesAreOrderedBoundedAndPaged() throws Exception {
        try (Store store = open()) {
            for (String key : List.of("/a/2", "/b/1", "/a/1", "/a", "/a0", "/a/3")) {
                store.commit(List.of(put(key, "v")));
            }
            assertThat(store.prefix("/a/", 0, 0).entries())
                    .extracting(Entry::key)
                    .containsExactly("/a/1", "/a/2", "/a/3");
            assertThat(store.range("/a0", "", 0, 0).entries())
                    .extracting(Entry::key)
                    .containsExactly("/a0", "/b/1");
            assertThat(store.range("/b", "/a", 0, 0).entries()).isEmpty();
            assertThat(store.range("/a", "/a", 0, 0).entries()).isEmpty();

            Range first = store.prefix("/a/", 0, 2);
            assertThat(first.more()).isTrue();
            assertThat(first.remaining()).isEqualTo(1);
            store.commit(List.of(put("/a/4", "v"), Write.delete("/a/3", any())));
            Range second = store.range(first.nextFrom(), Store.endOfPrefix("/a/"), first.revision(), 2);
            assertThat(second.entries()).extracting(Entry::key).containsExactly("/a/3");
            assertThat(second.more()).isFalse();
            assertThat(second.revision()).isEqualTo(first.revision());
        }
    }

    @Test
    default void theEndOfAPrefixCarries() {
        assertThat(Store.endOfPrefix("/a/")).isEqualTo("/a0");
        assertThat(Store.endOfPrefix("a\uffff")).isEqualTo("b");
        assertThat(Store.endOfPrefix("\uffff\uffff")).isEmpty();
        assertThat(Store.endOfPrefix("")).isEmpty();
    }

    @Test
    default void oldRevisionsCanBeReadUntilCompacted() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "1"), put("b", "1")));
            store.commit(List.of(put("a", "2")));
            store.commit(List.of(Write.delete("a", any())));
            store.commit(List.of(put("a", "3")));
            assertThat(entries(store.prefix("", 1, 0))).isEmpty();
            assertThat(entries(store.prefix("", 2, 0))).containsExactly("a=1@2/2", "b=1@2/2");
            assertThat(entries(store.prefix("", 3, 0))).containsExactly("a=2@2/3", "b=1@2/2");
            assertThat(entries(store.prefix("", 4, 0))).containsExactly("b=1@2/2");
            assertThat(entries(store.prefix("", 5, 0))).containsExactly("a=3@5/5", "b=1@2/2");

            store.compact(4);
            store.compact(2);
            assertThat(store.oldestRevision()).isEqualTo(4);
            assertThat(entries(store.prefix("", 4, 0))).containsExactly("b=1@2/2");
            var compacted = catchThrowableOfType(CompactedException.class, () -> store.prefix("", 3, 0));
            assertThat(compacted).hasMessage("revision 3 is forgotten: the oldest one kept is 4");
            assertThat(compacted.requested()).isEqualTo(3);
            assertThat(compacted.oldest()).isEqualTo(4);
            assertThatThrownBy(() -> store.watch("", 3)).isInstanceOf(CompactedException.class);
            store.watch("", 4).close();
        }
    }

    @Test
    default void theFutureIsRefused() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "1")));
            var future = catchThrowableOfType(FutureRevisionException.class, () -> store.prefix("", 3, 0));
            assertThat(future).hasMessage("revision 3 is in the future: the newest one is 2");
            assertThatThrownBy(() -> store.watch("", 3)).isInstanceOf(FutureRevisionException.class);
            assertThatThrownBy(() -> store.compact(3)).isInstanceOf(FutureRevisionException.class);
            assertThatThrownBy(() -> store.prefix("", -1, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.prefix("", 0, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void theRetentionBoundsHistory() throws Exception {
        try (Store store = open(new Retention(3, Long.MAX_VALUE))) {
            for (int i = 0; i < 10; i++) {
                store.commit(List.of(put("a", "" + i)));
            }
            assertThat(store.oldestRevision()).isEqualTo(8);
            assertThat(entries(store.prefix("", 8, 0))).containsExactly("a=6@2/8");
        }
        try (Store store = open(new Retention(1000, 10_000))) {
            for (int i = 0; i < 10; i++) {
                store.commit(List.of(Write.put("a", new byte[4000], any())));
            }
            assertThat(store.oldestRevision()).isEqualTo(9);
        }
    }

    @Test
    default void aWatchTellsWhatHappenedAndWhatWasBefore() throws Exception {
        try (Store store = open();
                Watch watch = store.watch("/a/", 1)) {
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            store.commit(List.of(put("/a/1", "x"), put("/b/1", "x"), put("/a/2", "x")));
            store.commit(List.of(put("/a/1", "y")));
            store.commit(List.of(put("/b/1", "y")));
            store.commit(List.of(Write.delete("/a/1", any()), Write.delete("/a/3", any())));
            assertThat(events(watch.next(LONG)))
                    .containsExactly("+/a/1=x@2/2", "+/a/2=x@2/2", "+/a/1=y@2/3 (/a/1=x@2/2)", "-5 (/a/1=y@2/3)");
            assertThat(watch.revision()).isEqualTo(5);
            assertThat(watch.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    default void aWatchStartsAfterARevision() throws Exception {
        try (Store store = open()) {
            store.commit(List.of(put("a", "1")));
            store.commit(List.of(put("a", "2")));
            store.commit(List.of(put("a", "3")));
            try (Watch watch = store.watch("a", 3)) {
                assertThat(watch.revision()).isEqualTo(3);
                assertThat(events(watch.next(LONG))).containsExactly("+a=3@2/4 (a=2@2/3)");
            }
        }
    }

    @Test
    default void aWatchMakesProgressWhileNothingConcernsIt() throws Exception {
        try (Store store = open(new Retention(2, Long.MAX_VALUE));
                Watch watch = store.watch("/quiet/", 1)) {
            // Longer than the window: it has missed nothing all the same.
            for (int i = 0; i < 10; i++) {
                store.commit(List.of(put("/busy/", "" + i)));
            }
            assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            assertThat(watch.revision()).isEqualTo(11);
            store.commit(List.of(put("/quiet/1", "x")));
            assertThat(events(watch.next(LONG))).containsExactly("+/quiet/1=x@12/12");
        }
    }

    @Test
    default void commitsAreNeverSplit() throws Exception {
        try (Store store = open();
                Watch watch = store.watch("", 1)) {
            List<Write> many = new ArrayList<>();
            for (int i = 0; i < 700; i++) {
                many.add(put("k" + i, "v"));
            }
            for (int round = 0; round < 3; round++) {
                store.commit(many);
            }
            for (int round = 0; round < 3; round++) {
                long revision = 2L + round;
                assertThat(watch.next(LONG)).hasSize(700).allMatch(event -> event.revision() == revision);
                assertThat(watch.revision()).isEqualTo(revision);
            }
        }
    }

    @Test
    default void aSlowWatchIsToldThatItMissedSomething() throws Exception {
        try (Store store = open(new Retention(2, Long.MAX_VALUE));
                Watch slow = store.watch("a", 1);
                Watch quick = store.watch("a", 1)) {
            for (int i = 0; i < 4; i++) {
                store.commit(List.of(put("a", "" + i)));
                assertThat(quick.next(LONG)).hasSize(1);
            }
            var missed = catchThrowableOfType(CompactedException.class, () -> slow.next(LONG));
            assertThat(missed.requested()).isEqualTo(1);
            assertThat(missed.oldest()).isEqualTo(3);
        }
    }

    @Test
    default void aWaitingWatchWakes() throws Exception {
        try (Store store = open();
                Watch watch = store.watch("a", 1)) {
            CompletableFuture<List<Event>> next = inBackground(() -> watch.next(LONG));
            store.commit(List.of(put("b", "other")));
            store.commit(List.of(put("a", "mine")));
            assertThat(events(next.get(30, TimeUnit.SECONDS))).containsExactly("+a=mine@3/3");
        }
    }

    @Test
    default void aBellThatThrowsHurtsNobody() throws Exception {
        AtomicInteger rung = new AtomicInteger();
        try (Store store = open();
                Watch throwing = store.watch("a", 1);
                Watch failing = store.watch("a/1", 1);
                Watch beside = store.watch("a", 1);
                Watch above = store.watch("", 1)) {
            throwing.ring(() -> {
                throw new IllegalStateException("meant");
            });
            failing.ring(() -> {
                throw new AssertionError("meant");
            });
            beside.ring(rung::incrementAndGet);
            above.ring(rung::incrementAndGet);
            assertThat(store.commit(List.of(put("a/1", "x")))).isEqualTo(2);
            assertThat(rung).as("the other bells").hasValue(2);
            assertThat(store.commit(List.of(put("a/1", "y")))).isEqualTo(3);
            assertThat(rung).hasValue(4);
            assertThat(events(throwing.look())).containsExactly("+a/1=x@2/2", "+a/1=y@2/3 (a/1=x@2/2)");
        }
    }

    @Test
    default void aBellMayCloseItsWatch() throws Exception {
        Store store = open();
        List<String> rung = new ArrayList<>();
        for (String prefix : List.of("", "a", "a/", "a/1", "b", "b/", "c")) {
            Watch watch = store.watch(prefix, 1);
            watch.ring(() -> {
                rung.add(prefix);
                watch.close();
            });
        }
        store.commit(List.of(put("a/1", "x")));
        // Each rings twice, for what it had to say and for being closed.
        assertThat(rung).containsExactlyInAnyOrder("", "", "a", "a", "a/", "a/", "a/1", "a/1");
        rung.clear();
        store.close();
        assertThat(rung).containsExactlyInAnyOrder("b", "b", "b/", "b/", "c", "c");
    }

    @Test
    default void closingWakesWhoWaits() throws Exception {
        Store store = open();
        Watch mine = store.watch("a", 1);
        Watch stores = store.watch("a", 1);
        CompletableFuture<List<Event>> first = inBackground(() -> mine.next(LONG));
        CompletableFuture<List<Event>> second = inBackground(() -> stores.next(LONG));
        mine.close();
        assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(ClosedException.class)
                .hasMessage("the watch is closed");
        assertThat(second).isNotDone();
        store.close();
        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(ClosedException.class)
                .hasMessage("the store is closed");
    }

    @Test
    default void aClosedStoreRefusesEverything() throws Exception {
        Store store = open();
        store.commit(List.of(put("a", "x")));
        store.close();
        store.close();
        assertThatThrownBy(() -> store.commit(List.of(put("a", "y")))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> store.get("a")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> store.prefix("", 0, 0)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> store.watch("", 2)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> store.compact(2)).isInstanceOf(ClosedException.class);
    }

    @Test
    default void randomOperationsMatchTheModel() throws Exception {
        long seed = Long.getLong("fairlead.seed", System.nanoTime());
        for (int round = 0; round < 5; round++) {
            try (Store store = open(new Retention(20 + 40 * round, 20_000))) {
                new StoreModel(store, seed + round).run(600);
            }
        }
    }

    @Test
    default void writersAndWatchersAgree() throws Exception {
        try (Store store = open(new Retention(1 << 20, Long.MAX_VALUE))) {
            StoreTraffic.run(store, 40);
        }
    }

    @Test
    default void readersAreRightWhileHistoryIsForgottenUnderThem() throws Exception {
        try (Store store = open(new Retention(1, 0))) {
            StoreTraffic.run(store, 0);
        }
    }

    /**
     * A call that may wait, on a thread of its own: one of the platform, because virtual threads that never wait leave the
     * others no turn on a machine of one processor.
     */
    static <T> CompletableFuture<T> inBackground(java.util.concurrent.Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return result;
    }
}
