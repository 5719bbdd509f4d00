// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.pods.environment.ResolvConf;
import dev.fairlead.pods.log.LogOptions;
import dev.fairlead.pods.network.KernelNetwork;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.pods.status.Backoff;
import dev.fairlead.pods.testing.FakePodApi;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.Time;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A node with real processes over a pretended API, which can be killed and started again. */
final class TestNode {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Time time;
    final FakePodApi api;
    final List<PodEvents.Event> events = new CopyOnWriteArrayList<>();
    final List<String> rotations = new CopyOnWriteArrayList<>();
    private final UnaryOperator<PodSettings> settings;
    private final Path directory;
    private final java.util.function.Supplier<PodNetwork> network;
    Rotation rotation = (pod, bound) -> {
        rotations.add(pod.tree("metadata").text("name", ""));
        return Rotation.Outcome.OUT;
    };
    Pods pods;

    TestNode(Path directory, int block, UnaryOperator<PodSettings> settings) {
        this(directory, block, new SystemTime(), settings);
    }

    TestNode(Path directory, int block, Time time, UnaryOperator<PodSettings> settings) {
        this(
                directory,
                time,
                settings,
                () -> new LoopbackNetwork(
                        Cidr.of("127." + block + ".128.0/17"), IpAddress.of("127.0.0.1"), "127." + block + ".0.10:53"));
    }

    TestNode(Path directory, UnaryOperator<PodSettings> settings, java.util.function.Supplier<PodNetwork> network) {
        this(directory, new SystemTime(), settings, network);
    }

    private TestNode(
            Path directory,
            Time time,
            UnaryOperator<PodSettings> settings,
            java.util.function.Supplier<PodNetwork> network) {
        this.time = time;
        this.api = new FakePodApi(time);
        this.directory = directory;
        this.settings = settings;
        this.network = network;
        this.pods = life();
    }

    private Pods life() {
        PodSettings usual = PodSettings.of("n1", directory, List.of(IpAddress.of("127.0.0.1")))
                .withBackoff(new Backoff.Limits(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMinutes(10)));
        Pods life = new Pods(
                settings.apply(usual),
                api,
                network.get(),
                (pod, bound) -> rotation.awaitOutOfRotation(pod, bound),
                events::add,
                ServiceSource.NONE,
                time);
        life.start();
        api.follow(life::observe);
        life.synced();
        return life;
    }

    /** What a kill -9 leaves: the processes, and nobody who watches them. */
    void crash() {
        api.unfollow();
        pods.close();
    }

    void revive() {
        pods = life();
    }

    /** Creates a pod of namespace shop on this node from JSON of its spec. */
    ObjectName create(String name, String spec) {
        Map<String, Object> meta =
                Map.of("namespace", "shop", "name", name, "uid", "uid-" + name, "labels", Map.of("app", name));
        Map<String, Object> fields = new java.util.LinkedHashMap<>(
                Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        fields.put("nodeName", "n1");
        api.create(Map.of("apiVersion", "v1", "kind", "Pod", "metadata", meta, "spec", fields));
        return new ObjectName("shop", name);
    }

    Tree await(ObjectName pod, Predicate<Tree> status) throws InterruptedException {
        return api.await(pod, PATIENCE, tree -> !tree.fields().isEmpty() && status.test(tree.tree("status")))
                .tree("status");
    }

    void awaitGone(ObjectName pod) throws InterruptedException {
        api.await(pod, PATIENCE, tree -> tree.fields().isEmpty());
    }

    void awaitEvent(String reason) throws Exception {
        until(() -> events.stream().anyMatch(event -> event.reason().equals(reason)));
    }

    /** Waits until {@code wanted} holds or patience runs out; the test then looks at what it got. */
    static void until(java.util.concurrent.Callable<Boolean> wanted) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.call() && System.nanoTime() < end) {
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** The whole log; waits for its end when followed. */
    String log(ObjectName pod, LogOptions options) throws Exception {
        return text(pods.logs().read(pod, options));
    }

    /** All that the answer says; or the status and message of a refusal. */
    static String text(Reply reply) throws Exception {
        if (reply instanceof Reply.Whole whole) {
            return whole.status() + " " + Tree.of(Json.object(whole.body())).text("message", "");
        }
        StringBuilder text = new StringBuilder();
        try (Stream stream = ((Reply.Streamed) reply).stream()) {
            for (byte[] bytes = stream.next(); bytes != null; bytes = stream.next()) {
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    /** Waits until the log of the pod's container is as wanted. */
    String awaitLog(ObjectName pod, String container, Predicate<String> wanted) throws Exception {
        LogOptions all = new LogOptions(container, false, false, false, null, -1, -1);
        until(() -> wanted.test(log(pod, all)));
        return log(pod, all);
    }

    /** A network of namespaces, joined to {@code host}, which has 10.240.0.1. */
    static KernelNetwork kernel(String name, Namespace host, Path directory) {
        return new KernelNetwork(
                new KernelNetwork.Plan(
                        name,
                        List.of(Cidr.of("10.244.1.0/24"), Cidr.of("fd00:10:244:1::/64")),
                        List.of(IpAddress.of("10.240.0.1")),
                        new ResolvConf.ClusterDns(List.of("10.96.0.10"), "cluster.local"),
                        ResolvConf.parse("nameserver 192.0.2.1\nsearch example.org\noptions timeout:1\n"),
                        directory),
                host);
    }

    static Tree container(Tree status) {
        return status.trees("containerStatuses").isEmpty()
                ? Tree.EMPTY
                : status.trees("containerStatuses").getFirst();
    }

    static String condition(Tree status, String type) {
        return status.trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals(type))
                .map(condition -> condition.text("status", "") + condition.text("reason", ""))
                .findFirst()
                .orElse("");
    }

    static boolean ready(Tree status) {
        return condition(status, "Ready").equals("True");
    }

    /** Where the classes of this test are, for the class path of a pod. */
    static Path classes() {
        return Path.of(URI.create(
                Server.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /** JSON of a command line that runs {@link Server}. */
    static String server(String address, int port) {
        return "'command': ['" + ProcessHandle.current().info().command().orElseThrow()
                + "', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx32m', '-cp', '"
                + classes() + "', '" + Server.class.getName() + "', '"
                + address + "', '" + port + "']";
    }

    void close() throws InterruptedException {
        api.unfollow();
        pods.endAll(Duration.ofSeconds(1));
        if (time instanceof SystemTime system) {
            system.close();
        }
    }
}
