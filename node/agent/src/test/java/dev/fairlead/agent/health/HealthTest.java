// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.testing.FakeTime;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is answered, to the byte, over real connections where there are some. */
class HealthTest {
    private static final Node NODE =
            Node.from(tree("{metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 127.0.0.1}]}}"));

    private final FakeTime time = new FakeTime(Instant.parse("2026-11-21T08:00:00Z"));
    private final Freshness freshness = new Freshness(time, Freshness.USUAL_LIMIT);

    private static Tree tree(String yaml) {
        return new Tree(Yaml.read(yaml).getFirst().fields());
    }

    private static Service service(int port) {
        return Service.from(tree("{metadata: {namespace: shop, name: web}, spec: {type: LoadBalancer,"
                + " clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], externalTrafficPolicy: Local, healthCheckNodePort: "
                + port + ", ports: [{name: http, port: 80}, {name: admin, port: 81}]}}"));
    }

    private static EndpointSlice slice(String... endpoints) {
        return EndpointSlice.from(tree("{metadata: {namespace: shop, name: web-1, labels: {kubernetes.io/service-name:"
                + " web}}, addressType: IPv4, ports: [{name: http, port: 8080}, {name: admin, port: 8081}], endpoints: ["
                + String.join(", ", endpoints) + "]}"));
    }

