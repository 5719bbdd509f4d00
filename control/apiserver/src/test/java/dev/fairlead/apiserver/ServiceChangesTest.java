// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How Services change: from every type to every other, by PUT and by patch; what they keep, get and give back. */
@Timeout(60)
class ServiceChangesTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String WEB = SERVICES + "/web";

    private static TestServer server;
    private static Client api;

    /** The types, and what a Service of each holds: an address, node ports, a health check's port. */
    enum Type {
        CLUSTER_IP("type: ClusterIP", true, false, false),
        NODE_PORT("type: NodePort", true, true, false),
        LOAD_BALANCER("type: LoadBalancer", true, true, false),
        LOCAL("type: LoadBalancer, externalTrafficPolicy: Local", true, true, true),
        BARE_BALANCER("type: LoadBalancer, allocateLoadBalancerNodePorts: false", true, false, false),
        HEADLESS("type: ClusterIP, clusterIP: None", false, false, false),
        EXTERNAL_NAME("type: ExternalName, externalName: a.example", false, false, false);

        private final String spec;
        private final boolean address;
        private final boolean ports;
        private final boolean health;

        Type(String spec, boolean address, boolean ports, boolean health) {
            this.spec = spec;
            this.address = address;
            this.ports = ports;
            this.health = health;
        }

        String yaml() {
            return "metadata: {name: web}\nspec: {" + spec + ", selector: {a: b}, ports: [{port: 80, name: http}]}\n";
        }
    }

    record Change(Type from, Type to) {}

    static Stream<Change> changes() {
        return Stream.of(Type.values()).flatMap(from -> Stream.of(Type.values()).map(to -> new Change(from, to)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void by_put_of_what_a_person_wrote(Change change) {
        Tree before = api.post(SERVICES, change.from.yaml()).is(201).tree();
        Client.Answer answer = api.put(WEB, change.to.yaml());
        judge(change, before, answer, false);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void by_put_of_what_was_read_with_another_type(Change change) {
        Tree before = api.post(SERVICES, change.from.yaml()).is(201).tree();
        Tree edited = api.get(WEB).tree();
        Map<String, Object> spec = edited.tree("spec").fields();
        for (String field : List.of("externalTrafficPolicy", "allocateLoadBalancerNodePorts", "externalName")) {
            if (change.to.spec.contains(field)) {
                spec.put(
                        field,
                        field.equals("externalTrafficPolicy")
                                ? "Local"
                                : field.equals("externalName") ? "a.example" : (Object) false);
            } else if (change.from.spec.contains(field) && change.to.spec.contains("LoadBalancer")) {
                spec.remove(field);
            }
        }
        if (change.to == Type.HEADLESS) {
            spec.put("clusterIP", "None");
        } else if (change.from == Type.HEADLESS && change.to != Type.EXTERNAL_NAME) {
            spec.remove("clusterIP");
            spec.remove("clusterIPs");
        }
        spec.put("type", change.to.spec.replaceAll("type: ([A-Za-z]+).*", "$1"));
        judge(change, before, api.put(WEB, edited), true);
    }

    private static void judge(Change change, Tree before, Client.Answer answer, boolean read) {
        boolean headlessness = change.from != Type.EXTERNAL_NAME
                && change.to != Type.EXTERNAL_NAME
                && (change.from == Type.HEADLESS) != (change.to == Type.HEADLESS);
        boolean patched = headlessness && change.from == Type.HEADLESS;
        if (headlessness) {
            // From headless, what is left out is taken from what was: the Service stays headless, if its type may be.
            if (patched && change.to == Type.CLUSTER_IP) {
                assertThat(answer.is(200).tree().tree("spec").text("clusterIP")).isEqualTo("None");
            } else {
                answer.is(422);
                assertThat(answer.message()).contains("spec.clusterIPs");
            }
            return;
        }
        Tree spec = answer.is(200).tree().tree("spec");
        assertThat(spec.text("clusterIP", "").matches("10\\.96\\..*"))
                .as("address")
                .isEqualTo(change.to.address);
        boolean keeps = read && change.to == Type.BARE_BALANCER && change.from.ports;
        assertThat(nodePort(answer.tree()) != 0).as("node port").isEqualTo(change.to.ports || keeps);
        assertThat(spec.whole("healthCheckNodePort", 0) != 0).as("health check").isEqualTo(change.to.health);
        if (change.from.address && change.to.address) {
            assertThat(spec.texts("clusterIPs")).isEqualTo(before.tree("spec").texts("clusterIPs"));
        }
        if (change.from.ports && change.to.ports) {
            assertThat(nodePort(answer.tree())).isEqualTo(nodePort(before));
        }
        for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            assertThat(spec.has(field)).as(field).isEqualTo(change.to != Type.EXTERNAL_NAME);
        }
        boolean outside = change.to.ports || change.to == Type.BARE_BALANCER;
        assertThat(spec.has("externalTrafficPolicy")).isEqualTo(outside);
        assertThat(spec.has("allocateLoadBalancerNodePorts")).isEqualTo(change.to.spec.contains("LoadBalancer"));
        assertThat(reservedAddresses())
                .containsExactlyInAnyOrderElementsOf(change.to.address ? spec.texts("clusterIPs") : List.of());
        assertThat(reservedPorts()).isEqualTo(ports(answer.tree()));
    }

    @Test
    void a_put_may_leave_out_what_was_allocated() {
        String two =
                "metadata: {name: web}\nspec: {type: NodePort, ports: [{port: 80, name: a}, {port: 81, name: b}]}\n";
        Tree before = api.post(SERVICES, two).is(201).tree();
        String swapped =
                "metadata: {name: web}\nspec: {type: NodePort, ports: [{port: 82, name: b}, {port: 80, name: a}]}\n";
        Tree after = api.put(WEB, swapped).is(200).tree();
        List<Long> ports = nodePorts(before);
        assertThat(nodePorts(after)).as("node ports follow names").containsExactly(ports.get(1), ports.get(0));
        assertThat(after.tree("spec").text("clusterIP"))
                .isEqualTo(before.tree("spec").text("clusterIP"));
        String moved = swapped.replace("name: b}", "name: b, nodePort: " + ports.get(0) + "}");
        Tree third = api.put(WEB, moved).is(200).tree();
        assertThat(nodePorts(third).get(0)).isEqualTo(ports.get(0));
        assertThat(nodePorts(third).get(1)).as("its own went to another").isNotIn(ports.get(0), 0L);
        assertThat(reservedPorts()).isEqualTo(ports(third));
    }

    @Test
    void the_same_port_of_two_protocols_shares_a_node_port_at_creation_only() {
        String dns =
                "metadata: {name: web}\nspec: {type: NodePort, ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]}\n";
        Tree made = api.post(SERVICES, dns).is(201).tree();
        assertThat(new HashSet<>(nodePorts(made))).hasSize(1);
        api.delete(WEB).is(200);
        api.post(SERVICES, dns.replace("NodePort", "ClusterIP")).is(201);
        assertThat(new HashSet<>(nodePorts(api.merge(WEB, "{\"spec\":{\"type\":\"NodePort\"}}")
                        .is(200)
                        .tree())))
                .hasSize(2);
        api.delete(WEB).is(200);
        api.post(SERVICES, dns.replace("name: b", "name: b, nodePort: 30053")).is(201);
        assertThat(nodePorts(api.get(WEB).tree())).containsExactly(30053L, 30053L);
    }

    @Test
    void a_balancer_keeps_its_node_ports_until_they_are_taken_away() {
        Tree made = api.post(SERVICES, Type.LOAD_BALANCER.yaml()).is(201).tree();
        String none = "{\"spec\":{\"allocateLoadBalancerNodePorts\":false}}";
        assertThat(nodePorts(api.merge(WEB, none).is(200).tree())).isEqualTo(nodePorts(made));
        Tree zeroed = api.merge(WEB, "{\"spec\":{\"ports\":[{\"port\":80,\"name\":\"http\",\"nodePort\":0}]}}")
                .is(200)
                .tree();
        assertThat(nodePort(zeroed)).isZero();
        assertThat(reservedPorts()).isEmpty();
    }

    @Test
    void the_end_of_a_service_comes_with_the_service() {
        api.post(SERVICES, Type.LOCAL.yaml()).is(201);
        Tree gone = api.delete(WEB).is(200).tree();
        assertThat(gone.text("kind")).isEqualTo("Service");
        assertThat(gone.tree("spec").text("clusterIP", "")).startsWith("10.96.");
        assertThat(reservedPorts()).isEmpty();
        assertThat(reservedAddresses()).isEmpty();
    }

    @Test
    void what_a_service_holds_is_given_back_with_its_last_finalizer() {
        String held = Type.NODE_PORT.yaml().replace("name: web}", "name: web, finalizers: [a.example/x]}");
        api.post(SERVICES, held).is(201);
        api.put("/api/v1/namespaces/default/endpoints/web", "metadata: {name: web}\n")
                .is(201);
        Tree ending = api.delete(WEB).is(200).tree();
        assertThat(ending.tree("metadata").has("deletionTimestamp")).isTrue();
        assertThat(reservedAddresses()).hasSize(1);
        assertThat(reservedPorts()).hasSize(1);
        api.merge(WEB + "/status", "{\"metadata\":{\"finalizers\":null}}").is(200);
        api.get(WEB).is(404);
        assertThat(reservedAddresses()).isEmpty();
        assertThat(reservedPorts()).isEmpty();
        api.get("/api/v1/namespaces/default/endpoints/web").is(404);
    }

    @Test
    void deletecollection_takes_those_selected_and_what_they_hold() {
        for (String name : List.of("a", "b", "c")) {
            String labels = "labels: {keep: \"" + name.equals("c") + "\"}";
            api.post(
                            SERVICES,
                            "metadata: {name: " + name + ", " + labels
                                    + "}\nspec: {type: NodePort, ports: [{port: 80}]}\n")
                    .is(201);
        }
        api.send(Request.of("DELETE", SERVICES + "?labelSelector=keep%3Dfalse&dryRun=All"))
                .is(200);
        assertThat(reservedAddresses()).hasSize(3);
        Tree list = api.send(Request.of("DELETE", SERVICES + "?labelSelector=keep%3Dfalse"))
                .is(200)
                .tree();
        assertThat(list.text("kind")).isEqualTo("ServiceList");
        assertThat(list.trees("items")).hasSize(2);
        assertThat(reservedAddresses()).hasSize(1);
        assertThat(reservedPorts()).hasSize(1);
    }

    @Test
    void a_dry_run_shows_and_keeps_nothing() {
        long revision = server.store().revision();
        Tree shown =
                api.post(SERVICES + "?dryRun=All", Type.LOCAL.yaml()).is(201).tree();
        assertThat(shown.tree("spec").text("clusterIP")).as("no real choice").isEqualTo("10.96.0.0");
        assertThat(nodePort(shown)).isBetween(30000L, 32767L);
        assertThat(server.store().revision()).isEqualTo(revision);
        String asked = "metadata: {name: web}\nspec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}\n";
        api.post(SERVICES, asked).is(201);
        revision = server.store().revision();
        String again = asked.replace("name: web", "name: other");
        api.post(SERVICES + "?dryRun=All", again).is(201);
        api.post(SERVICES + "?dryRun=All", again.replace("10.96.7.7", "10.97.7.7"))
                .is(422);
        api.put(WEB + "?dryRun=All", Type.NODE_PORT.yaml()).is(200);
        api.delete(WEB + "?dryRun=All").is(200);
        assertThat(server.store().revision()).isEqualTo(revision);
        api.get(WEB).is(200);
        assertThat(api.post(SERVICES + "?dryRun=Some", again).is(422).message()).contains("supported values: \"All\"");
    }

    @Test
    void status_and_specification_do_not_touch_each_other() {
        String made = Type.LOAD_BALANCER.yaml() + "status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}\n";
        assertThat(api.post(SERVICES, made).is(201).tree().tree("status").fields())
                .isEqualTo(Map.of("loadBalancer", Map.of()));
        Tree object = api.get(WEB).tree();
        object.tree("spec").fields().put("sessionAffinity", "ClientIP");
        object.tree("metadata").fields().put("labels", Map.of("by", "status"));
        object.fields().put("status", Map.of("loadBalancer", Map.of("ingress", List.of(Map.of("ip", "192.0.2.1")))));
        Tree status = api.put(WEB + "/status", object).is(200).tree();
        assertThat(status.tree("spec").text("sessionAffinity")).isEqualTo("None");
        assertThat(status.tree("metadata").textMap("labels")).containsEntry("by", "status");
        Tree ingress =
                status.tree("status").tree("loadBalancer").trees("ingress").getFirst();
        assertThat(ingress.text("ipMode")).as("the default").isEqualTo("VIP");
        String condition = "\",\"status\":\"True\",\"reason\":\"R\",\"message\":\"\","
                + "\"lastTransitionTime\":\"2030-01-01T00:00:00Z\"}]}}";
        for (String type : List.of("One", "Two")) {
            api.patch(
                            WEB + "/status",
                            "application/strategic-merge-patch+json",
                            "{\"status\":{\"conditions\":[{\"type\":\"" + type + condition)
                    .is(200);
        }
        assertThat(api.get(WEB + "/status").is(200).tree().tree("status").trees("conditions"))
                .as("merged by type")
                .hasSize(2);
        assertThat(api.merge(WEB, "{\"status\":{\"loadBalancer\":null},\"spec\":{\"sessionAffinity\":\"ClientIP\"}}")
                        .is(200)
                        .tree()
                        .tree("status")
                        .tree("loadBalancer")
                        .trees("ingress"))
                .hasSize(1);
        assertThat(api.put(WEB, Type.NODE_PORT.yaml())
                        .is(200)
                        .tree()
                        .tree("status")
                        .tree("loadBalancer")
                        .fields())
                .as("only balancers have it")
                .isEmpty();
        assertThat(api.get(WEB).tree().tree("status").trees("conditions")).hasSize(2);
        assertThat(api.get(WEB).tree().tree("metadata").has("generation")).isFalse();
    }

    @Test
    void a_put_creates_and_overwrites_what_has_no_version() {
        api.put(WEB, Type.CLUSTER_IP.yaml()).is(201);
        api.put(WEB, Type.CLUSTER_IP.yaml().replace("a: b", "a: c")).is(200);
        assertThat(api.put(SERVICES + "/other", Type.CLUSTER_IP.yaml()).is(400).message())
                .contains("does not match the name on the URL");
    }

    @Test
    void fields_select_services() {
        api.post(SERVICES, Type.NODE_PORT.yaml()).is(201);
        api.post(SERVICES, Type.HEADLESS.yaml().replace("name: web", "name: bare"))
                .is(201);
        assertThat(ApiContract.names(api.get(SERVICES + "?fieldSelector=spec.clusterIP!%3DNone")))
                .containsExactly("web");
        assertThat(ApiContract.names(api.get(SERVICES + "?fieldSelector=spec.type%3DClusterIP")))
                .containsExactly("bare");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {clusterIP: None, loadBalancerIP: 192.0.2.1, ports: []} | spec.loadBalancerIP is ignored for headless services",
                "spec: {clusterIP: None, externalIPs: [192.0.2.1], ports: []} | spec.externalIPs is ignored for headless services",
                "spec: {clusterIP: None, sessionAffinity: ClientIP, ports: []} | spec.SessionAffinity is ignored for headless services",
                "spec: {externalIPs: [192.0.2.1], ports: [{port: 80}]} | spec.externalIPs is deprecated",
                "spec: {type: ExternalName, externalName: a, externalIPs: [192.0.2.1]} | spec.externalIPs is ignored when spec.type is \"ExternalName\"",
                "spec: {externalName: a, ports: [{port: 80}]} | spec.externalName is ignored when spec.type is not \"ExternalName\"",
                "spec: {trafficDistribution: PreferClose, ports: [{port: 80}]} | spec.trafficDistribution: \"PreferClose\" is deprecated",
                "spec: {type: LoadBalancer, loadBalancerIP: 'FD00::1', ports: [{port: 80}]} | spec.loadBalancerIP: IPv6 address \"FD00::1\"",
                "spec: {type: LoadBalancer, loadBalancerSourceRanges: ['FD00::/8'], ports: [{port: 80}]} | spec.loadBalancerSourceRanges[0]: IPv6 CIDR",
            })
    void warnings(String spec, String warning) {
        Client.Answer answer =
                api.post(SERVICES, "metadata: {name: web}\n" + spec + "\n").is(201);
        assertThat(answer.warning().replace("\\\"", "\"")).startsWith("299 - \"" + warning);
        assertThat(api.merge(WEB, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                        .is(200)
                        .warning()
                        .replace("\\\"", "\""))
                .contains(warning);
    }

    @Test
    void three_hundred_ports_and_a_thousand_keys() {
        String ports = IntStream.rangeClosed(1, 300)
                .mapToObj(port -> "{name: p" + port + ", port: " + port + "}")
                .collect(Collectors.joining(", "));
        String keys =
                IntStream.range(0, 1000).mapToObj(key -> "k" + key + ": v").collect(Collectors.joining(", "));
        String yaml =
                "metadata: {name: web}\nspec: {type: LoadBalancer, selector: {" + keys + "}, ports: [" + ports + "]}\n";
        Tree made = api.post(SERVICES, yaml).is(201).tree();
        assertThat(new HashSet<>(nodePorts(made))).hasSize(300);
        assertThat(made.tree("spec").textMap("selector")).hasSize(1000);
        Tree fewer = api.merge(WEB, "{\"spec\":{\"ports\":[{\"port\":1,\"name\":\"p1\"}]}}")
                .is(200)
                .tree();
        assertThat(nodePorts(fewer)).containsExactly(nodePorts(made).getFirst());
        assertThat(reservedPorts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {ports: [{port: 99999999999999999999}]}",
                "spec: {ports: [{port: 4294967376}]}",
                "spec: {type: NodePort, ports: [{port: 80, nodePort: 4294997376}]}",
                "spec: {ports: [{port: 80.5}]}",
                "spec: {ports: [{port: '80'}]}",
                "spec: {ports: {port: 80}}",
                "spec: {ports: [80]}",
                "spec: {ports: [[{port: 80}]]}",
                "spec: []",
                "spec: {selector: {a: 1}, ports: [{port: 80}]}",
                "spec: {selector: [a], ports: [{port: 80}]}",
                "spec: {clusterIPs: 10.96.0.9, ports: [{port: 80}]}",
                "spec: {publishNotReadyAddresses: yes please, ports: [{port: 80}]}",
                "spec: {sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 1e99}}, ports: [{port: 80}]}",
                "spec: {type: 7, ports: [{port: 80}]}",
            })
    void what_has_another_type_is_a_bad_request(String spec) {
        Client.Answer answer = api.post(SERVICES, "metadata: {name: web}\n" + spec + "\n");
        assertThat(answer.status()).as("%s", answer.tree().fields()).isIn(400, 422);
        assertThat(answer.message()).contains("spec");
        assertThat(answer.message()).doesNotContain("Exception", "\tat ");
        assertThat(reservedAddresses()).isEmpty();
        assertThat(reservedPorts()).isEmpty();
    }

    private static long nodePort(Tree service) {
        return nodePorts(service).stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static List<Long> nodePorts(Tree service) {
        return service.tree("spec").trees("ports").stream()
                .map(port -> port.whole("nodePort", 0))
                .toList();
    }

    private static Set<Long> ports(Tree service) {
        Set<Long> ports = new HashSet<>(nodePorts(service));
        ports.add(service.tree("spec").whole("healthCheckNodePort", 0));
        ports.remove(0L);
        return ports;
    }

    private static List<String> reservedAddresses() {
        return api.get("/apis/networking.k8s.io/v1/ipaddresses").tree().trees("items").stream()
                .map(item -> item.tree("metadata").text("name", ""))
                .toList();
    }

    private static Set<Long> reservedPorts() {
        String prefix = "/fairlead/nodeports/";
        return server.store().prefix(prefix, 0, 0).entries().stream()
                .map(entry -> Long.valueOf(entry.key().substring(prefix.length())))
                .collect(Collectors.toSet());
    }

    @BeforeAll
    static void start() {
        server = TestServer.with("10.96.0.0/16");
        api = new Client(server.api());
    }

    @AfterEach
    void clear() {
        api.send(Request.of("DELETE", SERVICES)).is(200);
        assertThat(reservedAddresses()).isEmpty();
        assertThat(reservedPorts()).isEmpty();
    }

    @AfterAll
    static void stop() {
        server.close();
    }
}
