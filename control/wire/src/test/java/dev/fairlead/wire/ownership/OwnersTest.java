// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.ownership.Owner.Operation;
import dev.fairlead.wire.ownership.Owner.Who;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who owns what after which write, on Services. */
class OwnersTest {
    private static final String T1 = "2026-11-21T10:00:00Z";
    private static final String T2 = "2026-11-21T11:00:00Z";

    private final ObjectType service = Schema.load().require("v1", "Service");
    private Owners owners = Owners.NONE;
    private Map<String, Object> live = Map.of();

    @Test
    void anUpdaterOwnsWhatItSet() {
        update("kubectl-create", """
                {apiVersion: v1, kind: Service, metadata: {name: web, uid: u, labels: {app: web}},
                 spec: {type: ClusterIP, selector: {app: web}, ports: [{port: 80, protocol: TCP, targetPort: 8080}]}}
                """);
        assertThat(json(owners.tree())).isEqualTo("""
                [{"manager":"kubectl-create","operation":"Update","apiVersion":"v1","time":"2026-11-21T10:00:00Z",\
                "fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},\
                "f:spec":{"f:ports":{".":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},\
                "f:selector":{},"f:type":{}}}}]""");
    }

    /** As kube-apiserver tells of a Deployment that kubectl created: required lists and values of Go are not new. */
    @Test
    void mapsThatAreNewAreOwnedThemselves() {
        ObjectType deployment = Schema.load().require("apps/v1", "Deployment");
        Map<String, Object> created = tree("""
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {app: web}}, spec: {replicas: 1,
                 selector: {matchLabels: {app: web}}, strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}},
                 template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: x,
                   resources: {limits: {cpu: 1}}, ports: [{containerPort: 80, protocol: TCP}]}]}}}}
                """);
        Owners one = Owners.NONE.updated(deployment, Map.of(), created, Owners.updater("a", "apps/v1", ""), T1);
        assertThat(json(((Map<?, ?>) one.tree().getFirst()).get("fieldsV1"))).isEqualTo("""
                {"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},\
                "f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{}},"f:type":{}},\
                "f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"web\\"}":\
                {".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":\
                {".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:cpu":{}}}}}}}}}""");
    }

    @Test
    void aMapBelongsToWhoMadeItUntilItGoes() {
        update("a", "{metadata: {labels: {x: y}}, spec: {type: ClusterIP}}");
        update("b", "{metadata: {labels: {x: y, z: y}}, spec: {type: ClusterIP}}");
        assertThat(of("a")).isEqualTo(".metadata.labels .metadata.labels.x .spec.type");
        assertThat(of("b")).isEqualTo(".metadata.labels.z");
        update("c", "{spec: {type: ClusterIP}}");
        assertThat(of("a")).isEqualTo(".spec.type");
        assertThat(owners.tree()).hasSize(1);
        update("c", "{metadata: {labels: {q: r}}, spec: {type: ClusterIP}}");
        assertThat(of("c")).isEqualTo(".metadata.labels .metadata.labels.q");
    }

    @Test
    void whoChangesAFieldOwnsIt() {
        update("a", "{spec: {type: ClusterIP, sessionAffinity: None}}");
        update("b", "{spec: {type: NodePort, sessionAffinity: None}}");
        assertThat(of("a")).isEqualTo(".spec.sessionAffinity");
        assertThat(of("b")).isEqualTo(".spec.type");
        update("b", "{spec: {type: NodePort}}");
        assertThat(owners.tree()).hasSize(1);
        assertThat(of("b")).isEqualTo(".spec.type");
    }

    @Test
    void nothingChangesWithoutAChange() {
        update("a", "{spec: {type: ClusterIP}}");
        Owners before = owners;
        owners = owners.updated(service, live, live, Owners.updater("b", "v1", ""), T2);
        assertThat(owners).isSameAs(before);
    }

