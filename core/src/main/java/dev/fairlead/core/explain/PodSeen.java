// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pod with what its containers and probes say. */
public record PodSeen(Pod pod, List<Condition> conditions, List<Container> containers, List<Told> told) {
    /** Where a container is in its life. */
    public enum State {
        RUNNING,
        WAITING,
        ENDED,
        UNKNOWN
    }

    /**
     * A container.
     *
     * @param reason why it waits or how it ended; empty while it runs
     * @param lastExit the exit code of the process before this one, or null
     * @param lastEnd when that one ended, or null
     * @param readinessProbe what its readiness probe asks, such as {@code GET :8080/ready}; empty without one
     */
    public record Container(
            String name,
            State state,
            String reason,
            String message,
            int restarts,
            boolean ready,
            @Nullable Integer lastExit,
            @Nullable Instant lastEnd,
            String readinessProbe) {}

    /** An event about the pod. */
    public record Told(
            String reason, String message, @Nullable Instant at, int count) {
        private static Told from(Tree event) {
            String at = event.text("lastTimestamp", event.text("eventTime", event.text("firstTimestamp", "")));
            return new Told(
                    event.text("reason", ""), event.text("message", ""), Times.read(at), (int) event.whole("count", 1));
        }
    }

    /** Reads a pod and the events about it. */
    public static PodSeen from(Tree pod, List<Tree> events) {
        List<Container> containers = new ArrayList<>();
        Tree status = pod.tree("status");
        for (Tree container : pod.tree("spec").trees("containers")) {
            Tree seen = status.trees("containerStatuses").stream()
                    .filter(one -> one.text("name", "").equals(container.text("name", "")))
                    .findFirst()
                    .orElse(Tree.EMPTY);
            containers.add(container(container, seen));
        }
        return new PodSeen(
                Pod.from(pod),
                status.trees("conditions").stream().map(Condition::from).toList(),
                List.copyOf(containers),
                events.stream()
                        .map(Told::from)
                        .sorted(Comparator.comparing(Told::at, Comparator.nullsFirst(Comparator.naturalOrder()))
                                .reversed())
                        .toList());
    }

    private static Container container(Tree spec, Tree status) {
        Tree state = status.tree("state");
        boolean waits = state.has("waiting");
        boolean ended = state.has("terminated");
        Tree detail = state.tree(waits ? "waiting" : ended ? "terminated" : "running");
        Tree last = ended ? detail : status.tree("lastState").tree("terminated");
        return new Container(
                spec.text("name", ""),
                waits ? State.WAITING : ended ? State.ENDED : state.has("running") ? State.RUNNING : State.UNKNOWN,
                detail.text("reason", ""),
                detail.text("message", ""),
                (int) status.whole("restartCount", 0),
                status.truth("ready", false),
                last.number("exitCode"),
                Times.read(last.text("finishedAt", "")),
                probe(spec.tree("readinessProbe")));
    }

    private static String probe(Tree probe) {
        for (String kind : List.of("httpGet", "tcpSocket", "grpc")) {
            if (probe.has(kind)) {
                Tree action = probe.tree(kind);
                Object port = action.value("port");
                return switch (kind) {
                    case "httpGet" -> "GET :" + port + action.text("path", "/");
                    case "tcpSocket" -> "connect to port " + port;
                    default -> "gRPC health at port " + port;
                };
            }
        }
        return probe.has("exec")
                ? "command " + String.join(" ", probe.tree("exec").texts("command"))
                : "";
    }

    /** Its name without the namespace. */
    public String name() {
        return pod.meta().name();
    }

    /** Whether a process of it runs. */
    public boolean runs() {
        return containers.stream().anyMatch(container -> container.state == State.RUNNING);
    }

    Optional<Condition> condition(String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    Optional<Told> lastTold(String reason, String start) {
        return told.stream()
                .filter(event -> event.reason.equals(reason) && event.message.startsWith(start))
                .findFirst();
    }
}
