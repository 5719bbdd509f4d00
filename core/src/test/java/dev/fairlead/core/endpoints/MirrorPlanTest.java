// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MirrorPlanTest {
    private static final String PORTS = "ports: [{name: b, port: 81}, {name: a, port: 80, appProtocol: h2}]";

    private static Tree endpoints(String meta, String subsets) {
        return new Tree(
                Flow.of("{metadata: {namespace: shop, name: db, uid: e1" + meta + "}, subsets: [" + subsets + "]}"));
    }

    private static MirrorPlan mirror(Sketch sketch, Tree endpoints) {
        MirrorPlan plan = MirrorPlan.of(endpoints, sketch.slices.values());
        sketch.write(plan.slices());
        return plan;
    }

    record Row(String rule, String subsets, String lines, int slices, int invalid) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Row> rows() {
        String ports = " a=80/TCP b=81/TCP";
        return Stream.of(
                new Row("none", "", "", 0, 0),
                new Row(
                        "one",
                        "{addresses: [{ip: 10.0.0.1}], " + PORTS + "}",
                        "10.0.0.1" + ports + " ready serving",
                        1,
                        0),
                new Row(
                        "not ready",
                        "{notReadyAddresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}",
                        "10.0.0.1 =80/TCP serving",
                        1,
                        0),
                new Row("without ports", "{addresses: [{ip: 10.0.0.1}]}", "10.0.0.1 ready serving", 1, 0),
                new Row(
                        "two families, one canonical",
                        "{addresses: [{ip: 10.0.0.1}, {ip: 'FD00::0:1'}]}",
                        "10.0.0.1 ready serving\nfd00::1 ready serving",
                        2,
                        0),
                new Row(
                        "two sets of ports",
                        "{addresses: [{ip: 10.0.0.1}], ports: [{port: 1}]}, {addresses: [{ip: 10.0.0.1}], ports: [{port: 2}]}",
                        "10.0.0.1 =1/TCP ready serving\n10.0.0.1 =2/TCP ready serving",
                        2,
                        0),
                new Row(
                        "the same ports in two subsets, in another order",
                        "{addresses: [{ip: 10.0.0.1}], " + PORTS + "}, {addresses: [{ip: 10.0.0.2}], ports:"
                                + " [{name: a, port: 80, appProtocol: h2}, {name: b, port: 81}]}",
                        "10.0.0.1" + ports + " ready serving\n10.0.0.2" + ports + " ready serving",
                        1,
                        0),
                new Row(
                        "what else an address says",
                        "{addresses: [{ip: 10.0.0.1, hostname: h, nodeName: n1, targetRef: {kind: Pod, namespace: shop, name: p}}]}",
                        "10.0.0.1 ready serving host=h n1 -> p",
                        1,
                        0),
                new Row(
                        "not an address",
                        "{addresses: [{ip: 10.0.0.1}, {ip: 010.0.0.2}, {ip: db.example}]}",
                        "10.0.0.1 ready serving",
                        1,
                        2));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void followsEachRule(Row row) {
        Sketch sketch = new Sketch();
        Tree endpoints = endpoints("", row.subsets);
        MirrorPlan plan = mirror(sketch, endpoints);
        assertThat(plan.invalid()).isEqualTo(row.invalid);
        assertThat(String.join("\n", sketch.lines())).isEqualTo(row.lines);
        assertThat(sketch.slices).hasSize(row.slices);
        assertThat(MirrorPlan.of(endpoints, sketch.slices.values()).slices().isEmpty())
                .as("a second time")
                .isTrue();
        mirror(sketch, endpoints("", ""));
        assertThat(sketch.slices).as("no placeholder").isEmpty();
    }

    @Test
    void isWhenAServiceOfItsNameSelectsNothing() {
        var selectorless = Sketch.service("{clusterIP: 10.96.0.1}");
        ObjectMeta plain = ObjectMeta.from(endpoints("", ""));
        assertThat(MirrorPlan.mirrors(plain, selectorless)).isTrue();
        assertThat(MirrorPlan.mirrors(plain, null)).isFalse();
        assertThat(MirrorPlan.mirrors(plain, Sketch.service("{selector: {app: web}}")))
                .isFalse();
        for (String[] one : new String[][] {
            {"labels: {endpointslice.kubernetes.io/skip-mirror: 'true'}", "false"},
            {"labels: {endpointslice.kubernetes.io/skip-mirror: 'yes'}", "true"},
            {"annotations: {control-plane.alpha.kubernetes.io/leader: x}", "false"},
        }) {
            ObjectMeta meta = ObjectMeta.from(endpoints(", " + one[0], ""));
            assertThat(MirrorPlan.mirrors(meta, selectorless)).as(one[0]).isEqualTo(Boolean.parseBoolean(one[1]));
        }
    }

    @Test
    void copiesLabelsAndAnnotationsAndSaysOnlyReady() {
        Sketch sketch = new Sketch();
        String subset = "{notReadyAddresses: [{ip: 10.0.0.1}]}";
        Tree endpoints = endpoints(
                ", labels: {team: red}, annotations: {note: x, kubectl.kubernetes.io/last-applied-configuration: y,"
                        + " endpoints.kubernetes.io/last-change-trigger-time: '2026-01-01T00:00:00Z'}",
                subset);
        Tree created =
                new Tree(MirrorPlan.of(endpoints, List.of()).slices().create().getFirst());
        assertThat(created.trees("endpoints").getFirst().tree("conditions").fields())
                .isEqualTo(Map.of("ready", false));
        assertThat(created.tree("metadata").text("generateName")).isEqualTo("db-");
        mirror(sketch, endpoints);
        EndpointSlice slice = sketch.only();
        assertThat(slice.meta().labels())
                .isEqualTo(Map.of(
                        "team",
                        "red",
                        "kubernetes.io/service-name",
                        "db",
                        "endpointslice.kubernetes.io/managed-by",
                        "endpointslicemirroring-controller.k8s.io"));
        assertThat(slice.meta().annotations()).isEqualTo(Map.of("note", "x"));
        assertThat(slice.meta().ownerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.kind() + " " + owner.name() + " " + owner.uid()).isEqualTo("Endpoints db e1");
            assertThat(owner.controller()).isTrue();
        });
        mirror(sketch, endpoints(", annotations: {note: z}", subset));
        assertThat(sketch.only().meta().annotations()).isEqualTo(Map.of("note", "z"));
        assertThat(sketch.only().meta().labels()).hasSize(2);
        assertThat(sketch.only().meta().name()).isEqualTo(slice.meta().name());
    }

    @Test
    void takesAThousandOfEachSubsetReadyOnesFirst() {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            addresses.add("{ip: 10.0." + i / 250 + "." + i % 250 + "}");
        }
        String ready = String.join(", ", addresses);
        String unready = ready.replace("10.0", "10.1");
        Sketch sketch = new Sketch();
        MirrorPlan plan = mirror(
                sketch,
                endpoints(
                        "", "{addresses: [" + ready + "], notReadyAddresses: [" + unready + "], ports: [{port: 1}]}"));
        assertThat(plan.tooMany()).isEqualTo(400);
        assertThat(sketch.only().endpoints()).hasSize(1000);
        assertThat(sketch.only().endpoints().stream().filter(each -> each.ready()))
                .hasSize(700);
        plan = mirror(
                sketch,
                endpoints(
                        "",
                        "{addresses: [" + ready + "], ports: [{port: 1}]}, {addresses: [" + unready
                                + "], ports: [{port: 1}]}"));
        assertThat(plan.tooMany()).isZero();
        assertThat(sketch.lines()).hasSize(1400);
        assertThat(sketch.slices.values()).allMatch(slice -> slice.endpoints().size() <= 1000);
    }

    @Test
    void leavesOthersSlicesAloneAndTakesBackItsOwn() {
        Sketch sketch = new Sketch();
        sketch.create(Flow.of("{metadata: {namespace: shop, name: theirs, labels: {kubernetes.io/service-name: db}},"
                + " addressType: IPv4}"));
        mirror(sketch, endpoints("", "{addresses: [{ip: 10.0.0.1}]}"));
        assertThat(sketch.slices).hasSize(2);
        mirror(
                sketch,
                new Tree(Flow.of("{metadata: {namespace: shop, name: db, uid: e2}, subsets:"
                        + " [{addresses: [{ip: 10.0.0.1}]}]}")));
        assertThat(sketch.slices.values())
                .as("those of an earlier object of the name")
                .noneMatch(slice -> slice.meta().ownerReferences().stream()
                        .anyMatch(owner -> owner.uid().equals("e1")))
                .hasSize(2);
        sketch.write(MirrorPlan.none(sketch.slices.values()).slices());
        assertThat(sketch.slices).containsOnlyKeys("theirs");
    }
}
