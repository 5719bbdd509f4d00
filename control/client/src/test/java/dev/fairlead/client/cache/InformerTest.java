// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.TinyApi;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.SystemTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an informer tells, whatever happens to its connection. */
class InformerTest {
    private final TinyApi api = new TinyApi();
    private final SystemTime time = new SystemTime();
    private final List<String> told = new CopyOnWriteArrayList<>();
    /** What a reader of the handler's words alone believes. */
    private final Map<String, String> believed = new TreeMap<>();

    private final Informer<String> informer = new Informer<>(
            new ApiClient(api, "test"),
            Resources.CONFIG_MAPS,
            Selection.ALL,
            object -> Tree.of(object.value("data")).text("value", ""),
            time,
            new Random(1));
    private final Index<String, String> byValue = informer.index(List::of);

    @BeforeEach
    void follow() {
        informer.handle(new Handler<>() {
            @Override
            public void changed(ObjectName name, @Nullable String old, @Nullable String now, long revision) {
                told.add(name.name() + ": " + old + " → " + now);
                synchronized (believed) {
                    String before = now == null ? believed.remove(name.name()) : believed.put(name.name(), now);
                    if (!java.util.Objects.equals(before, old)) {
                        told.add("WRONG: believed " + before + ", told " + old);
                    }
                }
            }

            @Override
            public void reached(long revision) {
                told.add("reached " + revision);
            }

            @Override
            public void synced() {
                told.add("synced");
            }
        });
    }

    @AfterEach
    void close() {
        informer.close();
        time.close();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void start() throws InterruptedException {
        informer.start();
        assertThat(informer.awaitSynced(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void lists_page_by_page_then_tells_each_change_in_order() throws Exception {
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g")) {
            api.put(name, "1");
        }
        start();
        api.put("b", "2");
        api.delete("c");
        await("three", () -> told.contains("reached 19"));
        assertThat(told)
                .containsExactly(
                        "a: null → 1",
                        "b: null → 1",
                        "c: null → 1",
                        "d: null → 1",
                        "e: null → 1",
                        "f: null → 1",
                        "g: null → 1",
                        "synced",
                        "reached 17",
                        "b: 1 → 2",
                        "reached 18",
                        "c: 1 → null",
                        "reached 19");
        assertThat(informer.get(new ObjectName("n", "b"))).isEqualTo("2");
        assertThat(informer.revision()).isEqualTo(19);
        assertThat(byValue.count("1")).isEqualTo(5);
        assertThat(byValue.get("2")).containsExactly("2");
    }

    @Test
    void changes_that_arrive_together_are_told_one_by_one_with_one_barrier_and_bookmarks_are_barriers()
            throws Exception {
        start();
        await("watching", () -> api.requests.size() == 2);
        told.clear();
        api.sendTogether(() -> {
            api.put("a", "{\"}1");
            api.put("b", "\\\"");
            api.put("a", "2");
        });
        await("all", () -> told.contains("reached 13"));
        api.bookmark();
        await("bookmark", () -> told.size() == 5);
        assertThat(told)
                .containsExactly("a: null → {\"}1", "b: null → \\\"", "a: {\"}1 → 2", "reached 13", "reached 13");
    }

    @Test
    void after_a_broken_connection_it_goes_on_where_it_was_without_a_list() throws Exception {
        api.put("a", "1");
        start();
        await("watching", () -> api.requests.size() == 2);
        api.cut(true);
        api.put("a", "2");
        await("change", () -> told.contains("a: 1 → 2"));
        assertThat(api.requests.stream()
                        .filter(one -> one.target().contains("limit="))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void after_410_it_lists_again_and_tells_the_difference() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            api.put(name, "1");
        }
        start();
        await("watching", () -> api.requests.size() >= 3);
        told.clear();
        api.sendTogether(() -> {}); // nothing, to keep the feed in step
        api.cut(true);
        synchronized (api) {
            api.delete("a");
            api.put("b", "2");
            api.delete("d");
            api.put("d", "again");
            api.put("e", "1");
            api.compact();
        }
        await("difference", () -> told.contains("reached " + api.revision()));
        assertThat(told)
                .containsExactly(
                        "b: 1 → 2",
                        "d: 1 → null",
                        "d: null → again",
                        "e: null → 1",
                        "a: 1 → null",
                        "reached " + api.revision());
    }

    @Test
    void an_api_that_fails_at_first_is_asked_again() throws Exception {
        api.put("a", "1");
        api.refuseNext(2);
        start();
        assertThat(told).startsWith("a: null → 1", "synced");
    }

    @Test
    void close_ends_a_watch_that_waits() throws Exception {
        start();
        await("watching", () -> api.requests.size() == 2);
        informer.close();
        api.put("late", "1");
        assertThat(told).doesNotContain("late: null → 1");
    }

    /** Random changes, cuts, compactions and refusals: who only listens ends with the same objects. */
    @Test
    void nothing_is_lost_over_random_trouble() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        start();
        for (int i = 0; i < 3_000; i++) {
            String name = "o" + random.nextInt(20);
            switch (random.nextInt(60)) {
                case 0 -> api.cut(random.nextBoolean());
                case 1 -> api.compact();
                case 2 -> api.bookmark();
                case 3 -> api.refuseNext(1);
                default -> {
                    if (random.nextInt(4) == 0) {
                        api.delete(name);
                    } else {
                        api.put(name, String.valueOf(i));
                    }
                }
            }
            if (random.nextInt(100) == 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        await("the end", () -> informer.revision() >= api.revision());
        assertThat(told).noneMatch(word -> word.startsWith("WRONG"));
        synchronized (believed) {
            assertThat(believed).isEqualTo(api.state());
        }
    }
}
