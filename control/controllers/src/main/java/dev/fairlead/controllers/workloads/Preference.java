// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.workloads;

import dev.fairlead.core.definition.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which pods of a ReplicaSet go first when it has too many, as Kubernetes prefers: not yet on a node; Pending before
 * Running; not ready; cheaper by {@code controller.kubernetes.io/pod-deletion-cost}; on a node with more of them; ready
 * for a shorter time; newer.
 */
final class Preference {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private Preference() {}

    /** {@code count} of the pods, those to end first. */
    static List<Pod> first(List<Pod> pods, int count) {
        Map<String, Integer> together = new HashMap<>();
        pods.forEach(pod -> together.merge(pod.nodeName(), 1, Integer::sum));
        Comparator<Pod> order = Comparator.<Pod>comparingInt(
                        pod -> pod.nodeName().isEmpty() ? 0 : 1)
                .thenComparingInt(
                        pod -> pod.phase().equals("Running") ? 2 : pod.phase().equals("Unknown") ? 1 : 0)
                .thenComparingInt(pod -> pod.ready() ? 1 : 0)
                .thenComparingInt(Preference::cost)
                .thenComparingInt(pod -> -together.getOrDefault(pod.nodeName(), 0))
                .thenComparing(Preference::readySince, Comparator.reverseOrder())
                .thenComparing(Preference::created, Comparator.reverseOrder())
                .thenComparing(pod -> pod.meta().name());
        return pods.stream().sorted(order).limit(count).toList();
    }

    private static int cost(Pod pod) {
        try {
            return Integer.parseInt(pod.meta().annotations().getOrDefault(COST, "0"));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private static Instant readySince(Pod pod) {
        Instant since = pod.readySince();
        return pod.ready() && since != null ? since : Instant.MAX;
    }

    private static Instant created(Pod pod) {
        Instant created = pod.meta().creationTimestamp();
        return created == null ? Instant.MAX : created;
    }
}
