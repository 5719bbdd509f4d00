// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.Deployment.Strategy;
import dev.fairlead.core.definition.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a Deployment's status says: counts, and the conditions Available and Progressing with Kubernetes' own reasons and
 * messages, because {@code kubectl rollout status} and {@code kubectl wait} read them.
 *
 * @param status the status as it should be
 * @param lookAgain when a wait for progress would be over without any change; null when nothing is awaited
 */
public record Progress(Deployment.Status status, @Nullable Duration lookAgain) {
    /** The status of a Deployment with these ReplicaSets at {@code now}. */
    public static Progress of(Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old, Instant now) {
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        Deployment.Status before = deployment.status();
        int wanted = 0;
        int replicas = 0;
        int ready = 0;
        int available = 0;
        List<ReplicaSet> all = new ArrayList<>(old);
        if (current != null) {
            all.add(current);
        }
        for (ReplicaSet set : all) {
            wanted += set.replicas();
            replicas += set.status().replicas();
            ready += set.status().readyReplicas();
            available += set.status().availableReplicas();
        }
        int updated = current == null ? 0 : current.status().replicas();
        boolean complete = updated == deployment.replicas()
                && replicas == updated
                && available == updated
                && current != null
                && current.replicas() == updated;
        boolean moved = updated > before.updatedReplicas()
                || replicas - updated < before.replicas() - before.updatedReplicas()
                || ready > before.readyReplicas()
                || available > before.availableReplicas();
        List<Condition> conditions = new ArrayList<>();
        conditions.add(available(deployment, available, second));
        Condition progressing = progressing(deployment, current, complete, moved, second);
        if (progressing != null) {
            conditions.add(progressing);
        }
        all.stream()
                .flatMap(set -> set.status().conditions().stream())
                .filter(condition -> condition.type().equals("ReplicaFailure") && condition.isTrue())
                .findFirst()
                .ifPresent(conditions::add);
        Deployment.Status status = new Deployment.Status(
                deployment.meta().generation(),
                replicas,
                updated,
                ready,
                available,
                Math.max(0, wanted - available),
                before.collisionCount(),
                List.copyOf(conditions));
        return new Progress(status, lookAgain(deployment, progressing, complete, second));
    }

    private static Condition available(Deployment deployment, int available, Instant now) {
        int least = deployment.strategy() instanceof Strategy.RollingUpdate rolling
                ? deployment.replicas() - rolling.unavailable(deployment.replicas())
                : deployment.replicas();
        return available >= least
                ? condition(
                        deployment,
                        "Available",
                        "True",
                        "MinimumReplicasAvailable",
                        "Deployment has minimum availability.",
                        false,
                        now)
                : condition(
                        deployment,
                        "Available",
                        "False",
                        "MinimumReplicasUnavailable",
                        "Deployment does not have minimum availability.",
                        false,
                        now);
    }

    private static @Nullable Condition progressing(
            Deployment deployment, @Nullable ReplicaSet current, boolean complete, boolean moved, Instant now) {
        Condition before = find(deployment, "Progressing");
        if (deployment.paused()) {
            return condition(
                    deployment, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", false, now);
        }
        if (current == null) {
            return before;
        }
        String set = "ReplicaSet \"" + current.meta().name() + "\"";
        if (complete) {
            return condition(
                    deployment,
                    "Progressing",
                    "True",
                    "NewReplicaSetAvailable",
                    set + " has successfully progressed.",
                    moved,
                    now);
        }
        String message = set + " is progressing.";
        if (before == null || moved || !about(before, set)) {
            return condition(deployment, "Progressing", "True", "ReplicaSetUpdated", message, true, now);
        }
        if (overdue(deployment, before, now)) {
            return condition(
                    deployment,
                    "Progressing",
                    "False",
                    "ProgressDeadlineExceeded",
                    set + " has timed out progressing.",
                    false,
                    now);
        }
        return before;
    }

    /** Whether a condition is about this very rollout, not about an earlier one, a finished one or a pause. */
    private static boolean about(Condition before, String set) {
        return before.message().contains(set)
                && !before.reason().equals("DeploymentPaused")
                && !before.reason().equals("NewReplicaSetAvailable");
    }

    private static boolean overdue(Deployment deployment, Condition before, Instant now) {
        Instant since = before.lastUpdateTime();
        return since != null
                && !since.plusSeconds(deployment.progressDeadlineSeconds()).isAfter(now);
    }

    private static @Nullable Duration lookAgain(
            Deployment deployment, @Nullable Condition progressing, boolean complete, Instant now) {
        if (complete
                || deployment.paused()
                || progressing == null
                || !progressing.isTrue()
                || progressing.lastUpdateTime() == null) {
            return null;
        }
        Duration left =
                Duration.between(now, progressing.lastUpdateTime().plusSeconds(deployment.progressDeadlineSeconds()));
        return left.isNegative() ? Duration.ZERO : left.plusSeconds(1);
    }

    private static @Nullable Condition find(Deployment deployment, String type) {
        return deployment.status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElse(null);
    }

    /** The condition, with the times of the one before where nothing changed. */
    private static Condition condition(
            Deployment deployment,
            String type,
            String status,
            String reason,
            String message,
            boolean moved,
            Instant now) {
        Condition before = find(deployment, type);
        if (before == null || !before.status().equals(status)) {
            return new Condition(type, status, reason, message, now, now);
        }
        boolean same = before.reason().equals(reason) && before.message().equals(message) && !moved;
        return new Condition(
                type, status, reason, message, before.lastTransitionTime(), same ? before.lastUpdateTime() : now);
    }
}
