// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.Deployment.Strategy;
import dev.fairlead.core.definition.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next steps of a rollout.
 *
 * <p>How this works, for a rolling update of 3 replicas with one more and none fewer allowed ({@code available} pods in
 * brackets):
 *
 * <pre>
 * old 3 [3]              → create new with 1        never more than 3 + 1 pods
 * old 3 [3], new 1 [0]   → nothing                  never fewer than 3 - 0 available
 * old 3 [3], new 1 [1]   → old to 2
 * old 2 [2], new 1 [1]   → new to 2                 … and so on
 * </pre>
 *
 * <p>Both bounds count safely when a status lags behind its specification: for the upper bound a ReplicaSet has as many
 * pods as the larger of the two says, for the lower one as many available as the smaller.
 */
public final class Rollout {
    private Rollout() {}

    /**
     * What to do now; nothing when the Deployment is as wanted or must wait.
     *
     * @param current the ReplicaSet of the current template, or null
     * @param old the Deployment's other ReplicaSets
     * @param oldPodsLeft whether any pod of {@code old} still runs, even while it ends
     */
    public static List<Step> steps(
            Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old, boolean oldPodsLeft) {
        if (deployment.meta().deleting()) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        if (deployment.paused()) {
            scaled(deployment, current, old, steps);
        } else {
            switch (deployment.strategy()) {
                case Strategy.Recreate() -> recreate(deployment, current, old, oldPodsLeft, steps);
                case Strategy.RollingUpdate rolling -> roll(deployment, rolling, current, old, steps);
            }
        }
        forgotten(deployment, old, steps);
        return steps;
    }

    private static void recreate(
            Deployment deployment,
            @Nullable ReplicaSet current,
            List<ReplicaSet> old,
            boolean oldPodsLeft,
            List<Step> steps) {
        for (ReplicaSet set : old) {
            scale(set, 0, steps);
        }
        boolean empty = !oldPodsLeft && old.stream().allMatch(set -> pods(set) == 0);
        if (empty && current == null) {
            steps.add(new Step.Create(deployment.replicas()));
        } else if (empty && current != null) {
            scale(current, deployment.replicas(), steps);
        }
    }

    private static void roll(
            Deployment deployment,
            Strategy.RollingUpdate rolling,
            @Nullable ReplicaSet current,
            List<ReplicaSet> old,
            List<Step> steps) {
        int wanted = deployment.replicas();
        int now = current == null ? 0 : current.replicas();
        int room = wanted + rolling.surge(wanted) - sum(current, old);
        int up = Math.max(now, Math.min(wanted, now + Math.max(0, room)));
        if (current == null) {
            steps.add(new Step.Create(up));
        } else if (now > wanted) {
            scale(current, wanted, steps);
        } else if (up > now) {
            scale(current, up, steps);
        }
        shrink(wanted - rolling.unavailable(wanted), current, old, steps);
    }

    /**
     * Takes from old sets what is not needed for {@code least} available pods, oldest first: pods that are not available
     * as far as there would be enough once the new ones are, then available ones that are spare now.
     */
    private static void shrink(int least, @Nullable ReplicaSet current, List<ReplicaSet> old, List<Step> steps) {
        int available = current == null ? 0 : available(current);
        int hopeful = available;
        for (ReplicaSet set : old) {
            available += available(set);
            hopeful += set.replicas();
        }
        int unneeded = Math.max(0, hopeful - least);
        int spare = Math.max(0, available - least);
        List<ReplicaSet> oldest = new ArrayList<>(old);
        oldest.sort(BY_AGE);
        for (ReplicaSet set : oldest) {
            int broken = Math.min(unneeded, set.replicas() - available(set));
            unneeded -= broken;
            int gone = Math.min(spare, available(set));
            spare -= gone;
            // A ReplicaSet ends its pods that are not ready first, so the rest are the available ones.
            scale(set, set.replicas() - broken - gone, steps);
        }
    }

    /** A paused Deployment keeps its mix of templates and only follows its number: the largest set takes the difference. */
    private static void scaled(
            Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> old, List<Step> steps) {
        List<ReplicaSet> active =
                new ArrayList<>(old.stream().filter(set -> set.replicas() > 0).toList());
        if (current != null) {
            active.addFirst(current);
        }
        active.sort(Comparator.comparingInt(ReplicaSet::replicas).reversed());
        int difference = deployment.replicas()
                - active.stream().mapToInt(ReplicaSet::replicas).sum();
        boolean rolling = active.stream().filter(set -> set.replicas() > 0).count() > 1;
        if (rolling && surges(deployment, -difference)) {
            return; // the pods above the number are the rollout's surge
        }
        for (ReplicaSet set : active) {
            int replicas = Math.max(0, set.replicas() + difference);
            difference -= replicas - set.replicas();
            scale(set, replicas, steps);
        }
    }

    private static boolean surges(Deployment deployment, int above) {
        return deployment.strategy() instanceof Strategy.RollingUpdate rolling
                && above > 0
                && above <= rolling.surge(deployment.replicas());
    }

    private static void forgotten(Deployment deployment, List<ReplicaSet> old, List<Step> steps) {
        List<ReplicaSet> empty = old.stream()
                .filter(set -> set.replicas() == 0
                        && set.status().replicas() == 0
                        && set.status().observedGeneration() >= set.meta().generation()
                        && !set.meta().deleting())
                .sorted(BY_AGE)
                .toList();
        int surplus = old.size() - deployment.revisionHistoryLimit();
        for (int i = 0; i < Math.min(surplus, empty.size()); i++) {
            steps.add(new Step.Delete(empty.get(i)));
        }
    }

    private static final Comparator<ReplicaSet> BY_AGE = Comparator.comparingLong(Revision::of)
            .thenComparing(set -> set.meta().name());

    private static void scale(ReplicaSet set, int replicas, List<Step> steps) {
        if (set.replicas() != replicas && !set.meta().deleting()) {
            steps.add(new Step.Scale(set, replicas));
        }
    }

    private static int sum(@Nullable ReplicaSet current, List<ReplicaSet> old) {
        int sum = current == null ? 0 : pods(current);
        for (ReplicaSet set : old) {
            sum += pods(set);
        }
        return sum;
    }

    private static int pods(ReplicaSet set) {
        return Math.max(set.replicas(), set.status().replicas());
    }

    private static int available(ReplicaSet set) {
        return Math.min(set.replicas(), set.status().availableReplicas());
    }
}