    @Test
    void whatIsAppliedIsPutAndWhatIsNotAppliedAnyMoreGoes() throws Exception {
        apply(
                "me",
                "{metadata: {labels: {a: x, b: y}}, spec: {type: ClusterIP, ports: [{port: 80}, {port: 81, name: b}]}}");
        apply("me", "{metadata: {labels: {b: z}}, spec: {ports: [{port: 81, name: c}]}}");
        assertThat(json(live))
                .isEqualTo(
                        "{\"metadata\":{\"labels\":{\"b\":\"z\"}},\"spec\":{\"ports\":[{\"port\":81,\"name\":\"c\"}]}}");
        assertThat(of("me"))
                .isEqualTo(".metadata.labels.b .spec.ports[port=81,protocol=\"TCP\"]"
                        + " .spec.ports[port=81,protocol=\"TCP\"].name .spec.ports[port=81,protocol=\"TCP\"].port");
    }

    @Test
    void whatOthersSetStays() throws Exception {
        apply("me", "{spec: {selector: {app: a}, ports: [{port: 80, protocol: TCP, name: http}]}}");
        update("server", """
                {spec: {selector: {app: a}, clusterIP: 10.96.0.7, ports: [{port: 80, protocol: TCP, name: http, nodePort: 30001},
                 {port: 443, protocol: TCP}]}}
                """);
        apply("me", "{spec: {selector: {app: b}}}");
        // the server's node port keeps the item, which keeps its keys
        assertThat(json(live)).isEqualTo("""
                {"spec":{"selector":{"app":"b"},"clusterIP":"10.96.0.7","ports":[{"port":80,"protocol":"TCP","nodePort":30001},\
                {"port":443,"protocol":"TCP"}]}}""");
    }

    @Test
    void aFieldOfAnotherIsAConflict() throws Exception {
        update("kubectl-edit", "{spec: {type: ClusterIP, ports: [{port: 80, protocol: TCP, name: a}]}}");
        assertThatThrownBy(() -> apply("me", "{spec: {type: NodePort}}"))
                .isInstanceOf(ApplyConflict.class)
                .hasMessage("Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .spec.type");
        assertThatThrownBy(() -> apply("me", "{spec: {type: NodePort, ports: [{port: 80, name: b}]}}"))
                .isInstanceOf(ApplyConflict.class)
                .hasMessage("""
                        Apply failed with 2 conflicts: conflicts with "kubectl-edit" using v1:
                        - .spec.ports[port=80,protocol="TCP"].name
                        - .spec.type""");
        assertThat(of("kubectl-edit")).contains(".spec.type");
        force("me", "{spec: {type: NodePort}}");
        assertThat(of("me")).isEqualTo(".spec.type");
        assertThat(of("kubectl-edit")).doesNotContain(".spec.type");
        assertThatThrownBy(() -> apply("you", "{spec: {type: ClusterIP}}"))
                .isInstanceOf(ApplyConflict.class)
                .hasMessage("Apply failed with 1 conflict: conflict with \"me\": .spec.type");
    }

