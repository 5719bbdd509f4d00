// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The next steps of rollouts, as a table: sets are written {@code replicas/pods/available}, revisions count up. */
class RolloutTest {
    private static Tree yaml(String text) {
        return new Tree(Yaml.read(text).getFirst().fields());
    }

    private static Deployment deployment(String spec) {
        return Deployment.from(yaml("{metadata: {name: d}, spec: {%s}}".formatted(spec)));
    }

    private static ReplicaSet set(String name, int revision, String counts) {
        String[] parts = counts.split("/");
        return ReplicaSet.from(yaml("""
                metadata: {name: %s, annotations: {deployment.kubernetes.io/revision: "%d"}}
                spec: {replicas: %s}
                status: {replicas: %s, availableReplicas: %s}
                """.formatted(name, revision, parts[0], parts[1], parts[2])));
    }

    private static String text(Step step) {
        return switch (step) {
            case Step.Create(int replicas) -> "create " + replicas;
            case Step.Scale(ReplicaSet set, int replicas) -> set.meta().name() + " to " + replicas;
            case Step.Delete(ReplicaSet set) -> "delete " + set.meta().name();
        };
    }

    private static String steps(
            Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old, boolean left) {
        return String.join(
                ", ",
                Rollout.steps(deployment, current, old, left).stream()
                        .map(RolloutTest::text)
                        .toList());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "first                       | 3, 1, 0 |       |       | create 3",
                "done                        | 3, 1, 0 | 3/3/3 |       | ''",
                "begins with the surge       | 3, 1, 0 |       | 3/3/3 | create 1",
                "waits until it is available | 3, 1, 0 | 1/1/0 | 3/3/3 | ''",
                "then one old goes           | 3, 1, 0 | 1/1/1 | 3/3/3 | old to 2",
                "an old pod still counts     | 3, 1, 0 | 1/1/1 | 2/3/3 | ''",
                "then the next comes         | 3, 1, 0 | 1/1/1 | 2/2/2 | new to 2",
                "the last old one            | 3, 1, 0 | 3/3/3 | 1/1/1 | old to 0",
                "unavailable makes room      | 3, 0, 1 | 0/0/0 | 3/3/3 | old to 2",
                "both                        | 4, 1, 1 | 1/1/0 | 4/4/4 | old to 3",
                "broken old ones go first    | 3, 1, 0 | 1/1/1 | 3/3/2 | old to 2",
                "a stuck start keeps hope    | 3, 1, 0 | 1/1/0 | 3/3/0 | ''",
                "scaled up                   | 5, 1, 0 | 3/3/3 |       | new to 5",
                "scaled down                 | 2, 1, 0 | 3/3/3 |       | new to 2",
                "scaled to nothing           | 0, 1, 0 | 3/3/3 |       | new to 0",
            })
    void rolls(String name, String numbers, @Nullable String current, @Nullable String old, String expected) {
        String[] all = numbers.split(", ");
        Deployment deployment = deployment("replicas: %s, strategy: {rollingUpdate: {maxSurge: %s, maxUnavailable: %s}}"
                .formatted(all[0], all[1], all[2]));
        assertThat(steps(
                        deployment,
                        current == null ? null : set("new", 2, current),
                        old == null ? List.of() : List.of(set("old", 1, old)),
                        old != null))
                .isEqualTo(expected);
    }

    @Test
    void recreate_waits_for_the_last_old_pod() {
        Deployment deployment = deployment("replicas: 2, strategy: {type: Recreate}");
        assertThat(steps(deployment, null, List.of(set("old", 1, "2/2/2")), true))
                .isEqualTo("old to 0");
        assertThat(steps(deployment, null, List.of(set("old", 1, "0/0/0")), true))
                .isEmpty();
        assertThat(steps(deployment, null, List.of(set("old", 1, "0/0/0")), false))
                .isEqualTo("create 2");
    }

    @Test
    void paused_keeps_its_mix_and_its_surge_but_follows_its_number() {
        Deployment three = deployment("replicas: 3, paused: true, strategy: {rollingUpdate: {maxSurge: 1}}");
        List<ReplicaSet> old = List.of(set("old", 1, "3/3/3"));
        assertThat(steps(three, null, old, true)).isEmpty();
        assertThat(steps(three, set("new", 2, "1/1/1"), old, true)).isEmpty();
        Deployment five = deployment("replicas: 5, paused: true, strategy: {rollingUpdate: {maxSurge: 1}}");
        assertThat(steps(five, set("new", 2, "1/1/1"), old, true)).isEqualTo("old to 4");
        Deployment one = deployment("replicas: 1, paused: true, strategy: {rollingUpdate: {maxSurge: 1}}");
        assertThat(steps(one, set("new", 2, "1/1/1"), old, true)).isEqualTo("old to 0");
    }

    @Test
    void history_forgets_the_oldest_empty_sets_beyond_its_limit() {
        Deployment deployment = deployment("replicas: 1, revisionHistoryLimit: 1");
        assertThat(steps(
                        deployment,
                        set("new", 4, "1/1/1"),
                        List.of(set("c", 3, "0/0/0"), set("a", 1, "0/0/0"), set("b", 2, "0/0/0")),
                        false))
                .isEqualTo("delete a, delete b");
    }

    @Test
    void a_template_is_known_again_whatever_its_order_and_hash_label() {
        Map<String, Object> one =
                yaml("{metadata: {labels: {a: b}}, spec: {x: 1, y: [2, 3]}}").fields();
        Map<String, Object> other =
                yaml("{spec: {y: [2, 3], x: 1}, metadata: {labels: {a: b}}}").fields();
        Map<String, Object> third =
                yaml("{spec: {y: [3, 2], x: 1}, metadata: {labels: {a: b}}}").fields();
        String hash = Template.hash(one, null);
        assertThat(hash)
                .isEqualTo(Template.hash(other, null))
                .isNotEqualTo(Template.hash(one, 1))
                .matches("[a-z0-9]{10}");
        assertThat(Template.same(Template.with(one, hash), other)).isTrue();
        assertThat(Template.same(one, third)).isFalse();
        assertThat(Template.hash(third, null)).isNotEqualTo(hash);
    }
}
