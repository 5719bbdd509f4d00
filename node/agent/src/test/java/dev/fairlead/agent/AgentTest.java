// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.testing.LabNode;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Cause;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.core.explain.NodeNotes;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.EchoServer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes over a real API server, with real sockets: what an agent does with what it hears, and what it says. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class AgentTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path directory = Path.of("");

    private static LabCluster cluster;
    private static Host client;
    private static Host backend;

    @BeforeAll
    static void start() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        cluster = new LabCluster(directory, true).with("one", "two");
        LabNode one = cluster.node("one");
        client = behind(one, "client", 200);
        backend = behind(cluster.node("two"), "backend", 201);
        backend.serve(8080);
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Host behind(LabNode node, String name, int number) {
        return cluster.lab.behind(
                node.host(),
                name,
                node.podBlocks().getFirst().first().plus(number).toString(),
                node.podBlocks().getLast().first().plus(number).toString());
    }

    /** A Service without selector, and a slice that leads to an address and port. */
    private static InetAddress service(String name, int nodePort, InetAddress to, int port) throws Exception {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: %d}]}
                """.formatted(name, nodePort));
        cluster.apply("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s-1, namespace: default, labels: {kubernetes.io/service-name: %s}}
                addressType: IPv4
                ports: [{port: %d}]
                endpoints: [{addresses: ["%s"]}]
                """.formatted(name, name, port, to.getHostAddress()));
        return InetAddress.ofLiteral(cluster.service(name).text("clusterIP", ""));
    }

    private static void point(String name, InetAddress to, int port) throws Exception {
        cluster.client.patch(
                Resources.ENDPOINT_SLICES,
                new ObjectName("default", name + "-1"),
                new Patch.Merge(Map.of(
                        "endpoints", List.of(Map.of("addresses", List.of(to.getHostAddress()))),
                        "ports", List.of(Map.of("port", (long) port)))));
    }

    @Test
    void everyNodeHasItsOwnBlocksFromTheControlSide() throws Exception {
        List<Node> nodes = cluster.client.list(Resources.NODES, Selection.ALL).items().stream()
                .map(Node::from)
                .toList();
        assertThat(nodes).hasSize(2).allMatch(Node::ready);
        assertThat(nodes.stream().flatMap(node -> node.podCidrs().stream()).map(Object::toString))
                .containsExactlyInAnyOrder("10.244.0.0/24", "10.244.1.0/24", "fd00:10:244::/64", "fd00:10:244:1::/64");
        assertThat(cluster.node("two").podBlocks())
                .isEqualTo(nodes.stream()
                        .filter(node -> node.name().equals("two"))
                        .findFirst()
                        .orElseThrow()
                        .podCidrs());
    }

    @Test
    void aClientOfOneNodeIsCarriedToABackendOfTheOtherAndSeenAsItself() throws Exception {
        InetAddress service = service("across", 30101, backend.v4(), 8080);
        LabCluster.await(
                "carried",
                SOON,
                () -> client.ask(service, 80, "x").client().getAddress().equals(client.v4()));
        Host outside = cluster.lab.host("outside-across");
        assertThat(outside.ask(cluster.node("one").host().v4(), 30101, "x").server())
                .as("a node port leads to the other node's pod too")
                .isEqualTo("backend");
    }

    /** The barrier: once a node says that it has programmed a change, no new connection goes the old way. */
    @Test
    void whatIsToldAsProgrammedIsProgrammed() throws Exception {
        EchoServer other = backend.serve(8082);
        InetAddress service = service("moved", 30102, backend.v4(), 8080);
        LabCluster.await(
                "carried", SOON, () -> !client.ask(service, 80, "x").server().isEmpty());
        for (int round = 0; round < 10; round++) {
            int port = round % 2 == 0 ? 8082 : 8080;
            point("moved", backend.v4(), port);
            long revision = revisionOf("moved-1");
            LabCluster.await("told", SOON, () -> told("one") >= revision);
            assertThat(client.ask(service, 80, "x").asked().getPort())
                    .as("round %s", round)
                    .isEqualTo(port);
        }
        other.close();
    }

    private static long revisionOf(String slice) throws IOException, InterruptedException {
        return Long.parseLong(cluster.client
                .get(Resources.ENDPOINT_SLICES, new ObjectName("default", slice))
                .tree("metadata")
                .text("resourceVersion", ""));
    }

    /** What a node's lease says; a change that may take an endpoint away is told at once, not at the next beat. */
    private static long told(String node) throws IOException, InterruptedException {
        return NodeLease.from(cluster.client.get(Resources.LEASES, new ObjectName(NodeLease.NAMESPACE, node)))
                .programmed();
    }

    @Test
    void leasesAreLive() throws Exception {
        for (String node : List.of("one", "two")) {
            NodeLease lease =
                    NodeLease.from(cluster.client.get(Resources.LEASES, new ObjectName(NodeLease.NAMESPACE, node)));
            assertThat(lease.liveAt(cluster.time.now())).isTrue();
            assertThat(lease.liveAt(cluster.time.now().plusSeconds(60))).isFalse();
        }
    }

    @Test
    void aNodeThatIsCutOffGoesOnAndCatchesUp() throws Exception {
        EchoServer other = backend.serve(8083);
        InetAddress service = service("behind", 30103, backend.v4(), 8080);
        LabCluster.await(
                "carried", SOON, () -> !client.ask(service, 80, "x").server().isEmpty());
        LabNode one = cluster.node("one");
        one.cutOff();
        try {
            point("behind", backend.v4(), 8083);
            LabCluster.await(
                    "the other node knows",
                    SOON,
                    () -> cluster.node("two").agent().programmed() >= revisionOf("behind-1"));
            assertThat(client.ask(service, 80, "x").asked().getPort())
                    .as("by the routes it knew")
                    .isEqualTo(8080);
        } finally {
            one.mend();
        }
        LabCluster.await(
                "caught up", SOON, () -> client.ask(service, 80, "x").asked().getPort() == 8083);
        other.close();
    }

    @Test
    void aNodePortThatIsTakenIsToldAndTheOtherNodesCarryIt() throws Exception {
        Host host = cluster.node("one").host();
        EchoServer squatter = host.serve(host.v4(), 30104);
        service("taken", 30104, backend.v4(), 8080);
        LabCluster.await(
                "told",
                SOON,
                () -> cluster.events("taken").stream()
                        .anyMatch(event -> event.startsWith("FrontendNotBound") && event.contains("on node one")));
        Host outside = cluster.lab.host("outside-taken");
        assertThat(outside.ask(cluster.node("two").host().v4(), 30104, "x").server())
                .isEqualTo("backend");
        squatter.close();
    }

    private static Explanation explained(String service) throws IOException, InterruptedException {
        Reply reply =
                cluster.client.call(Request.of("GET", "/api/v1/namespaces/default/services/" + service + "/explain"));
        return Explanation.from(new Tree(Json.object(((Reply.Whole) reply).body())));
    }

    private static void awaitCause(String service, Cause.Kind kind, String words) throws Exception {
        LabCluster.await(
                kind + " is told of " + service,
                SOON,
                () -> explained(service).causes().stream()
                        .anyMatch(cause -> cause.kind() == kind && cause.found().contains(words)));
    }

    private static void awaitWell(String service) throws Exception {
        LabCluster.await(
                service + " is well", SOON, () -> explained(service).causes().isEmpty());
    }

    /** The API server asks no agent here: it reads what the nodes say on their leases. */
    @Test
    void whatAnotherNodeCannotBindIsExplained() throws Exception {
        Host host = cluster.node("two").host();
        EchoServer squatter = host.serve(host.v4(), 30110);
        service("unbound", 30110, backend.v4(), 8080);
        service("bound", 30111, backend.v4(), 8080);
        awaitCause("unbound", Cause.Kind.NOT_BOUND, "cannot be bound on node two");
        awaitWell("bound");
        squatter.close();
        cluster.client.delete(Resources.SERVICES, new ObjectName("default", "unbound"), Deletion.DEFAULT);
        LabCluster.await("the note is taken back", SOON, () -> !notes("two").contains("unbound"));
    }

    private static String notes(String node) throws IOException, InterruptedException {
        return cluster.client
                .get(Resources.LEASES, new ObjectName(NodeLease.NAMESPACE, node))
                .tree("metadata")
                .textMap("annotations")
                .getOrDefault(NodeNotes.ANNOTATION, "");
    }

    private static List<String> conditions(String service) throws IOException, InterruptedException {
        return cluster
                .client
                .get(Resources.SERVICES, new ObjectName("default", service))
                .tree("status")
                .trees("conditions")
                .stream()
                .map(condition -> condition.text("type", "") + " " + condition.text("status", "") + " "
                        + condition.text("message", ""))
                .toList();
    }

    @Test
    void sctpIsAcceptedAndSaidNotToBeCarriedAsLongAsThereIsAPort() throws Exception {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: signals, namespace: default}
                spec:
                  ports: [{name: s, port: 36412, protocol: SCTP}, {name: web, port: 80}]
                """);
        LabCluster.await(
                "it is said",
                SOON,
                () -> conditions("signals").stream()
                        .anyMatch(one ->
                                one.startsWith(ProtocolCondition.CONDITION + " False ") && one.contains("SCTP")));
        Reply reply =
                cluster.client.call(Request.of("GET", "/api/v1/namespaces/default/services/signals/explain?port=s"));
        Explanation explanation = Explanation.from(new Tree(Json.object(((Reply.Whole) reply).body())));
        assertThat(explanation.causes().getFirst().kind()).isEqualTo(Cause.Kind.PROTOCOL_NOT_CARRIED);
        cluster.client.patch(
                Resources.SERVICES,
                new ObjectName("default", "signals"),
                new Patch.Merge(Map.of("spec", Map.of("ports", List.of(Map.of("name", "web", "port", 80L))))));
        LabCluster.await("it is taken back", SOON, () -> conditions("signals").isEmpty());
    }

    /** The nodes were started with other blocks: such an address is made local when a Service has it. */
    @Test
    void addressesOfAServiceCidrMadeLaterCarryTraffic() throws Exception {
        cluster.apply("""
                apiVersion: networking.k8s.io/v1
                kind: ServiceCIDR
                metadata: {name: later}
                spec: {cidrs: [10.111.0.0/24, "fd00:10:111::/112"]}
                """);
        LabCluster.await(
                "it gives addresses",
                SOON,
                () -> cluster
                        .client
                        .get(Resources.SERVICE_CIDRS, new ObjectName("", "later"))
                        .tree("status")
                        .trees("conditions")
                        .stream()
                        .anyMatch(condition -> condition.text("type", "").equals("Ready")
                                && condition.text("status", "").equals("True")));
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: later, namespace: default}
                spec: {clusterIP: 10.111.0.7, ports: [{port: 80, targetPort: 8080}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: later6, namespace: default}
                spec: {clusterIP: "fd00:10:111::7", ipFamilies: [IPv6], ports: [{port: 80, targetPort: 8080}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: later-1, namespace: default, labels: {kubernetes.io/service-name: later}}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints: [{addresses: ["%s"]}]
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: later6-1, namespace: default, labels: {kubernetes.io/service-name: later6}}
                addressType: IPv6
                ports: [{port: 8080}]
                endpoints: [{addresses: ["%s"]}]
                """.formatted(
                        backend.v4().getHostAddress(), IpAddress.of(backend.v6().getAddress())));
        for (String address : List.of("10.111.0.7", "fd00:10:111::7")) {
            InetAddress service = InetAddress.ofLiteral(address);
            for (Host from : List.of(client, cluster.node("two").host())) {
                LabCluster.await(
                        from.name() + " reaches " + address,
                        SOON,
                        () -> from.ask(service, 80, "x").server().equals("backend"));
            }
        }
    }

    @Test
    void connectionsThatFailOnAnotherNodeAreExplained() throws Exception {
        InetAddress service = service("deaf", 30112, backend.v4(), 8099);
        awaitWell("deaf");
        LabCluster.await("a connection fails", SOON, () -> {
            try {
                client.ask(service, 80, "x");
                return false;
            } catch (IOException refused) {
                return notes("one").contains("8099");
            }
        });
        awaitCause("deaf", Cause.Kind.POINTS_NOWHERE, "refused the connection");
        point("deaf", backend.v4(), 8080);
        LabCluster.await(
                "carried", SOON, () -> !client.ask(service, 80, "x").server().isEmpty());
        awaitWell("deaf");
    }

    @Test
    void aNodeThatIsBehindAndThenSilentIsExplained() throws Exception {
        service("late", 30113, backend.v4(), 8080);
        ObjectName slice = new ObjectName("default", "late-1");
        cluster.client.patch(
                Resources.ENDPOINT_SLICES,
                slice,
                new Patch.Merge(Map.of(
                        "endpoints",
                        List.of(Map.of("addresses", List.of(backend.v4().getHostAddress()), "nodeName", "two")))));
        awaitWell("late");
        LabNode two = cluster.node("two");
        two.cutOff();
        try {
            cluster.client.patch(
                    Resources.ENDPOINT_SLICES, slice, new Patch.Merge(Map.of("ports", List.of(Map.of("port", 8082L)))));
            awaitCause("late", Cause.Kind.AGENT_BEHIND, "node two has not programmed");
            cluster.client.patch(
                    Resources.LEASES,
                    new ObjectName(NodeLease.NAMESPACE, "two"),
                    new Patch.Merge(Map.of("spec", Map.of("renewTime", "2026-01-01T00:00:00.000000Z"))));
            awaitCause("late", Cause.Kind.AGENT_NOT_RUNNING, "the agent on node two has not been heard of");
        } finally {
            two.mend();
        }
        awaitWell("late");
    }

    @Test
    void aServiceThatIsGoneIsRefused() throws Exception {
        InetAddress service = service("gone", 30105, backend.v4(), 8080);
        LabCluster.await(
                "carried", SOON, () -> !client.ask(service, 80, "x").server().isEmpty());
        cluster.client.delete(Resources.SERVICES, new ObjectName("default", "gone"), Deletion.DEFAULT);
        LabCluster.await("refused", SOON, () -> {
            try {
                client.ask(service, 80, "x");
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        });
    }

    /** A node that neither programs nor says anything, while its lease lives: waited for as long as may be, then named. */
    @Test
    void aPodsEndWaitsForANodeThatIsCutOffButNotForever() throws Exception {
        cluster.web(2, "server");
        LabNode two = cluster.node("two");
        Tree pod = cluster.pods().stream()
                .filter(each -> each.tree("spec").text("nodeName", "").equals("one"))
                .findFirst()
                .orElseThrow();
        ObjectName name = new ObjectName("default", LabCluster.name(pod));
        two.cutOff();
        try {
            long began = System.nanoTime();
            cluster.client.delete(Resources.PODS, name, new Deletion(null, 30, null, null));
            LabCluster.await(
                    "its end", Duration.ofSeconds(60), () -> cluster.client.find(Resources.PODS, name) == null);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("a third of the grace period, and no more than it")
                    .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
            assertThat(String.join("; ", cluster.stillInRotation()))
                    .contains(name.name())
                    .contains("node two");
        } finally {
            two.mend();
        }
        cluster.awaitWeb(2);
    }

    /** Killed and started again: pods are the same, and so are the routes. Stopped in order: nothing is left. */
    @Test
    void aNodeThatComesBackAdoptsItsPodsAndOneThatStopsLeavesNothing() throws Exception {
        LabNode three = LabNode.start(cluster.lab, "three", cluster.plan);
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: lonely, namespace: kube-public}
                spec:
                  nodeSelector: {kubernetes.io/hostname: three}
                  terminationGracePeriodSeconds: 2
                  containers: [{name: main, image: server}]
                """);
        ObjectName lonely = new ObjectName("kube-public", "lonely");
        LabCluster.await("ready", SOON, () -> LabCluster.ready(cluster.client.get(Resources.PODS, lonely)));
        String before = container(lonely);
        List<Long> pids = processes(directory.resolve("three"));
        three.close();
        LabNode again = three.again(cluster.plan);
        LabCluster.await("ready", SOON, () -> LabCluster.ready(cluster.client.get(Resources.PODS, lonely)));
        assertThat(container(lonely)).isEqualTo(before);
        again.stop(Duration.ofSeconds(3));
        assertThat(cluster.client.find(Resources.LEASES, new ObjectName(NodeLease.NAMESPACE, "three")))
                .as("nobody has to wait for a node that has left in order")
                .isNull();
        assertThat(pids).hasSize(1);
        // told to be over, it still has to be buried
        LabCluster.await(
                "no process is left",
                SOON,
                () -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
        cluster.client.delete(Resources.NODES, new ObjectName("", "three"), Deletion.DEFAULT);
    }

    /** The processes of a node's pods, as their records name them. */
    private static List<Long> processes(Path node) throws IOException {
        List<Long> pids = new ArrayList<>();
        try (Stream<Path> folders = Files.list(node.resolve("pods"))) {
            for (Path folder : folders.toList()) {
                Tree record = Tree.of(Json.object(Files.readAllBytes(folder.resolve("record.json"))));
                Tree containers = record.tree("containers");
                containers
                        .fields()
                        .keySet()
                        .forEach(name -> pids.add(containers.tree(name).whole("pid", 0)));
            }
        }
        return pids;
    }

    private static String container(ObjectName pod) throws Exception {
        return cluster.client
                .get(Resources.PODS, pod)
                .tree("status")
                .trees("containerStatuses")
                .getFirst()
                .text("containerID", "");
    }
}
