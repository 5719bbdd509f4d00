// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Deployments' statuses say, as a table: sets are written {@code wanted/pods/ready/available}. */
class ProgressTest {
    private static final Instant NOW = Instant.parse("2026-11-21T06:10:00Z");

    private static Tree yaml(String text) {
        return new Tree(Yaml.read(text).getFirst().fields());
    }

    /** Before is {@code pods/updated/ready/available}, then the Progressing condition's reason and minute. */
    private static Deployment deployment(String spec, @Nullable String before) {
        String status = "";
        if (before != null) {
            String[] parts = before.split("[/ ]");
            String progressing = parts.length < 5
                    ? ""
                    : "{type: Progressing, status: \"%s\", reason: %s, message: 'ReplicaSet \"new\" x', lastUpdateTime: '2026-11-21T06:%s:00Z'}"
                            .formatted(parts[4].equals("DeploymentPaused") ? "Unknown" : "True", parts[4], parts[5]);
            status = "replicas: %s, updatedReplicas: %s, readyReplicas: %s, availableReplicas: %s, conditions: [%s]"
                    .formatted(parts[0], parts[1], parts[2], parts[3], progressing);
        }
        return Deployment.from(
                yaml("{metadata: {name: d, generation: 4}, spec: {progressDeadlineSeconds: 300, %s}, status: {%s}}"
                        .formatted(spec, status)));
    }

    private static ReplicaSet set(String name, String counts) {
        String[] parts = counts.split("/");
        String failure = parts.length > 4 ? "{type: ReplicaFailure, status: \"True\", reason: " + parts[4] + "}" : "";
        return ReplicaSet.from(yaml("""
                metadata: {name: %s}
                spec: {replicas: %s}
                status: {replicas: %s, readyReplicas: %s, availableReplicas: %s, conditions: [%s]}
                """.formatted(name, parts[0], parts[1], parts[2], parts[3], failure)));
    }

