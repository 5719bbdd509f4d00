// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import dev.fairlead.pods.definition.PodSpec.RestartPolicy;
import dev.fairlead.pods.status.ContainerState.Terminated;
import dev.fairlead.pods.status.ContainerState.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The status of a pod, field by field as a kubelet writes it. */
public final class PodStatus {
    private PodStatus() {}

    /** Decides the status tree; times of conditions that did not change are kept. */
    public static Map<String, Object> of(PodObservation pod, Instant now) {
        String phase = phase(pod);
        return Fields.none()
                .with("observedGeneration", pod.generation() == 0 ? null : Long.valueOf(pod.generation()))
                .with("phase", phase)
                .with("conditions", Conditions.of(pod, phase, now))
                .withText("hostIP", first(pod.hostIps()))
                .with("hostIPs", ips(pod.hostIps()))
                .withText("podIP", first(pod.podIps()))
                .with("podIPs", ips(pod.podIps()))
                .with("startTime", ContainerState.time(pod.startTime()))
                .with("initContainerStatuses", statuses(pod.init()))
                .with(
                        "containerStatuses",
                        pod.containers().stream()
                                .<Object>map(ContainerObservation::tree)
                                .toList())
                .tree();
    }

    /** Pending, Running, Succeeded or Failed. */
    static String phase(PodObservation pod) {
        RestartPolicy policy = pod.spec().restartPolicy();
        boolean initFailed = pod.init().stream()
                .filter(container -> !container.spec().sidecar())
                .anyMatch(container -> container.state() instanceof Terminated ended && !ended.succeeded());
        if (initFailed && (policy == RestartPolicy.NEVER || pod.ended())) {
            return "Failed";
        }
        List<ContainerObservation> containers = pod.containers();
        boolean waiting = containers.stream()
                .anyMatch(container -> container.state() instanceof Waiting && container.last() == null);
        boolean initialized = pod.init().stream().allMatch(ContainerObservation::initialized);
        boolean ran = containers.stream()
                .allMatch(container -> !container.containerId().isEmpty());
        if (pod.ended()) {
            return ended(containers);
        }
        if (waiting || (!initialized && !ran)) {
            return "Pending";
        }
        Stream<ContainerObservation> sidecars =
                pod.init().stream().filter(container -> container.spec().sidecar());
        if (Stream.concat(containers.stream(), sidecars)
                        .anyMatch(container -> container.state() instanceof ContainerState.Running)
                || policy == RestartPolicy.ALWAYS) {
            return "Running";
        }
        boolean failed = containers.stream().anyMatch(PodStatus::failed);
        if (!failed) {
            return "Succeeded";
        }
        return policy == RestartPolicy.NEVER ? "Failed" : "Running";
    }

    /** A container that waits to be started again counts by how its last process ended. */
    private static boolean failed(ContainerObservation container) {
        return switch (container.state()) {
            case Terminated ended -> !ended.succeeded();
            case Waiting _ -> container.last() == null || !container.last().succeeded();
            case ContainerState.Running _ -> false;
        };
    }

    private static String ended(List<ContainerObservation> containers) {
        return containers.stream().anyMatch(PodStatus::failed) ? "Failed" : "Succeeded";
    }

    private static @org.jspecify.annotations.Nullable Object statuses(List<ContainerObservation> containers) {
        return containers.isEmpty()
                ? null
                : containers.stream().<Object>map(ContainerObservation::tree).toList();
    }

    private static @org.jspecify.annotations.Nullable Object ips(List<String> ips) {
        return ips.isEmpty()
                ? null
                : ips.stream().<Object>map(ip -> Fields.of("ip", ip).tree()).toList();
    }

    private static String first(List<String> texts) {
        return texts.isEmpty() ? "" : texts.getFirst();
    }
}
