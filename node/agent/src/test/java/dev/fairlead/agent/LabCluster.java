// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.testing.LabNode;
import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.controllers.nodes.BlockRange;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A cluster in the lab: one API server with its controllers in this process, and as many nodes as a test asks for. */
final class LabCluster implements AutoCloseable {
    static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    static final ClusterNetwork NETWORK = new ClusterNetwork(
            List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:10:96::/112")), PortRange.NODE_PORTS, List.of());
    private static final List<BlockRange> PODS =
            List.of(new BlockRange(Cidr.of("10.244.0.0/16"), 24), new BlockRange(Cidr.of("fd00:10:244::/48"), 64));

    final SystemTime time = new SystemTime();
    final Lab lab = new Lab();
    final ApiClient client;
    final LabNode.Plan plan;
    final List<LabNode> nodes = new ArrayList<>();
    private final Store store = MemoryStore.open();
    private final ApiServer api;
    private final Controllers controllers;

    LabCluster(Path directory, boolean patientEnds) throws InterruptedException {
        Random random = new Random(1);
        api = new ApiServer(ApiServer.Parts.of(
                store,
                NETWORK,
                time,
                random,
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
        client = new ApiClient(api, "test", ADMIN, warning -> {});
        controllers = new Controllers(api, Controllers.USER, time, 1).withNodeBlocks(PODS);
        if (!controllers.start(Duration.ofSeconds(30))) {
            throw new AssertionError("the controllers did not start");
        }
        plan = new LabNode.Plan(api, NETWORK, IpAddress.of("10.96.0.10"), directory, images(), patientEnds, time);
    }

    private static Map<String, List<String>> images() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = Path.of(System.getProperty("basedir", ""), "target", "test-classes")
                .toAbsolutePath()
                .toString();
        List<String> command = List.of(
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-Xmx32m",
                "-cp",
                classes,
                TestServer.class.getName());
        return Map.of(
                "server",
                command,
                "abrupt",
                Stream.concat(command.stream(), Stream.of("abrupt")).toList());
    }

    /** Adds nodes. */
    LabCluster with(String... names) throws IOException, InterruptedException {
        for (String name : names) {
            nodes.add(LabNode.start(lab, name, plan));
        }
        return this;
    }

    LabNode node(String name) {
        return nodes.stream()
                .filter(node -> node.host().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void apply(String yaml) throws IOException, InterruptedException {
        for (Yaml.Document document : Yaml.read(yaml)) {
            Tree object = new Tree(document.fields());
            client.create(
                    Kinds.served().require(object.text("apiVersion", ""), object.text("kind", "")), document.fields());
        }
    }

    /** A Deployment {@code web} of the test's server, and a dual-stack Service with a node port for it. */
    void web(int replicas, String image) throws IOException, InterruptedException {
        apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: default}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 20
                      containers:
                      - name: web
                        image: %s
                        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec:
                  type: NodePort
                  ipFamilyPolicy: RequireDualStack
                  selector: {app: web}
                  ports:
                  - {name: http, port: 80, targetPort: 8080}
                  - {name: echo, port: 81, targetPort: 8081, protocol: UDP}
                """.formatted(replicas, image));
        awaitWeb(replicas);
    }

    /** Waits until exactly that many pods of {@code web} are there, all ready, and every node is programmed so. */
    void awaitWeb(int replicas) throws InterruptedException {
        await(replicas + " ready pods", Duration.ofSeconds(90), () -> {
            List<Tree> pods = pods();
            return pods.size() == replicas && pods.stream().allMatch(LabCluster::ready);
        });
        await(
                replicas + " endpoints on every node",
                Duration.ofSeconds(30),
                () -> nodes.stream()
                        .filter(node -> node.agent().routes() != null)
                        .allMatch(node -> backends(node) == replicas));
    }

    private static long backends(LabNode node) {
        return node.agent().routes().entrances().stream()
                .filter(entrance -> entrance.route().service().name().equals("web"))
                .filter(entrance -> entrance.frontend().port() == 80)
                .filter(entrance -> entrance.frontend().scope().family() == dev.fairlead.core.definition.IpFamily.IPV4)
                .mapToLong(entrance -> entrance.backends().size())
                .findFirst()
                .orElse(0);
    }

    List<Tree> pods() throws IOException, InterruptedException {
        return client.list(Resources.PODS, Selection.in("default")).items();
    }

    static boolean ready(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }

    Tree service(String name) throws IOException, InterruptedException {
        return client.get(Resources.SERVICES, new ObjectName("default", name)).tree("spec");
    }

    /** The addresses of {@code web}, IPv4 first. */
    List<InetAddress> webAddresses() throws IOException, InterruptedException {
        return service("web").texts("clusterIPs").stream()
                .map(InetAddress::ofLiteral)
                .toList();
    }

    /** What {@code kubectl rollout restart} does; returns when the last old pod is gone. */
    void roll(String mark, int replicas) throws IOException, InterruptedException {
        List<String> before = pods().stream().map(LabCluster::name).toList();
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName("default", "web"),
                new Patch.Strategic(Map.of(
                        "spec",
                        Map.of("template", Map.of("metadata", Map.of("annotations", Map.of("test/rolled", mark)))))));
        await("roll " + mark, Duration.ofMinutes(2), () -> {
            List<Tree> pods = pods();
            return pods.size() == replicas
                    && pods.stream().allMatch(LabCluster::ready)
                    && pods.stream().map(LabCluster::name).noneMatch(before::contains);
        });
    }

    static String name(Tree object) {
        return object.tree("metadata").text("name", "");
    }

    /** What was said about pods whose end did not wait long enough. */
    List<String> stillInRotation() throws IOException, InterruptedException {
        return client.list(Resources.EVENTS, Selection.in("default")).items().stream()
                .filter(event -> event.text("reason", "").equals("StillInRotation"))
                .map(event -> event.tree("involvedObject").text("name", "") + ": " + event.text("message", ""))
                .toList();
    }

    /** The messages of events about an object of that name. */
    List<String> events(String name) throws IOException, InterruptedException {
        return client.list(Resources.EVENTS, Selection.in("default")).items().stream()
                .filter(event -> event.tree("involvedObject").text("name", "").equals(name))
                .map(event -> event.text("reason", "") + ": " + event.text("message", ""))
                .toList();
    }

    /** What is asked again and again. */
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
                last = "";
            } catch (IOException notYet) {
                last = ": " + notYet;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // the pace of asking, not what is waited for
        }
        throw new AssertionError("not within " + patience.toSeconds() + " s: " + what + last);
    }

    @Override
    public void close() {
        try {
            for (LabNode node : nodes) {
                node.stop(Duration.ofSeconds(2));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        controllers.close();
        api.close();
        store.close();
        lab.close();
        time.close();
    }
}
