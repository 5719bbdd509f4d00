// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods over the real API server, in-process: statuses pass its schema, patches merge, deletion works as it does there. */
@Timeout(90)
class RealApiTest {
    @TempDir
    Path directory;

    private final SystemTime time = new SystemTime();
    private final Store store = MemoryStore.open();
    private final CompletableFuture<PodLogs> logs = new CompletableFuture<>();
    private ApiServer api;
    private ApiClient client;
    private Informer<Tree> informer;
    private Pods pods;

    @BeforeEach
    void start() throws Exception {
        api = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("127.202.0.0/18")),
                time,
                new Random(1),
                (pod, container, options) -> logs.join()
                        .read(ObjectMeta.from(Tree.of(Json.object(pod))).objectName(), container, options)));
        client = new ApiClient(api, "test", new Request.User("admin", Set.of("system:masters")), warning -> {});
        pods = new Pods(
                PodSettings.of("n1", directory, List.of(IpAddress.of("127.0.0.1"))),
                PodApi.of(client),
                new LoopbackNetwork(Cidr.of("127.202.128.0/17"), IpAddress.of("127.0.0.1"), "127.202.0.10:53"),
                Rotation.NONE,
                PodEvents.NONE,
                ServiceSource.NONE,
                time);
        logs.complete(pods.logs());
        pods.start();
        informer = new Informer<>(client, Resources.PODS, Selection.ALL, tree -> tree, time, new Random(2));
        informer.handle((name, old, now, revision) -> pods.observe(old, now));
        informer.start();
        assertThat(informer.awaitSynced(Duration.ofSeconds(30))).isTrue();
        pods.synced();
    }

    @AfterEach
    void stop() throws Exception {
        informer.close();
        pods.endAll(Duration.ofSeconds(1));
        api.close();
        store.close();
        time.close();
    }

    @Test
    void aPodLivesAndEnds() throws Exception {
        ObjectName name = new ObjectName("default", "web");
        Tree created = client.create(Resources.PODS, Json.object("""
                        {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "name": "web"},
                         "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "any",
                           "command": ["sh", "-c", "echo hello; exec sleep 1000"]}]}}
                        """.getBytes(StandardCharsets.UTF_8)));

        TestNode.until(() -> TestNode.ready(client.get(Resources.PODS, name).tree("status")));
        Tree pod = client.get(Resources.PODS, name);
        TestNode.until(() -> !log().isEmpty());

        assertThat(pod.tree("status").text("phase", "")).isEqualTo("Running");
        assertThat(pod.tree("status").text("podIP", "")).isEqualTo("127.202.128.1");
        assertThat(pod.tree("status").trees("conditions")).hasSize(5);
        assertThat(TestNode.container(pod.tree("status")).truth("started", false))
                .isTrue();
        assertThat(log()).isEqualTo("hello\n");

        client.delete(Resources.PODS, name, Deletion.of(created.tree("metadata").text("uid", "")));
        TestNode.until(() -> client.find(Resources.PODS, name) == null);
        assertThat(client.find(Resources.PODS, name)).isNull();
        TestNode.until(() -> pods.names().isEmpty());
        assertThat(pods.names()).isEmpty();
    }

    @Test
    void aForcedDeletionEndsTheProcess() throws Exception {
        ObjectName name = new ObjectName("default", "web");
        client.create(Resources.PODS, Json.object("""
                        {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "name": "web"},
                         "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "any",
                           "command": ["sleep", "1000"]}]}}
                        """.getBytes(StandardCharsets.UTF_8)));
        TestNode.until(() -> TestNode.ready(client.get(Resources.PODS, name).tree("status")));

        client.delete(Resources.PODS, name, new Deletion(null, 0, null, null));

        TestNode.until(() -> pods.names().isEmpty());
        assertThat(client.find(Resources.PODS, name)).isNull();
        assertThat(pods.names()).isEmpty();
    }

    @Test
    void aConditionThatHoldsKeepsNoReasonOfBefore() throws Exception {
        ObjectName name = new ObjectName("default", "web");
        Tree created = client.create(Resources.PODS, Json.object("""
                        {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "name": "web"},
                         "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "any",
                           "command": ["sleep", "1000"], "readinessProbe": {"periodSeconds": 1,
                             "exec": {"command": ["test", "-f", "ready"]}}}]}}
                        """.getBytes(StandardCharsets.UTF_8)));
        String uid = created.tree("metadata").text("uid", "");
        TestNode.until(() -> TestNode.condition(client.get(Resources.PODS, name).tree("status"), "Ready")
                .equals("FalseContainersNotReady"));

        Files.createFile(directory.resolve(Path.of("pods", uid, "work", "ready")));
        TestNode.until(() -> TestNode.ready(client.get(Resources.PODS, name).tree("status")));

        assertThat(client.get(Resources.PODS, name).tree("status").trees("conditions"))
                .allMatch(condition -> condition.text("status", "").equals("True")
                        && !condition.has("reason")
                        && !condition.has("message"));
    }

    private String log() throws Exception {
        Reply reply = client.call(Request.of("GET", "/api/v1/namespaces/default/pods/web/log"));
        StringBuilder text = new StringBuilder();
        switch (reply) {
            case Reply.Whole whole -> text.append(new String(whole.body(), StandardCharsets.UTF_8));
            case Reply.Streamed streamed -> {
                try (var stream = streamed.stream()) {
                    for (byte[] part = stream.next(); part != null; part = stream.next()) {
                        text.append(new String(part, StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return text.toString();
    }
}
