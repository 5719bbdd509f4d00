// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment as its controller sees it: how many pods of which template, and how to get from one template to the next.
 *
 * @param replicas how many pods are wanted
 * @param template the {@code PodTemplateSpec} as a value tree, whole
 * @param minReadySeconds how long a pod must have been ready to count as available
 * @param revisionHistoryLimit how many old ReplicaSets to keep
 * @param progressDeadlineSeconds after how long without progress it counts as stuck
 */
public record Deployment(
        ObjectMeta meta,
        int replicas,
        LabelSelector selector,
        Map<String, Object> template,
        Strategy strategy,
        int minReadySeconds,
        boolean paused,
        int revisionHistoryLimit,
        int progressDeadlineSeconds,
        Status status) {
    private static final IntOrPercent QUARTER = new IntOrPercent(25, true);

    /** How new pods replace old ones. */
    public sealed interface Strategy {
        /** All old pods go before the first new one comes. */
        record Recreate() implements Strategy {}

        /** A few at a time. */
        record RollingUpdate(IntOrPercent maxSurge, IntOrPercent maxUnavailable) implements Strategy {
            /** How many pods more than {@code replicas} there may be; a fraction rounds up. */
            public int surge(int replicas) {
                return maxSurge.ofRoundedUp(replicas);
            }

            /**
             * How many of {@code replicas} may be unavailable; a fraction rounds down. One, when neither this nor the
             * surge would leave room to move.
             */
            public int unavailable(int replicas) {
                int unavailable = maxUnavailable.ofRoundedDown(replicas);
                int room = unavailable == 0 && surge(replicas) == 0 ? 1 : unavailable;
                return Math.min(room, replicas);
            }
        }
    }

    /**
     * What was last observed.
     *
     * @param observedGeneration the generation these counts are about
     * @param collisionCount how often a ReplicaSet's name was taken; null when never
     */
    public record Status(
            long observedGeneration,
            int replicas,
            int updatedReplicas,
            int readyReplicas,
            int availableReplicas,
            int unavailableReplicas,
            @Nullable Integer collisionCount,
            List<Condition> conditions) {}

    /** Reads a Deployment that the API server has defaulted and validated. */
    public static Deployment from(Tree object) {
        Tree spec = object.tree("spec");
        return new Deployment(
                ObjectMeta.from(object),
                (int) spec.whole("replicas", 1),
                LabelSelector.from(spec.tree("selector")),
                spec.tree("template").fields(),
                strategy(spec.tree("strategy")),
                (int) spec.whole("minReadySeconds", 0),
                spec.truth("paused", false),
                (int) spec.whole("revisionHistoryLimit", 10),
                (int) spec.whole("progressDeadlineSeconds", 600),
                status(object.tree("status")));
    }

    /** Namespace and name. */
    public ObjectName name() {
        return meta.objectName();
    }

    private static Strategy strategy(Tree strategy) {
        if (strategy.text("type", "RollingUpdate").equals("Recreate")) {
            return new Strategy.Recreate();
        }
        Tree rolling = strategy.tree("rollingUpdate");
        return new Strategy.RollingUpdate(
                IntOrPercent.read(rolling.value("maxSurge"), QUARTER),
                IntOrPercent.read(rolling.value("maxUnavailable"), QUARTER));
    }

    private static Status status(Tree status) {
        return new Status(
                status.whole("observedGeneration", 0),
                (int) status.whole("replicas", 0),
                (int) status.whole("updatedReplicas", 0),
                (int) status.whole("readyReplicas", 0),
                (int) status.whole("availableReplicas", 0),
                (int) status.whole("unavailableReplicas", 0),
                status.number("collisionCount"),
                status.trees("conditions").stream().map(Condition::from).toList());
    }
}
