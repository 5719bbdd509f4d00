// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.stateful;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which order pods come and go: a table, and a player who does with pods whatever may happen to them. */
class OrderTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");

    private static StatefulSet set(String spec) {
        return StatefulSet.from(new Tree(Yaml.read("{metadata: {name: web}, spec: {%s}}".formatted(spec))
                .getFirst()
                .fields()));
    }

    /** Pods as the table writes them: {@code 2a!} is number 2 of revision a, not ready; - ending, x over, ~ not yet available. */
    private static Map<Integer, Member> members(@Nullable String text) {
        Map<Integer, Member> members = new TreeMap<>();
        for (String one : text == null ? new String[0] : text.split(" ")) {
            String digits = one.replaceAll("[^0-9]", "");
            boolean ready = !one.contains("!") && !one.contains("x");
            members.put(
                    Integer.parseInt(digits),
                    new Member(
                            Integer.parseInt(digits),
                            one.contains("b") ? "b" : "a",
                            one.contains("-"),
                            one.contains("x"),
                            ready,
                            !ready ? Instant.MAX : one.contains("~") ? NOW.plusSeconds(1) : Instant.MIN));
        }
        return members;
    }

    private static String text(List<Step> steps) {
        return steps.stream()
                .map(step -> switch (step) {
                    case Step.Create(int ordinal, String revision) -> "+" + ordinal + revision;
                    case Step.End(int ordinal, Step.Why why) -> why.name().toLowerCase(java.util.Locale.ROOT) + ordinal;
                })
                .collect(Collectors.joining(" "));
    }

    private static final String ROLL =
            "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: %d," + " maxUnavailable: %s}}";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the first comes first          | 3 | 0 | 1   |                  | +0b",
                "the next waits                 | 3 | 0 | 1   | 0b!              | ''",
                "nor is ready enough            | 3 | 0 | 1   | 0b~              | ''",
                "then it comes                  | 3 | 0 | 1   | 0b               | +1b",
                "all are there                  | 3 | 0 | 1   | 0b 1b 2b         | ''",
                "a gap is filled first          | 4 | 0 | 1   | 0b 2b            | +1b",
                "who ends is waited for         | 3 | 0 | 1   | 0b 1b- 2b        | ''",
                "who is over goes               | 3 | 0 | 1   | 0b 1bx 2b        | over1",
                "fewer: the last goes           | 1 | 0 | 1   | 0b 1b 2b         | surplus2",
                "one at a time                  | 1 | 0 | 1   | 0b 1b 2b-        | ''",
                "not while one that stays fails | 1 | 0 | 1   | 0b! 1b 2b        | ''",
                "the last may be ill itself     | 1 | 0 | 1   | 0b 1b 2b!        | surplus2",
                "but not others that go, too    | 1 | 0 | 1   | 0b 1b! 2b!       | ''",
                "who is over never recovers     | 1 | 0 | 1   | 0b 1bx 2bx       | surplus2",
                "to nothing                     | 0 | 0 | 1   | 0b               | surplus0",
                "the last gets the new first    | 3 | 0 | 1   | 0a 1a 2a         | outdated2",
                "then its place                 | 3 | 0 | 1   | 0a 1a            | +2b",
                "the next waits for it          | 3 | 0 | 1   | 0a 1a 2b~        | ''",
                "then goes                      | 3 | 0 | 1   | 0a 1a 2b         | outdated1",
                "the partition stays            | 3 | 2 | 1   | 0a 1a 2b         | ''",
                "a lost one below it comes back | 3 | 2 | 1   | 1a 2b            | +0a",
                "two at once                    | 4 | 0 | 50% | 0a 1a 2a 3a      | outdated3 outdated2",
            })
    void ordered(String name, int replicas, int partition, String most, @Nullable String pods, String expected) {
        StatefulSet set = set("replicas: " + replicas + ", " + ROLL.formatted(partition, most));
        assertThat(text(Order.steps(set, members(pods), "a", "b", NOW))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "all come                       | 3 | 1 |                  | +0b +1b +2b",
                "all go                         | 0 | 1 | 0b! 1b 2b-       | surplus1 surplus0",
                "updates keep the bound         | 3 | 1 | 0a 1a 2a         | outdated2",
                "who is away counts             | 3 | 1 | 0a! 1a 2a        | ''",
                "two may be away                | 4 | 2 | 0a 1a 2a 3b!     | outdated2",
                "who is ill anyhow costs nothing| 3 | 1 | 0a 1a 2a!        | outdated2",
                "the new has to prove itself    | 3 | 1 | 0a! 1a 2b!       | ''",
                "gone and over                  | 3 | 1 | 1ax 2b           | +0b over1",
            })
    void parallel(String name, int replicas, String most, @Nullable String pods, String expected) {
        StatefulSet set = set("replicas: " + replicas + ", podManagementPolicy: Parallel, " + ROLL.formatted(0, most));
        assertThat(text(Order.steps(set, members(pods), "a", "b", NOW))).isEqualTo(expected);
    }

    @Test
    void the_first_number_may_be_another() {
        StatefulSet set = set("replicas: 2, ordinals: {start: 5}, " + ROLL.formatted(1, 1));
        assertThat(text(Order.steps(set, members(null), "a", "b", NOW))).isEqualTo("+5a");
        assertThat(text(Order.steps(set, members("0a 5a 6a"), "a", "b", NOW))).isEqualTo("surplus0");
        assertThat(text(Order.steps(set, members("5a 6a"), "a", "b", NOW))).isEqualTo("outdated6");
        assertThat(text(Order.steps(set, members("5a 6b"), "a", "b", NOW))).isEmpty();
    }

    @Test
    void on_delete_leaves_updates_to_others() {
        StatefulSet set = set("replicas: 3, updateStrategy: {type: OnDelete}");
        assertThat(text(Order.steps(set, members("0a 1a 2a"), "a", "b", NOW))).isEmpty();
        assertThat(text(Order.steps(set, members("0a 2a"), "a", "b", NOW))).isEqualTo("+1b");
        StatefulSet.Status status = Counts.of(set, members("0b 1b 2b").values(), "a", "b", NOW);
        assertThat(status.currentRevision()).isEqualTo("a");
    }

    @Test
    void what_the_status_says() {
        StatefulSet set = set("replicas: 3, " + ROLL.formatted(0, 1));
        StatefulSet.Status half = Counts.of(set, members("0a 1a~ 2b!").values(), "a", "b", NOW);
        assertThat(half).isEqualTo(new StatefulSet.Status(0, 3, 2, 1, 2, 1, "a", "b", null));
        StatefulSet.Status whole = Counts.of(set, members("0b 1b 2b").values(), "a", "b", NOW);
        assertThat(whole).isEqualTo(new StatefulSet.Status(0, 3, 3, 3, 3, 3, "b", "b", null));
    }

    @ParameterizedTest
    @CsvSource({"web-0,0", "web-17,17", "web-01,", "web,", "web-,", "web-x,", "webs-1,", "web-1-2,", "web-99999999999,"
    })
    void numbers(String pod, @Nullable Integer expected) {
        assertThat(Member.number("web", pod).stream().boxed().toList())
                .isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    /** Pods become ready, fall ill, end, are killed; the set is scaled and changed; nothing may ever go against the rules. */
    @Test
    void whatever_happens() {
        long first = new Random().nextLong();
        System.out.println("seed " + first);
        for (int run = 0; run < 400; run++) {
            long seed = first + run;
            new World(new Random(seed), seed).play();
        }
    }

    private static final class World {
        private final Random random;
        private final long seed;
        private final Map<Integer, Member> pods = new TreeMap<>();
        private final boolean ordered;
        private final int start;
        private int replicas;
        private int partition;
        private int most;
        private int template = 1;
        private String current = "r1";

        World(Random random, long seed) {
            this.random = random;
            this.seed = seed;
            ordered = random.nextBoolean();
            start = random.nextInt(3);
            change();
        }

        private void change() {
            replicas = random.nextInt(6);
            partition = random.nextInt(4) == 0 ? random.nextInt(6) : 0;
            most = 1 + random.nextInt(3);
            template += random.nextInt(2);
        }

        void play() {
            for (int turn = 0; turn < 200; turn++) {
                if (random.nextInt(20) == 0) {
                    change();
                } else if (random.nextBoolean()) {
                    befall();
                } else {
                    decide();
                }
            }
            settle();
        }

        private StatefulSet set() {
            return OrderTest.set("replicas: %d, ordinals: {start: %d}, podManagementPolicy: %s, %s"
                    .formatted(
                            replicas, start, ordered ? "OrderedReady" : "Parallel", ROLL.formatted(partition, most)));
        }

        /** Something happens to a pod. */
        private void befall() {
            if (pods.isEmpty()) {
                return;
            }
            List<Member> all = new ArrayList<>(pods.values());
            Member pod = all.get(random.nextInt(all.size()));
            if (pod.ending()) {
                pods.remove(pod.ordinal());
                return;
            }
            switch (random.nextInt(8)) {
                case 0 -> put(pod, false, true, false, Instant.MAX);
                case 1 -> put(pod, true, pod.over(), pod.ready(), pod.availableAt());
                case 2 -> put(pod, false, pod.over(), false, Instant.MAX);
                case 3 -> put(pod, false, pod.over(), !pod.over(), pod.over() ? Instant.MAX : NOW.plusSeconds(1));
                default -> put(pod, false, pod.over(), !pod.over(), pod.over() ? Instant.MAX : Instant.MIN);
            }
        }

        private void put(Member pod, boolean ending, boolean over, boolean ready, Instant available) {
            pods.put(pod.ordinal(), new Member(pod.ordinal(), pod.revision(), ending, over, ready, available));
        }

        private int decide() {
            String updated = "r" + template;
            StatefulSet set = set();
            List<Step> steps = Order.steps(set, pods, current, updated, NOW);
            for (Step step : steps) {
                switch (step) {
                    case Step.Create(int ordinal, String revision) -> create(ordinal, revision, updated);
                    case Step.End(int ordinal, Step.Why why) -> end(ordinal, why, updated);
                }
            }
            current = Counts.of(set, pods.values(), current, updated, NOW).currentRevision();
            return steps.size();
        }

        private void create(int ordinal, String revision, String updated) {
            assertThat(pods).as("seed %d: names are taken once", seed).doesNotContainKey(ordinal);
            assertThat(ordinal).as("seed %d", seed).isBetween(start, start + replicas - 1);
            assertThat(revision).as("seed %d", seed).isEqualTo(ordinal < start + partition ? current : updated);
            if (ordered) {
                assertThat(away(start, ordinal))
                        .as("seed %d: those before are available", seed)
                        .isZero();
            }
            pods.put(ordinal, new Member(ordinal, revision, false, false, false, Instant.MAX));
        }

        private void end(int ordinal, Step.Why why, String updated) {
            Member pod = pods.get(ordinal);
            assertThat(pod).as("seed %d", seed).isNotNull();
            assertThat(pod.ending()).as("seed %d: nobody is ended twice", seed).isFalse();
            switch (why) {
                case OVER -> assertThat(pod.over()).as("seed %d", seed).isTrue();
                case SURPLUS -> {
                    assertThat(ordinal < start || ordinal >= start + replicas)
                            .as("seed %d", seed)
                            .isTrue();
                    if (ordered) {
                        assertThat(away(start, start + replicas))
                                .as("seed %d", seed)
                                .isZero();
                        boolean last = pods.keySet().stream()
                                .filter(other -> other < start || other >= start + replicas)
                                .allMatch(other -> other <= ordinal);
                        assertThat(last)
                                .as("seed %d: the last goes first", seed)
                                .isTrue();
                    }
                }
                case OUTDATED -> {
                    assertThat(pod.revision()).as("seed %d", seed).isNotEqualTo(updated);
                    assertThat(ordinal).as("seed %d", seed).isGreaterThanOrEqualTo(start + partition);
                    if (pod.available(NOW)) {
                        assertThat(away(start, start + replicas))
                                .as("seed %d: not more are away than may be", seed)
                                .isLessThan(most);
                    }
                }
            }
            put(pod, true, pod.over(), pod.ready(), pod.availableAt());
        }

        private int away(int from, int to) {
            int away = 0;
            for (int ordinal = from; ordinal < to; ordinal++) {
                Member pod = pods.get(ordinal);
                away += pod == null || !pod.available(NOW) ? 1 : 0;
            }
            return away;
        }

        /** When all pods do well, the set soon is what was asked for, and stays it. */
        private void settle() {
            for (int turn = 0; turn < 100; turn++) {
                pods.values().removeIf(Member::ending);
                for (Member pod : List.copyOf(pods.values())) {
                    put(pod, false, pod.over(), !pod.over(), pod.over() ? Instant.MAX : Instant.MIN);
                }
                if (decide() == 0) {
                    assertThat(pods.keySet())
                            .as("seed %d", seed)
                            .isEqualTo(java.util.stream.IntStream.range(start, start + replicas)
                                    .boxed()
                                    .collect(Collectors.toSet()));
                    assertThat(pods.values().stream()
                                    .filter(pod -> pod.ordinal() >= start + partition)
                                    .map(Member::revision))
                            .as("seed %d", seed)
                            .allMatch(("r" + template)::equals);
                    return;
                }
            }
            throw new AssertionError("seed " + seed + ": never done");
        }
    }
}
