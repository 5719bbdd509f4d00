// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;
import static dev.fairlead.apiserver.table.Tables.orNone;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The table of pods. The status in words is found in the order kubelet and kubectl give it: why the pod as a whole is as it
 * is, which init container it waits for, why a container waits or ended, and over all that the pod's own end.
 */
final class PodTable {
    static final Table PODS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Ready", "Containers that are ready, of all."),
                    Column.text("Status", "The state in one word."),
                    Column.text("Restarts", "How often containers were started again, and when last."),
                    Column.age(),
                    Column.wide("IP", "The pod's address."),
                    Column.wide("Node", "Where it runs."),
                    Column.wide("Nominated Node", "Where room is being made for it."),
                    Column.wide("Readiness Gates", "Conditions of others that are met, of all.")),
            PodTable::cells);

    private PodTable() {}

    private static List<Object> cells(Tree pod, Instant now) {
        Tree status = pod.tree("status");
        return List.of(
                name(pod),
                ready(pod),
                words(pod),
                restarts(status, now),
                Age.of(pod, now),
                orNone(address(status)),
                orNone(pod.tree("spec").text("nodeName", "")),
                orNone(status.text("nominatedNodeName", "")),
                gates(pod));
    }

    private static String ready(Tree pod) {
        long ready = pod.tree("status").trees("containerStatuses").stream()
                .filter(container -> container.truth("ready", false)
                        && container.tree("state").has("running"))
                .count();
        return ready + "/" + pod.tree("spec").trees("containers").size();
    }

    private static String words(Tree pod) {
        Tree status = pod.tree("status");
        String words = status.text("reason", status.text("phase", ""));
        if (status.trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("PodScheduled")
                        && condition.text("reason", "").equals("SchedulingGated"))) {
            words = "SchedulingGated";
        }
        String init = initWords(pod);
        if (!init.isEmpty()) {
            words = init;
        } else {
            words = containerWords(status, words);
        }
        boolean over = List.of("Succeeded", "Failed").contains(status.text("phase", ""));
        if (pod.tree("metadata").has("deletionTimestamp")) {
            return status.text("reason", "").equals("NodeLost") ? "Unknown" : over ? words : "Terminating";
        }
        return words;
    }

    /** What the first unfinished init container is at; empty when all are done. */
    private static String initWords(Tree pod) {
        List<Tree> specs = pod.tree("spec").trees("initContainers");
        List<Tree> states = pod.tree("status").trees("initContainerStatuses");
        for (int i = 0; i < states.size(); i++) {
            Tree container = states.get(i);
            Tree state = container.tree("state");
            Tree ended = state.tree("terminated");
            String called = container.text("name", "");
            boolean sidecar = specs.stream()
                    .anyMatch(spec -> spec.text("name", "").equals(called)
                            && spec.text("restartPolicy", "").equals("Always"));
            if (state.has("terminated") && ended.whole("exitCode", 0) == 0
                    || sidecar && container.truth("started", false)) {
                continue;
            }
            if (state.has("terminated")) {
                return "Init:" + ended.text("reason", exit(ended));
            }
            String reason = state.tree("waiting").text("reason", "");
            return reason.isEmpty() || reason.equals("PodInitializing")
                    ? "Init:" + i + "/" + specs.size()
                    : "Init:" + reason;
        }
        return "";
    }

    private static String containerWords(Tree status, String before) {
        String words = before;
        boolean running = false;
        for (Tree container : status.trees("containerStatuses").reversed()) {
            Tree state = container.tree("state");
            String waiting = state.tree("waiting").text("reason", "");
            if (!waiting.isEmpty()) {
                words = waiting;
            } else if (state.has("terminated")) {
                words = Objects.requireNonNullElse(
                        state.tree("terminated").text("reason"), exit(state.tree("terminated")));
            } else if (container.truth("ready", false) && state.has("running")) {
                running = true;
            }
        }
        if (words.equals("Completed") && running) {
            boolean ready = status.trees("conditions").stream()
                    .anyMatch(condition -> condition.text("type", "").equals("Ready")
                            && condition.text("status", "").equals("True"));
            return ready ? "Running" : "NotReady";
        }
        return words;
    }

    private static String exit(Tree ended) {
        long signal = ended.whole("signal", 0);
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + ended.whole("exitCode", 0);
    }

    private static String restarts(Tree status, Instant now) {
        long count = 0;
        String last = "";
        for (Tree container : status.trees("containerStatuses")) {
            count += container.whole("restartCount", 0);
            String ended = container.tree("lastState").tree("terminated").text("finishedAt", "");
            last = ended.compareTo(last) > 0 ? ended : last;
        }
        return count == 0 || last.isEmpty() ? String.valueOf(count) : count + " (" + Age.since(last, now) + " ago)";
    }

    private static String address(Tree status) {
        List<Tree> all = status.trees("podIPs");
        return all.isEmpty() ? status.text("podIP", "") : all.getFirst().text("ip", "");
    }

    private static String gates(Tree pod) {
        List<Tree> gates = pod.tree("spec").trees("readinessGates");
        if (gates.isEmpty()) {
            return "<none>";
        }
        long met = gates.stream()
                .filter(gate -> pod.tree("status").trees("conditions").stream()
                        .anyMatch(condition -> condition.text("type", "").equals(gate.text("conditionType", "-"))
                                && condition.text("status", "").equals("True")))
                .count();
        return met + "/" + gates.size();
    }
}
