// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.status.ContainerState.Running;
import dev.fairlead.pods.status.ContainerState.Terminated;
import dev.fairlead.pods.status.ContainerState.Waiting;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStatusTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant NOW = START.plusSeconds(10);

    /**
     * Columns: restart policy; init containers; containers; whether the pod is over; phase; Initialized;
     * ContainersReady. A container is {@code W} waiting, {@code R} running, {@code Y} running and ready, {@code 0} or
     * {@code 1} ended with that code, {@code b0} or {@code b1} waiting after such an end, {@code S} a sidecar that has
     * started.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Always    |       | W     | false | Pending   | True                         | FalseContainersNotReady
                    Always    |       | R     | false | Running   | True                         | FalseContainersNotReady
                    Always    |       | Y     | false | Running   | True                         | True
                    Always    |       | Y W   | false | Pending   | True                         | FalseContainersNotReady
                    Always    |       | b1    | false | Running   | True                         | FalseContainersNotReady
                    Always    |       | 1     | false | Running   | True                         | FalseContainersNotReady
                    Always    |       | 0     | true  | Succeeded | TruePodCompleted             | FalsePodCompleted
                    Always    |       | 0 1   | true  | Failed    | True                         | FalsePodFailed
                    OnFailure |       | b1    | false | Running   | True                         | FalseContainersNotReady
                    OnFailure |       | 0     | true  | Succeeded | TruePodCompleted             | FalsePodCompleted
                    OnFailure |       | 0 Y   | false | Running   | True                         | FalseContainersNotReady
                    Never     |       | 0     | true  | Succeeded | TruePodCompleted             | FalsePodCompleted
                    Never     |       | 1     | true  | Failed    | True                         | FalsePodFailed
                    Never     |       | 1 R   | false | Running   | True                         | FalseContainersNotReady
                    Always    | R     | W     | false | Pending   | FalseContainersNotInitialized| FalseContainersNotReady
                    Always    | b1    | W     | false | Pending   | FalseContainersNotInitialized| FalseContainersNotReady
                    Never     | 1     | W     | true  | Failed    | FalseContainersNotInitialized| FalsePodFailed
                    Always    | 0     | W     | false | Pending   | True                         | FalseContainersNotReady
                    Always    | 0     | Y     | false | Running   | True                         | True
                    Always    | S     | Y     | false | Running   | True                         | True
                    Never     | S     | 1     | false | Running   | True                         | FalseContainersNotReady
                    OnFailure | S     | 0     | false | Running   | True                         | FalseContainersNotReady
                    """)
    void phasesAndConditions(
            String policy,
            String init,
            String containers,
            boolean over,
            String phase,
            String initialized,
            String containersReady) {
        Tree status = Tree.of(PodStatus.of(pod(policy, init, containers, over, null, List.of(), Tree.EMPTY), NOW));

        assertThat(status.text("phase", "")).isEqualTo(phase);
        assertThat(condition(status, "Initialized")).isEqualTo(initialized);
        assertThat(condition(status, "ContainersReady")).isEqualTo(containersReady);
        assertThat(condition(status, "Ready")).isEqualTo(containersReady);
    }

    @Test
    void theWholeStatusAsGoldenText() {
        Map<String, Object> status = PodStatus.of(pod("Always", "", "Y b1", false, null, List.of(), Tree.EMPTY), NOW);

        assertThat(Json.pretty(status).strip().replace("    ", "  ")).isEqualTo("""
                        {
                          "observedGeneration": 3,
                          "phase": "Running",
                          "conditions": [
                            {
                              "type": "PodReadyToStartContainers",
                              "observedGeneration": 3,
                              "status": "True",
                              "lastTransitionTime": "2026-01-02T03:04:15Z"
                            },
                            {
                              "type": "Initialized",
                              "observedGeneration": 3,
                              "status": "True",
                              "lastTransitionTime": "2026-01-02T03:04:15Z"
                            },
                            {
                              "type": "Ready",
                              "observedGeneration": 3,
                              "status": "False",
                              "lastTransitionTime": "2026-01-02T03:04:15Z",
                              "reason": "ContainersNotReady",
                              "message": "containers with unready status: [c1]"
                            },
                            {
                              "type": "ContainersReady",
                              "observedGeneration": 3,
                              "status": "False",
                              "lastTransitionTime": "2026-01-02T03:04:15Z",
                              "reason": "ContainersNotReady",
                              "message": "containers with unready status: [c1]"
                            },
                            {
                              "type": "PodScheduled",
                              "observedGeneration": 3,
                              "status": "True",
                              "lastTransitionTime": "2026-01-02T03:04:15Z"
                            }
                          ],
                          "hostIP": "192.0.2.7",
                          "hostIPs": [
                            {
                              "ip": "192.0.2.7"
                            }
                          ],
                          "podIP": "10.244.1.2",
                          "podIPs": [
                            {
                              "ip": "10.244.1.2"
                            },
                            {
                              "ip": "fd00::2"
                            }
                          ],
                          "startTime": "2026-01-02T03:04:05Z",
                          "containerStatuses": [
                            {
                              "name": "c0",
                              "state": {
                                "running": {
                                  "startedAt": "2026-01-02T03:04:05Z"
                                }
                              },
                              "lastState": {},
                              "ready": true,
                              "restartCount": 0,
                              "image": "any",
                              "imageID": "",
                              "containerID": "fairlead://c0",
                              "started": true
                            },
                            {
                              "name": "c1",
                              "state": {
                                "waiting": {
                                  "reason": "CrashLoopBackOff"
                                }
                              },
                              "lastState": {
                                "terminated": {
                                  "exitCode": 1,
                                  "reason": "Error",
                                  "startedAt": "2026-01-02T03:04:05Z",
                                  "finishedAt": "2026-01-02T03:04:06Z",
                                  "containerID": "fairlead://c1"
                                }
                              },
                              "ready": false,
                              "restartCount": 1,
                              "image": "any",
                              "imageID": "",
                              "containerID": "fairlead://c1",
                              "started": false
                            }
                          ]
                        }""");
    }

    @Test
    void timesOfConditionsChangeWithTheConditions() {
        Map<String, Object> first = PodStatus.of(pod("Always", "", "R", false, null, List.of(), Tree.EMPTY), NOW);
        Map<String, Object> second =
                PodStatus.of(pod("Always", "", "Y", false, null, List.of(), Tree.of(first)), NOW.plusSeconds(5));

        assertThat(time(Tree.of(second), "Ready")).isEqualTo("2026-01-02T03:04:20Z");
        assertThat(time(Tree.of(second), "Initialized")).isEqualTo("2026-01-02T03:04:15Z");
    }

    @Test
    void readinessGatesAndComplaintsHoldReadyBack() {
        Tree without = Tree.of(PodStatus.of(pod("Always", "", "Y", false, null, List.of("g/x"), Tree.EMPTY), NOW));
        Tree gate = Tree.of(Map.of("conditions", List.of(Map.of("type", "g/x", "status", "False"))));
        Tree shut = Tree.of(PodStatus.of(pod("Always", "", "Y", false, null, List.of("g/x"), gate), NOW));
        Tree open = Tree.of(Map.of("conditions", List.of(Map.of("type", "g/x", "status", "True"))));
        Tree passed = Tree.of(PodStatus.of(pod("Always", "", "Y", false, null, List.of("g/x"), open), NOW));
        Tree bad = Tree.of(PodStatus.of(
                pod("Always", "", "Y", false, new PodObservation.Complaint("Bad", "do better"), List.of(), Tree.EMPTY),
                NOW));

        assertThat(condition(without, "Ready")).isEqualTo("FalseReadinessGatesNotReady");
        assertThat(condition(shut, "Ready")).isEqualTo("FalseReadinessGatesNotReady");
        assertThat(condition(passed, "Ready")).isEqualTo("True");
        assertThat(passed.trees("conditions"))
                .noneMatch(one -> one.text("type", "").equals("g/x"));
        assertThat(condition(bad, "Ready")).isEqualTo("FalseBad");
        assertThat(condition(bad, "ContainersReady")).isEqualTo("True");
    }

    private static PodObservation pod(
            String policy,
            String init,
            String containers,
            boolean over,
            PodObservation.Complaint complaint,
            List<String> gates,
            Tree current) {
        String gateTrees = gates.stream()
                .map(gate -> "{\"conditionType\": \"" + gate + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        String json = "{\"metadata\": {\"name\": \"web\"}, \"spec\": {\"restartPolicy\": \"" + policy
                + "\", \"readinessGates\": " + gateTrees + "}}";
        return new PodObservation(
                PodSpec.from(Tree.of(Json.object(json.getBytes(StandardCharsets.UTF_8)))),
                current,
                3,
                observations("i", init),
                observations("c", containers),
                true,
                over,
                List.of("10.244.1.2", "fd00::2"),
                List.of("192.0.2.7"),
                START,
                complaint);
    }

    private static List<ContainerObservation> observations(String prefix, String codes) {
        List<ContainerObservation> all = new ArrayList<>();
        for (String code : codes == null || codes.isBlank() ? new String[0] : codes.split(" ", -1)) {
            all.add(observation(prefix + all.size(), code));
        }
        return all;
    }

    private static ContainerObservation observation(String name, String code) {
        Map<String, Object> container =
                Map.of("name", name, "image", "any", "restartPolicy", code.equals("S") ? "Always" : "");
        ContainerSpec spec = PodSpec.from(Tree.of(Map.of("spec", Map.of("containers", List.of(container)))))
                .containers()
                .getFirst();
        boolean up = "YS".contains(code);
        String id = code.equals("W") ? "" : "fairlead://" + name;
        ContainerState state = switch (code) {
            case "W" -> new Waiting("ContainerCreating", "");
            case "R", "Y", "S" -> new Running(START);
            case "b0", "b1" -> new Waiting("CrashLoopBackOff", "");
            default -> ended(code, id);
        };
        boolean waits = code.startsWith("b");
        return new ContainerObservation(
                spec, state, waits ? ended(code.substring(1), id) : null, waits ? 1 : 0, up, up, id);
    }

    private static Terminated ended(String code, String id) {
        return new Terminated(
                Integer.parseInt(code), code.equals("0") ? "Completed" : "Error", "", START, START.plusSeconds(1), id);
    }

    private static String condition(Tree status, String type) {
        return status.trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals(type))
                .map(condition -> condition.text("status", "") + condition.text("reason", ""))
                .findFirst()
                .orElse("");
    }

    private static String time(Tree status, String type) {
        return status.trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals(type))
                .map(condition -> condition.text("lastTransitionTime", ""))
                .findFirst()
                .orElse("");
    }
}
