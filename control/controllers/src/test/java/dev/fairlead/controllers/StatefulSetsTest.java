// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** StatefulSets over the real API server, with a player for a kubelet. */
class StatefulSetsTest {
    private static final ObjectName DB = new ObjectName("default", "db");

    private static String db(String more) {
        return """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: default}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              %s
              template:
                metadata: {labels: {app: db}}
                spec:
                  containers:
                  - {name: db, image: "db:1"}
            """.formatted(more);
    }

    private static Tree set(Cluster cluster) throws Exception {
        return cluster.client.get(Resources.STATEFUL_SETS, DB);
    }

    private static String image(int version) {
        return "spec: {template: {spec: {containers: [{name: db, image: \"db:%d\"}]}}}".formatted(version);
    }

    private static boolean complete(Cluster cluster) throws Exception {
        Tree set = set(cluster);
        Tree status = set.tree("status");
        long wanted = set.tree("spec").whole("replicas", 1);
        return status.whole("observedGeneration", 0) == set.tree("metadata").whole("generation", 0)
                && status.whole("updatedReplicas", 0) == wanted
                && status.whole("replicas", 0) == wanted
                && status.whole("availableReplicas", 0) == wanted
                && status.text("currentRevision", "").equals(status.text("updateRevision", "-"));
    }

    private static List<String> names(Cluster cluster) throws Exception {
        return cluster.list(Resources.PODS).stream()
                .map(pod -> pod.tree("metadata").text("name", ""))
                .sorted()
                .toList();
    }

    private static List<String> images(Cluster cluster) throws Exception {
        return cluster.list(Resources.PODS).stream()
                .map(pod -> pod.tree("spec").trees("containers").getFirst().text("image", ""))
                .toList();
    }

    @Test
    void pods_have_names_that_stay() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(db(""));
            cluster.await("complete", () -> complete(cluster));
            assertThat(names(cluster)).containsExactly("db-0", "db-1", "db-2");
            Tree pod = cluster.client.get(Resources.PODS, new ObjectName("default", "db-1"));
            assertThat(pod.tree("spec").text("hostname")).isEqualTo("db-1");
            assertThat(pod.tree("spec").text("subdomain")).isEqualTo("db");
            String revision = set(cluster).tree("status").text("currentRevision", "");
            assertThat(pod.tree("metadata").textMap("labels"))
                    .containsAllEntriesOf(Map.of(
                            "app", "db",
                            "statefulset.kubernetes.io/pod-name", "db-1",
                            "apps.kubernetes.io/pod-index", "1",
                            "controller-revision-hash", revision));
            String uid = pod.tree("metadata").text("uid", "");
            cluster.client.delete(Resources.PODS, new ObjectName("default", "db-1"), Deletion.of(uid));
            cluster.await("the same name, another pod", () -> {
                Pod now = cluster.pod("db-1");
                return now != null && !now.meta().uid().equals(uid) && complete(cluster);
            });
            cluster.patch(Resources.STATEFUL_SETS, "db", "spec: {replicas: 1}");
            cluster.await("one", () -> complete(cluster) && names(cluster).equals(List.of("db-0")));
            cluster.patch(Resources.STATEFUL_SETS, "db", "spec: {replicas: 2, ordinals: {start: 4}}");
            cluster.await("others", () -> complete(cluster) && names(cluster).equals(List.of("db-4", "db-5")));
            cluster.client.delete(
                    Resources.STATEFUL_SETS, DB, new Deletion(Deletion.Propagation.BACKGROUND, null, null, null));
            cluster.await(
                    "nothing is left",
                    () -> names(cluster).isEmpty()
                            && cluster.list(Resources.CONTROLLER_REVISIONS).isEmpty());
        }
    }

    @Test
    void the_next_waits_for_the_one_before() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.ready = pod -> !pod.meta().name().equals("db-1");
            cluster.apply(db(""));
            cluster.await("stops at the second", () -> {
                Tree status = set(cluster).tree("status");
                return status.whole("readyReplicas", 0) == 1 && status.whole("replicas", 0) == 2;
            });
            assertThat(names(cluster)).containsExactly("db-0", "db-1");
            cluster.ready = pod -> true;
            cluster.again();
            cluster.await("complete", () -> complete(cluster));
            assertThat(names(cluster)).containsExactly("db-0", "db-1", "db-2");
        }
    }

    @Test
    void all_at_once() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.ready = pod -> false;
            cluster.apply(db("podManagementPolicy: Parallel"));
            cluster.await("three that are not ready", () -> names(cluster).size() == 3);
        }
    }

    @Test
    void templates_are_rolled_out_remembered_and_brought_back() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(db(
                    "revisionHistoryLimit: 1\n  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}"));
            cluster.await("complete", () -> complete(cluster));
            String first = set(cluster).tree("status").text("currentRevision", "");
            cluster.patch(Resources.STATEFUL_SETS, "db", image(2));
            cluster.await(
                    "the last has the new one",
                    () -> images(cluster).equals(List.of("db:1", "db:1", "db:2"))
                            && set(cluster).tree("status").whole("updatedReplicas", 0) == 1
                            && set(cluster).tree("status").whole("readyReplicas", 0) == 3);
            cluster.client.delete(Resources.PODS, new ObjectName("default", "db-0"), Deletion.DEFAULT);
            cluster.await("below the partition the old one comes back", () -> {
                Pod again = cluster.pod("db-0");
                return again != null
                        && again.ready()
                        && !again.meta().deleting()
                        && images(cluster).equals(List.of("db:1", "db:1", "db:2"));
            });
            cluster.patch(Resources.STATEFUL_SETS, "db", "spec: {updateStrategy: {rollingUpdate: {partition: 0}}}");
            cluster.await("all have the new one", () -> complete(cluster));
            assertThat(images(cluster)).containsOnly("db:2");
            cluster.restart();
            cluster.patch(Resources.STATEFUL_SETS, "db", image(3));
            cluster.await(
                    "the third", () -> complete(cluster) && images(cluster).contains("db:3"));
            cluster.await(
                    "the first is forgotten",
                    () -> cluster.list(Resources.CONTROLLER_REVISIONS).stream()
                            .noneMatch(one -> first.equals(one.tree("metadata").text("name"))));
            cluster.patch(Resources.STATEFUL_SETS, "db", image(2));
            cluster.await(
                    "the second again",
                    () -> complete(cluster) && images(cluster).contains("db:2"));
            assertThat(cluster.list(Resources.CONTROLLER_REVISIONS).stream().map(one -> one.whole("revision", 0)))
                    .as("it has moved to the end of the history")
                    .containsExactlyInAnyOrder(3L, 4L);
        }
    }

    @Test
    void pods_that_are_nobodys_are_taken_on() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply(db(""));
            cluster.await("complete", () -> complete(cluster));
            List<String> before = uids(cluster);
            cluster.client.delete(
                    Resources.STATEFUL_SETS, DB, new Deletion(Deletion.Propagation.ORPHAN, null, null, null));
            cluster.await("it is gone", () -> cluster.client.find(Resources.STATEFUL_SETS, DB) == null);
            cluster.apply(db(""));
            cluster.await("complete", () -> complete(cluster));
            assertThat(uids(cluster)).isEqualTo(before);
        }
    }

    private static List<String> uids(Cluster cluster) throws Exception {
        return cluster.list(Resources.PODS).stream()
                .map(pod -> pod.tree("metadata").text("uid", ""))
                .toList();
    }
}
