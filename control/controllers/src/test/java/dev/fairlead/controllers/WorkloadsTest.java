// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Deployments, ReplicaSets, scheduling and garbage over the real API server. */
class WorkloadsTest {
    private static String web(String strategy) {
        return """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              %s
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: web, image: web:1, env: [{name: VERSION, value: "1"}]}
            """.formatted(strategy);
    }

    private static String version(int version) {
        return """
                spec: {template: {spec: {containers: [{name: web, image: "web:%s", env: [{name: VERSION, value: "%s"}]}]}}}
                """.formatted(version, version);
    }

    private static Tree condition(Tree object, String type) {
        return object.tree("status").trees("conditions").stream()
                .filter(one -> one.text("type", "").equals(type))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    @Test
    void a_deployment_becomes_pods_on_nodes_and_says_so() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(web(""));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.await(
                    "condition",
                    () -> condition(cluster.deployment("web"), "Progressing")
                            .text("reason", "")
                            .equals("NewReplicaSetAvailable"));
            Tree deployment = cluster.deployment("web");
            assertThat(condition(deployment, "Available").text("status")).isEqualTo("True");
            assertThat(deployment.tree("metadata").textMap("annotations"))
                    .containsEntry("deployment.kubernetes.io/revision", "1");
            List<Tree> pods = cluster.list(Resources.PODS);
            assertThat(pods).hasSize(3);
            assertThat(pods.stream()
                            .map(pod -> pod.tree("spec").text("nodeName"))
                            .distinct())
                    .containsExactlyInAnyOrder("n1", "n2");
            Tree set = cluster.list(Resources.REPLICA_SETS).getFirst();
            assertThat(set.tree("metadata").textMap("annotations"))
                    .containsEntry("deployment.kubernetes.io/desired-replicas", "3")
                    .containsEntry("deployment.kubernetes.io/max-replicas", "4");
            cluster.patch(Resources.DEPLOYMENTS, "web", "{spec: {strategy: {rollingUpdate: {maxSurge: 2}}}}");
            cluster.await(
                    "another surge is noted",
                    () -> "5"
                            .equals(cluster.list(Resources.REPLICA_SETS)
                                    .getFirst()
                                    .tree("metadata")
                                    .textMap("annotations")
                                    .get("deployment.kubernetes.io/max-replicas")));
            for (long seconds : new long[] {1, 0}) {
                cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {minReadySeconds: " + seconds + "}");
                cluster.await(
                        "how long pods must be ready is told to the set",
                        () -> cluster.list(Resources.REPLICA_SETS)
                                        .getFirst()
                                        .tree("spec")
                                        .whole("minReadySeconds", 0)
                                == seconds);
            }
            String hash = set.tree("metadata").textMap("labels").get("pod-template-hash");
            assertThat(set.tree("metadata").text("name")).isEqualTo("web-" + hash);
            assertThat(pods)
                    .allMatch(pod -> Objects.equals(
                            pod.tree("metadata").textMap("labels").get("pod-template-hash"), hash));

            cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {replicas: 5}");
            cluster.await("five", () -> cluster.complete("web"));
            cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {replicas: 2}");
            cluster.await(
                    "two",
                    () -> cluster.complete("web")
                            && cluster.list(Resources.PODS).size() == 2);
            assertThat(cluster.list(Resources.REPLICA_SETS)).hasSize(1);
        }
    }

    /** Counts as the pods' events come, so between two events too. */
    private static final class Bounds implements Handler<Pod> {
        private final Map<ObjectName, Pod> pods = new HashMap<>();
        private final List<String> broken = new CopyOnWriteArrayList<>();
        private final int most;
        private volatile int least;

        Bounds(int most) {
            this.most = most;
        }

        @Override
        public synchronized void changed(ObjectName name, @Nullable Pod old, @Nullable Pod now, long revision) {
            if (now == null) {
                pods.remove(name);
            } else {
                pods.put(name, now);
            }
            long active =
                    pods.values().stream().filter(pod -> !pod.meta().deleting()).count();
            long available = available();
            if (active > most) {
                broken.add(active + " pods at " + revision);
            }
            if (available < least) {
                broken.add(available + " available at " + revision);
            }
        }

        synchronized long available() {
            return pods.values().stream()
                    .filter(pod -> !pod.meta().deleting() && pod.ready())
                    .count();
        }
    }

    @Test
    void a_rolling_update_stays_within_its_bounds_in_any_order_of_events() throws Exception {
        Bounds bounds = new Bounds(4);
        try (Cluster cluster = new Cluster(bounds)) {
            cluster.apply(web("strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.await("told of all three", () -> bounds.available() == 3);
            bounds.least = 3;
            for (int version = 2; version < 8; version++) {
                cluster.patch(Resources.DEPLOYMENTS, "web", version(version));
                if (version != 5) { // a change of mind in the middle of a rollout
                    cluster.await("rolled out", () -> cluster.complete("web"));
                }
            }
            assertThat(bounds.broken).isEmpty();
            cluster.await("old pods gone", () -> cluster.list(Resources.PODS).size() == 3);
            // A template that was replaced before anybody saw it never was.
            int sets = cluster.list(Resources.REPLICA_SETS).size();
            assertThat(sets).isBetween(6, 7);
            cluster.await("revision", () -> revision(cluster) == sets);
            bounds.least = 0;

            cluster.patch(Resources.DEPLOYMENTS, "web", version(1));
            cluster.await("rolled back", () -> cluster.complete("web"));
            assertThat(cluster.list(Resources.REPLICA_SETS))
                    .as("the old one is used again")
                    .hasSize(sets);
            cluster.await("revision", () -> revision(cluster) == sets + 1);
        }
    }

    private static long revision(Cluster cluster) throws Exception {
        return Long.parseLong(cluster.deployment("web")
                .tree("metadata")
                .textMap("annotations")
                .get("deployment.kubernetes.io/revision"));
    }

    @Test
    void recreate_lets_all_old_pods_go_before_the_first_new_one() throws Exception {
        List<String> mixed = new CopyOnWriteArrayList<>();
        Map<ObjectName, String> hashes = new java.util.concurrent.ConcurrentHashMap<>();
        try (Cluster cluster = new Cluster((name, old, now, revision) -> {
            if (now == null) {
                hashes.remove(name);
            } else {
                hashes.put(name, now.meta().labels().getOrDefault("pod-template-hash", ""));
            }
            if (hashes.values().stream().distinct().count() > 1) {
                mixed.add(hashes.toString());
            }
        })) {
            cluster.apply(web("strategy: {type: Recreate}"));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.patch(Resources.DEPLOYMENTS, "web", version(2));
            cluster.await("rolled out", () -> cluster.complete("web"));
            assertThat(mixed).isEmpty();
        }
    }

    @Test
    void a_paused_deployment_scales_and_does_not_roll() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(web(""));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {paused: true}");
            cluster.patch(Resources.DEPLOYMENTS, "web", version(2));
            cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {replicas: 4}");
            cluster.await("four", () -> cluster.list(Resources.PODS).size() == 4);
            assertThat(cluster.list(Resources.REPLICA_SETS)).hasSize(1);
            cluster.patch(Resources.DEPLOYMENTS, "web", "spec: {paused: false}");
            cluster.await("rolled out", () -> cluster.complete("web"));
            assertThat(cluster.list(Resources.REPLICA_SETS)).hasSize(2);
        }
    }

    @Test
    void a_stuck_rollout_keeps_the_old_pods_and_says_that_it_is_stuck() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(web("progressDeadlineSeconds: 1"));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.ready = pod -> false;
            cluster.patch(Resources.DEPLOYMENTS, "web", version(2));
            cluster.await(
                    "stuck",
                    () -> condition(cluster.deployment("web"), "Progressing")
                            .text("reason", "")
                            .equals("ProgressDeadlineExceeded"));
            assertThat(condition(cluster.deployment("web"), "Available").text("status"))
                    .isEqualTo("True");
            assertThat(cluster.pods().stream().filter(Pod::ready).count()).isEqualTo(3);
            cluster.ready = pod -> true;
            cluster.again();
            cluster.await("done", () -> cluster.complete("web"));
        }
    }

    @Test
    void deleted_pods_come_again_and_deleted_owners_take_everything_along() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(web(""));
            cluster.await("complete", () -> cluster.complete("web"));
            String victim =
                    cluster.list(Resources.PODS).getFirst().tree("metadata").text("name", "");
            cluster.client.delete(Resources.PODS, new ObjectName("default", victim), Deletion.DEFAULT);
            cluster.await(
                    "again",
                    () -> cluster.complete("web")
                            && cluster.list(Resources.PODS).stream()
                                    .noneMatch(pod ->
                                            victim.equals(pod.tree("metadata").text("name"))));
            cluster.client.delete(Resources.DEPLOYMENTS, new ObjectName("default", "web"), Deletion.DEFAULT);
            cluster.await(
                    "nothing left",
                    () -> cluster.list(Resources.PODS).isEmpty()
                            && cluster.list(Resources.REPLICA_SETS).isEmpty());
        }
    }

    @Test
    void foreground_deletion_waits_for_dependents_and_orphans_are_adopted() throws Exception {
        try (Cluster cluster = new Cluster()) {
            ObjectName web = new ObjectName("default", "web");
            cluster.apply(web(""));
            cluster.await("complete", () -> cluster.complete("web"));
            cluster.client.delete(
                    Resources.DEPLOYMENTS, web, new Deletion(Deletion.Propagation.ORPHAN, null, null, null));
            cluster.await("gone", () -> cluster.client.find(Resources.DEPLOYMENTS, web) == null);
            assertThat(cluster.list(Resources.PODS)).hasSize(3);
            String set = cluster.list(Resources.REPLICA_SETS)
                    .getFirst()
                    .tree("metadata")
                    .text("uid", "");

            cluster.apply(web(""));
            cluster.await("adopted", () -> cluster.complete("web"));
            assertThat(cluster.list(Resources.REPLICA_SETS)).hasSize(1);
            assertThat(cluster.list(Resources.REPLICA_SETS)
                            .getFirst()
                            .tree("metadata")
                            .text("uid"))
                    .isEqualTo(set);

            cluster.client.delete(
                    Resources.DEPLOYMENTS, web, new Deletion(Deletion.Propagation.FOREGROUND, null, null, null));
            cluster.await("gone", () -> cluster.client.find(Resources.DEPLOYMENTS, web) == null);
            assertThat(cluster.list(Resources.REPLICA_SETS)).isEmpty();
            assertThat(cluster.list(Resources.PODS)).isEmpty();
        }
    }

    @Test
    void a_namespace_ends_with_all_that_is_in_it() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: shop}
                    """);
            cluster.apply(web("").replace("namespace: default", "namespace: shop"));
            cluster.apply("""
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: c, namespace: shop}
                    """);
            ObjectName shop = new ObjectName("", "shop");
            cluster.await(
                    "pods", () -> cluster.pods().stream().filter(Pod::ready).count() == 3);
            cluster.client.delete(Resources.NAMESPACES, shop, Deletion.DEFAULT);
            cluster.await("gone", () -> cluster.client.find(Resources.NAMESPACES, shop) == null);
            cluster.await("no pods", () -> cluster.pods().isEmpty());
        }
    }

    @Test
    void a_namespace_that_cannot_end_says_what_is_left_in_it() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: shop}
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: c, namespace: shop, finalizers: [a.b/c, a.b/d]}
                    ---
                    apiVersion: networking.k8s.io/v1
                    kind: Ingress
                    metadata: {name: i, namespace: shop, finalizers: [a.b/c]}
                    spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}
                    """);
            ObjectName shop = new ObjectName("", "shop");
            cluster.client.delete(Resources.NAMESPACES, shop, Deletion.DEFAULT);
            assertThat(told(cluster, shop, "Some resources are remaining"))
                    .containsExactly(
                            "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered All resources successfully discovered",
                            "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions All legacy kube types successfully parsed",
                            "NamespaceDeletionContentFailure False ContentDeleted All content successfully deleted, may be waiting on finalization",
                            "NamespaceContentRemaining True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances, ingresses.networking.k8s.io has 1 resource instances",
                            "NamespaceFinalizersRemaining True SomeFinalizersRemain Some content in the namespace has finalizers remaining: a.b/c in 2 resource instances, a.b/d in 1 resource instances");
            assertThat(cluster.client
                            .get(Resources.NAMESPACES, shop)
                            .tree("status")
                            .text("phase"))
                    .isEqualTo("Terminating");
            Map<String, Object> none = Values.object("metadata", Values.object("finalizers", List.of()));
            cluster.client.patch(
                    dev.fairlead.wire.Kinds.served().require("networking.k8s.io/v1", "Ingress"),
                    new ObjectName("shop", "i"),
                    new Patch.Merge(none));
            assertThat(told(cluster, shop, "a.b/c in 1 resource instances"))
                    .contains(
                            "NamespaceContentRemaining True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances");
            cluster.client.patch(
                    dev.fairlead.wire.Kinds.served().require("v1", "ConfigMap"),
                    new ObjectName("shop", "c"),
                    new Patch.Merge(none));
            cluster.await("gone", () -> cluster.client.find(Resources.NAMESPACES, shop) == null);
        }
    }

    /** A namespace's conditions, once one of them says that. */
    private static List<String> told(Cluster cluster, ObjectName namespace, String text) throws Exception {
        List<String> told = new java.util.ArrayList<>();
        cluster.await(text, () -> {
            told.clear();
            for (Tree one : cluster.client
                    .get(Resources.NAMESPACES, namespace)
                    .tree("status")
                    .trees("conditions")) {
                told.add(String.join(
                        " ",
                        one.text("type", ""),
                        one.text("status", ""),
                        one.text("reason", ""),
                        one.text("message", "")));
            }
            return told.stream().anyMatch(one -> one.contains(text));
        });
        return told;
    }

    @Test
    void why_a_template_changed_goes_with_its_replica_set() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(web(""));
            cluster.await("complete", () -> cluster.complete("web"));
            cause(cluster, "one", "kubectl.kubernetes.io/last-applied-configuration: x, ");
            cluster.await("the set says why", () -> causes(cluster).equals(Map.of("1", "one")));
            assertThat(cluster.list(Resources.REPLICA_SETS)
                            .getFirst()
                            .tree("metadata")
                            .textMap("annotations"))
                    .doesNotContainKey("kubectl.kubernetes.io/last-applied-configuration");

            cluster.patch(Resources.DEPLOYMENTS, "web", version(2));
            cause(cluster, "two", "");
            cluster.await("each says its own", () -> causes(cluster).equals(Map.of("1", "one", "2", "two")));
            cluster.await("complete", () -> cluster.complete("web"));

            // What kubectl rollout undo sends: the old set's template and annotations.
            cluster.patch(
                    Resources.DEPLOYMENTS,
                    "web",
                    "{metadata: {annotations: {kubernetes.io/change-cause: one}}, "
                            + version(1).strip() + "}");
            cluster.await("back", () -> causes(cluster).equals(Map.of("2", "two", "3", "one")));
            assertThat(cluster.list(Resources.REPLICA_SETS))
                    .anyMatch(set -> "1"
                            .equals(set.tree("metadata")
                                    .textMap("annotations")
                                    .get("deployment.kubernetes.io/revision-history")));
        }
    }

    private static void cause(Cluster cluster, String why, String more) throws Exception {
        cluster.patch(
                Resources.DEPLOYMENTS,
                "web",
                "metadata: {annotations: {" + more + "kubernetes.io/change-cause: " + why + "}}");
    }

    /** As {@code kubectl rollout history} tells them: by revision. */
    private static Map<String, String> causes(Cluster cluster) throws Exception {
        Map<String, String> causes = new HashMap<>();
        for (Tree set : cluster.list(Resources.REPLICA_SETS)) {
            Map<String, String> annotations = set.tree("metadata").textMap("annotations");
            causes.put(
                    annotations.getOrDefault("deployment.kubernetes.io/revision", ""),
                    annotations.getOrDefault("kubernetes.io/change-cause", "<none>"));
        }
        return causes;
    }

    @Test
    void a_pod_that_fits_nowhere_says_why_and_is_placed_once_a_node_fits() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: picky, namespace: default}
                    spec:
                      nodeSelector: {disk: ssd}
                      containers: [{name: c, image: x}]
                    """);
            ObjectName picky = new ObjectName("default", "picky");
            cluster.await(
                    "condition",
                    () -> condition(cluster.client.get(Resources.PODS, picky), "PodScheduled")
                            .text("message", "")
                            .equals("0/2 nodes are available: 2 node(s) didn't match Pod's node selector {disk=ssd}."));
            cluster.client.patch(
                    Resources.NODES,
                    new ObjectName("", "n2"),
                    new dev.fairlead.client.Patch.Merge(
                            Values.object("metadata", Values.object("labels", Values.object("disk", "ssd")))));
            cluster.await(
                    "placed",
                    () -> "n2"
                            .equals(cluster.client
                                    .get(Resources.PODS, picky)
                                    .tree("spec")
                                    .text("nodeName")));
            assertThat(condition(cluster.client.get(Resources.PODS, picky), "PodScheduled")
                            .text("status"))
                    .isEqualTo("True");
        }
    }
}
