// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The conditions of a pod that its node answers for; those of others are not ours to write, not even unchanged. */
final class Conditions {
    private record Condition(String type, boolean holds, String reason, String message) {
        static Condition holding(String type) {
            return new Condition(type, true, "", "");
        }
    }

    private Conditions() {}

    static List<Object> of(PodObservation pod, String phase, Instant now) {
        Condition containersReady = containersReady(pod, phase);
        List<Object> conditions = new ArrayList<>();
        for (Condition condition : List.of(
                new Condition("PodReadyToStartContainers", pod.network() && !pod.ended(), "", ""),
                initialized(pod, phase),
                ready(pod, containersReady),
                containersReady,
                Condition.holding("PodScheduled"))) {
            conditions.add(tree(condition, pod, now));
        }
        return conditions;
    }

    private static Condition initialized(PodObservation pod, String phase) {
        if (phase.equals("Succeeded")) {
            return new Condition("Initialized", true, "PodCompleted", "");
        }
        String incomplete = names(pod.init(), container -> !container.initialized());
        return incomplete.isEmpty()
                        || (pod.init().stream().allMatch(c -> c.spec().sidecar()) && pod.ended())
                ? Condition.holding("Initialized")
                : new Condition(
                        "Initialized",
                        false,
                        "ContainersNotInitialized",
                        "containers with incomplete status: " + incomplete);
    }

    private static Condition containersReady(PodObservation pod, String phase) {
        if (phase.equals("Succeeded")) {
            return new Condition("ContainersReady", false, "PodCompleted", "");
        }
        if (phase.equals("Failed")) {
            return new Condition("ContainersReady", false, "PodFailed", "");
        }
        List<ContainerObservation> counted = new ArrayList<>(
                pod.init().stream().filter(c -> c.spec().sidecar()).toList());
        counted.addAll(pod.containers());
        String unready = names(counted, container -> !container.ready());
        return unready.isEmpty()
                ? Condition.holding("ContainersReady")
                : new Condition(
                        "ContainersReady", false, "ContainersNotReady", "containers with unready status: " + unready);
    }

    private static Condition ready(PodObservation pod, Condition containersReady) {
        if (!containersReady.holds) {
            return new Condition("Ready", false, containersReady.reason, containersReady.message);
        }
        for (String gate : pod.spec().readinessGates()) {
            Tree condition = current(pod, gate);
            if (condition == null) {
                return notReady(
                        "ReadinessGatesNotReady",
                        "corresponding condition of pod readiness gate \"" + gate + "\" does not exist.");
            }
            if (!condition.text("status", "").equals("True")) {
                return notReady(
                        "ReadinessGatesNotReady",
                        "the status of pod readiness gate \"" + gate + "\" is not \"True\", but "
                                + condition.text("status", "Unknown"));
            }
        }
        PodObservation.Complaint complaint = pod.complaint();
        return complaint == null ? Condition.holding("Ready") : notReady(complaint.reason(), complaint.message());
    }

    private static Condition notReady(String reason, String message) {
        return new Condition("Ready", false, reason, message);
    }

    private static Map<String, Object> tree(Condition condition, PodObservation pod, Instant now) {
        String status = condition.holds ? "True" : "False";
        Tree before = current(pod, condition.type);
        String since = before != null && before.text("status", "").equals(status)
                ? before.text("lastTransitionTime", ContainerState.time(now))
                : ContainerState.time(now);
        return Fields.of("type", condition.type)
                .with("observedGeneration", pod.generation() == 0 ? null : Long.valueOf(pod.generation()))
                .with("status", status)
                .with("lastTransitionTime", since)
                .withText("reason", condition.reason)
                .withText("message", condition.message)
                .tree();
    }

    private static @Nullable Tree current(PodObservation pod, String type) {
        return pod.current().trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals(type))
                .findFirst()
                .orElse(null);
    }

    /** {@code [a b]}, or the empty text when none match. */
    private static String names(List<ContainerObservation> containers, Predicate<ContainerObservation> which) {
        String names = containers.stream()
                .filter(which)
                .map(container -> container.spec().name())
                .collect(Collectors.joining(" "));
        return names.isEmpty() ? "" : "[" + names + "]";
    }
}
