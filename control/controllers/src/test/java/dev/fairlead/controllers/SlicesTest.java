// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Slices, Endpoints and what is said about them, over the real API server. */
class SlicesTest {
    private static final String REVISION = "fairlead.dev/endpoints-revision";

    private static String service(String name, String selector) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec:
                  selector: %s
                  ports: [{port: 80, targetPort: 8080}]
                """.formatted(name, selector);
    }

    private static String pod(String name, String labels) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, labels: %s}
                spec: {containers: [{name: c, image: x}]}
                """.formatted(name, labels);
    }

    private static List<Tree> slices(Cluster cluster, String service) throws Exception {
        return cluster.client
                .list(
                        Resources.ENDPOINT_SLICES,
                        Selection.in("default").labelled(Map.of("kubernetes.io/service-name", service)))
                .items();
    }

    /** The endpoints of a Service by pod, as {@code ready serving terminating}. */
    private static Map<String, String> endpoints(Cluster cluster, String service) throws Exception {
        Map<String, String> endpoints = new TreeMap<>();
        for (Tree slice : slices(cluster, service)) {
            for (Tree endpoint : slice.trees("endpoints")) {
                Tree conditions = endpoint.tree("conditions");
                endpoints.put(
                        endpoint.tree("targetRef").text("name", ""),
                        (conditions.truth("ready", true) ? "ready " : "")
                                + (conditions.truth("serving", true) ? "serving " : "")
                                + (conditions.truth("terminating", false) ? "terminating" : ""));
            }
        }
        return endpoints;
    }

    @Test
    void pods_come_and_go_in_slices_and_endpoints() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(service("web", "{app: web}"));
            cluster.await("placeholder", () -> slices(cluster, "web").size() == 1);
            cluster.apply(pod("a", "{app: web}"));
            cluster.apply(pod("b", "{app: web}"));
            cluster.apply(pod("other", "{app: db}"));
            cluster.await(
                    "two",
                    () -> endpoints(cluster, "web").equals(Map.of("a", "ready serving ", "b", "ready serving ")));
            Tree slice = slices(cluster, "web").getFirst();
            assertThat(slice.trees("ports").getFirst().whole("port", 0)).isEqualTo(8080);
            assertThat(slices(cluster, "web")).hasSize(1);

            cluster.status(cluster.pod("b"), "10.244.1.1", false);
            cluster.await(
                    "b not ready", () -> "".equals(endpoints(cluster, "web").get("b")));
            cluster.await("legacy", () -> {
                List<Tree> subsets = cluster.client
                        .get(Resources.ENDPOINTS, new ObjectName("default", "web"))
                        .trees("subsets");
                return subsets.size() == 1
                        && subsets.getFirst().trees("addresses").size() == 1
                        && subsets.getFirst().trees("notReadyAddresses").size() == 1;
            });
            cluster.client.delete(Resources.SERVICES, new ObjectName("default", "web"), Deletion.DEFAULT);
            cluster.await("slices gone", () -> slices(cluster, "web").isEmpty());
            cluster.await(
                    "Endpoints gone",
                    () -> cluster.client.find(Resources.ENDPOINTS, new ObjectName("default", "web")) == null);
        }
    }

    @Test
    void an_ending_pod_is_told_the_slice_revision_that_took_it_out() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            cluster.apply(service("one", "{app: web}"));
            cluster.apply(service("two", "{tier: front}"));
            cluster.apply(pod("a", "{app: web, tier: front}"));
            cluster.apply(pod("alone", "{app: nobody}"));
            cluster.await(
                    "placed",
                    () -> cluster.pods().stream().noneMatch(p -> p.nodeName().isEmpty())
                            && cluster.pods().size() == 2);
            cluster.status(cluster.pod("a"), "10.244.0.1", true);
            cluster.await(
                    "in both",
                    () -> endpoints(cluster, "one").containsKey("a")
                            && endpoints(cluster, "two").containsKey("a"));
            for (String name : List.of("a", "alone")) {
                cluster.client.delete(Resources.PODS, new ObjectName("default", name), Deletion.DEFAULT);
            }
            cluster.await(
                    "told",
                    () -> cluster.list(Resources.PODS).stream()
                            .allMatch(
                                    p -> p.tree("metadata").tree("annotations").has(REVISION)));
            Map<String, String> told = cluster.list(Resources.PODS).stream()
                    .collect(Collectors.toMap(
                            p -> p.tree("metadata").text("name", ""),
                            p -> p.tree("metadata").textMap("annotations").get(REVISION)));
            long newest = 0;
            for (String name : List.of("one", "two")) {
                assertThat(endpoints(cluster, name)).containsEntry("a", "serving terminating");
                newest = Math.max(
                        newest,
                        Long.parseLong(slices(cluster, name)
                                .getFirst()
                                .tree("metadata")
                                .text("resourceVersion", "")));
            }
            assertThat(told).isEqualTo(Map.of("alone", "0", "a", String.valueOf(newest)));
        }
    }

    @Test
    void a_selector_that_matches_nothing_says_what_comes_closest_until_it_matches() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(pod("web-1", "{app: web, tier: front}"));
            cluster.apply(service("web", "{app: web, tier: backend}"));
            ObjectName web = new ObjectName("default", "web");
            String message = "selector app=web,tier=backend matches no pod; 1 pod has tier=front";
            cluster.await(
                    "condition",
                    () -> cluster.client.get(Resources.SERVICES, web).tree("status").trees("conditions").stream()
                            .anyMatch(one -> one.text("type", "").equals("fairlead.dev/EndpointsFound")
                                    && one.text("reason", "").equals("NoPodsMatch")
                                    && one.text("message", "").equals(message)));
            cluster.await(
                    "event",
                    () -> cluster.list(Resources.EVENTS).stream()
                            .anyMatch(event -> event.text("reason", "").equals("NoPodsMatch")
                                    && event.text("message", "").equals(message)));
            cluster.restart(); // the next ones know it from the Service alone
            cluster.client.patch(
                    Resources.PODS,
                    new ObjectName("default", "web-1"),
                    new Patch.Merge(
                            Values.object("metadata", Values.object("labels", Values.object("tier", "backend")))));
            cluster.await(
                    "matches",
                    () -> cluster.client.get(Resources.SERVICES, web).tree("status").trees("conditions").stream()
                            .anyMatch(one -> one.text("type", "").equals("fairlead.dev/EndpointsFound")
                                    && one.text("status", "").equals("True")));
        }
    }

    @Test
    void one_changing_pod_among_a_thousand_services_writes_its_own_slice_only() throws Exception {
        try (Cluster cluster = new Cluster()) {
            for (int i = 0; i < 1_000; i++) {
                cluster.apply(service("s" + i, "{app: a" + i + "}"));
            }
            cluster.apply(pod("p", "{app: a500}"));
            cluster.await(
                    "in its slice",
                    () -> "ready serving ".equals(endpoints(cluster, "s500").get("p")));
            cluster.await(
                    "all placeholders",
                    () -> cluster.list(Resources.ENDPOINT_SLICES).size() == 1_000);
            Map<String, String> before = versions(cluster);
            cluster.status(cluster.pod("p"), "10.244.9.9", false);
            cluster.await(
                    "not ready", () -> "".equals(endpoints(cluster, "s500").get("p")));
            Map<String, String> after = versions(cluster);
            after.entrySet().removeAll(before.entrySet());
            assertThat(after).hasSize(1);
        }
    }

    private static Map<String, String> versions(Cluster cluster) throws Exception {
        return cluster.list(Resources.ENDPOINT_SLICES).stream()
                .map(slice -> slice.tree("metadata"))
                .collect(Collectors.toMap(meta -> meta.text("name", ""), meta -> meta.text("resourceVersion", "")));
    }
}
