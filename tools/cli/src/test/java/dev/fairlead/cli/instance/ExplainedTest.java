// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Cause;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Faults made for real in a running instance: what explain says first about each. Healthy Services come before any fault. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ExplainedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NODE = "one";

    @TempDir
    private static Path scratch = Path.of("");

    private static Running running;
    private static Shop shop;

    /** A small server: it accepts at {@code $POD_IP}, answers and hangs up. */
    private static String tcp(String address, int port) {
        return """
                ["perl", "-MIO::Socket::INET", "-e", "$s=IO::Socket::INET->new(LocalAddr=>%s,LocalPort=>%d,Listen=>99,ReuseAddr=>1) or die $@; while($c=$s->accept){sysread($c,$b,9999);print $c qq(HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok);close $c}"]""".formatted(address, port);
    }

    private static final String OWN = "$ENV{POD_IP}";
    private static final String UDP = """
            ["perl", "-MIO::Socket::INET", "-e", "$s=IO::Socket::INET->new(LocalAddr=>$ENV{POD_IP},LocalPort=>8053,Proto=>q(udp)) or die $@; while(1){$s->recv($b,2000);$s->send($b)}"]""";

    @BeforeAll
    static void start() throws Exception {
        running = Running.start("loopback", scratch.resolve("data"), NODE);
        shop = running.shop();
        shop.create("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        deployment("web", 3, tcp(OWN, 8080), "ports: [{name: http, containerPort: 8080}]");
        deployment("dns", 1, UDP, "");
        await("three pods of web and one of dns are ready", () -> ready("web") == 3 && ready("dns") == 1);
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    private static void await(String what, Shop.Condition condition) throws InterruptedException {
        Shop.await(what, PATIENCE, condition);
    }

    private static long ready(String application) throws IOException, InterruptedException {
        return shop.pods(application).stream().filter(Shop::ready).count();
    }

    private static void deployment(String name, int replicas, String command, String more) throws Exception {
        shop.create("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: shop}
                spec:
                  replicas: %2$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s, version: blue}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - name: main
                        image: example.org/none
                        command: %3$s
                        %4$s
                """.formatted(name, replicas, command, more));
    }

    private static void pod(String name, String command, String more) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, namespace: shop, labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: example.org/none
                    command: %2$s
                    %3$s
                """.formatted(name, command, more));
    }

    private static void service(String name, String spec) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: shop}
                spec: {%s}
                """.formatted(name, spec));
    }

    private static Explanation explain(String target) throws IOException, InterruptedException {
        Reply reply = running.instance().client().call(Request.of("GET", target));
        return Explanation.from(new Tree(Json.object(((Reply.Whole) reply).body())));
    }

    private static Explanation about(String service) throws IOException, InterruptedException {
        return explain("/api/v1/namespaces/shop/services/" + service + "/explain");
    }

    private interface Asking {
        Explanation ask() throws IOException, InterruptedException;
    }

    /** Waits until {@code cause} is told first, and gives the whole text. */
    private static String first(Cause.Kind cause, Asking asking) throws InterruptedException {
        Explanation[] last = new Explanation[1];
        try {
            await(cause + " is told first", () -> {
                last[0] = asking.ask();
                return !last[0].causes().isEmpty()
                        && last[0].causes().getFirst().kind() == cause;
            });
        } catch (AssertionError not) {
            throw new AssertionError(not.getMessage() + "\n" + (last[0] == null ? "" : last[0].text()), not);
        }
        System.out.println(last[0].text());
        return last[0].text().replaceAll("\\s+", " ");
    }

    private static void connect(String service, int times) throws Exception {
        InetSocketAddress at = running.service(service);
        for (int i = 0; i < times; i++) {
            try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
                socket.getOutputStream().write('x');
                socket.getInputStream().readAllBytes();
            } catch (IOException refused) {
                // that is what is to be explained
            }
        }
    }

    // ---- all is well

    @Test
    @Order(1)
    void ofTwentyHealthyServicesItSaysThatAllIsWellAndNothingElse() throws Exception {
        List<String> specs = List.of(
                "selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "selector: {app: web}, ports: [{port: 7001, targetPort: http}]",
                "selector: {app: web}, ports: [{name: a, port: 7001, targetPort: 8080}, {name: b, port: 7002, targetPort: http}]",
                "selector: {app: web, version: blue}, ports: [{port: 7001, targetPort: 8080}]",
                "type: NodePort, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "internalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "trafficDistribution: PreferSameZone, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "trafficDistribution: PreferSameNode, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "publishNotReadyAddresses: true, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "clusterIP: None, selector: {app: web}, ports: [{port: 8080}]",
                "clusterIP: None, selector: {app: web}",
                "type: ExternalName, externalName: db.example.org",
                "selector: {app: dns}, ports: [{port: 7001, targetPort: 8053, protocol: UDP}]",
                "type: NodePort, selector: {app: dns}, ports: [{port: 7001, targetPort: 8053, protocol: UDP}]",
                "selector: {app: web}, ports: [{port: 7001, targetPort: 8080, appProtocol: kubernetes.io/h2c}]",
                "ipFamilyPolicy: SingleStack, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "type: LoadBalancer, selector: {app: web}, ports: [{port: 7001, targetPort: 8080}]",
                "ports: [{name: http, port: 7001}]");
        for (int i = 0; i < specs.size(); i++) {
            service("well-" + i, specs.get(i));
        }
        String address = shop.pods("web").getFirst().tree("status").text("podIP", "");
        shop.create("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: by-hand, namespace: shop, labels: {kubernetes.io/service-name: well-20}}
                addressType: IPv4
                ports: [{name: http, port: 8080, protocol: TCP}]
                endpoints: [{addresses: [%s]}]
                """.formatted(address));
        for (int i = 0; i < specs.size(); i++) {
            String name = "well-" + i;
            String[] last = {""};
            try {
                await(name + " is well", () -> {
                    last[0] = about(name).text();
                    return last[0].contains("all is well");
                });
            } catch (AssertionError ill) {
                throw new AssertionError(specs.get(i) + "\n" + last[0], ill);
            }
            assertThat(last[0].lines()).as(last[0]).hasSize(1);
        }
        connect("well-0", 6);
        assertThat(about("well-0").causes()).isEmpty();
    }

    // ---- definition

    @Test
    @Order(2)
    void itIsLookedForInTheWrongNamespace() throws Exception {
        service("astray", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(
                        Cause.Kind.WRONG_NAMESPACE,
                        () -> explain("/api/v1/namespaces/default/services/astray/explain")))
                .contains("there is one in shop", "astray.shop");
    }

    @Test
    @Order(2)
    void aHeadlessServiceIsUsedAsIfItHadAnAddress() throws Exception {
        service("headless", "clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.HEADLESS_PORT, () -> about("headless"))).contains("use port 8080 in clients");
    }

    @Test
    @Order(2)
    void anExternalNameHasPorts() throws Exception {
        service("alias", "type: ExternalName, externalName: db.example.org, ports: [{port: 80, targetPort: 5432}]");
        assertThat(first(Cause.Kind.EXTERNAL_NAME_PORTS, () -> about("alias"))).contains("port 80 is not translated");
    }

    @Test
    @Order(2)
    void aNodePortIsNotOpenAtTheAddress() throws Exception {
        service("ported", "type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]");
        int port = shop.nodePort("ported");
        assertThat(first(Cause.Kind.NODE_PORT_ADDRESS, () -> explain("/explain?address=127.0.0.9&port=" + port)))
                .contains("not open at 127.0.0.9");
        assertThat(explain("/explain?nodePort=" + port).causes()).isEmpty();
    }

    // ---- selection

    @Test
    @Order(2)
    void theSelectorHasATypo() throws Exception {
        service("typo", "selector: {app: wbe}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.SELECTOR_TYPO, () -> about("typo")))
                .contains("selector app=wbe matches no pod; 3 pods have app=web", "set spec.selector to app=web");
    }

    @Test
    @Order(2)
    void theLabelsOfThePodsHaveChanged() throws Exception {
        deployment("rolled", 1, tcp(OWN, 8080), "");
        service("rolled", "selector: {app: rolled, version: blue}, ports: [{port: 7101, targetPort: 8080}]");
        await("rolled is ready", () -> ready("rolled") == 1);
        shop.client()
                .patch(
                        Resources.DEPLOYMENTS,
                        new ObjectName("shop", "rolled"),
                        new Patch.Merge(Map.of(
                                "spec",
                                Map.of("template", Map.of("metadata", Map.of("labels", Map.of("version", "green")))))));
        first(Cause.Kind.LABELS_CHANGED, () -> about("rolled"));
        await("the new labels are told", () -> about("rolled").text().contains("1 pod has version=green"));
        assertThat(about("rolled").text().replaceAll("\\s+", " "))
                .contains("set spec.selector to app=rolled,version=green", "made such pods, but is scaled to 0");
    }

    @Test
    @Order(2)
    void theLabelsOfAPodWereChangedByHand() throws Exception {
        pod("relabelled", tcp(OWN, 8080), "");
        service("relabelled", "selector: {app: relabelled}, ports: [{port: 7102, targetPort: 8080}]");
        await("relabelled is ready", () -> ready("relabelled") == 1);
        shop.client()
                .patch(
                        Resources.PODS,
                        new ObjectName("shop", "relabelled"),
                        new Patch.Merge(Map.of("metadata", Map.of("labels", Map.of("app", "shelf")))));
        assertThat(first(Cause.Kind.LABELS_CHANGED, () -> about("relabelled")))
                .contains("relabelled now has app=shelf", "label --overwrite pod relabelled app=relabelled");
    }

    // ---- readiness

    @Test
    @Order(2)
    void noPodIsReady() throws Exception {
        pod("unready", tcp(OWN, 8080), "readinessProbe: {tcpSocket: {port: 9}, periodSeconds: 1}");
        service("unready", "selector: {app: unready}, ports: [{port: 80, targetPort: 8080}]");
        first(Cause.Kind.PROBE_FAILS, () -> about("unready"));
        await("the probe's output is told", () -> about("unready").text().contains("last answer"));
        assertThat(about("unready").text())
                .contains("the only pod is not ready (unready): readiness probe (connect to port 9) of main");
    }

    @Test
    @Order(2)
    void aPodCrashesAgainAndAgain() throws Exception {
        pod("crashing", "[sh, -c, 'exit 3']", "");
        service("crashing", "selector: {app: crashing}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.CRASH_LOOP, () -> about("crashing")))
                .contains("exit code 3", "logs crashing --previous");
    }

    @Test
    @Order(2)
    void allPodsAreTerminating() throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: leaving, namespace: shop, labels: {app: leaving}}
                spec:
                  terminationGracePeriodSeconds: 600
                  containers:
                  - name: main
                    image: example.org/none
                    command: [sh, -c, 'trap "" TERM; while :; do sleep 1; done']
                """);
        service("leaving", "selector: {app: leaving}, ports: [{port: 80, targetPort: 8080}]");
        await("leaving runs", () -> ready("leaving") == 1);
        ObjectName pod = new ObjectName("shop", "leaving");
        shop.delete(pod, -1);
        assertThat(first(Cause.Kind.ALL_TERMINATING, () -> about("leaving"))).contains("being deleted");
        shop.delete(pod, 0);
    }

    @Test
    @Order(2)
    void podsAreOnANodeThatThereIsNot() throws Exception {
        elsewhere("orphan", "nowhere", 201);
        service("orphan", "selector: {app: orphan}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.NODE_UNKNOWN, () -> about("orphan"))).contains("node nowhere");
    }

    /** A pod that some other node's kubelet calls ready. */
    private static void elsewhere(String name, String node, int address) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, namespace: shop, labels: {app: %1$s}}
                spec: {nodeName: %2$s, containers: [{name: main, image: example.org/none}]}
                """.formatted(name, node));
        String ip = podAddress(address);
        shop.client()
                .patch(
                        Resources.PODS,
                        new ObjectName("shop", name),
                        "status",
                        new Patch.Merge(Map.of(
                                "status",
                                Map.of(
                                        "phase", "Running",
                                        "podIP", ip,
                                        "podIPs", List.of(Map.of("ip", ip)),
                                        "conditions", List.of(Map.of("type", "Ready", "status", "True")),
                                        "containerStatuses",
                                                List.of(Map.of(
                                                        "name",
                                                        "main",
                                                        "image",
                                                        "example.org/none",
                                                        "imageID",
                                                        "",
                                                        "ready",
                                                        true,
                                                        "restartCount",
                                                        0L,
                                                        "state",
                                                        Map.of(
                                                                "running",
                                                                Map.of("startedAt", "2026-01-01T00:00:00Z"))))))));
    }

    private static String podAddress(int last) {
        return running.instance().block().pods().first().plus(7 * 256 + last).toString();
    }

    // ---- slices

    @Test
    @Order(2)
    void aNamedPortIsMissingInSomePods() throws Exception {
        for (String name : List.of("named-a", "named-b")) {
            shop.create("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: %1$s, namespace: shop, labels: {app: named}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - name: main
                        image: example.org/none
                        command: %2$s
                        ports: [{name: %3$s, containerPort: 8080}]
                    """.formatted(name, tcp(OWN, 8080), name.equals("named-a") ? "http" : "web"));
        }
        service("named", "selector: {app: named}, ports: [{port: 80, targetPort: http}]");
        assertThat(first(Cause.Kind.NAMED_PORT_MISSING, () -> about("named"))).contains("1 of 2 pods (named-b)");
    }

    @Test
    @Order(2)
    void aHandMadeSliceLacksItsLabel() throws Exception {
        service("manual", "ports: [{name: http, port: 80}]");
        shop.create("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: manual-1, namespace: shop}
                addressType: IPv4
                ports: [{name: http, port: 8080}]
                endpoints: [{addresses: [%s]}]
                """.formatted(podAddress(210)));
        assertThat(first(Cause.Kind.SLICE_WITHOUT_LABEL, () -> about("manual")))
                .contains("label endpointslice manual-1 kubernetes.io/service-name=manual");
    }

    // ---- routes

    @Test
    @Order(3)
    void thePolicyIsLocalAndNoEndpointIs() throws Exception {
        shop.create("apiVersion: v1\nkind: Node\nmetadata: {name: far}\n");
        elsewhere("distant", "far", 202);
        service(
                "distant",
                "internalTrafficPolicy: Local, selector: {app: distant}, ports: [{port: 7301, targetPort: 8080}]");
        assertThat(first(Cause.Kind.NO_LOCAL_ENDPOINT, () -> about("distant")))
                .contains("internalTrafficPolicy is Local, and no ready pod of the Service runs on");
    }

    @Test
    @Order(2)
    void twoServicesFightForOneAddress() throws Exception {
        for (String name : List.of("fight-a", "fight-b")) {
            service(name, "externalIPs: [203.0.113.7], selector: {app: web}, ports: [{port: 7302, targetPort: 8080}]");
        }
        assertThat(first(Cause.Kind.RIVAL_SERVICE, () -> about("fight-b")))
                .contains("claimed by Service shop/fight-a too; that one gets it");
    }

    // ---- load balancer

    @Test
    @Order(2)
    void theLoadBalancerClassIsNobodys() throws Exception {
        service(
                "classy",
                "type: LoadBalancer, loadBalancerClass: example.org/none, selector: {app: web},"
                        + " ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.LOAD_BALANCER_CLASS, () -> about("classy"))).contains("example.org/none");
    }

    @Test
    @Order(2)
    void aPoolIsFull() throws Exception {
        pool("tiny", "198.51.100.1/32", "");
        balanced("first", "tiny");
        await(
                "the only address is given",
                () -> !about("first").causes().isEmpty() // 198.51.100.1 is no address of this host
                        || about("first").text().contains("all is well"));
        balanced("second", "tiny");
        assertThat(first(Cause.Kind.LOAD_BALANCER_POOL_FULL, () -> about("second")))
                .contains("tiny", "is given");
    }

    @Test
    @Order(2)
    void noPoolMatches() throws Exception {
        pool("theirs", "198.51.100.8/29", ", namespaceSelector: {matchLabels: {team: others}}");
        balanced("unmatched", "theirs");
        assertThat(first(Cause.Kind.LOAD_BALANCER_POOL_MISMATCH, () -> about("unmatched")))
                .contains("theirs");
    }

    @Test
    @Order(2)
    void thePoolIsMissing() throws Exception {
        balanced("unpooled", "nobodys");
        assertThat(first(Cause.Kind.LOAD_BALANCER_NO_POOL, () -> about("unpooled")))
                .contains("nobodys");
    }

    private static void pool(String name, String addresses, String more) throws Exception {
        shop.create("""
                apiVersion: fairlead.dev/v1alpha1
                kind: LoadBalancerPool
                metadata: {name: %s}
                spec: {addresses: [%s], autoAssign: false%s}
                """.formatted(name, addresses, more));
    }

    private static void balanced(String name, String pool) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: shop, annotations: {fairlead.dev/load-balancer-pool: %s}}
                spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 7701, targetPort: 8080}]}
                """.formatted(name, pool));
    }

    @Test
    @Order(2)
    void theSourceRangesExcludeTheClient() throws Exception {
        service(
                "ranged",
                "type: LoadBalancer, loadBalancerClass: example.org/mine, loadBalancerSourceRanges: [192.0.2.0/24],"
                        + " selector: {app: web}, ports: [{port: 7601, targetPort: 8080}]");
        String address =
                running.instance().block().loadBalancers().first().plus(200).toString();
        shop.client()
                .patch(
                        Resources.SERVICES,
                        new ObjectName("shop", "ranged"),
                        "status",
                        new Patch.Merge(Map.of(
                                "status", Map.of("loadBalancer", Map.of("ingress", List.of(Map.of("ip", address)))))));
        String client = Shop.name(shop.pods("web").getFirst()).name();
        String question = "/explain?address=" + address + "&port=7601";
        assertThat(first(Cause.Kind.SOURCE_NOT_ALLOWED, () -> explain(question + "&from=shop/" + client)))
                .contains("loadBalancerSourceRanges are 192.0.2.0/24");
        await("all is well for others", () -> explain(question).causes().isEmpty());
    }

    // ---- allocation

    @Test
    @Order(2)
    void theRangeOfTheAddressIsBeingDeleted() throws Exception {
        IpAddress first = running.instance().block().services().first().plus(100 * 256);
        shop.create("""
                apiVersion: networking.k8s.io/v1
                kind: ServiceCIDR
                metadata: {name: leaving}
                spec: {cidrs: [%s/28]}
                """.formatted(first));
        await("an address of the range is given", () -> {
            try {
                service(
                        "ranging",
                        "clusterIP: " + first.plus(5)
                                + ", selector: {app: web}, ports: [{port: 7602, targetPort: 8080}]");
                return true;
            } catch (IOException notYet) {
                throw notYet;
            } catch (Exception other) {
                throw new IOException(other);
            }
        });
        running.instance().client().call(Request.of("DELETE", "/apis/networking.k8s.io/v1/servicecidrs/leaving"));
        assertThat(first(Cause.Kind.RANGE_DELETED, () -> about("ranging")))
                .contains("ServiceCIDR leaving", "is being deleted");
    }

    // ---- data plane

    @Test
    @Order(2)
    void thePortCannotBeBound() throws Exception {
        try (ServerSocket taken = new ServerSocket(31999, 1, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(39999, 1, InetAddress.getLoopbackAddress());
                ServerSocket third = new ServerSocket(51999, 1, InetAddress.getLoopbackAddress());
                ServerSocket fourth = new ServerSocket(61999, 1, InetAddress.getLoopbackAddress())) {
            assertThat(List.of(taken, second, third, fourth)).allMatch(ServerSocket::isBound);
            service(
                    "taken",
                    "type: NodePort, selector: {app: web}, ports: [{port: 7401, targetPort: 8080, nodePort: 31999}]");
            assertThat(first(Cause.Kind.NOT_BOUND, () -> about("taken"))).contains("cannot be bound on node one");
        }
        try (ServerSocket taken = new ServerSocket(31998, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            service(
                    "moved",
                    "type: NodePort, selector: {app: web}, ports: [{port: 7402, targetPort: 8080, nodePort: 31998}]");
            // which of the other ports is free is up to whoever else has connections just then
            assertThat(first(Cause.Kind.BOUND_ELSEWHERE, () -> about("moved")))
                    .containsPattern("127\\.0\\.0\\.1:(39|51|61)998");
        }
    }

    @Test
    @Order(3)
    void anAgentIsBehindOrNotRunning() throws Exception {
        node("slow", "2100-01-01T00:00:00.000000Z", "5");
        service("followed", "selector: {app: web}, ports: [{port: 7403, targetPort: 8080}]");
        assertThat(first(Cause.Kind.AGENT_BEHIND, () -> about("followed"))).contains("node slow has not programmed");
        node("dead", "2026-01-01T00:00:00.000000Z", "5");
        elsewhere("lost", "dead", 203);
        service("lost", "selector: {app: lost}, ports: [{port: 7404, targetPort: 8080}]");
        assertThat(first(Cause.Kind.AGENT_NOT_RUNNING, () -> about("lost"))).contains("the agent on node dead");
    }

    private static void node(String name, String renewed, String programmed) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Node
                metadata: {name: %1$s}
                ---
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: %1$s, namespace: kube-node-lease, annotations: {fairlead.dev/programmed: "%3$s"}}
                spec: {holderIdentity: %1$s, leaseDurationSeconds: 40, renewTime: "%2$s"}
                """.formatted(name, renewed, programmed));
    }

    // ---- connections

    @Test
    @Order(2)
    void theTargetPortIsWrong() throws Exception {
        service("offport", "selector: {app: web}, ports: [{port: 80, targetPort: 9999}]");
        assertThat(first(Cause.Kind.WRONG_TARGET_PORT, () -> about("offport")))
                .contains("listens on 8080", "set targetPort to 8080");
    }

    @Test
    @Order(2)
    void theProtocolDiffers() throws Exception {
        service("offproto", "selector: {app: web}, ports: [{port: 80, targetPort: 8080, protocol: UDP}]");
        assertThat(first(Cause.Kind.WRONG_PROTOCOL, () -> about("offproto")))
                .contains("is UDP, but the process", "set the protocol of the Service port to TCP");
    }

    @Test
    @Order(2)
    void theProcessListensOnAnotherAddress() throws Exception {
        pod("inward", tcp("q(127.0.0.1)", 18_473), "");
        service("inward", "selector: {app: inward}, ports: [{port: 80, targetPort: 18473}]");
        assertThat(first(Cause.Kind.WRONG_LISTEN_ADDRESS, () -> about("inward")))
                .contains("listens at 127.0.0.1:18473 only");
    }

    @Test
    @Order(2)
    void theProcessDoesNotListen() throws Exception {
        pod("deaf", "[sleep, '1000']", "");
        service("deaf", "selector: {app: deaf}, ports: [{port: 80, targetPort: 8080}]");
        assertThat(first(Cause.Kind.NOT_LISTENING, () -> about("deaf"))).contains("listens on no port at all");
    }

    @Test
    @Order(2)
    void handMadeEndpointsPointNowhere() throws Exception {
        service("nowhere", "ports: [{name: http, port: 7501}]");
        shop.create("""
                apiVersion: v1
                kind: Endpoints
                metadata: {name: nowhere, namespace: shop}
                subsets: [{addresses: [{ip: %s}], ports: [{name: http, port: 8080}]}]
                """.formatted(podAddress(220)));
        assertThat(first(Cause.Kind.POINTS_NOWHERE, () -> {
                    connectQuietly("nowhere");
                    return about("nowhere");
                }))
                .contains("refused the connection");
    }

    private static void connectQuietly(String service) throws IOException, InterruptedException {
        InetSocketAddress at = running.service(service);
        try (Socket socket = new Socket(at.getAddress(), 7501)) {
            assertThat(socket.getInputStream().read()).isNegative();
        } catch (IOException refused) {
            // that is what is to be explained
        }
    }

    @Test
    @Order(2)
    void sessionAffinityHoldsAClient() throws Exception {
        service("sticky", "sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]");
        String client = Shop.name(shop.pods("web").getFirst()).name();
        await("sticky is well", () -> about("sticky").causes().isEmpty());
        connect("sticky", 6);
        assertThat(first(
                        Cause.Kind.AFFINITY_HOLDS,
                        () -> explain("/api/v1/namespaces/shop/services/sticky/explain?from=" + client)))
                .contains("the last 6 connections", "set sessionAffinity to None");
        assertThat(about("sticky").causes()).as("asked without a client").isEmpty();
        assertThat(IpAddress.parse(shop.clusterIp("sticky"))).isPresent();
    }
}
