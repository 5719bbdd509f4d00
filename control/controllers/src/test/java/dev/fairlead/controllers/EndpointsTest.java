// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Slices and Endpoints by rule, as a user of the API sees them. */
class EndpointsTest {
    private static final String TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final String PODS = "endpointslice-controller.k8s.io";
    private static final String MIRROR = "endpointslicemirroring-controller.k8s.io";

    private static void service(Cluster cluster, String name, String spec) throws Exception {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {ports: [{port: 80, targetPort: 8080}], %s}
                """.formatted(name, spec));
    }

    /** A pod that is ready at {@code ip}, without a kubelet. */
    private static void pod(Cluster cluster, String name, String labels, String spec, String ip) throws Exception {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, labels: %s}
                spec: {%s, containers: [{name: c, image: x}]}
                """.formatted(name, labels, spec));
        cluster.await("pod " + name, () -> cluster.pod(name) != null);
        cluster.status(cluster.pod(name), ip, true);
    }

    private static List<Tree> slices(Cluster cluster, String service, String author) throws Exception {
        return cluster.client
                .list(
                        Resources.ENDPOINT_SLICES,
                        Selection.in("default")
                                .labelled(Map.of(
                                        "kubernetes.io/service-name",
                                        service,
                                        "endpointslice.kubernetes.io/managed-by",
                                        author)))
                .items();
    }

    /** The addresses of a Service's slices, sorted, with zone hints and hostnames. */
    private static String addresses(Cluster cluster, String service, String author) throws Exception {
        return slices(cluster, service, author).stream()
                .flatMap(slice -> slice.trees("endpoints").stream())
                .map(endpoint -> endpoint.texts("addresses").getFirst()
                        + (endpoint.tree("conditions").truth("ready", true) ? "" : " not ready")
                        + (endpoint.has("hostname") ? " " + endpoint.text("hostname") : "")
                        + (endpoint.has("zone") ? " in " + endpoint.text("zone") : "")
                        + (endpoint.has("hints")
                                ? " for "
                                        + endpoint.tree("hints")
                                                .trees("forZones")
                                                .getFirst()
                                                .text("name")
                                : ""))
                .sorted()
                .toList()
                .toString();
    }

    private static void awaitAddresses(Cluster cluster, String service, String author, String wanted) throws Exception {
        try {
            cluster.await(
                    service + " " + wanted,
                    () -> addresses(cluster, service, author).equals(wanted));
        } catch (AssertionError late) {
            assertThat(addresses(cluster, service, author)).isEqualTo(wanted);
            throw late;
        }
    }

    private static Tree endpoints(Cluster cluster, String name) throws Exception {
        Tree found = cluster.client.find(Resources.ENDPOINTS, new ObjectName("default", name));
        return found == null ? Tree.EMPTY : found;
    }

    private static void awaitEvent(Cluster cluster, String reason, String message) throws Exception {
        cluster.await(
                reason + ": " + message,
                () -> cluster.list(Resources.EVENTS).stream()
                        .anyMatch(event -> event.text("reason", "").equals(reason)
                                && event.text("message", "").equals(message)));
    }

    private static void node(Cluster cluster, String name, String zone) throws Exception {
        cluster.apply("{apiVersion: v1, kind: Node, metadata: {name: %s, labels: {topology.kubernetes.io/zone: %s}}}"
                .formatted(name, zone));
        ready(cluster, name, true);
    }

    private static void ready(Cluster cluster, String node, boolean ready) throws Exception {
        cluster.client.patch(
                Resources.NODES,
                new ObjectName("", node),
                "status",
                new Patch.Merge(
                        Yaml.read("{status: {allocatable: {cpu: '4'}, conditions: [{type: Ready, status: '%s'}]}}"
                                        .formatted(ready ? "True" : "False"))
                                .getFirst()
                                .fields()));
    }

    @Test
    void both_note_what_they_answer_to_and_keep_what_others_wrote() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            service(cluster, "web", "selector: {app: web}");
            cluster.await("Endpoints", () -> endpoints(cluster, "web").has("metadata"));
            cluster.await("slice", () -> !slices(cluster, "web", PODS).isEmpty());
            Tree made = cluster.client.get(Resources.SERVICES, new ObjectName("default", "web"));
            String created = made.tree("metadata").text("creationTimestamp", "");
            for (Tree object : List.of(
                    endpoints(cluster, "web"), slices(cluster, "web", PODS).getFirst())) {
                assertThat(object.tree("metadata").textMap("annotations")).containsEntry(TRIGGER, created);
            }
            cluster.patch(Resources.ENDPOINTS, "web", "{metadata: {annotations: {note: mine}, finalizers: [a.b/c]}}");
            String slice =
                    slices(cluster, "web", PODS).getFirst().tree("metadata").text("name", "");
            cluster.patch(Resources.ENDPOINT_SLICES, slice, "{metadata: {annotations: {note: mine}}}");
            pod(cluster, "a", "{app: web}", "nodeName: n1", "10.244.0.1");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            cluster.await(
                    "address", () -> !endpoints(cluster, "web").trees("subsets").isEmpty());
            Instant since = cluster.pod("a").readySince();
            for (Tree object : List.of(
                    endpoints(cluster, "web"), slices(cluster, "web", PODS).getFirst())) {
                assertThat(object.tree("metadata").textMap("annotations"))
                        .containsEntry("note", "mine")
                        .containsEntry(TRIGGER, String.valueOf(since));
            }
            assertThat(endpoints(cluster, "web").tree("metadata").texts("finalizers"))
                    .containsExactly("a.b/c");
            cluster.patch(Resources.SERVICES, "web", "{metadata: {labels: {team: red}}}");
            cluster.await(
                    "the label",
                    () -> "red"
                                    .equals(endpoints(cluster, "web")
                                            .tree("metadata")
                                            .textMap("labels")
                                            .get("team"))
                            && "red"
                                    .equals(slices(cluster, "web", PODS)
                                            .getFirst()
                                            .tree("metadata")
                                            .textMap("labels")
                                            .get("team")));
            for (Tree object : List.of(
                    endpoints(cluster, "web"), slices(cluster, "web", PODS).getFirst())) {
                assertThat(object.tree("metadata").textMap("annotations"))
                        .as("a label is no trigger")
                        .isEqualTo(Map.of("note", "mine"));
            }
            cluster.patch(Resources.ENDPOINTS, "web", "{metadata: {finalizers: []}}");
        }
    }

    @Test
    void endpoints_made_by_hand_are_mirrored_as_long_as_their_service_selects_nothing() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            cluster.apply("""
                    apiVersion: v1
                    kind: Endpoints
                    metadata: {name: db, namespace: default, labels: {team: red}}
                    subsets:
                    - addresses: [{ip: 192.0.2.1}, {ip: "2001:db8::1"}]
                      notReadyAddresses: [{ip: 192.0.2.2}]
                      ports: [{port: 5432}]
                    """);
            assertThat(slices(cluster, "db", MIRROR)).isEmpty();
            service(cluster, "db", "type: ClusterIP");
            awaitAddresses(cluster, "db", MIRROR, "[192.0.2.1, 192.0.2.2 not ready, 2001:db8::1]");
            Tree slice = slices(cluster, "db", MIRROR).getFirst();
            assertThat(slice.tree("metadata").textMap("labels")).containsEntry("team", "red");
            assertThat(slice.trees("ports").getFirst().whole("port", 0)).isEqualTo(5432);

            String name = slice.tree("metadata").text("name", "");
            cluster.client.delete(Resources.ENDPOINT_SLICES, new ObjectName("default", name), Deletion.DEFAULT);
            awaitAddresses(cluster, "db", MIRROR, "[192.0.2.1, 192.0.2.2 not ready, 2001:db8::1]");
            cluster.patch(
                    Resources.ENDPOINTS, "db", "{subsets: [{addresses: [{ip: 192.0.2.9}], ports: [{port: 5432}]}]}");
            awaitAddresses(cluster, "db", MIRROR, "[192.0.2.9]");

            cluster.patch(
                    Resources.ENDPOINTS,
                    "db",
                    "{metadata: {labels: {endpointslice.kubernetes.io/skip-mirror: 'true'}}}");
            awaitAddresses(cluster, "db", MIRROR, "[]");
            cluster.patch(
                    Resources.ENDPOINTS, "db", "{metadata: {labels: {endpointslice.kubernetes.io/skip-mirror: 'no'}}}");
            awaitAddresses(cluster, "db", MIRROR, "[192.0.2.9]");

            pod(cluster, "p", "{app: db}", "nodeName: n1", "10.244.0.1");
            cluster.patch(Resources.SERVICES, "db", "{spec: {selector: {app: db}}}");
            awaitAddresses(cluster, "db", PODS, "[10.244.0.1]");
            awaitAddresses(cluster, "db", MIRROR, "[]");
            cluster.await(
                    "taken over", () -> endpoints(cluster, "db").toString().contains("10.244.0.1"));

            cluster.client.delete(Resources.SERVICES, new ObjectName("default", "db"), Deletion.DEFAULT);
            cluster.await(
                    "Endpoints gone", () -> endpoints(cluster, "db").fields().isEmpty());
            awaitAddresses(cluster, "db", PODS, "[]");
        }
    }

    @Test
    void endpoints_made_by_hand_go_with_their_service_and_stay_without_one() throws Exception {
        try (Cluster cluster = new Cluster()) {
            service(cluster, "db", "type: ClusterIP");
            for (String name : List.of("db", "alone")) {
                cluster.apply("{apiVersion: v1, kind: Endpoints, metadata: {name: %s, namespace: default}, subsets:"
                                .formatted(name)
                        + " [{addresses: [{ip: 192.0.2.1}]}]}");
            }
            awaitAddresses(cluster, "db", MIRROR, "[192.0.2.1]");
            cluster.client.delete(Resources.SERVICES, new ObjectName("default", "db"), Deletion.DEFAULT);
            cluster.await("gone", () -> endpoints(cluster, "db").fields().isEmpty());
            awaitAddresses(cluster, "db", MIRROR, "[]");
            assertThat(endpoints(cluster, "alone").fields()).isNotEmpty();
        }
    }

    @Test
    void slices_of_others_are_left_alone_and_edits_of_its_own_are_undone() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            service(cluster, "web", "selector: {app: web}");
            cluster.apply("""
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: theirs
                      namespace: default
                      labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: me}
                    addressType: IPv4
                    endpoints: [{addresses: [192.0.2.7]}]
                    """);
            pod(cluster, "a", "{app: web}", "nodeName: n1", "10.244.0.1");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            String name =
                    slices(cluster, "web", PODS).getFirst().tree("metadata").text("name", "");
            cluster.patch(Resources.ENDPOINT_SLICES, name, "{endpoints: [{addresses: [192.0.2.66]}]}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            cluster.patch(Resources.ENDPOINT_SLICES, name, "{metadata: {labels: {kubernetes.io/service-name: other}}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            String now =
                    slices(cluster, "web", PODS).getFirst().tree("metadata").text("name", "");
            cluster.client.delete(Resources.ENDPOINT_SLICES, new ObjectName("default", now), Deletion.DEFAULT);
            cluster.await(
                    "another slice",
                    () -> !slices(cluster, "web", PODS).toString().contains(now));
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            assertThat(addresses(cluster, "web", "me")).isEqualTo("[192.0.2.7]");
        }
    }

    @Test
    void follow_what_a_service_selects_and_what_it_becomes() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            service(cluster, "web", "selector: {app: web}");
            pod(cluster, "a", "{app: web}", "nodeName: n1", "10.244.0.1");
            pod(cluster, "b", "{app: api}", "nodeName: n1", "10.244.0.2");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            cluster.patch(Resources.SERVICES, "web", "{spec: {selector: {app: api}}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.2]");
            cluster.patch(Resources.PODS, "a", "{metadata: {labels: {app: api}}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1, 10.244.0.2]");
            cluster.patch(Resources.PODS, "b", "{metadata: {labels: {app: web}}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");

            cluster.status(cluster.pod("a"), "10.244.0.1", false);
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1 not ready]");
            cluster.patch(Resources.SERVICES, "web", "{spec: {publishNotReadyAddresses: true}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            cluster.await(
                    "Endpoints too",
                    () -> endpoints(cluster, "web").trees("subsets").stream().anyMatch(one -> one.has("addresses")));

            cluster.patch(Resources.SERVICES, "web", "{spec: {selector: {app: none}}}");
            awaitAddresses(cluster, "web", PODS, "[]");
            assertThat(slices(cluster, "web", PODS)).as("the placeholder").hasSize(1);
            cluster.patch(Resources.SERVICES, "web", "{spec: {selector: {app: api}}}");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1]");
            cluster.patch(
                    Resources.SERVICES,
                    "web",
                    "{spec: {type: ExternalName, externalName: example.org, clusterIP: '', clusterIPs: null}}");
            cluster.await(
                    "the controllers to know",
                    () -> { // of Services and of pods they hear in no order
                        Service known = cluster.controllers.seen().services.get(new ObjectName("default", "web"));
                        return known != null && known.type() == ServiceType.EXTERNAL_NAME;
                    });
            cluster.patch(Resources.PODS, "b", "{metadata: {labels: {app: api}}}");
            service(cluster, "other", "selector: {app: api}");
            awaitAddresses(cluster, "other", PODS, "[10.244.0.1 not ready, 10.244.0.2]");
            assertThat(addresses(cluster, "web", PODS)).as("left as they are").isEqualTo("[10.244.0.1]");
        }
    }

    @Test
    void headless_services_name_hosts() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            cluster.apply("{apiVersion: v1, kind: Service, metadata: {name: db, namespace: default}, spec:"
                    + " {clusterIP: None, selector: {app: db}}}");
            pod(cluster, "db-0", "{app: db}", "nodeName: n1, hostname: db-0, subdomain: db", "10.244.0.1");
            pod(cluster, "db-1", "{app: db}", "nodeName: n1, hostname: db-1, subdomain: elsewhere", "10.244.0.2");
            awaitAddresses(cluster, "db", PODS, "[10.244.0.1 db-0, 10.244.0.2]");
            Tree slice = slices(cluster, "db", PODS).getFirst();
            assertThat(slice.tree("metadata").textMap("labels")).containsEntry("service.kubernetes.io/headless", "");
            assertThat(slice.trees("ports")).isEmpty();
            cluster.await("Endpoints", () -> endpoints(cluster, "db").toString().contains("10.244.0.2"));
            Tree subset = endpoints(cluster, "db").trees("subsets").getFirst();
            assertThat(subset.trees("addresses").getFirst().text("hostname")).isEqualTo("db-0");
            assertThat(subset.has("ports")).isFalse();
        }
    }

    @Test
    void zones_and_hints_follow_the_nodes() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            node(cluster, "za1", "za");
            node(cluster, "zb1", "zb");
            for (String other : List.of("n1", "n2")) { // have no zone
                cluster.client.delete(Resources.NODES, new ObjectName("", other), Deletion.DEFAULT);
            }
            service(cluster, "auto", "selector: {app: web}");
            service(cluster, "near", "selector: {app: web}, trafficDistribution: PreferSameZone");
            cluster.patch(
                    Resources.SERVICES,
                    "auto",
                    "{metadata: {annotations: {service.kubernetes.io/topology-mode: Auto}}}");
            pod(cluster, "a", "{app: web}", "nodeName: za1", "10.244.0.1");
            awaitEvent(
                    cluster,
                    "TopologyAwareHintsDisabled",
                    "the endpoints carry no hints for zones: there are fewer ready endpoints than zones: 1 of 2 (IPv4)");
            pod(cluster, "b", "{app: web}", "nodeName: za1", "10.244.0.2");
            awaitAddresses(cluster, "auto", PODS, "[10.244.0.1 in za for za, 10.244.0.2 in za for zb]");
            awaitAddresses(cluster, "near", PODS, "[10.244.0.1 in za for za, 10.244.0.2 in za for za]");
            awaitEvent(cluster, "TopologyAwareHintsEnabled", "the endpoints carry hints for zones (IPv4)");
            ready(cluster, "zb1", false);
            awaitAddresses(cluster, "auto", PODS, "[10.244.0.1 in za, 10.244.0.2 in za]");
            awaitEvent(
                    cluster,
                    "TopologyAwareHintsDisabled",
                    "the endpoints carry no hints for zones: all nodes that are ready are in zone za (IPv4)");
            ready(cluster, "zb1", true);
            awaitAddresses(cluster, "auto", PODS, "[10.244.0.1 in za for za, 10.244.0.2 in za for zb]");
            cluster.client.patch(
                    Resources.NODES,
                    new ObjectName("", "za1"),
                    new Patch.Merge(Yaml.read("{metadata: {labels: {topology.kubernetes.io/zone: zc}}}")
                            .getFirst()
                            .fields()));
            awaitAddresses(cluster, "auto", PODS, "[10.244.0.1 in zc for zc, 10.244.0.2 in zc for zb]");
            awaitAddresses(cluster, "near", PODS, "[10.244.0.1 in zc for zc, 10.244.0.2 in zc for zc]");
            cluster.patch(
                    Resources.SERVICES,
                    "auto",
                    "{metadata: {annotations: {service.kubernetes.io/topology-mode: Disabled}}}");
            awaitAddresses(cluster, "auto", PODS, "[10.244.0.1 in zc, 10.244.0.2 in zc]");
            awaitEvent(
                    cluster,
                    "TopologyAwareHintsDisabled",
                    "the endpoints carry no hints for zones: the Service does not ask for them any more (IPv4)");
        }
    }

    @Test
    void a_pod_on_an_unknown_node_is_told_of_and_comes_with_its_node() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            service(cluster, "web", "selector: {app: web}");
            pod(cluster, "a", "{app: web}", "nodeName: n1", "10.244.0.1");
            pod(cluster, "lost", "{app: web}", "nodeName: n9", "10.244.0.2");
            awaitEvent(
                    cluster,
                    "FailedToUpdateEndpointSlices",
                    "pod lost is left out of the endpoints: there is no node n9");
            assertThat(Duration.between(
                            Instant.parse(cluster.client
                                    .get(Resources.PODS, new ObjectName("default", "lost"))
                                    .tree("metadata")
                                    .text("creationTimestamp", "")),
                            Instant.now()))
                    .as("not told at once")
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(addresses(cluster, "web", PODS)).isEqualTo("[10.244.0.1]");
            node(cluster, "n9", "z9");
            awaitAddresses(cluster, "web", PODS, "[10.244.0.1, 10.244.0.2 in z9]");
        }
    }
}