    @Test
    void theSameValueIsSharedAndGoesWithItsLastOwner() throws Exception {
        apply("a", "{spec: {type: NodePort}, metadata: {labels: {x: y}}}");
        apply("b", "{spec: {type: NodePort}}");
        apply("a", "{metadata: {labels: {x: y}}}");
        assertThat(json(live)).contains("\"type\":\"NodePort\"");
        apply("b", "{metadata: {labels: {x: y}}}");
        assertThat(json(live)).isEqualTo("{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
        assertThat(of("a")).isEqualTo(of("b")).isEqualTo(".metadata.labels.x");
    }

    @Test
    void whatNobodyClaimedBelongsToWhoWasBefore() throws Exception {
        live = tree("{spec: {type: ClusterIP}}");
        assertThatThrownBy(() -> apply("me", "{spec: {type: NodePort}}"))
                .hasMessage("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .spec.type");
    }

    @Test
    void appliedItemsStandInTheirOrderAmongOthers() throws Exception {
        update("x", "{spec: {ports: [{port: 1}, {port: 2}, {port: 3}, {port: 4}]}}");
        apply("me", "{spec: {ports: [{port: 3}, {port: 9}, {port: 1}]}}");
        assertThat(json(live))
                .isEqualTo("{\"spec\":{\"ports\":[{\"port\":2},{\"port\":3},{\"port\":4},{\"port\":9},{\"port\":1}]}}");
    }

    @Test
    void theOldestOfManyUpdatersBecomeOne() {
        for (int i = 0; i < 15; i++) {
            live = owned(i + 1);
            owners = owners.updated(
                    service,
                    owned(i),
                    live,
                    Owners.updater("updater" + i, "v1", ""),
                    "2026-11-21T10:00:%02dZ".formatted(i));
        }
        assertThat(owners.tree()).hasSize(10);
        assertThat(of("ancient-changes")).contains("l0", "l1", "l5").doesNotContain("l6");
        assertThat(of("updater14")).isEqualTo(".metadata.labels.l14");
    }

    @Test
    void whatIsWrittenIsReadBackEqual() throws Exception {
        apply(
                "me",
                "{metadata: {finalizers: [a/b], labels: {a: b}}, spec: {ports: [{port: 80, name: x}], selector: {a: b}}}");
        update(
                "you",
                "{metadata: {finalizers: [a/b, c/d], labels: {a: b}}, spec: {ports: [{port: 80, name: x}], selector: {a: c}}}");
        Owners read = Objects.requireNonNull(
                Owners.read(Json.object(json(Map.of("m", owners.tree())).getBytes(StandardCharsets.UTF_8))
                        .get("m")));
        assertThat(read.tree()).isEqualTo(owners.tree());
        assertThat(of("you")).isEqualTo(".metadata.finalizers[=\"c/d\"] .spec.selector");
    }

    @Test
    void nonsenseIsNotUnderstood() {
        assertThat(Owners.read(List.of(Map.of()))).isNull();
        assertThat(Owners.read(List.of(entry("Update", Map.of("x:y", Map.of())))))
                .isNull();
        assertThat(Owners.read(List.of(entry("Update", Map.of("k:{", Map.of())))))
                .isNull();
        assertThat(Owners.read(List.of(entry("Delete", Map.of())))).isNull();
        assertThat(Owners.read(null)).isNotNull();
    }

    private static Map<String, Object> entry(String operation, Map<String, Object> fields) {
        return Map.of(
                "manager",
                "m",
                "operation",
                operation,
                "apiVersion",
                "v1",
                "fieldsType",
                "FieldsV1",
                "fieldsV1",
                fields);
    }

    private Map<String, Object> owned(int labels) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < labels; i++) {
            all.put("l" + i, "x");
        }
        return labels == 0 ? Map.of() : Map.of("metadata", Map.of("labels", all));
    }

    private void update(String manager, String yaml) {
        Map<String, Object> after = tree(yaml);
        owners = owners.updated(service, live, after, Owners.updater(manager, "v1", ""), T1);
        live = after;
    }

    private void apply(String manager, String yaml) throws ApplyConflict {
        apply(manager, yaml, false);
    }

    private void force(String manager, String yaml) throws ApplyConflict {
        apply(manager, yaml, true);
    }

    private void apply(String manager, String yaml, boolean force) throws ApplyConflict {
        Who who = new Who(manager, Operation.Apply, "v1", "");
        Owners.Applied applied = owners.apply(service, live, tree(yaml), who, T2, force, Map.of());
        live = applied.object();
        owners = applied.owners();
    }

    private String of(String manager) {
        for (Object each : owners.tree()) {
            Owner owner = Owner.read((Map<?, ?>) each);
            if (owner != null && owner.who().manager().equals(manager)) {
                return owner.fields().toString();
            }
        }
        return "";
    }

    private static Map<String, Object> tree(String yaml) {
        return Yaml.read(yaml).getFirst().fields();
    }

    private static String json(Object tree) {
        return new String(Json.write(tree), StandardCharsets.UTF_8);
    }
}
