// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The contract of the package, point by point, then under many threads. */
class WorkQueueTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Backoff EXACT = new Backoff(Duration.ofMillis(10), Duration.ofMillis(80), 0);

    private final FakeTime time = new FakeTime(Instant.EPOCH);

    private <K> WorkQueue<K> queue(int workers, WorkQueue.Worker<K> worker) {
        return new WorkQueue<>("test", workers, time, new Random(1), EXACT, worker);
    }

    @Test
    void a_key_added_while_it_waits_runs_once_and_keys_keep_their_order() throws Exception {
        List<String> ran = new ArrayList<>();
        try (WorkQueue<String> queue = queue(1, key -> {
            ran.add(key);
            return Outcome.done();
        })) {
            List.of("a", "b", "a", "c", "b").forEach(queue::add);
            assertThat(queue.size()).isEqualTo(3);
            queue.start();
            assertThat(queue.drain(SOON)).isTrue();
        }
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void a_key_added_while_it_runs_runs_once_more_and_never_beside_itself() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger beside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WorkQueue<String> queue = queue(4, key -> {
            most.accumulateAndGet(beside.incrementAndGet(), Math::max);
            if (runs.incrementAndGet() == 1) {
                running.countDown();
                goOn.await();
            }
            beside.decrementAndGet();
            return Outcome.done();
        })) {
            queue.start();
            queue.add("a");
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 5; i++) {
                queue.add("a");
            }
            goOn.countDown();
            assertThat(queue.drain(SOON)).isTrue();
        }
        assertThat(runs).hasValue(2);
        assertThat(most).hasValue(1);
    }

    @Test
    void failures_wait_longer_each_time_and_success_forgets_them() throws Exception {
        BlockingQueue<Instant> runs = new LinkedBlockingQueue<>();
        AtomicInteger left = new AtomicInteger(6);
        try (WorkQueue<String> queue = queue(1, key -> {
            runs.add(time.now());
            if (left.decrementAndGet() > 0) {
                throw new IOException("not there");
            }
            return Outcome.done();
        })) {
            queue.start();
            queue.add("a");
            List<Long> waits = new ArrayList<>();
            Instant before = runs.take();
            assertThat(queue.drain(SOON)).isTrue();
            for (int i = 0; i < 5; i++) {
                assertThat(queue.failures("a")).isEqualTo(i + 1);
                while (runs.isEmpty()) {
                    time.advance(Duration.ofMillis(1));
                    queue.drain(SOON);
                }
                Instant now = runs.take();
                waits.add(Duration.between(before, now).toMillis());
                before = now;
                queue.drain(SOON);
            }
            assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 80L);
            assertThat(queue.failures("a")).isZero();
        }
    }

    @Test
    void the_earliest_timer_wins_and_a_run_replaces_it() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (WorkQueue<String> queue = queue(1, key -> {
            runs.incrementAndGet();
            return Outcome.done();
        })) {
            queue.start();
            queue.addAfter("a", Duration.ofSeconds(10));
            queue.addAfter("a", Duration.ofSeconds(5));
            queue.addAfter("a", Duration.ofSeconds(7));
            assertThat(time.waiting()).isEqualTo(1);
            time.advance(Duration.ofSeconds(5));
            queue.drain(SOON);
            assertThat(runs).hasValue(1);
            time.advance(Duration.ofSeconds(20));
            queue.drain(SOON);
            assertThat(runs).hasValue(1);

            queue.addAfter("a", Duration.ofSeconds(3));
            queue.add("a");
            queue.drain(SOON);
            time.advance(Duration.ofSeconds(3));
            queue.drain(SOON);
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void retry_after_a_time_is_no_failure_and_refused_waits_for_a_change() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (WorkQueue<String> queue = queue(
                1,
                key -> runs.incrementAndGet() == 1
                        ? Outcome.retry(Duration.ofSeconds(1), "later")
                        : Outcome.refused("the name is wrong"))) {
            queue.start();
            queue.add("a");
            queue.drain(SOON);
            assertThat(queue.failures("a")).isZero();
            time.advance(Duration.ofSeconds(1));
            queue.drain(SOON);
            time.advance(Duration.ofHours(1));
            queue.drain(SOON);
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void a_bug_in_a_worker_costs_that_key_a_retry_and_others_nothing() throws Exception {
        BlockingQueue<String> good = new LinkedBlockingQueue<>();
        try (WorkQueue<String> queue = queue(1, key -> {
            if (key.equals("bad")) {
                throw new IllegalStateException("broken invariant");
            }
            good.add(key);
            return Outcome.done();
        })) {
            queue.start();
            queue.add("bad");
            queue.add("good");
            assertThat(good.poll(30, TimeUnit.SECONDS)).isEqualTo("good");
            queue.drain(SOON);
            assertThat(queue.failures("bad")).isEqualTo(1);
        }
    }

    @Test
    void close_lets_the_running_key_finish_and_drops_the_rest() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        List<String> finished = new ArrayList<>();
        WorkQueue<String> queue = queue(1, key -> {
            running.countDown();
            Thread.onSpinWait();
            finished.add(key);
            return Outcome.done();
        });
        queue.start();
        queue.add("a");
        running.await();
        queue.close();
        queue.add("b");
        assertThat(finished).containsExactly("a");
        assertThat(queue.size()).isZero();
    }

    /** Seeded threads add keys with growing numbers; the last number of each key must be seen by a later run. */
    @Test
    void no_change_is_missed_and_no_key_runs_beside_itself_under_many_threads() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        int keys = 16;
        int adders = 6;
        AtomicIntegerArray beside = new AtomicIntegerArray(keys);
        AtomicInteger overlaps = new AtomicInteger();
        ConcurrentHashMap<Integer, AtomicLong> wanted = new ConcurrentHashMap<>();
        ConcurrentHashMap<Integer, Long> seen = new ConcurrentHashMap<>();
        for (int key = 0; key < keys; key++) {
            wanted.put(key, new AtomicLong());
        }
        try (SystemTime real = new SystemTime();
                WorkQueue<Integer> queue =
                        new WorkQueue<>("stress", 5, real, new Random(seed), Backoff.OF_KEYS, key -> {
                            if (beside.incrementAndGet(key) != 1) {
                                overlaps.incrementAndGet();
                            }
                            long now = wanted.get(key).get();
                            if (now % 7 == 0) {
                                Thread.onSpinWait();
                            }
                            seen.put(key, now);
                            beside.decrementAndGet(key);
                            return now % 11 == 0 ? Outcome.retry("chance") : Outcome.done();
                        })) {
            queue.start();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < adders; i++) {
                Random random = new Random(seed + i);
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 20_000; n++) {
                        int key = random.nextInt(keys);
                        wanted.get(key).incrementAndGet();
                        if (random.nextInt(50) == 0) {
                            queue.addAfter(key, Duration.ofNanos(random.nextInt(1_000_000)));
                        }
                        queue.add(key);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(queue.drain(SOON)).isTrue();
        }
        assertThat(overlaps).hasValue(0);
        wanted.forEach(
                (key, last) -> assertThat(seen.get(key)).as("key %s", key).isEqualTo(last.get()));
    }
}