    private static String endpoint(int id, String node, String conditions) {
        return "{addresses: [10.244.0." + id + "], nodeName: " + node + ", conditions: {" + conditions + "}}";
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static String ask(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String get(int port, String path) throws IOException {
        return ask(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private static ServerSocketChannel listen(InetSocketAddress at) throws IOException {
        return ServerSocketChannel.open().bind(at);
    }

    @Test
    void servicesAreAnsweredForByTheirReadyLocalEndpoints() throws Exception {
        int port = freePort();
        try (ServiceHealth health = new ServiceHealth(HealthTest::listen, freshness, time)) {
            RouteTable table = RouteTable.of(
                    List.of(service(port)),
                    List.of(slice(
                            endpoint(1, "n1", "ready: true"),
                            endpoint(2, "n1", "ready: true"),
                            endpoint(3, "n2", "ready: true"),
                            endpoint(4, "n1", "ready: false, serving: true, terminating: true"))),
                    NODE);
            assertThat(health.follow(table)).isEmpty();
            assertThat(get(port, "/any/path?x=y").replaceAll("Date: [^\r]*", "Date: D"))
                    .isEqualTo("""
                    HTTP/1.1 200 OK\r
                    Content-Type: application/json\r
                    X-Content-Type-Options: nosniff\r
                    X-Load-Balancing-Endpoint-Weight: 2\r
                    Date: D\r
                    Content-Length: 111\r
                    Connection: close\r
                    \r
                    {
                    \t"service": {
                    \t\t"namespace": "shop",
                    \t\t"name": "web"
                    \t},
                    \t"localEndpoints": 2,
                    \t"serviceProxyHealthy": true
                    }""");
            assertThat(ask(port, "HEAD / HTTP/1.0\n\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\n");
            assertThat(ask(port, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");

            RouteTable ending = table.with(
                    new Change.SlicePut(slice(endpoint(1, "n1", "ready: false, serving: true, terminating: true"))));
            assertThat(health.follow(ending)).isEmpty();
            assertThat(get(port, "/"))
                    .as("traffic falls back to those that end; load balancers shall go elsewhere all the same")
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("X-Load-Balancing-Endpoint-Weight: 0\r\n", "\"localEndpoints\": 0");

            health.follow(table);
            freshness.queued();
            time.advance(Freshness.USUAL_LIMIT);
            assertThat(get(port, "/"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("\"localEndpoints\": 2", "\"serviceProxyHealthy\": false");

            health.follow(table.with(new Change.ServiceRemoved(service(port).name())));
            awaitRefusal(port);
        }
    }

    /** Who comes while it closes may be accepted and meet the end, or be reset; after that, all are refused. */
    private static void awaitRefusal(int port) throws Exception {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (true) {
            try {
                get(port, "/");
            } catch (SocketException refused) {
                return;
            }
            assertThat(System.nanoTime()).as("port " + port + " is closed").isLessThan(deadline);
        }
    }

    @Test
    void aPortThatIsTakenIsToldAndTriedAgainAtTheNextChange() throws Exception {
        RouteTable empty = RouteTable.empty(NODE, Settings.DEFAULT);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (ServiceHealth health = new ServiceHealth(HealthTest::listen, freshness, time)) {
            RouteTable table = empty.with(new Change.ServicePut(service(taken.getLocalPort())));
            assertThat(health.follow(table)).singleElement().satisfies(failure -> {
                assertThat(failure.service()).hasToString("shop/web");
                assertThat(failure.at().getPort()).isEqualTo(taken.getLocalPort());
                assertThat(failure.reason()).isNotEmpty();
            });
            assertThat(health.follow(table)).as("nothing changed").isEmpty();
            taken.close();
            RouteTable next = table.with(new Change.SlicePut(slice(endpoint(1, "n1", "ready: true"))));
            assertThat(health.follow(next)).isEmpty();
            assertThat(get(taken.getLocalPort(), "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void theNodeIsHealthyWhileItKeepsUpAndIsNotLeaving() {
        Metrics metrics = new Metrics();
        Counter healthz = metrics.counter("healthz_total", "", "code");
        Counter livez = metrics.counter("livez_total", "", "code");
        AtomicBoolean eligible = new AtomicBoolean(true);
        NodeHealth node =
                new NodeHealth(freshness, eligible::get, List.of(IpFamily.IPV4, IpFamily.IPV6), healthz, livez);
        assertThat(node.answer("/healthz").status())
                .as("before the first change")
                .isEqualTo(200);
        assertThat(node.answer("/healthz").body()).contains("\"lastUpdated\":\"0001-01-01T00:00:00Z\"");
        freshness.queued();
        freshness.queued();
        freshness.programmed(2, time.nanos());
        String now = time.now().toString();
        Answer fresh = node.answer("/healthz");
        assertThat(fresh.headers()).containsEntry("Content-Type", "application/json");
        assertThat(tree(fresh.body()).fields())
                .isEqualTo(tree("{lastUpdated: '" + now + "', currentTime: '" + now + "', nodeEligible: true,"
                                + " healthy: true, status: {IPv4: {lastUpdated: '" + now + "', healthy: true},"
                                + " IPv6: {lastUpdated: '" + now + "', healthy: true}}}")
                        .fields());

        eligible.set(false);
        assertThat(node.answer("/healthz").status()).as("it is leaving").isEqualTo(503);
        assertThat(node.answer("/livez").status()).isEqualTo(200);
        assertThat(node.answer("/livez").body()).doesNotContain("nodeEligible");
        eligible.set(true);

        freshness.queued();
        time.advance(Freshness.USUAL_LIMIT.minus(Duration.ofMillis(1)));
        assertThat(node.answer("/livez").status()).isEqualTo(200);
        time.advance(Duration.ofMillis(1));
        Answer late = node.answer("/livez");
        assertThat(late.status()).as("a change waits too long").isEqualTo(503);
        assertThat(tree(late.body()).text("lastUpdated", "")).isEqualTo(now);
        freshness.queued();
        freshness.programmed(1, time.nanos());
        assertThat(node.answer("/livez").status()).as("the other came just now").isEqualTo(200);
        assertThat(node.answer("/elsewhere").status()).isEqualTo(404);
        assertThat(List.of(healthz.count("200"), healthz.count("503"), livez.count("200"), livez.count("503")))
                .containsExactly(3L, 1L, 4L, 1L);
    }

    @Test
    void nodesThatLeaveAreNotEligible() {
        assertThat(NODE.eligible()).isTrue();
        assertThat(Node.from(tree("{metadata: {name: n, deletionTimestamp: '2026-01-01T00:00:00Z'}}"))
                        .eligible())
                .isFalse();
        assertThat(Node.from(tree("{metadata: {name: n}, spec: {taints: [{key: ToBeDeletedByClusterAutoscaler,"
                                + " effect: NoSchedule}]}}"))
                        .eligible())
                .isFalse();
    }

    @Test
    void aClockThatIsSetMakesNobodyHealthyOrSick() {
        freshness.queued();
        time.setClock(Duration.ofHours(1));
        assertThat(freshness.state().healthy()).as("nothing waits for long").isTrue();
        time.setClock(Duration.ofHours(-2));
        time.advance(Freshness.USUAL_LIMIT);
        assertThat(freshness.state().healthy()).as("it does now").isFalse();
        freshness.programmed(1, time.nanos());
        time.setClock(Duration.ofDays(365));
        assertThat(freshness.state().healthy()).as("nothing waits").isTrue();
        assertThat(freshness.state().updated()).isEqualTo(time.now());
    }
}
