// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.wire.time.testing.FakeTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is set right when people meddle, what is only told, and what every cluster has again when it was removed. */
@Timeout(60)
class RepairTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses";
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";
    private static final String ADDRESS = """
            metadata:
              name: %s
              labels: {ipaddress.kubernetes.io/managed-by: ipallocator.k8s.io, ipaddress.kubernetes.io/ip-family: IPv4}
            spec: {parentRef: {resource: services, namespace: default, name: %s}}
            """;

    private final FakeTime time = new FakeTime(Instant.parse("2030-01-01T00:00:00Z"));
    private final TestServer server = new TestServer(Duration.ofMinutes(1), time);
    private final Client api = new Client(server.api());

    @BeforeEach
    void ready() {
        await(() -> api.get("/readyz").status() == 200);
        api.post(
                        SERVICES,
                        "metadata: {name: web}\nspec: {type: NodePort, clusterIP: 10.96.0.9, ports: [{port: 80, nodePort: 30009}]}\n")
                .is(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void an_address_that_was_deleted_is_reserved_again_at_once() {
        api.delete(ADDRESSES + "/10.96.0.9").is(200);
        await(() -> api.get(ADDRESSES + "/10.96.0.9").status() == 200);
        assertThat(parent("10.96.0.9")).isEqualTo("web");
        assertThat(event("ClusterIPNotAllocated").tree("regarding").text("name"))
                .isEqualTo("web");
        assertThat(event("ClusterIPNotAllocated").text("reportingController"))
                .isEqualTo("ipallocator-repair-controller");
        assertThat(metrics()).contains("apiserver_clusterip_repair_ip_errors_total{type=\"repair\"} 1");
    }

    @Test
    void labels_that_were_taken_off_come_back() {
        api.merge(ADDRESSES + "/10.96.0.9", "{\"metadata\":{\"labels\":{\"ipaddress.kubernetes.io/ip-family\":null}}}")
                .is(200);
        await(() -> api.get(ADDRESSES + "/10.96.0.9")
                        .tree()
                        .tree("metadata")
                        .textMap("labels")
                        .size()
                == 2);
    }

    @Test
    void a_reservation_without_service_goes_after_a_minute() {
        api.post(ADDRESSES, ADDRESS.formatted("10.96.0.20", "nobody")).is(201);
        api.post(ADDRESSES, ADDRESS.formatted("10.96.0.21", "web")).is(201);
        await(() -> api.get(ADDRESSES + "/10.96.0.21").status() == 404);
        assertThat(event("IPAddressWrongReference").tree("regarding").text("name"))
                .isEqualTo("10.96.0.21");
        api.get(ADDRESSES + "/10.96.0.20").is(200);
        await(() -> {
            time.advance(Duration.ofSeconds(70));
            return api.get(ADDRESSES + "/10.96.0.20").status() == 404;
        });
        assertThat(event("IPAddressNotAllocated").text("note")).contains("default/nobody");
        String foreign = ADDRESS.formatted("10.96.0.22", "nobody").replace("ipallocator.k8s.io", "me");
        api.post(ADDRESSES, foreign).is(201);
        time.advance(Duration.ofMinutes(4));
        assertThat(api.get(ADDRESSES + "/10.96.0.22").is(200).tree().text("kind"))
                .isEqualTo("IPAddress");
    }

    @Test
    void two_services_with_one_address_are_told_and_left_alone() throws ConflictException {
        copy("web", "twin");
        round();
        await(() -> events("ClusterIPAlreadyAllocated").size() == 1);
        assertThat(event("ClusterIPAlreadyAllocated").text("note")).contains("10.96.0.9", "default/web");
        assertThat(event("PortAlreadyAllocated").text("reportingController"))
                .isEqualTo("portallocator-repair-controller");
        assertThat(parent("10.96.0.9")).isEqualTo("web");
        round();
        await(() -> event("ClusterIPAlreadyAllocated").tree("series").whole("count", 0) == 2);
        assertThat(events("ClusterIPAlreadyAllocated")).as("once, with a count").hasSize(1);
        // a round tells events first and counts afterwards
        await(() -> metrics().contains("apiserver_nodeport_repair_port_errors_total{type=\"duplicate\"} 2"));
    }

    @Test
    void a_service_outside_all_blocks_is_told() throws ConflictException {
        copy("web", "far", "10.96.0.9", "10.200.0.9", "30009", "40000");
        round();
        await(() -> !events("ClusterIPOutOfRange").isEmpty()
                && !events("PortOutOfRange").isEmpty());
        assertThat(event("ClusterIPOutOfRange").text("note")).contains("10.200.0.9");
    }

    @Test
    void node_ports_are_reserved_and_released() throws ConflictException {
        server.store()
                .commit(List.of(
                        Write.delete("/fairlead/nodeports/30009", Expect.present()),
                        Write.put("/fairlead/nodeports/30010", holder("nobody"), Expect.absent())));
        round();
        await(() -> server.store().get("/fairlead/nodeports/30009").isPresent());
        await(() -> !events("PortNotAllocated").isEmpty());
        assertThat(server.store().get("/fairlead/nodeports/30010"))
                .as("for some rounds")
                .isPresent();
        await(() -> {
            round();
            return server.store().get("/fairlead/nodeports/30010").isEmpty();
        });
        assertThat(metrics()).contains("apiserver_nodeport_repair_port_errors_total{type=\"leak\"} 1");
    }

    @Test
    void what_every_cluster_has_comes_back() {
        server.api().advertise(dev.fairlead.core.definition.IpAddress.of("10.0.0.1"), 6443);
        Tree service = api.get(SERVICES + "/kubernetes").is(200).tree();
        assertThat(service.tree("spec").text("clusterIP")).isEqualTo("10.96.0.1");
        assertThat(service.tree("spec").text("ipFamilyPolicy")).isEqualTo("SingleStack");
        assertThat(service.tree("metadata").textMap("labels"))
                .containsEntry("component", "apiserver")
                .containsEntry("provider", "kubernetes");
        Tree endpoints = api.get("/api/v1/namespaces/default/endpoints/kubernetes")
                .is(200)
                .tree();
        assertThat(endpoints.tree("metadata").textMap("labels"))
                .containsEntry("endpointslice.kubernetes.io/skip-mirror", "true");
        String slice = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
        String version = api.get(slice).is(200).version();
        api.delete(SERVICES + "/kubernetes").is(200);
        api.merge("/api/v1/namespaces/default/endpoints/kubernetes", "{\"subsets\":[]}");
        api.delete("/apis/networking.k8s.io/v1/servicecidrs/kubernetes").is(200);
        api.get(SERVICES + "/kubernetes").is(404);
        assertThat(api.post(SERVICES, "metadata: {name: x}\nspec: {ports: [{port: 80}]}\n")
                        .is(500)
                        .message())
                .as("no ServiceCIDR is there")
                .contains("range is full");
        await(() -> {
            time.advance(Duration.ofSeconds(11));
            return api.get(SERVICES + "/kubernetes").status() == 200
                    && api.get("/api/v1/namespaces/default/endpoints/kubernetes")
                                    .status()
                            == 200;
        });
        Tree cidr = api.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes")
                .is(200)
                .tree();
        Tree condition = cidr.tree("status").trees("conditions").getFirst();
        assertThat(condition.text("type") + condition.text("status")).isEqualTo("ReadyTrue");
        assertThat(condition.text("message")).isEqualTo("Kubernetes default Service CIDR is ready");
        assertThat(api.get(slice).version()).as("untouched").isEqualTo(version);
    }

    @Test
    void allocation_is_counted() {
        api.post(SERVICES, "metadata: {name: two}\nspec: {ports: [{port: 80}]}\n")
                .is(201);
        api.post(SERVICES, "metadata: {name: three}\nspec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}\n")
                .is(422);
        assertThat(metrics())
                .contains(
                        "kube_apiserver_clusterip_allocator_allocation_total{cidr=\"10.96.0.0/16\",scope=\"static\"} 1")
                .contains(
                        "kube_apiserver_clusterip_allocator_allocation_total{cidr=\"10.96.0.0/16\",scope=\"dynamic\"} 1")
                .contains("kube_apiserver_clusterip_allocator_allocation_errors_total{cidr=\"\",scope=\"static\"} 1")
                .contains("kube_apiserver_clusterip_allocator_allocated_ips{cidr=\"10.96.0.0/16\"} 2")
                .contains("kube_apiserver_clusterip_allocator_available_ips{cidr=\"10.96.0.0/16\"} 65532")
                .contains("kube_apiserver_nodeport_allocator_allocation_total{scope=\"static\"} 1")
                .contains("kube_apiserver_nodeport_allocator_allocated_ports 1")
                .contains("kube_apiserver_nodeport_allocator_available_ports 2767");
    }

    private void round() {
        time.advance(Duration.ofMinutes(3));
    }

    /** Another Service with the same spec, as no client could make it. */
    private void copy(String from, String to, String... replaced) throws ConflictException {
        String key = "/registry/services/specs/default/";
        String text = new String(server.store().get(key + from).orElseThrow().value(), StandardCharsets.UTF_8)
                .replace("\"name\":\"" + from + "\"", "\"name\":\"" + to + "\"");
        for (int i = 0; i < replaced.length; i += 2) {
            text = text.replace(replaced[i], replaced[i + 1]);
        }
        server.store().commit(List.of(Write.put(key + to, text.getBytes(StandardCharsets.UTF_8), Expect.absent())));
    }

    private static byte[] holder(String name) {
        return ("{\"spec\":{\"parentRef\":{\"group\":\"\",\"resource\":\"services\",\"namespace\":\"default\",\"name\":\""
                        + name + "\"}}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String parent(String address) {
        return api.get(ADDRESSES + "/" + address)
                .tree()
                .tree("spec")
                .tree("parentRef")
                .text("name", "");
    }

    private List<Tree> events(String reason) {
        return api.get(EVENTS).tree().trees("items").stream()
                .filter(event -> event.text("reason", "").equals(reason))
                .toList();
    }

    private Tree event(String reason) {
        await(() -> !events(reason).isEmpty());
        return events(reason).getFirst();
    }

    private String metrics() {
        return new String(
                ((dev.fairlead.wire.exchange.Reply.Whole)
                                api.raw(dev.fairlead.wire.exchange.Request.of("GET", "/metrics")))
                        .body(),
                StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("in time").isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