    private static String text(Progress progress) {
        Deployment.Status status = progress.status();
        String conditions = status.conditions().stream()
                .map(one -> " " + one.type().charAt(0) + one.status().charAt(0) + ":" + one.reason())
                .collect(Collectors.joining());
        return status.replicas() + "/" + status.updatedReplicas() + "/" + status.readyReplicas() + "/"
                + status.availableReplicas() + "-" + status.unavailableReplicas() + conditions
                + (progress.lookAgain() == null
                        ? ""
                        : " again " + progress.lookAgain().toSeconds());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "before anything      | replicas: 3 |         |         |  | 0/0/0/0-0 AF:MinimumReplicasUnavailable",
                "a set, no pods yet   | replicas: 3 |         | 3/0/0/0 |  | 0/0/0/0-3 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "some are available   | replicas: 3 | 3/3/0/0 ReplicaSetUpdated 08 | 3/3/2/2 | | 3/3/2/2-1 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "as many as need be   | replicas: 4 | 4/4/0/0 ReplicaSetUpdated 08 | 4/4/3/3 | | 4/4/3/3-1 AT:MinimumReplicasAvailable PT:ReplicaSetUpdated again 301",
                "Recreate needs all   | 'replicas: 4, strategy: {type: Recreate}' | 4/4/0/0 ReplicaSetUpdated 08 | 4/4/3/3 | | 4/4/3/3-1 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "ready is not enough  | replicas: 3 | 3/3/3/0 ReplicaSetUpdated 08 | 3/3/3/0 | | 3/3/3/0-3 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 181",
                "done                 | replicas: 3 | 3/3/2/2 ReplicaSetUpdated 08 | 3/3/3/3 | | 3/3/3/3-0 AT:MinimumReplicasAvailable PT:NewReplicaSetAvailable",
                "an old pod is left   | replicas: 3 | 4/3/4/4 ReplicaSetUpdated 08 | 3/3/3/3 | 0/1/1/1 | 4/3/4/4-0 AT:MinimumReplicasAvailable PT:ReplicaSetUpdated again 181",
                "an old pod went      | replicas: 3 | 5/3/5/5 ReplicaSetUpdated 08 | 3/3/3/3 | 0/1/1/1 | 4/3/4/4-0 AT:MinimumReplicasAvailable PT:ReplicaSetUpdated again 301",
                "a new rollout begins | replicas: 3 | 3/3/3/3 NewReplicaSetAvailable 01 | 1/0/0/0 | 3/3/3/3 | 3/0/3/3-1 AT:MinimumReplicasAvailable PT:ReplicaSetUpdated again 301",
                "a surge is stuck     | replicas: 2 | 3/1/2/2 ReplicaSetUpdated 08 | 1/1/0/0 | 2/2/2/2 | 3/1/2/2-1 AT:MinimumReplicasAvailable PT:ReplicaSetUpdated again 181",
                "still waits          | replicas: 3 | 3/3/0/0 ReplicaSetUpdated 06 | 3/3/0/0 | | 3/3/0/0-3 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 61",
                "waited too long      | replicas: 3 | 3/3/0/0 ReplicaSetUpdated 05 | 3/3/0/0 | | 3/3/0/0-3 AF:MinimumReplicasUnavailable PF:ProgressDeadlineExceeded",
                "moves after all      | replicas: 3 | 3/3/0/0 ReplicaSetUpdated 01 | 3/3/1/1 | | 3/3/1/1-2 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "paused               | 'replicas: 3, paused: true' | 3/3/0/0 ReplicaSetUpdated 05 | 3/3/0/0 | | 3/3/0/0-3 AF:MinimumReplicasUnavailable PU:DeploymentPaused",
                "resumed              | replicas: 3 | 3/3/0/0 DeploymentPaused 01 | 3/3/0/0 | | 3/3/0/0-3 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "scaled up            | replicas: 5 | 3/3/3/3 NewReplicaSetAvailable 01 | 5/3/3/3 | | 3/3/3/3-2 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated again 301",
                "pods are refused     | replicas: 1 | 0/0/0/0 ReplicaSetUpdated 09 | 1/0/0/0/FailedCreate | | 0/0/0/0-1 AF:MinimumReplicasUnavailable PT:ReplicaSetUpdated RT:FailedCreate again 241",
                "none are wanted      | replicas: 0 | 1/1/1/1 ReplicaSetUpdated 09 | 0/0/0/0 | | 0/0/0/0-0 AT:MinimumReplicasAvailable PT:NewReplicaSetAvailable",
            })
    void says(
            String rule,
            String spec,
            @Nullable String before,
            @Nullable String current,
            @Nullable String old,
            String wanted) {
        Progress progress = Progress.of(
                deployment(spec, before),
                current == null ? null : set("new", current),
                old == null ? List.of() : List.of(set("old", old)),
                NOW);
        assertThat(text(progress)).as(rule).isEqualTo(wanted);
        assertThat(progress.status().observedGeneration()).isEqualTo(4);
    }

    @Test
    void keepsTheTimesOfWhatDidNotChange() {
        Deployment before = deployment("replicas: 1", null);
        Progress first = Progress.of(before, set("new", "1/1/1/1"), List.of(), NOW);
        Deployment after = new Deployment(
                before.meta(),
                before.replicas(),
                before.selector(),
                before.template(),
                before.strategy(),
                before.minReadySeconds(),
                before.paused(),
                before.revisionHistoryLimit(),
                before.progressDeadlineSeconds(),
                first.status());
        Progress again = Progress.of(after, set("new", "1/1/1/1"), List.of(), NOW.plusSeconds(60));
        assertThat(again.status().conditions()).isEqualTo(first.status().conditions());
        Progress broken = Progress.of(after, set("new", "1/1/0/0"), List.of(), NOW.plusSeconds(90));
        assertThat(broken.status().conditions())
                .filteredOn(one -> one.type().equals("Available"))
                .extracting(Condition::lastTransitionTime)
                .containsExactly(NOW.plusSeconds(90));
    }
}
