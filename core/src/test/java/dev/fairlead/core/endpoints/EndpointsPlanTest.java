// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EndpointsPlanTest {
    private static final String SPEC = "selector: {app: web}, clusterIP: 10.96.0.1, ipFamilies: [IPv4, IPv6], ports:"
            + " [{name: a, port: 80, targetPort: 8080}]";
    private static final String ENDING = ", deletionTimestamp: '2026-11-21T06:00:00Z'";

    private static Pod pod(String name, String meta, String ip, boolean ready) {
        return Sketch.pod(
                name,
                meta,
                "{nodeName: n9, hostname: h, subdomain: web}",
                "{podIP: " + ip + ", conditions: [{type: Ready, status: '" + (ready ? "True" : "False") + "'}]}");
    }

    private static EndpointsPlan plan(Service service, List<Pod> pods) {
        return Objects.requireNonNull(EndpointsPlan.of(service, pods));
    }

    private static String text(EndpointsPlan plan) {
        List<String> parts = new ArrayList<>();
        for (Map<String, Object> subset : plan.subsets()) {
            Tree tree = new Tree(subset);
            parts.add(addresses(tree, "addresses") + " not " + addresses(tree, "notReadyAddresses") + " at "
                    + tree.trees("ports").stream()
                            .map(port -> port.whole("port", 0))
                            .toList());
        }
        return String.join("; ", parts);
    }

    private static List<String> addresses(Tree subset, String field) {
        return subset.trees(field).stream().map(each -> each.text("ip", "")).toList();
    }

    static Stream<List<String>> rules() {
        return Stream.of(
                List.of("{" + SPEC + "}", "[10.0.0.1] not [10.0.0.2] at [8080]"),
                List.of(
                        "{" + SPEC + ", publishNotReadyAddresses: true}",
                        "[10.0.0.1, 10.0.0.2, 10.0.0.3] not [] at [8080]"),
                List.of("{" + SPEC.replace("IPv4, IPv6", "IPv6, IPv4") + "}", "[fd00::4] not [] at [8080]"),
                List.of(
                        "{selector: {app: web}, clusterIP: None, ipFamilies: [IPv4]}",
                        "[10.0.0.1] not [10.0.0.2] at []"),
                List.of("{" + SPEC.replace("8080", "web") + "}", ""));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void followsEachRule(List<String> row) {
        List<Pod> pods = List.of(
                pod("b", "", "10.0.0.2", false),
                pod("a", "", "10.0.0.1", true),
                pod("c", ENDING, "10.0.0.3", true),
                pod("d", "", "'fd00::4'", true),
                Sketch.pod("e", "{nodeName: n1}", "{phase: Failed, podIP: 10.0.0.5}"),
                Sketch.pod("f", "{nodeName: n1}", "{phase: Pending}"));
        assertThat(text(plan(Sketch.service(row.getFirst()), pods))).isEqualTo(row.getLast());
    }

    @Test
    void isForServicesThatSelect() {
        assertThat(EndpointsPlan.of(Sketch.service("{clusterIP: 10.96.0.1}"), List.of()))
                .isNull();
        assertThat(EndpointsPlan.of(Sketch.service("{type: ExternalName, selector: {a: b}}"), List.of()))
                .isNull();
        assertThat(plan(Sketch.service("{" + SPEC + "}"), List.of()).subsets()).isEmpty();
    }

    @Test
    void writesAddressesLabelsAndPorts() {
        EndpointsPlan plan =
                plan(Sketch.service("{" + SPEC + "}", "{team: red}", "u1"), List.of(pod("a", "", "10.0.0.1", true)));
        assertThat(plan.subsets().getFirst())
                .isEqualTo(Flow.of("{addresses: [{ip: 10.0.0.1, hostname: h, nodeName: n9,"
                        + " targetRef: {kind: Pod, namespace: shop, name: a, uid: uid-a}}],"
                        + " ports: [{name: a, port: 8080, protocol: TCP}]}"));
        assertThat(plan.labels())
                .isEqualTo(Map.of("team", "red", "endpoints.kubernetes.io/managed-by", "endpoint-controller"));
        assertThat(plan(Sketch.service("{selector: {a: b}, clusterIP: None}"), List.of())
                        .labels())
                .containsEntry("service.kubernetes.io/headless", "");
    }

    @Test
    void cutsAtAThousandWithReadyOnesFirst() {
        Service service = Sketch.service("{" + SPEC.replace("8080", "web") + "}");
        for (int[] counts :
                new int[][] {{600, 400, 0, 0}, {700, 100, 350, 100}, {900, 300, 7, 5}, {333, 333, 335, 900}}) {
            List<Pod> pods = new ArrayList<>();
            for (int group = 0; group < 4; group++) {
                for (int i = 0; i < counts[group]; i++) {
                    pods.add(Sketch.pod(
                            "p" + pods.size(),
                            "{nodeName: n1, containers: [{ports: [{name: web, containerPort: " + (1 + group % 3)
                                    + "}]}]}",
                            "{podIP: 10.0." + pods.size() / 250 + "." + pods.size() % 250
                                    + ", conditions: [{type: Ready, status: '" + (group < 2 ? "True" : "False")
                                    + "'}]}"));
                }
            }
            EndpointsPlan plan = plan(service, pods);
            int ready = counts[0] + counts[1];
            int unready = counts[2] + counts[3];
            int readyWritten = count(plan, "addresses");
            int unreadyWritten = count(plan, "notReadyAddresses");
            assertThat(plan.truncated()).isEqualTo(ready + unready > 1000);
            assertThat(readyWritten).isEqualTo(Math.min(ready, 1000));
            assertThat(unreadyWritten).isEqualTo(Math.min(unready, 1000 - readyWritten));
            if (ready > 1000) {
                assertThat(addresses(new Tree(plan.subsets().getFirst()), "addresses"))
                        .as("a group's share, rounded up")
                        .hasSize(counts[0] * 1000 / ready);
            }
        }
    }

    private static int count(EndpointsPlan plan, String field) {
        return plan.subsets().stream()
                .mapToInt(subset -> new Tree(subset).trees(field).size())
                .sum();
    }

    @Test
    void keepsWhatOthersWroteOnTheObjectAndNamesTheVersionItReplaces() {
        Service service = Sketch.service("{" + SPEC + "}");
        EndpointsPlan plan = plan(service, List.of(pod("a", "", "10.0.0.1", true)));
        ObjectMeta had = ObjectMeta.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web, uid: e1,"
                + " resourceVersion: '7', finalizers: [a/b], ownerReferences: [{kind: K, name: k, uid: o}],"
                + " labels: {mine: gone}, annotations: {note: kept, endpoints.kubernetes.io/over-capacity: truncated,"
                + " endpoints.kubernetes.io/last-change-trigger-time: '2020-01-01T00:00:00Z'}}}")));
        Tree metadata =
                new Tree(plan.tree(service.meta(), had, Instant.parse("2026-11-21T06:00:00Z"))).tree("metadata");
        assertThat(metadata.text("resourceVersion")).isEqualTo("7");
        assertThat(metadata.text("uid")).isEqualTo("e1");
        assertThat(metadata.texts("finalizers")).containsExactly("a/b");
        assertThat(metadata.trees("ownerReferences")).hasSize(1);
        assertThat(metadata.textMap("labels")).isEqualTo(plan.labels());
        assertThat(metadata.textMap("annotations"))
                .isEqualTo(Map.of(
                        "note", "kept", "endpoints.kubernetes.io/last-change-trigger-time", "2026-11-21T06:00:00Z"));
        assertThat(new Tree(plan.tree(service.meta(), null, null))
                        .tree("metadata")
                        .fields())
                .containsOnlyKeys("name", "namespace", "labels");
    }

    @Test
    void seesEveryDifferenceButAReferencesVersion() {
        Service service = Sketch.service("{" + SPEC + "}");
        EndpointsPlan plan = plan(service, List.of(pod("a", "", "10.0.0.1", true), pod("b", "", "10.0.0.2", false)));
        ObjectMeta meta = ObjectMeta.from(new Tree(Map.of("metadata", Map.of("labels", plan.labels()))));
        Map<String, Object> said = plan.tree(service.meta(), null, null);
        assertThat(plan.isSaidBy(meta, EndpointsPlan.fingerprint(new Tree(said))))
                .isTrue();
        String text = said.toString();
        assertThat(text).contains("notReadyAddresses=");
        for (EndpointsPlan other : List.of(
                plan(service, List.of(pod("a", "", "10.0.0.1", false), pod("b", "", "10.0.0.2", true))),
                plan(service, List.of(pod("b", "", "10.0.0.1", true), pod("a", "", "10.0.0.2", false))),
                plan(service, List.of(pod("a", "", "10.0.0.1", true))),
                plan(service, List.of()),
                plan(
                        Sketch.service("{" + SPEC.replace("8080", "8081") + "}"),
                        List.of(pod("a", "", "10.0.0.1", true), pod("b", "", "10.0.0.2", false))))) {
            assertThat(other.isSaidBy(meta, EndpointsPlan.fingerprint(new Tree(said))))
                    .as(other.toString())
                    .isFalse();
        }
        Tree versioned = new Tree(Flow.of("{subsets: [{addresses: [{ip: 10.0.0.1, hostname: h, nodeName: n9, targetRef:"
                + " {kind: Pod, namespace: shop, name: a, uid: uid-a, resourceVersion: '12'}}], notReadyAddresses: [{ip:"
                + " 10.0.0.2, hostname: h, nodeName: n9, targetRef: {kind: Pod, namespace: shop, name: b, uid: uid-b}}],"
                + " ports: [{name: a, port: 8080, protocol: TCP}]}]}"));
        assertThat(plan.isSaidBy(meta, EndpointsPlan.fingerprint(versioned))).isTrue();
        ObjectMeta unlabelled = ObjectMeta.from(Tree.EMPTY);
        assertThat(plan.isSaidBy(unlabelled, EndpointsPlan.fingerprint(versioned)))
                .isFalse();
    }
}
