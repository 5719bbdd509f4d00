// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of a cluster against a model: what is due runs once, in order, at its instant, never early, and nothing is lost. */
@Timeout(120)
class ClusterTimeTest {
    private final ClusterTime time = new ClusterTime();

    private record Ran(int task, long at) {}

    @AfterEach
    void close() {
        time.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStandingClockRunsWhatIsDueAtItsOwnInstant(long seed) {
        Random random = new Random(seed);
        time.stop();
        long start = time.nanos();
        List<Long> due = new ArrayList<>();
        List<Time.Timer> timers = new ArrayList<>();
        Set<Integer> cancelled = new HashSet<>();
        ConcurrentLinkedQueue<Ran> ran = new ConcurrentLinkedQueue<>();
        long now = start;
        for (int round = 0; round < 60; round++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    int task = due.size();
                    Duration delay = Duration.ofMillis(random.nextInt(5_000));
                    due.add(now + delay.toNanos());
                    timers.add(time.schedule(delay, () -> ran.add(new Ran(task, time.nanos()))));
                }
                case 2 -> {
                    if (!timers.isEmpty()) {
                        int task = random.nextInt(timers.size());
                        if (due.get(task) > now) {
                            cancelled.add(task);
                        }
                        timers.get(task).cancel();
                    }
                }
                default -> {
                    Duration step = Duration.ofMillis(random.nextInt(2_000));
                    time.advance(step);
                    now += step.toNanos();
                    assertThat(time.nanos()).as("seed %d", seed).isEqualTo(now);
                }
            }
            check(seed, now, due, cancelled, List.copyOf(ran));
        }
        time.advance(Duration.ofSeconds(10));
        check(seed, now + Duration.ofSeconds(10).toNanos(), due, cancelled, List.copyOf(ran));
        assertThat(ran).hasSize(due.size() - cancelled.size());
    }

    private static void check(long seed, long now, List<Long> due, Set<Integer> cancelled, List<Ran> ran) {
        List<Integer> wanted = new ArrayList<>();
        for (int task = 0; task < due.size(); task++) {
            if (!cancelled.contains(task) && due.get(task) <= now) {
                wanted.add(task);
            }
        }
        // what falls due with no delay while the clock stands runs with the next advance
        assertThat(ran.stream().map(Ran::task))
                .as("seed %d: once, and nothing else", seed)
                .doesNotHaveDuplicates()
                .allMatch(wanted::contains);
        assertThat(wanted.stream().filter(task -> due.get(task) < now))
                .as("seed %d: nothing is lost", seed)
                .allMatch(task -> ran.stream().anyMatch(one -> one.task == task));
        long last = Long.MIN_VALUE;
        for (Ran one : ran) {
            assertThat(one.at).as("seed %d: at its instant", seed).isEqualTo(due.get(one.task));
            assertThat(one.at).as("seed %d: in order", seed).isGreaterThanOrEqualTo(last);
            last = one.at;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aClockThatGoesStopsAndJumpsLosesNothingAndIsNeverEarly(long seed) throws InterruptedException {
        Random random = new Random(seed);
        int tasks = 200;
        CountDownLatch all = new CountDownLatch(tasks);
        ConcurrentLinkedQueue<String> early = new ConcurrentLinkedQueue<>();
        for (int task = 0; task < tasks; task++) {
            Duration delay = Duration.ofMillis(random.nextInt(3_000));
            long due = time.nanos() + delay.toNanos();
            time.schedule(delay, () -> {
                if (time.nanos() < due) {
                    early.add("due " + due + " at " + time.nanos());
                }
                all.countDown();
            });
            switch (random.nextInt(20)) {
                case 0 -> time.stop();
                case 1 -> time.resume();
                case 2 -> time.advance(Duration.ofMillis(random.nextInt(200)));
                default -> {}
            }
        }
        time.resume();
        time.advance(Duration.ofSeconds(2));
        assertThat(all.await(30, TimeUnit.SECONDS)).as("seed %d", seed).isTrue();
        assertThat(early).as("seed %d", seed).isEmpty();
    }

    @Test
    void itNeverGoesBack() {
        long before = time.nanos();
        time.stop();
        long stood = time.nanos();
        assertThat(stood).isGreaterThanOrEqualTo(before);
        assertThat(time.nanos()).isEqualTo(stood);
        time.stop();
        assertThat(time.nanos()).isEqualTo(stood);
        time.resume();
        time.resume();
        assertThat(time.nanos()).isBetween(stood, stood + Duration.ofSeconds(30).toNanos());
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> time.advance(Duration.ofDays(400))).hasMessageContaining("366 days");
    }

    @Test
    void whoIsWokenAndDoesTheWorkElsewhereIsWaitedFor() throws InterruptedException {
        Duration beat = Duration.ofSeconds(10);
        ConcurrentLinkedQueue<Long> beats = new ConcurrentLinkedQueue<>();
        time.stop();
        long start = time.nanos();
        CountDownLatch begun = new CountDownLatch(1);
        Thread heart = Thread.ofVirtual().start(() -> {
            Semaphore due = new Semaphore(0);
            try {
                while (true) {
                    time.schedule(beat, due::release);
                    begun.countDown();
                    due.acquire();
                    beats.add(time.nanos() - start);
                }
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        time.advance(Duration.ofHours(1));
        heart.interrupt();
        heart.join();
        assertThat(beats).hasSize(360).first().isEqualTo(beat.toNanos());
        assertThat(beats).last().isEqualTo(Duration.ofHours(1).toNanos());
    }
}
