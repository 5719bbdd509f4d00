// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.controllers.example.ApplianceProvider;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Services of type LoadBalancer over the real API server: addresses, finalizer, conditions, events, reasons to wait. */
@Timeout(60)
class LoadBalancersTest {
    private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

    private static String pool(String name, String addresses, String more) {
        return """
                apiVersion: fairlead.dev/v1alpha1
                kind: LoadBalancerPool
                metadata: {name: %s}
                spec: {addresses: [%s]%s}
                """.formatted(name, addresses, more);
    }

    private static String service(String name, String annotations, String more) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default, annotations: {%s}}
                spec:
                  type: LoadBalancer
                  ports: [{name: a, port: 80}]
                  %s
                """.formatted(name, annotations, more);
    }

    private static Tree get(Cluster cluster, String name) throws Exception {
        return cluster.client.get(Resources.SERVICES, new ObjectName("default", name));
    }

    /** Addresses, then status and reason of the condition: {@code 10.97.0.1 True Assigned}. */
    private static String state(Cluster cluster, String name) throws Exception {
        Tree status = get(cluster, name).tree("status");
        String addresses = status.tree("loadBalancer").trees("ingress").stream()
                .map(one -> one.text("ip", one.text("hostname", "")))
                .collect(Collectors.joining(" "));
        String condition = status.trees("conditions").stream()
                .filter(one -> one.text("type", "").equals("fairlead.dev/LoadBalancerReady"))
                .map(one -> one.text("status", "") + " " + one.text("reason", ""))
                .collect(Collectors.joining());
        return (addresses + " " + condition).strip();
    }

    private static void awaitState(Cluster cluster, String name, String wanted) throws Exception {
        String[] last = {""};
        try {
            cluster.await(name + " " + wanted, () -> {
                last[0] = state(cluster, name);
                return last[0].equals(wanted);
            });
        } catch (AssertionError late) {
            throw new AssertionError(name + " is '" + last[0] + "', not '" + wanted + "'", late);
        }
    }

    private static Set<String> events(Cluster cluster, String name) throws Exception {
        return cluster.list(Resources.EVENTS).stream()
                .filter(event -> event.tree("involvedObject").text("name", "").equals(name))
                .map(event -> event.text("reason", ""))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String message(Cluster cluster, String name) throws Exception {
        return get(cluster, name).tree("status").trees("conditions").getFirst().text("message", "");
    }

    private static void patchPool(Cluster cluster, String name, String spec) throws Exception {
        cluster.client.patch(
                Resources.LOAD_BALANCER_POOLS,
                new ObjectName("", name),
                new Patch.Merge(Yaml.read("spec: " + spec).getFirst().fields()));
    }

    @Test
    void a_service_waits_for_a_pool_gets_an_address_and_gives_it_back() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(service("web", "", ""));
            awaitState(cluster, "web", "False NoPool");
            cluster.await("event", () -> events(cluster, "web").contains("SyncLoadBalancerFailed"));
            assertThat(message(cluster, "web")).isEqualTo("there is no LoadBalancerPool; create one");

            cluster.apply(pool("small", "10.97.0.1-10.97.0.2", ""));
            awaitState(cluster, "web", "10.97.0.1 True Assigned");
            Tree web = get(cluster, "web");
            assertThat(web.tree("metadata").texts("finalizers")).containsExactly(FINALIZER);
            assertThat(web.tree("status")
                            .tree("loadBalancer")
                            .trees("ingress")
                            .getFirst()
                            .text("ipMode"))
                    .isEqualTo("VIP");
            cluster.await(
                    "events",
                    () -> events(cluster, "web").containsAll(Set.of("EnsuringLoadBalancer", "EnsuredLoadBalancer")));

            cluster.apply(service("two", "", "allocateLoadBalancerNodePorts: false"));
            awaitState(cluster, "two", "10.97.0.2 True Assigned");
            assertThat(get(cluster, "two")
                            .tree("spec")
                            .trees("ports")
                            .getFirst()
                            .has("nodePort"))
                    .isFalse();
            cluster.apply(service("three", "", ""));
            awaitState(cluster, "three", "False PoolsFull");
            cluster.await("counted", () -> {
                Tree status = cluster.client
                        .get(Resources.LOAD_BALANCER_POOLS, new ObjectName("", "small"))
                        .tree("status");
                return status.whole("assigned", 0) == 2 && status.whole("total", 0) == 2;
            });

            cluster.client.delete(Resources.SERVICES, new ObjectName("default", "web"), Deletion.DEFAULT);
            awaitState(cluster, "three", "10.97.0.1 True Assigned");
            assertThat(cluster.client.find(Resources.SERVICES, new ObjectName("default", "web")))
                    .isNull();
            cluster.await(
                    "events of the end",
                    () -> events(cluster, "web").containsAll(Set.of("DeletingLoadBalancer", "DeletedLoadBalancer")));
        }
    }

    @Test
    void types_change_in_both_directions() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(pool("one", "10.97.0.1", ""));
            cluster.apply(service("web", "", ""));
            awaitState(cluster, "web", "10.97.0.1 True Assigned");
            cluster.patch(Resources.SERVICES, "web", "spec: {type: ClusterIP}");
            awaitState(cluster, "web", "");
            cluster.await(
                    "finalizer off", () -> !get(cluster, "web").tree("metadata").has("finalizers"));
            cluster.apply(service("other", "", ""));
            awaitState(cluster, "other", "10.97.0.1 True Assigned");
            cluster.patch(Resources.SERVICES, "web", "spec: {type: LoadBalancer}");
            awaitState(cluster, "web", "False PoolsFull");
            cluster.patch(Resources.SERVICES, "other", "spec: {type: NodePort}");
            awaitState(cluster, "web", "10.97.0.1 True Assigned");
        }
    }

    @Test
    void wishes_classes_and_sharing() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(pool("main", "10.97.0.0/24", ", sharing: AllNamespaces"));
            cluster.apply(service("field", "", "loadBalancerIP: 10.97.0.9"));
            awaitState(cluster, "field", "10.97.0.9 True Assigned");
            cluster.apply(service("late", "fairlead.dev/load-balancer-ips: 10.97.0.9", ""));
            awaitState(cluster, "late", "False AddressTaken");
            assertThat(message(cluster, "late"))
                    .isEqualTo("it asks for 10.97.0.9, which the Service default/field has; they cannot share it:"
                            + " their sharing keys are not equal");
            cluster.apply(service("far", "fairlead.dev/load-balancer-ips: 192.168.1.1", ""));
            awaitState(cluster, "far", "False AddressOutsidePools");
            cluster.client.delete(Resources.SERVICES, new ObjectName("default", "field"), Deletion.DEFAULT);
            awaitState(cluster, "late", "10.97.0.9 True Assigned");

            cluster.apply(service("ours", "", "loadBalancerClass: fairlead.dev/pool"));
            awaitState(cluster, "ours", "10.97.0.10 True Assigned");
            cluster.apply(service("foreign", "", "loadBalancerClass: example.org/other"));
            awaitState(cluster, "foreign", "Unknown ClassNotHandled");
            assertThat(message(cluster, "foreign"))
                    .isEqualTo("nobody here serves loadBalancerClass \"example.org/other\"; served are none at all,"
                            + " \"example.com/appliance\", \"fairlead.dev/pool\"");
            assertThat(get(cluster, "foreign").tree("metadata").has("finalizers"))
                    .isFalse();

            String key = "fairlead.dev/load-balancer-sharing-key: dns";
            cluster.apply(service("s1", key, ""));
            awaitState(cluster, "s1", "10.97.0.11 True Assigned");
            cluster.apply(service("s2", key, "").replace("port: 80", "port: 81"));
            awaitState(cluster, "s2", "10.97.0.11 True Assigned");
            cluster.apply(service("s3", key, ""));
            awaitState(cluster, "s3", "10.97.0.12 True Assigned");
        }
    }

    @Test
    void pools_change_and_go_while_in_use_and_selectors_choose() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(pool("main", "10.97.0.0/30", ""));
            cluster.apply(service("web", "", ""));
            awaitState(cluster, "web", "10.97.0.1 True Assigned");
            patchPool(cluster, "main", "{addresses: [10.98.0.0/30]}");
            awaitState(cluster, "web", "10.97.0.1 True KeptOutsidePools");
            cluster.await("event", () -> events(cluster, "web").contains("KeptOutsidePools"));
            cluster.apply(service("new", "", ""));
            awaitState(cluster, "new", "10.98.0.1 True Assigned");
            cluster.client.delete(Resources.LOAD_BALANCER_POOLS, new ObjectName("", "main"), Deletion.DEFAULT);
            awaitState(cluster, "new", "10.98.0.1 True KeptOutsidePools");
            // whoever asks for another address lets the old one go
            cluster.apply(pool("main", "10.99.0.0/24", ", namespaceSelector: {matchLabels: {team: shop}}"));
            cluster.patch(
                    Resources.SERVICES, "web", "metadata: {annotations: {fairlead.dev/load-balancer-pool: main}}");
            awaitState(cluster, "web", "10.97.0.1 False NoPoolMatches");
            cluster.client.patch(
                    Resources.NAMESPACES,
                    new ObjectName("", "default"),
                    new Patch.Merge(Yaml.read("metadata: {labels: {team: shop}}")
                            .getFirst()
                            .fields()));
            awaitState(cluster, "web", "10.99.0.1 True Assigned");
        }
    }

    @Test
    void a_new_start_finds_the_addresses_again() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(pool("main", "10.97.0.0/24", ""));
            int next = 1;
            for (String name : List.of("a", "b", "c")) { // one after the other: several workers decide
                cluster.apply(service(name, "", ""));
                awaitState(cluster, name, "10.97.0." + next++ + " True Assigned");
            }
            String before = get(cluster, "c").tree("metadata").text("resourceVersion", "");
            cluster.restart();
            cluster.apply(service("d", "", ""));
            awaitState(cluster, "d", "10.97.0.4 True Assigned");
            for (String name : List.of("a", "b", "c")) {
                assertThat(state(cluster, name)).endsWith(" True Assigned");
            }
            assertThat(get(cluster, "c").tree("metadata").text("resourceVersion", ""))
                    .as("nothing is written anew")
                    .isEqualTo(before);
            // a status that somebody wrote by hand does not take another's address
            cluster.client.patch(
                    Resources.SERVICES,
                    new ObjectName("default", "d"),
                    "status",
                    new Patch.Merge(Yaml.read("status: {loadBalancer: {ingress: [{ip: 10.97.0.1, ipMode: VIP}]}}")
                            .getFirst()
                            .fields()));
            awaitState(cluster, "d", "10.97.0.4 True Assigned");
        }
    }

    @Test
    void a_provider_found_on_the_class_path_serves_its_class() throws Exception {
        try (Cluster cluster = new Cluster()) {
            ObjectName name = new ObjectName("default", "cloud");
            cluster.apply(service("cloud", "", "loadBalancerClass: example.com/appliance"));
            awaitState(cluster, "cloud", "203.0.113.7 True Assigned");
            assertThat(ApplianceProvider.BOX).containsEntry(name, "203.0.113.7 -> 1 ports of [n1, n2]");
            assertThat(get(cluster, "cloud")
                            .tree("status")
                            .tree("loadBalancer")
                            .trees("ingress")
                            .getFirst()
                            .text("ipMode"))
                    .isEqualTo("Proxy");
            cluster.apply("""
                    apiVersion: v1
                    kind: Node
                    metadata: {name: n3, labels: {node.kubernetes.io/exclude-from-external-load-balancers: "false"}}
                    """);
            cluster.apply("""
                    apiVersion: v1
                    kind: Node
                    metadata: {name: n4, labels: {node.kubernetes.io/exclude-from-external-load-balancers: ""}}
                    """);
            cluster.await(
                    "nodes", () -> "203.0.113.7 -> 1 ports of [n1, n2, n3]".equals(ApplianceProvider.BOX.get(name)));
            cluster.await("event", () -> events(cluster, "cloud").contains("UpdatedLoadBalancer"));
            cluster.patch(Resources.SERVICES, "cloud", "metadata: {annotations: {example.com/broken: x}}");
            awaitState(cluster, "cloud", "203.0.113.7 False SyncLoadBalancerFailed");
            assertThat(message(cluster, "cloud"))
                    .isEqualTo("Error syncing load balancer: the appliance does not answer");
            cluster.client.patch(
                    Resources.SERVICES,
                    name,
                    new Patch.Merge(Values.object(
                            "metadata", Values.object("annotations", Values.object("example.com/broken", Null.NULL)))));
            awaitState(cluster, "cloud", "203.0.113.7 True Assigned");
            cluster.client.delete(Resources.SERVICES, name, Deletion.DEFAULT);
            cluster.await("unmade", () -> ApplianceProvider.BOX.isEmpty());
            cluster.await("gone", () -> cluster.client.find(Resources.SERVICES, name) == null);
        }
    }

    @Test
    void the_guide_shows_the_provider_that_is_tested() throws Exception {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/guide.md"))) {
            root = root.getParent();
        }
        String source =
                Files.readString(root.resolve("control/controllers/src/test/java/dev/fairlead/controllers/example")
                        .resolve("ApplianceProvider.java"));
        assertThat(Files.readString(root.resolve("docs/guide.md")))
                .contains(source.substring(source.indexOf("/** An example")));
    }
}
