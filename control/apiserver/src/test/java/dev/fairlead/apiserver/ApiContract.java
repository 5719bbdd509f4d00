// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport to the API must do alike. */
@Timeout(60)
abstract class ApiContract {
    static final String SERVICES = "/api/v1/namespaces/default/services";
    static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {app: web}}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            """;

    /** The API to test: empty but for what every cluster has. */
    abstract Client api();

    @Test
    void an_object_is_created_and_read_back() {
        Client.Answer made = api().post(SERVICES, WEB).is(201);
        assertThat(made.tree().tree("metadata").text("uid")).hasSize(36);
        assertThat(made.tree().tree("spec").text("type")).isEqualTo("ClusterIP");
        Client.Answer read = api().get(SERVICES + "/web").is(200);
        assertThat(read.tree()).isEqualTo(made.tree());
    }

    @Test
    void a_service_gets_an_address_and_gives_it_back() {
        Tree service = api().post(SERVICES, WEB).is(201).tree();
        String address = service.tree("spec").text("clusterIP", "");
        assertThat(address).startsWith("10.96.");
        String path = "/apis/networking.k8s.io/v1/ipaddresses/" + address;
        assertThat(api().get(path).is(200).tree().tree("spec").tree("parentRef").text("name"))
                .isEqualTo("web");
        String same = WEB.replace("name: web", "name: other").replace("spec: {", "spec: {clusterIP: " + address + ", ");
        assertThat(api().post(SERVICES, same).is(422).message()).contains("provided IP is already allocated");
        assertThat(api().delete(SERVICES + "/web").is(200).tree().text("kind")).isEqualTo("Service");
        api().get(path).is(404);
        api().post(SERVICES, same).is(201);
    }

    @Test
    void node_ports_are_reserved_by_number() {
        String first = WEB.replace("ports: [{port: 80}]", "type: NodePort, ports: [{port: 80, nodePort: 30080}]");
        api().post(SERVICES, first).is(201);
        Client.Answer second =
                api().post(SERVICES, first.replace("name: web", "name: two")).is(422);
        assertThat(second.message())
                .isEqualTo("Service \"two\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: "
                        + "provided port is already allocated");
        Tree service = api().get(SERVICES + "/web").tree();
        service.tree("spec").fields().put("type", "ClusterIP");
        api().put(SERVICES + "/web", service).is(200);
        api().post(SERVICES, first.replace("name: web", "name: two")).is(201);
    }

    @Test
    void what_is_not_there_is_not_found() {
        Client.Answer answer = api().get(SERVICES + "/none").is(404);
        assertThat(answer.message()).isEqualTo("services \"none\" not found");
        assertThat(answer.tree().tree("details").text("kind")).isEqualTo("services");
        assertThat(api().get("/apis/apps/v1/namespaces/default/deployments/x")
                        .is(404)
                        .message())
                .isEqualTo("deployments.apps \"x\" not found");
        assertThat(api().get("/api/v1/nothings").is(404).message())
                .isEqualTo("the server could not find the requested resource");
        assertThat(api().post("/api/v1/namespaces/none/services", WEB).is(404).message())
                .isEqualTo("namespaces \"none\" not found");
    }

    @Test
    void a_name_is_taken_once() {
        api().post(SERVICES, WEB).is(201);
        assertThat(api().post(SERVICES, WEB).is(409).message()).isEqualTo("services \"web\" already exists");
    }

    @Test
    void names_are_generated() {
        String map = "metadata: {generateName: conf-}";
        String one =
                api().post(CONFIG_MAPS, map).is(201).tree().tree("metadata").text("name", "");
        String two =
                api().post(CONFIG_MAPS, map).is(201).tree().tree("metadata").text("name", "");
        assertThat(one).matches("conf-[bcdfghjklmnpqrstvwxz2456789]{5}").isNotEqualTo(two);
    }

    @Test
    void an_update_of_an_old_version_conflicts() {
        Tree old = api().post(SERVICES, WEB).is(201).tree();
        api().merge(SERVICES + "/web", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .is(200);
        assertThat(api().put(SERVICES + "/web", old).is(409).message())
                .isEqualTo("Operation cannot be fulfilled on services \"web\": the object has been modified; "
                        + "please apply your changes to the latest version and try again");
    }

    @Test
    void a_write_that_changes_nothing_keeps_the_version() {
        Client.Answer made = api().post(SERVICES, WEB).is(201);
        assertThat(api().put(SERVICES + "/web", made.tree()).is(200).version()).isEqualTo(made.version());
        assertThat(api().merge(SERVICES + "/web", "{\"spec\":{\"type\":\"ClusterIP\"}}")
                        .is(200)
                        .version())
                .isEqualTo(made.version());
    }

    @Test
    void lists_are_cut_into_pages_of_one_revision() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            api().post(CONFIG_MAPS, "metadata: {name: " + name + ", labels: {odd: \"" + "ace".contains(name) + "\"}}")
                    .is(201);
        }
        Client.Answer first = api().get(CONFIG_MAPS + "?limit=2").is(200);
        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first.tree().tree("metadata").whole("remainingItemCount", 0)).isEqualTo(3);
        api().delete(CONFIG_MAPS + "/c").is(200);
        String token = first.tree().tree("metadata").text("continue", "");
        Client.Answer second =
                api().get(CONFIG_MAPS + "?limit=2&continue=" + token).is(200);
        assertThat(names(second)).containsExactly("c", "d");
        assertThat(second.version()).isEqualTo(first.version());
        assertThat(names(api().get(CONFIG_MAPS + "?labelSelector=odd%3Dtrue&limit=2")))
                .containsExactly("a", "e");
        assertThat(names(api().get(CONFIG_MAPS + "?fieldSelector=metadata.name%3Db")))
                .containsExactly("b");
        assertThat(api().get(CONFIG_MAPS + "?fieldSelector=spec.x%3Db").is(400).message())
                .isEqualTo("field label not supported: spec.x");
    }

    @Test
    void a_watch_tells_every_change() {
        String version = api().get(CONFIG_MAPS).version();
        try (Events events = api().watch(CONFIG_MAPS + "?watch=true&resourceVersion=" + version)) {
            api().post(CONFIG_MAPS, "{metadata: {name: one}, data: {a: b}}").is(201);
            assertThat(events.next()).isEqualTo("ADDED one");
            api().merge(CONFIG_MAPS + "/one", "{\"data\":{\"a\":\"c\"}}").is(200);
            assertThat(events.next()).isEqualTo("MODIFIED one");
            api().delete(CONFIG_MAPS + "/one").is(200);
            assertThat(events.next()).isEqualTo("DELETED one");
        }
    }

    @Test
    void a_watch_sees_what_enters_and_leaves_its_selection() {
        api().post(CONFIG_MAPS, "metadata: {name: one, labels: {a: \"1\"}}").is(201);
        try (Events events = api().watch(CONFIG_MAPS + "?watch=true&labelSelector=a%3D1")) {
            assertThat(events.next()).isEqualTo("ADDED one");
            api().merge(CONFIG_MAPS + "/one", "{\"metadata\":{\"labels\":{\"a\":\"2\"}}}")
                    .is(200);
            assertThat(events.next()).isEqualTo("DELETED one");
            api().merge(CONFIG_MAPS + "/one", "{\"metadata\":{\"labels\":{\"b\":\"2\"}}}")
                    .is(200);
            api().merge(CONFIG_MAPS + "/one", "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}")
                    .is(200);
            assertThat(events.next()).isEqualTo("ADDED one");
        }
    }

    @Test
    void a_watch_can_begin_with_what_is_there() {
        api().post(CONFIG_MAPS, "metadata: {name: one}").is(201);
        String path = CONFIG_MAPS + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&allowWatchBookmarks=true";
        try (Events events = api().watch(path)) {
            assertThat(events.next()).isEqualTo("ADDED one");
            Tree end = events.event();
            assertThat(end).isNotNull();
            assertThat(end.text("type")).isEqualTo("BOOKMARK");
            assertThat(end.tree("object").tree("metadata").textMap("annotations"))
                    .containsEntry("k8s.io/initial-events-end", "true");
        }
    }

    @Test
    void a_watch_ends_when_its_time_is_over() {
        try (Events events = api().watch(CONFIG_MAPS + "?watch=true&timeoutSeconds=1")) {
            assertThat(events.next()).isEqualTo("end");
        }
    }

    @Test
    void health_and_version_are_told() {
        api().get("/livez").is(200);
        assertThat(api().get("/version").is(200).tree().text("gitVersion", "")).startsWith("v1.");
    }

    @Test
    void bad_input_is_refused_with_the_field_and_what_would_be_right() {
        assertThat(api().post(SERVICES, WEB.replace("80", "70000")).is(422).message())
                .isEqualTo("Service \"web\" is invalid: [spec.ports[0].port: Invalid value: 70000: "
                        + "must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 70000: "
                        + "must be between 1 and 65535, inclusive]");
        assertThat(api().post(SERVICES, WEB.replace("name: web", "name: WEB"))
                        .is(422)
                        .message())
                .contains("metadata.name: Invalid value: \"WEB\"");
        assertThat(api().post(SERVICES, WEB.replace("spec: {", "spec: {clusterIP: 10.1.2.3, "))
                        .is(422)
                        .message())
                .contains("failed to allocate IP 10.1.2.3")
                .contains("10.96.0.0/16");
        String unknown = WEB.replace("spec: {", "spec: {foo: 1, ");
        assertThat(api().post(SERVICES + "?fieldValidation=Strict", unknown)
                        .is(400)
                        .message())
                .isEqualTo("Service in version \"v1\" cannot be handled as a Service: "
                        + "strict decoding error: unknown field \"spec.foo\"");
        Client.Answer warned = api().post(SERVICES, unknown).is(201);
        assertThat(warned.warning()).isEqualTo("299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(warned.tree().tree("spec").has("foo")).isFalse();
        assertThat(api().post(SERVICES, WEB.replace("port: 80", "port: eighty"))
                        .is(400)
                        .message())
                .contains("spec.ports[0].port");
        assertThat(api().post(SERVICES, WEB.replace("kind: Service", "kind: Pod"))
                        .is(400)
                        .message())
                .contains("kind is \"Pod\" and should be \"Service\"");
    }

    private static String pool(String name, String addresses) {
        return """
                apiVersion: fairlead.dev/v1alpha1
                kind: LoadBalancerPool
                metadata: {name: %s}
                spec: {addresses: [%s]}
                """.formatted(name, addresses);
    }

    @Test
    void pools_of_addresses_keep_clear_of_each_other_and_of_services_and_pods() {
        String pools = "/apis/fairlead.dev/v1alpha1/loadbalancerpools";
        Tree made = api().post(pools, pool("a", "10.97.0.0/24")).is(201).tree();
        assertThat(made.tree("spec").fields())
                .containsEntry("autoAssign", true)
                .containsEntry("sharing", "SameNamespace");
        String node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDRs: [10.244.1.0/24]}}";
        api().post("/api/v1/nodes", node).is(201);
        assertThat(api().post(pools, pool("b", "10.97.0.9-10.97.1.9, 10.96.0.0/20, 10.244.1.7"))
                        .is(422)
                        .message())
                .isEqualTo("LoadBalancerPool.fairlead.dev \"b\" is invalid: ["
                        + "spec.addresses[0]: Invalid value: \"10.97.0.9-10.97.1.9\": overlaps with"
                        + " 10.97.0.0-10.97.0.255 of the LoadBalancerPool \"a\", "
                        + "spec.addresses[1]: Invalid value: \"10.96.0.0/20\": overlaps with 10.96.0.0/16,"
                        + " where ClusterIPs come from, "
                        + "spec.addresses[2]: Invalid value: \"10.244.1.7\": overlaps with 10.244.1.0/24,"
                        + " the pods of node \"n1\"]");
        api().post(pools, pool("b", "10.98.0.0/24")).is(201);
        Tree b = api().get(pools + "/b").tree();
        b.tree("spec").fields().put("addresses", List.of("10.97.0.0/16"));
        assertThat(api().put(pools + "/b", b).is(422).message()).contains("of the LoadBalancerPool \"a\"");
        made.tree("spec").fields().put("addresses", List.of("10.97.0.0/25", "10.97.0.128/25"));
        assertThat(api().put(pools + "/a", made).is(200).tree().tree("metadata").whole("generation", 0))
                .as("a pool does not stand in its own way")
                .isEqualTo(2);
        assertThat(api().post(
                                pools + "?fieldValidation=Strict",
                                pool("c", "10.99.0.1").replace("spec: {", "spec: {cidrs: [], "))
                        .is(400)
                        .message())
                .contains("unknown field \"spec.cidrs\"");
        assertThat(names(api().get(pools).is(200))).containsExactly("a", "b");
        api().delete(pools + "/a").is(200);
        api().post(pools, pool("c", "10.97.0.0/24")).is(201);
    }

    static List<String> names(Client.Answer list) {
        return list.tree().trees("items").stream()
                .map(item -> item.tree("metadata").text("name", ""))
                .toList();
    }
}
