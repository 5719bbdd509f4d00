// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.process.ProcessStatus;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.log.LogOptions;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.network.SandboxRecord;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on loopback addresses. */
@Timeout(90)
class PodsTest {
    private static final int BLOCK = 201;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(
                directory,
                BLOCK,
                settings -> settings.withImages(
                        Map.of("fairlead.dev/echo", List.of("sh", "-c", "echo \"$@\"; exec sleep 1000", "sh"))));
    }

    @AfterEach
    void endAndLeaveNothing() throws Exception {
        node.close();
        awaitNobody();
    }

    @Test
    void aRunningPodHasTheStatusAKubeletWouldWrite() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'image': 'any:1', 'command': ['sh', '-c', 'echo hello $POD_IP; exec sleep 1000']}]}");

        Tree status = node.await(pod, TestNode::ready);

        assertThat(status.text("phase", "")).isEqualTo("Running");
        assertThat(status.text("podIP", "")).isEqualTo("127.201.128.1");
        assertThat(status.text("hostIP", "")).isEqualTo("127.0.0.1");
        assertThat(status.has("startTime")).isTrue();
        assertThat(status.trees("conditions").stream().map(c -> c.text("type", "") + "=" + c.text("status", "")))
                .containsExactly(
                        "PodReadyToStartContainers=True",
                        "Initialized=True",
                        "Ready=True",
                        "ContainersReady=True",
                        "PodScheduled=True");
        Tree container = TestNode.container(status);
        assertThat(container.fields().keySet())
                .containsExactly(
                        "name",
                        "state",
                        "lastState",
                        "ready",
                        "restartCount",
                        "image",
                        "imageID",
                        "containerID",
                        "started");
        assertThat(container.tree("state").tree("running").has("startedAt")).isTrue();
        assertThat(container.text("containerID", "")).isEqualTo("fairlead://uid-web-c-0");
        assertThat(node.events).extracting(PodEvents.Event::reason).containsExactly("Started");
    }

    @Test
    void readinessIsFollowedBothWays() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + TestNode.server("127.201.128.1", 8080)
                        + ", 'ports': [{'name': 'http', 'containerPort': 8080}], 'readinessProbe': {'httpGet': {'path': '/', 'port': 'http'},"
                        + " 'periodSeconds': 1, 'failureThreshold': 1}}]}");
        node.await(pod, TestNode::ready);
        Path switchOff = directory.resolve(Path.of("pods", "uid-web", "work", "not-ready"));

        Files.createFile(switchOff);
        Tree status = node.await(pod, now -> !TestNode.ready(now));
        Files.delete(switchOff);
        node.await(pod, TestNode::ready);

        assertThat(TestNode.condition(status, "Ready")).isEqualTo("FalseContainersNotReady");
        assertThat(node.events)
                .anyMatch(event -> event.reason().equals("Unhealthy")
                        && event.message().equals("Readiness probe failed: HTTP probe failed with statuscode: 503"));
    }

    /** Without a probe it is ready as soon as it runs again; until then nobody shall be sent to it. */
    @Test
    void whoIsKilledIsNotReadyBeforeItRunsAgain() throws Exception {
        ObjectName pod = node.create(
                "web", "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'echo $$$$; exec sleep 1000']}]}");
        node.await(pod, TestNode::ready);
        long process = Long.parseLong(
                node.awaitLog(pod, "c", log -> log.endsWith("\n")).strip());
        int before = node.api.written().size();

        ProcessHandle.of(process).orElseThrow().destroyForcibly();
        node.await(pod, now -> TestNode.ready(now) && TestNode.container(now).whole("restartCount", 0) == 1);

        List<Tree> written =
                node.api.written().stream().skip(before).map(Tree::of).toList();
        assertThat(TestNode.ready(written.getFirst())).as(written.toString()).isFalse();
        assertThat(TestNode.ready(written.getLast())).isTrue();
    }

    @Test
    void livenessEndsAndRestarts() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'terminationGracePeriodSeconds': 1, 'containers': [{'name': 'c', 'command': ['sleep', '1000'], 'livenessProbe':"
                        + " {'exec': {'command': ['sh', '-c', 'echo sick; exit 1']}, 'periodSeconds': 1, 'failureThreshold': 1}}]}");

        Tree status = node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1);

        assertThat(TestNode.container(status)
                        .tree("lastState")
                        .tree("terminated")
                        .whole("exitCode", 0))
                .isEqualTo(143);
        assertThat(node.events)
                .extracting(PodEvents.Event::message)
                .contains("Liveness probe failed: sick", "Container c failed liveness probe, will be restarted");
    }

    @Test
    void aCrashingContainerBacksOff() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'exit 3']}]}");

        Tree status = node.await(
                pod,
                now -> TestNode.container(now).whole("restartCount", 0) >= 1
                        && TestNode.container(now).tree("state").has("waiting"));

        Tree container = TestNode.container(status);
        assertThat(container.tree("state").tree("waiting").text("reason", "")).isEqualTo("CrashLoopBackOff");
        assertThat(container.tree("lastState").tree("terminated").whole("exitCode", 0))
                .isEqualTo(3);
        assertThat(container.tree("lastState").tree("terminated").text("reason", ""))
                .isEqualTo("Error");
        assertThat(status.text("phase", "")).isEqualTo("Running");
        node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) >= 3);
    }

    @Test
    void anEndIsGraceful() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'bye() { echo bye; exit 0; }; trap bye TERM; echo up;"
                        + " while true; do sleep 0.05; done']}]}");
        node.await(pod, TestNode::ready);
        awaitLog(pod, "up\n");

        CompletableFuture<String> followed = follow(pod);
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(node.rotations).containsExactly("web");
        assertThat(followed.get()).startsWith("up\n").endsWith("bye\n"); // the shell itself may say a word between
        Map<String, Object> last = node.api.written().getLast();
        assertThat(Tree.of(last).text("phase", "")).isEqualTo("Succeeded");
        assertThat(TestNode.container(Tree.of(last))
                        .tree("state")
                        .tree("terminated")
                        .text("reason", ""))
                .isEqualTo("Completed");
        TestNode.until(() -> !Files.exists(directory.resolve("pods/uid-web")));
        assertThat(directory.resolve("pods/uid-web")).doesNotExist();
    }

    @Test
    void whoIgnoresSigtermIsKilled() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'trap : TERM; echo up; while true; do sleep 0.05; done']}]}");
        awaitLog(pod, "up\n");

        node.api.requestDeletion(pod, 1);
        node.awaitGone(pod);

        Tree last = Tree.of(node.api.written().getLast());
        assertThat(TestNode.container(last).tree("state").tree("terminated").whole("exitCode", 0))
                .isEqualTo(137);
        assertThat(last.text("phase", "")).isEqualTo("Failed");
    }

    @Test
    void nobodyIsAskedToEndBeforeThePodIsOutOfRotation() throws Exception {
        var out = new java.util.concurrent.CountDownLatch(1);
        var asked = new java.util.concurrent.CountDownLatch(1);
        node.rotation = (pod, bound) -> {
            assertThat(bound).isEqualTo(Duration.ofSeconds(10));
            asked.countDown();
            out.await();
            return Rotation.Outcome.OUT;
        };
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);

        node.api.requestDeletion(pod, 30);
        asked.await();
        assertThat(marked()).hasSize(1);
        out.countDown();
        node.awaitGone(pod);
    }

    @Test
    void forcedDeletionWaitsForNobody() throws Exception {
        node.rotation = (pod, bound) -> {
            throw new AssertionError("a forced deletion asks nobody");
        };
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);

        node.api.requestDeletion(pod, 0);

        awaitNobody();
    }

    @Test
    void podsOutliveTheirNodeAndAreAdopted() throws Exception {
        ObjectName pod = node.create(
                "web", "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'echo one; exec sleep 1000']}]}");
        node.await(pod, TestNode::ready);
        List<Long> before = marked();

        node.crash();
        node.revive();
        node.api.await(pod, TestNode.PATIENCE, now -> node.pods.names().contains(pod));

        assertThat(awaitLog(pod, "one\n")).isEqualTo("one\n");
        assertThat(marked()).isEqualTo(before).hasSize(1);
        ProcessHandle.of(before.getFirst()).orElseThrow().destroyForcibly();
        Tree status = node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1);
        assertThat(TestNode.container(status)
                        .tree("lastState")
                        .tree("terminated")
                        .whole("exitCode", 0))
                .isEqualTo(137);
    }

    @Test
    void aReadyPodStaysReadyOverARestartOfItsNode() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + TestNode.server("127.201.128.1", 8080)
                        + ", 'readinessProbe': {'httpGet': {'port': 8080}, 'periodSeconds': 1, 'failureThreshold': 1}}]}");
        node.await(pod, TestNode::ready);
        Path switchOff = directory.resolve(Path.of("pods", "uid-web", "work", "not-ready"));
        node.crash();
        int written = node.api.written().size();

        node.revive();
        node.api.await(pod, TestNode.PATIENCE, now -> node.pods.names().contains(pod));
        Files.createFile(switchOff);
        node.await(pod, now -> !TestNode.ready(now));

        List<Map<String, Object>> since = node.api.written();
        assertThat(since.subList(written, since.size() - 1)).allMatch(status -> TestNode.ready(Tree.of(status)));
    }

    @Test
    void aProcessWithoutARecordIsFoundByItsMark() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);
        node.crash();
        Path output = Files.createFile(directory.resolve("stray.log"));
        var stray = dev.fairlead.kernel.process.Spawn.of(List.of("sleep", "1000"))
                .withEnvironment(Map.of("FAIRLEAD_POD", "uid-web"))
                .withOutput(output)
                .start();

        node.revive();

        stray.exit().get(30, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(marked()).hasSize(1);
    }

    @Test
    void hooksRunBeforeTheEndAndAfterTheStart() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'trap : TERM; while ! test -f started; do sleep 0.01; done;"
                        + " echo up; while true; do sleep 0.05; test -f stopping && echo asked && exit 0; done'], 'lifecycle': {"
                        + "'postStart': {'exec': {'command': ['touch', 'started']}},"
                        + "'preStop': {'exec': {'command': ['touch', 'stopping']}}}}]}");
        node.await(pod, TestNode::ready);
        awaitLog(pod, "up\n");
        CompletableFuture<String> log = follow(pod);

        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(log.get()).startsWith("up\n").endsWith("asked\n");
    }

    @Test
    void aStartupProbeHoldsTheOthersBack() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'terminationGracePeriodSeconds': 1, 'containers': [{'name': 'c', 'command': ['sh', '-c',"
                        + " 'test -f second && touch up; touch second; exec sleep 1000'],"
                        + " 'livenessProbe': {'exec': {'command': ['test', '-f', 'up']}, 'periodSeconds': 1, 'failureThreshold': 1},"
                        + " 'startupProbe': {'exec': {'command': ['test', '-f', 'up']}, 'periodSeconds': 1, 'failureThreshold': 2}}]}");

        Tree status = node.await(pod, TestNode::ready);

        assertThat(TestNode.container(status).whole("restartCount", 0)).isEqualTo(1);
        assertThat(node.events)
                .extracting(PodEvents.Event::message)
                .contains("Container c failed startup probe, will be restarted")
                .noneMatch(message -> message.contains("liveness"));
    }

    @Test
    void whoDoesNotLeaveTheRotationIsEndedAllTheSameAndNamed() throws Exception {
        node.rotation = (pod, bound) -> new Rotation.Outcome(false, "node n2 has not answered");
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);

        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(node.events)
                .anyMatch(event -> event.reason().equals("StillInRotation")
                        && event.warning()
                        && event.message().equals("node n2 has not answered"));
    }

    @Test
    void anOrderlyStopEndsPodsAndSaysSo() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);

        node.pods.endAll(Duration.ofSeconds(5));
        Tree status = node.api.get(pod).tree("status");
        assertThat(marked()).isEmpty();
        node.revive();

        assertThat(TestNode.ready(status)).isFalse();
        Tree again = node.await(pod, TestNode::ready);
        assertThat(TestNode.container(again).whole("restartCount", 0)).isEqualTo(1);
        assertThat(again.text("podIP", "")).isEqualTo("127.201.128.1");
    }

    /** The order comes before the new life has taken up what the old one left. */
    @Test
    void anOrderlyStopRightAfterAStartLeavesNoProcess() throws Exception {
        for (int pod = 0; pod < 5; pod++) {
            node.await(
                    node.create("web" + pod, "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}"),
                    TestNode::ready);
        }
        node.crash();

        node.revive();
        node.pods.endAll(Duration.ofSeconds(5));

        assertThat(marked()).isEmpty();
    }

    @Test
    void aPodThatEndedUnseenIsStartedAgain() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);
        node.crash();
        ProcessHandle.of(marked().getFirst()).orElseThrow().destroyForcibly();
        awaitNobody();

        node.revive();

        Tree status =
                node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1 && TestNode.ready(now));
        assertThat(TestNode.container(status)
                        .tree("lastState")
                        .tree("terminated")
                        .text("reason", ""))
                .isEqualTo("ContainerStatusUnknown");
        assertThat(status.text("podIP", "")).isEqualTo("127.201.128.1");
    }

    @Test
    void aPodWhoseObjectWentAwayUnseenIsEnded() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);
        node.crash();
        node.api.requestDeletion(pod, 0);
        assertThat(marked()).hasSize(1);

        node.revive();

        awaitNobody();
    }

    @Test
    void aJobSucceedsOrFailsAndIsNotRunAgain() throws Exception {
        ObjectName good =
                node.create("good", "{'restartPolicy': 'Never', 'containers': [{'name': 'c', 'command': ['true']}]}");
        ObjectName bad = node.create(
                "bad", "{'restartPolicy': 'Never', 'containers': [{'name': 'c', 'command': ['sh', '-c', 'exit 4']}]}");
        Tree succeeded = node.await(good, now -> now.text("phase", "").equals("Succeeded"));
        node.await(bad, now -> now.text("phase", "").equals("Failed"));

        node.crash();
        node.revive();

        assertThat(TestNode.condition(succeeded, "Ready")).isEqualTo("FalsePodCompleted");
        ObjectName other = node.create("other", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(other, TestNode::ready);
        assertThat(TestNode.container(node.await(good, now -> true)).whole("restartCount", -1))
                .isZero();
        assertThat(node.events.stream().filter(event -> event.reason().equals("Started")))
                .hasSize(3);
    }

    @Test
    void initContainersRunInOrderAndASidecarStays() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'initContainers': [{'name': 'first', 'command': ['sh', '-c', 'echo 1 >> order']},"
                        + " {'name': 'side', 'restartPolicy': 'Always', 'command': ['sh', '-c', 'echo 2 >> order; exec sleep 1000']},"
                        + " {'name': 'last', 'command': ['sh', '-c', 'while ! grep -q 2 order; do sleep 0.01; done; echo 3 >> order']}],"
                        + " 'containers': [{'name': 'c', 'command': ['sh', '-c', 'cat order; exec sleep 1000']}]}");

        Tree status = node.await(pod, TestNode::ready);

        assertThat(awaitLog(pod, "1\n2\n3\n")).isEqualTo("1\n2\n3\n");
        assertThat(status.trees("initContainerStatuses").stream()
                        .map(c -> c.text("name", "") + c.truth("ready", false)))
                .containsExactly("firsttrue", "sidetrue", "lasttrue");
        assertThat(marked()).hasSize(2);
    }

    @Test
    void anImageAloneSaysWhatToWrite() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'image': 'nginx:1.27'}]}");
        ObjectName echo = node.create(
                "echo", "{'containers': [{'name': 'c', 'image': 'fairlead.dev/echo:v2', 'args': ['a', 'b']}]}");

        Tree status = node.await(
                pod,
                now -> TestNode.container(now)
                        .tree("state")
                        .tree("waiting")
                        .text("reason", "")
                        .equals("NoCommand"));
        node.await(echo, TestNode::ready);

        assertThat(status.text("phase", "")).isEqualTo("Pending");
        assertThat(TestNode.container(status).tree("state").tree("waiting").text("message", ""))
                .contains("nginx:1.27", "command of container c", "fairlead.dev/echo");
        assertThat(awaitLog(echo, "a b\n")).isEqualTo("a b\n");
        assertThat(node.log(pod, LogOptions.ALL))
                .isEqualTo("400 container \"c\" in pod \"web\" is waiting to start: NoCommand");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['no-such-program']}]}");

        Tree status = node.await(
                pod,
                now -> TestNode.container(now).tree("state").has("waiting")
                        && TestNode.container(now).tree("lastState").has("terminated"));

        assertThat(TestNode.container(status)
                        .tree("lastState")
                        .tree("terminated")
                        .text("reason", ""))
                .isEqualTo("StartError");
        assertThat(TestNode.container(status)
                        .tree("lastState")
                        .tree("terminated")
                        .text("message", ""))
                .contains("no-such-program");
    }

    @Test
    void whoListensOnEveryAddressIsFoundOut() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', " + TestNode.server("*", 18_391) + "}]}");

        Tree status = node.await(pod, now -> TestNode.condition(now, "Ready").equals("FalseListensOnEveryAddress"));

        assertThat(status.trees("conditions").stream().map(c -> c.text("message", "")))
                .anyMatch(text -> text.contains("port 18391") && text.contains("$POD_IP (127.201.128.1)"));
    }

    @Test
    void aNetworkThatFailsIsTriedAgainAndNobodyGetsATwin() throws Exception {
        AtomicInteger failures = new AtomicInteger(1);
        node.close();
        node = new TestNode(directory, settings -> settings, () -> new FailingNetwork(failures));
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");
        node.await(pod, TestNode::ready);
        assertThat(node.events)
                .extracting(PodEvents.Event::reason)
                .containsExactly("FailedCreatePodSandBox", "Started");
        List<Long> before = marked();

        node.crash();
        failures.set(1);
        int written = node.api.written().size();
        node.revive();
        node.api.await(pod, TestNode.PATIENCE, now -> node.api.written().size() > written);

        assertThat(node.events)
                .extracting(PodEvents.Event::reason)
                .containsExactly("FailedCreatePodSandBox", "Started", "FailedCreatePodSandBox");
        assertThat(marked()).isEqualTo(before);
    }

    /** Loopback, but the first tries to open it fail. */
    private record FailingNetwork(PodNetwork real, AtomicInteger failures) implements PodNetwork {
        FailingNetwork(AtomicInteger failures) {
            this(
                    new LoopbackNetwork(
                            Cidr.of("127." + BLOCK + ".128.0/17"), IpAddress.of("127.0.0.1"), "127.0.0.1:53"),
                    failures);
        }

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public SandboxRecord allocate(PodSpec pod) throws IOException {
            return real.allocate(pod);
        }

        @Override
        public void reserve(SandboxRecord record) {
            real.reserve(record);
        }

        @Override
        public Sandbox open(PodSpec pod, SandboxRecord record, List<Long> members, Consumer<SandboxRecord> save)
                throws IOException {
            if (failures.getAndDecrement() > 0) {
                throw new IOException("no network today");
            }
            return real.open(pod, record, members, save);
        }

        @Override
        public void release(SandboxRecord record) {
            real.release(record);
        }
    }

    @Test
    void aStatusIsWrittenThoughTheApiWasAway() throws Exception {
        node.api.refuse(3);

        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'command': ['sleep', '1000']}]}");

        node.await(pod, TestNode::ready);
    }

    @Test
    void aConfigMapMayComeLater() throws Exception {
        node.api.set(new ObjectName("shop", "settings"), Map.of("greeting", "hi"));
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sh', '-c', 'echo $GREETING; exec sleep 1000'], 'env': [{'name': 'GREETING',"
                        + " 'valueFrom': {'configMapKeyRef': {'name': 'settings', 'key': 'greeting'}}}]}]}");
        ObjectName without = node.create(
                "without",
                "{'containers': [{'name': 'c', 'command': ['true'], 'envFrom': [{'configMapRef': {'name': 'missing'}}]}]}");

        assertThat(awaitLog(pod, "hi\n")).isEqualTo("hi\n");
        Tree status = node.await(
                without,
                now -> TestNode.container(now).tree("state").tree("waiting").has("message"));
        assertThat(TestNode.container(status).tree("state").tree("waiting").text("reason", ""))
                .isEqualTo("CreateContainerConfigError");
        assertThat(TestNode.container(status).tree("state").tree("waiting").text("message", ""))
                .isEqualTo("configmap \"missing\" not found");
    }

    /** All that the pod says from now on; what it says has begun to be read when this returns. */
    private CompletableFuture<String> follow(ObjectName pod) throws Exception {
        Reply reply = node.pods.logs().read(pod, new LogOptions("", true, false, false, null, -1, -1));
        CompletableFuture<String> followed = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                followed.complete(TestNode.text(reply));
            } catch (Exception trouble) {
                followed.completeExceptionally(trouble);
            }
        });
        return followed;
    }

    private String awaitLog(ObjectName pod, String wanted) throws Exception {
        TestNode.until(() -> node.log(pod, LogOptions.ALL).equals(wanted));
        return node.log(pod, LogOptions.ALL);
    }

    private void awaitNobody() throws Exception {
        TestNode.until(() -> marked().isEmpty());
        assertThat(marked()).isEmpty();
    }

    /** Session leaders that belong to a pod of this test: their output goes below its directory. */
    private List<Long> marked() {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> ProcessStatus.of(pid)
                        .filter(s -> !s.isZombie() && s.session() == pid)
                        .isPresent())
                .filter(this::writesHere)
                .sorted()
                .toList();
    }

    private boolean writesHere(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/1")).startsWith(directory.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }
}
