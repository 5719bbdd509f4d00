// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.PodSeen.Container;
import dev.fairlead.core.explain.PodSeen.State;
import dev.fairlead.core.explain.PodSeen.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of the selected pods take traffic, and why the others do not. A pod has one reason, the one nearest to its root: a
 * container that crashes is not also told to be not ready.
 */
final class Readiness {
    private final Examination examination;
    private final Evidence evidence;
    private final Service service;

    Readiness(Examination examination, Service service) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
    }

    void look() {
        List<PodSeen> pods = evidence.pods();
        if (service.selector() == null || pods.isEmpty()) {
            examination.skip(Stage.READINESS, "no pods to look at");
            return;
        }
        Map<Kind, List<PodSeen>> wrong = new EnumMap<>(Kind.class);
        int good = 0;
        for (PodSeen pod : pods) {
            Kind reason = reason(pod);
            if (reason == null) {
                good++;
            } else {
                wrong.computeIfAbsent(reason, any -> new ArrayList<>()).add(pod);
            }
        }
        // Pods that ended or are ending are how rollouts look; they matter when there is nobody else.
        boolean others = good > 0 || wrong.size() > 1 || !leaving(wrong);
        int left = 0;
        for (Map.Entry<Kind, List<PodSeen>> group : wrong.entrySet()) {
            boolean leaves = group.getKey() == Kind.ALL_TERMINATING || group.getKey() == Kind.ALL_ENDED;
            if (leaves && others) {
                left += group.getValue().size();
            } else {
                tell(group.getKey(), group.getValue(), pods.size(), good == 0);
            }
        }
        int counted = pods.size() - left;
        examination.step(
                Stage.READINESS,
                ready(good, counted) + (left > 0 ? ", " + left + " more ending" : ""),
                "every pod Ready");
    }

    private static String ready(int good, int all) {
        if (good == 0) {
            return all == 1 ? "the only pod is not ready" : "none of " + all + " pods is ready";
        }
        return Words.share(good, all, "pod") + (good == 1 ? " is ready" : " are ready");
    }

    private static boolean leaving(Map<Kind, List<PodSeen>> wrong) {
        return wrong.containsKey(Kind.ALL_TERMINATING) || wrong.containsKey(Kind.ALL_ENDED);
    }

    /** Why a pod takes no new traffic, or null. */
    private @Nullable Kind reason(PodSeen seen) {
        if (seen.pod().terminal()) {
            return Kind.ALL_ENDED;
        }
        if (seen.pod().meta().deleting()) {
            return Kind.ALL_TERMINATING;
        }
        if (seen.pod().nodeName().isEmpty()) {
            return Kind.NOT_SCHEDULED;
        }
        boolean known = evidence.nodes().stream()
                .anyMatch(node -> node.node().name().equals(seen.pod().nodeName()));
        if (!known) {
            return Kind.NODE_UNKNOWN;
        }
        if (crashing(seen).isPresent()) {
            return Kind.CRASH_LOOP;
        }
        if (service.publishNotReadyAddresses() && !seen.pod().podIps().isEmpty()
                || seen.pod().ready() && !seen.pod().podIps().isEmpty()) {
            return null;
        }
        if (unstartable(seen).isPresent()) {
            return Kind.CANNOT_START;
        }
        boolean running = seen.containers().stream().allMatch(container -> container.state() == State.RUNNING);
        if (!running || seen.pod().podIps().isEmpty()) {
            return Kind.STILL_STARTING;
        }
        boolean probed = seen.containers().stream()
                .anyMatch(container ->
                        !container.ready() && !container.readinessProbe().isEmpty());
        return probed ? Kind.PROBE_FAILS : Kind.NOT_READY;
    }

    private static Optional<Container> crashing(PodSeen seen) {
        return seen.containers().stream()
                .filter(container ->
                        container.state() == State.WAITING && container.reason().equals("CrashLoopBackOff")
                                || container.state() == State.ENDED && container.restarts() > 0)
                .findFirst();
    }

    private static Optional<Container> unstartable(PodSeen seen) {
        return seen.containers().stream()
                .filter(container -> container.state() == State.WAITING
                        && !container.reason().equals("ContainerCreating")
                        && !container.reason().equals("PodInitializing"))
                .findFirst();
    }

    private void tell(Kind kind, List<PodSeen> pods, int all, boolean nobody) {
        PodSeen one = pods.getFirst();
        String which = Words.share(pods.size(), all, "pod");
        String verb = pods.size() == 1 ? "s" : "";
        String names = Words.some(pods.stream().map(PodSeen::name).toList());
        String on = "kubectl " + Examination.kubectl(one.pod().name());
        switch (kind) {
            case CRASH_LOOP ->
                examination.tell(
                        nobody,
                        kind,
                        which + " crash" + (verb.isEmpty() ? "" : "es") + " again and again (" + names + "): "
                                + crash(one),
                        "containers that go on running",
                        "see why it ended: " + on + "logs " + one.name() + " --previous");
            case CANNOT_START ->
                examination.tell(
                        nobody,
                        kind,
                        which + " cannot start (" + names + "): "
                                + unstartable(one)
                                        .map(container -> container.name() + " waits with "
                                                + container.reason()
                                                + (container.message().isEmpty()
                                                        ? ""
                                                        : " " + Words.quoted(container.message())))
                                        .orElse(""),
                        "containers that run",
                        "change the pod's specification accordingly; " + on + "describe pod " + one.name());
            case PROBE_FAILS ->
                examination.tell(
                        nobody,
                        kind,
                        which + " " + (pods.size() == 1 ? "is" : "are") + " not ready (" + names + "): " + probe(one),
                        "a readiness probe that succeeds",
                        "make the program answer the probe, or correct the probe; " + on + "logs " + one.name());
            case NODE_UNKNOWN ->
                examination.tell(
                        nobody,
                        kind,
                        which + " belong" + verb + " to a node that there is not (" + names + "): node "
                                + one.pod().nodeName(),
                        "pods on nodes that are registered: "
                                + Words.some(evidence.nodes().stream()
                                        .map(node -> node.node().name())
                                        .toList()),
                        "start the agent on node " + one.pod().nodeName()
                                + ", or delete the pods so that they are made on another node");
            case NOT_SCHEDULED ->
                examination.tell(
                        nobody,
                        kind,
                        which + " wait" + verb + " for a node (" + names + ")" + message(one, "PodScheduled"),
                        "a node that takes the pods",
                        "see why: " + on + "describe pod " + one.name());
            case STILL_STARTING ->
                examination.tell(
                        nobody,
                        kind,
                        which + " " + (pods.size() == 1 ? "is" : "are") + " not up yet (" + names + ")" + age(one),
                        "pods that run and have an address",
                        "wait, or see what holds it up: " + on + "describe pod " + one.name());
            case ALL_TERMINATING ->
                examination.tell(
                        true,
                        kind,
                        which + " " + (pods.size() == 1 ? "is" : "are") + " being deleted (" + names
                                + "), and no other is there",
                        "pods that stay",
                        "start new ones: a Deployment keeps a number of them running");
            case ALL_ENDED ->
                examination.tell(
                        true,
                        kind,
                        which + " ha" + (pods.size() == 1 ? "s" : "ve") + " ended for good (" + names + ": "
                                + one.pod().phase() + ")",
                        "pods that go on running",
                        "start new ones: a Deployment keeps a number of them running");
            default ->
                examination.tell(
                        nobody,
                        kind,
                        which + " " + (pods.size() == 1 ? "is" : "are") + " not ready (" + names + ")"
                                + message(one, "Ready"),
                        "the condition Ready on every pod",
                        "see why: " + on + "describe pod " + one.name());
        }
    }

    private String crash(PodSeen pod) {
        Container container = crashing(pod).orElse(pod.containers().getFirst());
        String exit = container.lastExit() == null ? "ended" : "ended with exit code " + container.lastExit();
        Instant at = container.lastEnd();
        return container.name() + " " + exit
                + (at == null ? "" : " " + Words.duration(Duration.between(at, evidence.now())) + " ago")
                + " and was started again " + Words.count(container.restarts(), "time");
    }

    private String probe(PodSeen pod) {
        Container container = pod.containers().stream()
                .filter(one -> !one.ready() && !one.readinessProbe().isEmpty())
                .findFirst()
                .orElse(pod.containers().getFirst());
        Instant since = pod.pod().readySince();
        Optional<Told> told = pod.lastTold("Unhealthy", "Readiness");
        return "readiness probe (" + container.readinessProbe() + ") of " + container.name() + " has not succeeded"
                + (since == null ? "" : " for " + Words.duration(Duration.between(since, evidence.now())))
                + told.map(event -> "; last answer " + Words.quoted(answer(event.message())))
                        .orElse("");
    }

    private static String answer(String message) {
        int colon = message.indexOf(": ");
        return colon < 0 ? message : message.substring(colon + 2);
    }

    private static String message(PodSeen pod, String type) {
        return pod.condition(type)
                .map(Condition::message)
                .filter(text -> !text.isEmpty())
                .map(text -> ": " + text)
                .orElse("");
    }

    private String age(PodSeen pod) {
        Instant made = pod.pod().meta().creationTimestamp();
        String waits = pod.containers().stream()
                .filter(container -> !container.reason().isEmpty())
                .map(container -> container.name() + ": " + container.reason())
                .collect(Collectors.joining(", "));
        return (made == null ? "" : ", made " + Words.duration(Duration.between(made, evidence.now())) + " ago")
                + (waits.isEmpty() ? "" : "; " + waits);
    }
}
