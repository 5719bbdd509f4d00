// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** The example shop, used as a user uses it: through the API and by requests to addresses. */
record Shop(ApiClient client) {
    static final String NAMESPACE = "shop";
    private static final int TIMEOUT_MILLIS = 10_000;

    /** The example of this repository, wherever in it the test runs. */
    static Path example() {
        return LauncherScript.repository().resolve("examples/shop.yaml");
    }

    /** Creates every object of the example. */
    Shop apply() throws IOException, InterruptedException {
        for (Yaml.Document document : Yaml.read(Files.readString(example()))) {
            create(document.fields());
        }
        return this;
    }

    /** Creates what a text of YAML describes. */
    void create(String yaml) throws IOException, InterruptedException {
        for (Yaml.Document document : Yaml.read(yaml)) {
            create(document.fields());
        }
    }

    private void create(Map<String, Object> object) throws IOException, InterruptedException {
        Tree tree = Tree.of(object);
        client.create(Kinds.served().require(tree.text("apiVersion", ""), tree.text("kind", "")), object);
    }

    /** What is asked again and again; an answer of the API that is no good yet counts as no. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void await(String what, Duration patience, Condition condition) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException notYet) {
                last = ": " + notYet;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // the pace of asking, not what is waited for
        }
        throw new AssertionError("not within " + patience.toSeconds() + " s: " + what + last);
    }

    /** Waits until that many pods of an application are ready, and no others are there. */
    void awaitReady(String application, int replicas) throws InterruptedException {
        await(replicas + " ready pods of " + application, Duration.ofSeconds(60), () -> {
            List<Tree> pods = pods(application);
            return pods.size() == replicas && pods.stream().allMatch(Shop::ready);
        });
        await(
                replicas + " endpoints of " + application,
                Duration.ofSeconds(30),
                () -> endpoints(application) == replicas);
    }

    private long endpoints(String service) throws IOException, InterruptedException {
        return client.list(Resources.ENDPOINT_SLICES, Selection.in(NAMESPACE)).items().stream()
                .filter(slice ->
                        service.equals(slice.tree("metadata").textMap("labels").get("kubernetes.io/service-name")))
                .filter(slice -> slice.text("addressType", "").equals("IPv4"))
                .flatMap(slice -> slice.trees("endpoints").stream())
                .filter(endpoint ->
                        Boolean.TRUE.equals(endpoint.tree("conditions").value("ready")))
                .count();
    }

    List<Tree> pods(String application) throws IOException, InterruptedException {
        return client.list(Resources.PODS, Selection.in(NAMESPACE)).items().stream()
                .filter(pod -> application.equals(
                        pod.tree("metadata").textMap("labels").get("app")))
                .toList();
    }

    static boolean ready(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }

    static ObjectName name(Tree pod) {
        return new ObjectName(
                pod.tree("metadata").text("namespace", ""), pod.tree("metadata").text("name", ""));
    }

    Tree service(String name) throws IOException, InterruptedException {
        return client.get(Resources.SERVICES, new ObjectName(NAMESPACE, name)).tree("spec");
    }

    /** A Service's own address; the port is that of DNS' SRV record, because on loopback it may be another. */
    String clusterIp(String name) throws IOException, InterruptedException {
        return service(name).text("clusterIP", "");
    }

    int nodePort(String name) throws IOException, InterruptedException {
        return (int) service(name).trees("ports").getFirst().whole("nodePort", 0);
    }

    /** What {@code GET /} answers on a connection of its own. */
    static String get(InetSocketAddress at) throws IOException {
        return get(at, "/");
    }

    static String get(InetSocketAddress at, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(at, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!reply.startsWith("HTTP/1.1 200")) {
                throw new IOException(at + " answered \"" + reply.strip() + "\"");
            }
            return reply.substring(reply.indexOf("\r\n\r\n") + 4);
        }
    }

    /** Asks until every replica of frontend and backend has answered; what was just written is carried a moment later. */
    void reachesAll(InetSocketAddress at) throws IOException, InterruptedException {
        await("somebody answers at " + at, Duration.ofSeconds(30), () -> !get(at).isEmpty());
        Set<String> expected = new TreeSet<>();
        for (String application : List.of("frontend", "backend")) {
            pods(application).forEach(pod -> expected.add(name(pod).name()));
        }
        Set<String> seen = new TreeSet<>();
        for (int request = 0; request < 200 && !seen.equals(expected); request++) {
            for (String line : get(at).lines().toList()) {
                seen.add(line.substring("pod=".length(), line.indexOf(' ')));
            }
        }
        assertThat(seen).as("the pods that answered at %s", at).isEqualTo(expected);
    }

    void scale(String deployment, int replicas) throws IOException, InterruptedException {
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName(NAMESPACE, deployment),
                new Patch.Merge(Map.of("spec", Map.of("replicas", (long) replicas))));
    }

    /** What {@code kubectl rollout restart} does. */
    void restart(String deployment, String mark) throws IOException, InterruptedException {
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName(NAMESPACE, deployment),
                new Patch.Strategic(Map.of(
                        "spec",
                        Map.of(
                                "template",
                                Map.of("metadata", Map.of("annotations", Map.of("test/restarted", mark)))))));
    }

    void delete(ObjectName pod, int grace) throws IOException, InterruptedException {
        client.delete(Resources.PODS, pod, new Deletion(null, grace < 0 ? null : grace, null, null));
    }

    void awaitGone(ObjectName pod, Duration patience) throws InterruptedException {
        await(pod + " is gone", patience, () -> client.find(Resources.PODS, pod) == null);
    }

    /** A pod's log, as {@code kubectl logs} reads it; empty while it cannot be read. */
    String log(ObjectName pod) throws IOException, InterruptedException {
        try {
            Reply reply = client.call(
                    Request.of("GET", "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name() + "/log"));
            return switch (reply) {
                case Reply.Whole whole -> new String(whole.body(), StandardCharsets.UTF_8);
                case Reply.Streamed streamed -> drain(streamed);
            };
        } catch (ApiError notYet) {
            return "";
        }
    }

    private static String drain(Reply.Streamed reply) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        try (var stream = reply.stream()) {
            for (byte[] part = stream.next(); part != null; part = stream.next()) {
                text.append(new String(part, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    /** The messages of events about an object of that name. */
    List<String> events(String name) throws IOException, InterruptedException {
        return client.list(Resources.EVENTS, Selection.in(NAMESPACE)).items().stream()
                .filter(event -> event.tree("involvedObject").text("name", "").equals(name))
                .map(event -> event.text("reason", "") + ": " + event.text("message", ""))
                .toList();
    }
}
