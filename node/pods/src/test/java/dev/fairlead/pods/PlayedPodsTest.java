// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.log.LogOptions;
import dev.fairlead.pods.played.Played;
import dev.fairlead.pods.played.Played.Manners;
import dev.fairlead.pods.played.Played.Troupe;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.time.testing.FakeTime;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The life of pods that are played inside this JVM, over real HTTP on loopback addresses. */
@Timeout(90)
class PlayedPodsTest {
    private static final int BLOCK = 205;
    private static final String PROBE =
            "'readinessProbe': {'httpGet': {'path': '/ready', 'port': 'http'}, 'periodSeconds': 1, 'failureThreshold': 1}";
    private static final String PORT = "'ports': [{'name': 'http', 'containerPort': 8080}]";
    private static final String WEB = "{'containers': [{'name': 'c', 'image': 'shop/web:1', " + PORT + "}]}";

    @TempDir
    Path directory;

    private final Troupe troupe = new Troupe(true);
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(directory, BLOCK, settings -> settings.withCast(troupe));
    }

    @AfterEach
    void end() throws Exception {
        node.close();
    }

    @Test
    void aPodWithoutCommandIsPlayedAtItsAddress() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'image': 'shop/web:1', 'args': ['--at', '$(AT)'], " + PORT + ", " + PROBE
                        + ", 'env': [{'name': 'AT', 'value': '$(POD_IP):8080'}],"
                        + " 'volumeMounts': [{'name': 'd', 'mountPath': '/nowhere'}]}], 'volumes': [{'name': 'd', 'emptyDir': {}}]}");

        Tree status = node.await(pod, TestNode::ready);

        assertThat(status.text("phase", "")).isEqualTo("Running");
        assertThat(status.text("podIP", "")).isEqualTo("127.205.128.1");
        assertThat(TestNode.container(status).text("containerID", "")).isEqualTo("fairlead://uid-web-c-0");
        assertThat(node.events).extracting(PodEvents.Event::reason).containsExactly("Started");
        Played played = troupe.last(pod, "c");
        assertThat(played.heard).contains("/ready");
        assertThat(played.role.command()).containsExactly("--at", "127.205.128.1:8080");
        assertThat(played.role.environment())
                .containsEntry("AT", "127.205.128.1:8080")
                .containsEntry("HOSTNAME", "web")
                .containsEntry("FAIRLEAD_DNS", "127.205.0.10:53");
        assertThat(played.role.addresses()).hasToString("[127.205.128.1]");
        assertThat(played.role.uid()).isEqualTo("uid-web");
        assertThat(played.role.object().tree("metadata").tree("labels").text("app", ""))
                .isEqualTo("web");
        assertThat(played.role.init()).isFalse();
        try (Socket dialled = node.pods.dial(pod, 8080)) {
            assertThat(dialled.isConnected()).isTrue();
        }
        assertThat(node.pods.openPorts(pod)).isEmpty();
    }

    @Test
    void readinessFollowsTheProbeAndTheActorsOwnWord() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', " + PORT + ", " + PROBE + "}]}");
        node.await(pod, TestNode::ready);
        Played played = troupe.last(pod, "c");

        played.answers(503);
        node.await(pod, now -> !TestNode.ready(now));
        node.awaitEvent("Unhealthy");
        played.answers(200);
        node.await(pod, TestNode::ready);
        played.ready(false);
        Tree unready = node.await(pod, now -> !TestNode.ready(now));
        played.ready(true);
        node.await(pod, TestNode::ready);

        assertThat(TestNode.condition(unready, "Ready")).isEqualTo("FalseContainersNotReady");
        assertThat(TestNode.container(unready).truth("started", false)).isTrue();
        assertThat(TestNode.container(unready).whole("restartCount", -1)).isZero();
    }

    @Test
    void whoServesNothingIsReadyByItsOwnWordAlone() throws Exception {
        Troupe idle = new Troupe(false);
        node.close();
        node = new TestNode(directory, BLOCK, settings -> settings.withCast(idle));
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'startupProbe': {'tcpSocket': {'port': 9}, 'initialDelaySeconds': 60},"
                        + " 'livenessProbe': {'grpc': {'port': 9}}, 'readinessProbe': {'httpGet': {'port': 9}},"
                        + " 'lifecycle': {'postStart': {'httpGet': {'port': 9}}, 'preStop': {'httpGet': {'port': 9}}}}]}");
        Tree running = node.await(pod, now -> now.text("phase", "").equals("Running"));
        assertThat(TestNode.ready(running)).isFalse();

        idle.last(pod, "c").ready(true);
        node.await(pod, TestNode::ready);
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(idle.last(pod, "c").heard).containsExactly("TERM");
        assertThat(node.events).extracting(PodEvents.Event::reason).containsExactly("Started", "Killing");
    }

    /** Somebody may come to serve only after the pod was there. */
    @Test
    void probesAreAskedAsSoonAsThereIsSomebodyToAsk() throws Exception {
        Troupe idle = new Troupe(false);
        node.close();
        node = new TestNode(directory, BLOCK, settings -> settings.withCast(idle));
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + PORT + ", " + PROBE
                        + ", 'startupProbe': {'tcpSocket': {'port': 'http'}},"
                        + " 'lifecycle': {'preStop': {'httpGet': {'path': '/bye', 'port': 'http'}}}}]}");
        TestNode.until(() -> !idle.all().isEmpty());
        Played played = idle.last(pod, "c");
        played.ready(true);
        node.await(pod, TestNode::ready);
        assertThat(played.heard).isEmpty();
        int before = node.api.written().size();

        played.probed(true);
        TestNode.until(() -> played.heard.contains("/ready"));
        played.answers(503);
        Tree unready = node.await(pod, now -> !TestNode.ready(now));
        assertThat(TestNode.container(unready).truth("started", false)).isTrue();
        assertThat(node.api.written()).hasSize(before + 1);
        played.probed(false);
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(played.heard).doesNotContain("/bye").endsWith("TERM");
    }

    @Test
    void commandsAreNotRunInWhatIsPlayed() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'readinessProbe': {'exec': {'command': ['false']}, 'initialDelaySeconds': 60},"
                        + " 'lifecycle': {'postStart': {'exec': {'command': ['false']}}, 'preStop': {'exec': {'command': ['false']}}}}]}");
        node.await(pod, TestNode::ready);

        assertThatThrownBy(() -> node.pods.run(pod, "c", new Command(List.of("sh"), false, false)))
                .hasMessage(
                        "cannot run a command in container c: it is played inside a JVM, so there is no process to run"
                                + " it beside");
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);

        assertThat(node.events).extracting(PodEvents.Event::reason).containsExactly("Started", "Killing");
    }

    @Test
    void whoCrashesIsStartedAgainAndWaitsLongerEachTime() throws Exception {
        ObjectName pod = node.create("web", WEB);
        node.await(pod, TestNode::ready);

        troupe.last(pod, "c").end(new Exit.Code(3));
        Tree again =
                node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1 && TestNode.ready(now));
        Played second = troupe.last(pod, "c");
        second.kill();
        second.end(new Exit.Signalled(9));
        Tree third = node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 2);

        assertThat(ended(again)).isEqualTo("3 Error");
        assertThat(ended(third)).isEqualTo("137 Error");
        assertThat(second.role.attempt()).isEqualTo(1);
        node.awaitEvent("BackOff");
        assertThat(node.log(pod, new LogOptions("c", false, true, false, null, -1, -1)))
                .isEqualTo("played 1\n");
    }

    @Test
    void aMistakeOfTheActorIsACrashWithItsTraceInTheLog() throws Exception {
        ObjectName pod = node.create("job", "{'restartPolicy': 'Never', 'containers': [{'name': 'c'}]}");
        node.await(pod, TestNode::ready);

        troupe.last(pod, "c").fail(new IllegalStateException("no such basket"));
        Tree status = node.await(pod, now -> now.text("phase", "").equals("Failed"));

        assertThat(TestNode.container(status).tree("state").tree("terminated").whole("exitCode", 0))
                .isEqualTo(1);
        assertThat(node.awaitLog(pod, "c", log -> log.contains("basket")))
                .startsWith("played 0\njava.lang.IllegalStateException: no such basket\n\tat ");
    }

    @Test
    void whatIsUnderWayIsAnsweredBeforeTheEnd() throws Exception {
        troupe.manners = Manners.DRAINING;
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + PORT
                        + ", 'lifecycle': {'preStop': {'httpGet': {'path': '/bye', 'port': 8080}}}}]}");
        node.await(pod, TestNode::ready);
        Played played = troupe.last(pod, "c");
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://127.205.128.1:8080/slow"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            TestNode.until(() -> played.heard.contains("/slow"));

            node.api.requestDeletion(pod, 60);
            TestNode.until(() -> played.heard.contains("TERM"));
            assertThat(played.heard).containsExactly("/slow", "/bye", "TERM");
            assertThat(answer).isNotDone();
            played.slow.complete("at last");
            node.awaitGone(pod);

            assertThat(answer.join().body()).isEqualTo("at last");
        }
        assertThat(node.rotations).containsExactly("web");
        assertThat(played.heard).doesNotContain("KILL");
        assertThat(exitCodes()).contains(0L);
    }

    @Test
    void whoDoesNotEndIsKilledWhenItsGraceIsOver() throws Exception {
        troupe.manners = Manners.DEAF;
        ObjectName pod = node.create("web", WEB);
        node.await(pod, TestNode::ready);

        node.api.requestDeletion(pod, 1);
        node.awaitGone(pod);

        assertThat(troupe.last(pod, "c").heard).containsExactly("TERM", "KILL");
        assertThat(exitCodes()).contains(137L);
    }

    @Test
    void aForcedDeletionKillsAtOnce() throws Exception {
        troupe.manners = Manners.DEAF;
        ObjectName pod = node.create("web", WEB);
        node.await(pod, TestNode::ready);

        node.api.requestDeletion(pod, 0);

        TestNode.until(() -> troupe.last(pod, "c").heard.contains("KILL"));
        assertThat(troupe.last(pod, "c").heard).endsWith("KILL");
        TestNode.until(() -> node.pods.names().isEmpty());
        assertThat(node.pods.names()).isEmpty();
    }

    @Test
    void aFailedLivenessProbeEndsAndRestartsIt() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + PORT
                        + ", 'livenessProbe': {'httpGet': {'port': 'http'}, 'periodSeconds': 1, 'failureThreshold': 1}}]}");
        node.await(pod, TestNode::ready);

        troupe.last(pod, "c").answers(500);
        Tree status = node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1);

        assertThat(ended(status)).isEqualTo("143 Error");
        assertThat(node.events)
                .extracting(PodEvents.Event::message)
                .contains("Container c failed liveness probe, will be restarted");
    }

    @Test
    void initContainersAndSidecarsComeFirst() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'initContainers': [{'name': 'prepare'}, {'name': 'side', 'restartPolicy': 'Always'}],"
                        + " 'containers': [{'name': 'c'}, {'name': 'd'}]}");
        node.await(
                pod,
                now -> now.trees("initContainerStatuses").stream()
                        .anyMatch(init -> init.tree("state").has("running")));
        assertThat(names()).containsExactly("prepare");
        assertThat(troupe.last(pod, "prepare").role.init()).isTrue();

        troupe.last(pod, "prepare").end(new Exit.Code(1));
        TestNode.until(() -> troupe.all().size() == 2);
        troupe.last(pod, "prepare").end(new Exit.Code(0));
        node.await(pod, TestNode::ready);

        assertThat(names()).containsExactly("prepare", "prepare", "side", "c", "d");
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);
        assertThat(troupe.all())
                .filteredOn(played -> !played.role.container().name().equals("prepare"))
                .allMatch(played -> played.heard.equals(List.of("TERM")));
    }

    @Test
    void aJobIsDoneWhenAllHaveEnded() throws Exception {
        ObjectName pod = node.create("job", "{'restartPolicy': 'Never', 'containers': [{'name': 'c'}, {'name': 'd'}]}");
        node.await(pod, TestNode::ready);

        troupe.last(pod, "c").end(new Exit.Code(0));
        node.await(pod, now -> !TestNode.ready(now));
        troupe.last(pod, "d").end(new Exit.Code(0));
        node.await(pod, now -> now.text("phase", "").equals("Succeeded"));

        assertThat(names()).containsExactly("c", "d");
    }

    @Test
    void whatItSaysIsItsLog() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c'}, {'name': 'd'}]}");
        node.await(pod, TestNode::ready);
        Played played = troupe.last(pod, "c");

        played.say("one");
        played.say("two");
        Reply reply = node.pods.logs().read(pod, new LogOptions("c", true, false, false, null, -1, -1));
        played.say("three");
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);
        played.say("after the end");

        assertThat(TestNode.text(reply)).isEqualTo("played 0\none\ntwo\nthree\n");
    }

    @Test
    void whoCannotStartIsTold() throws Exception {
        ObjectName busy = node.create("busy", "{'containers': [{'name': 'c', 'image': 'busy'}]}");
        ObjectName broken = node.create("broken", "{'containers': [{'name': 'c', 'image': 'broken'}]}");

        assertThat(waiting(busy)).isEqualTo("CreateContainerError port 80 is taken");
        assertThat(waiting(broken))
                .isEqualTo("CreateContainerError what plays container c failed to start:"
                        + " java.lang.IllegalStateException: out of luck");
    }

    /** A test that moves its own clock need not wait for anything. */
    @Test
    void retriesAndBackOffFollowTheClockThatIsGiven() throws Exception {
        node.close();
        FakeTime time = new FakeTime(Instant.parse("2026-01-02T12:00:00Z"));
        node = new TestNode(directory, BLOCK, time, settings -> settings.withCast(troupe));
        ObjectName pod = node.create("web", "{'containers': [{'name': 'c', 'image': 'busy'}]}");
        assertThat(waiting(pod)).startsWith("CreateContainerError");

        troupe.busy = false;
        time.advance(Duration.ofSeconds(4));
        assertThat(troupe.all()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        node.await(pod, TestNode::ready);
        troupe.last(pod, "c").end(new Exit.Code(1));
        node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1 && TestNode.ready(now));
        troupe.last(pod, "c").end(new Exit.Code(1));
        assertThat(waiting(pod)).startsWith("CrashLoopBackOff back-off 200ms");
        time.advance(Duration.ofMillis(200));
        Tree status =
                node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 2 && TestNode.ready(now));

        assertThat(TestNode.container(status).tree("state").tree("running").text("startedAt", ""))
                .isEqualTo("2026-01-02T12:00:05Z");
    }

    @Test
    void processesAndActorsMayShareAPod() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c'}, {'name': 'd', 'command': ['sh', '-c', 'echo here; exec sleep 1000']}]}");
        node.await(pod, TestNode::ready);

        assertThat(node.awaitLog(pod, "d", "here\n"::equals)).isEqualTo("here\n");
        assertThat(names()).containsExactly("c");
        node.api.requestDeletion(pod, 30);
        node.awaitGone(pod);
        assertThat(troupe.last(pod, "c").heard).containsExactly("TERM");
    }

    @Test
    void anActorEndsWithItsNodeAndIsStartedAgainByTheNext() throws Exception {
        ObjectName pod = node.create("web", WEB);
        node.await(pod, TestNode::ready);
        Played first = troupe.last(pod, "c");

        node.crash();
        TestNode.until(() -> first.heard.contains("KILL"));
        assertThat(first.heard).containsExactly("KILL");
        node.revive();
        Tree status =
                node.await(pod, now -> TestNode.container(now).whole("restartCount", 0) == 1 && TestNode.ready(now));

        assertThat(ended(status)).isEqualTo("137 ContainerStatusUnknown");
        assertThat(status.text("podIP", "")).isEqualTo("127.205.128.1");
    }

    private List<String> names() {
        return troupe.all().stream()
                .map(played -> played.role.container().name())
                .toList();
    }

    private String waiting(ObjectName pod) throws InterruptedException {
        Tree waiting = TestNode.container(node.await(
                        pod,
                        now -> TestNode.container(now)
                                .tree("state")
                                .tree("waiting")
                                .has("message")))
                .tree("state")
                .tree("waiting");
        return waiting.text("reason", "") + " " + waiting.text("message", "");
    }

    private static String ended(Tree status) {
        Tree last = TestNode.container(status).tree("lastState").tree("terminated");
        return last.whole("exitCode", -1) + " " + last.text("reason", "");
    }

    /** Every exit code ever told of the first container. */
    private List<Long> exitCodes() {
        return node.api.written().stream()
                .map(status -> TestNode.container(Tree.of(status)).tree("state").tree("terminated"))
                .filter(terminated -> terminated.has("exitCode"))
                .map(terminated -> terminated.whole("exitCode", -1))
                .toList();
    }
}
