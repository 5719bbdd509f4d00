// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.log.LogOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hooks, sidecars, logs of several processes and containers, with real processes on loopback addresses. */
@Timeout(90)
class LifecycleTest {
    private static final int BLOCK = 204;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(directory, BLOCK, settings -> settings);
    }

    @AfterEach
    void end() throws Exception {
        node.close();
    }

    @Test
    void hooksMayAskOverHttpOrJustWait() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + TestNode.server("127.204.128.1", 8080)
                        + ", 'lifecycle': {'postStart': {'sleep': {'seconds': 1}}, 'preStop': {'httpGet': {'port': 8080, 'path': '/bye'}}}},"
                        + " {'name': 'waits', 'command': ['sleep', '1000'], 'lifecycle': {'preStop': {'sleep': {'seconds': 1}}}}]}");
        Tree early =
                node.await(pod, now -> TestNode.container(now).tree("state").has("running"));
        assertThat(TestNode.container(early).truth("started", true)).isFalse();
        node.await(pod, TestNode::ready);
        long began = System.nanoTime();

        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(node.events).extracting(PodEvents.Event::reason).doesNotContain("FailedPreStopHook");
    }

    @Test
    void aHookThatFailsIsTold() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'terminationGracePeriodSeconds': 1, 'containers': [{'name': 'c', 'command': ['sleep', '1000'],"
                        + " 'lifecycle': {'postStart': {'exec': {'command': ['sh', '-c', 'echo not today; exit 1']}}}},"
                        + " {'name': 'd', 'command': ['sleep', '1000'], 'lifecycle': {'preStop': {'httpGet': {'port': 9}}}}]}");
        node.awaitEvent("FailedPostStartHook");
        assertThat(node.events)
                .extracting(PodEvents.Event::message)
                .contains("PostStartHook failed: not today", "Container c failed its postStart hook");

        node.api.requestDeletion(pod, 5);
        node.awaitGone(pod);

        assertThat(node.events)
                .extracting(PodEvents.Event::message)
                .contains("PreStopHook failed: GET / on port 9: Connection refused");
    }

    @Test
    void aSidecarEndsWithItsJobAndIsNotStartedAgain() throws Exception {
        ObjectName pod = node.create(
                "job",
                "{'restartPolicy': 'Never', 'terminationGracePeriodSeconds': 2, 'initContainers': [{'name': 'side',"
                        + " 'restartPolicy': 'Always', 'command': ['sleep', '1000']}],"
                        + " 'containers': [{'name': 'c', 'command': ['true']}]}");

        Tree status = node.await(
                pod,
                now -> now.text("phase", "").equals("Succeeded")
                        && now.trees("initContainerStatuses")
                                .getFirst()
                                .tree("state")
                                .has("terminated"));

        Tree side = status.trees("initContainerStatuses").getFirst();
        assertThat(side.tree("state").tree("terminated").whole("exitCode", 0)).isEqualTo(143);
        assertThat(side.whole("restartCount", -1)).isZero();
        assertThat(node.events.stream()
                        .filter(event -> event.reason().equals("Started"))
                        .map(PodEvents.Event::message))
                .containsExactly("Started container side", "Started container c");
    }

    @Test
    void logsOfEachProcessAndContainerAreToldApart() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'twice', 'command': ['sh', '-c', 'if test -f again; then echo second; exec sleep 1000; fi;"
                        + " touch again; echo first; echo end of first; exit 3']},"
                        + " {'name': 'other', 'command': ['sh', '-c', 'echo a; echo b; echo c; exec sleep 1000']}]}");
        node.awaitLog(pod, "twice", "second\n"::equals);
        node.awaitLog(pod, "other", "a\nb\nc\n"::equals);

        assertThat(read(pod, "twice", Map.of("previous", "true"))).isEqualTo("first\nend of first\n");
        assertThat(read(pod, "twice", Map.of("previous", "true", "tailLines", "1")))
                .isEqualTo("end of first\n");
        assertThat(read(pod, "other", Map.of("tailLines", "2"))).isEqualTo("b\nc\n");
        assertThat(read(pod, "other", Map.of("sinceSeconds", "600"))).isEqualTo("a\nb\nc\n");
        String later = Instant.now().plusSeconds(60).toString();
        TestNode.until(() -> read(pod, "other", Map.of("sinceTime", later)).isEmpty()); // once it was looked at
        assertThat(read(pod, "other", Map.of("sinceTime", later))).isEmpty();
        assertThat(read(pod, "", Map.of()))
                .isEqualTo("400 a container name must be specified for pod web, choose one of: [twice, other]");
        assertThat(read(pod, "other", Map.of("previous", "true")))
                .isEqualTo("400 previous terminated container \"other\" in pod \"web\" not found");
    }

    @Test
    void volumesNeedANetworkWithMountNamespaces() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sleep', '1000'], 'volumeMounts': [{'name': 'd', 'mountPath': '/mnt'}]}],"
                        + " 'volumes': [{'name': 'd', 'emptyDir': {}}]}");

        Tree waiting = TestNode.container(node.await(
                        pod,
                        now -> TestNode.container(now)
                                .tree("state")
                                .tree("waiting")
                                .has("message")))
                .tree("state")
                .tree("waiting");

        assertThat(waiting.text("message", ""))
                .startsWith("volumeMounts of container c: the loopback network has no mount namespaces")
                .contains("configMapKeyRef");
        assertThat(List.copyOf(node.events)).hasSize(1);
    }

    private String read(ObjectName pod, String container, Map<String, String> parameters) throws Exception {
        return node.log(pod, LogOptions.of(container, parameters, Instant.now()));
    }
}
