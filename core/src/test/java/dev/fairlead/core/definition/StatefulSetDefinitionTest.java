// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of StatefulSets and ControllerRevisions. */
class StatefulSetDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final Definition RULES = Definitions.of("apps", "StatefulSet");
    private static final String FORBIDDEN =
            "spec FORBIDDEN updates to statefulset spec for fields other than 'replicas',"
                    + " 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy'"
                    + " and 'minReadySeconds' are forbidden";

    @Test
    void defaults() {
        Map<String, Object> set = set("{volumeClaimTemplates: [{metadata: {name: data}}]}");
        Tree spec = new Tree(set).tree("spec");
        assertThat(spec.whole("replicas", 0)).isEqualTo(1);
        assertThat(spec.text("podManagementPolicy")).isEqualTo("OrderedReady");
        assertThat(spec.value("updateStrategy"))
                .isEqualTo(Flow.of("{type: RollingUpdate, rollingUpdate: {partition: 0, maxUnavailable: 1}}"));
        assertThat(spec.value("persistentVolumeClaimRetentionPolicy"))
                .isEqualTo(Flow.of("{whenDeleted: Retain, whenScaled: Retain}"));
        assertThat(spec.whole("revisionHistoryLimit", 0)).isEqualTo(10);
        assertThat(RULES.defaulted(set)).isEqualTo(set);
        assertThat(new Tree(set("{updateStrategy: {type: OnDelete}}"))
                        .tree("spec")
                        .value("updateStrategy"))
                .isEqualTo(Flow.of("{type: OnDelete}"));
        assertThat(RULES.warnings(set, Map.of())).singleElement().asString().contains("no PersistentVolumeClaims here");
        assertThat(RULES.forCreate(set).get("status")).isEqualTo(Flow.of("{replicas: 0, availableReplicas: 0}"));
    }

    static Stream<List<String>> specs() {
        return Stream.of(
                List.of("{}"),
                List.of("{replicas: 0, serviceName: web, ordinals: {start: 3}, minReadySeconds: 5}"),
                List.of("{volumeClaimTemplates: [{metadata: {name: data}}]}"),
                List.of("{replicas: -1}", "spec.replicas INVALID must be greater than or equal to 0"),
                List.of("{minReadySeconds: -1}", "spec.minReadySeconds INVALID"),
                List.of("{ordinals: {start: -1}}", "spec.ordinals.start INVALID must be greater than or equal to 0"),
                List.of("{serviceName: a.b}", "spec.serviceName INVALID must not contain dots"),
                List.of(
                        "{podManagementPolicy: Any}",
                        "spec.podManagementPolicy INVALID must be 'OrderedReady' or 'Parallel'"),
                List.of(
                        "{updateStrategy: {type: Recreate}}",
                        "spec.updateStrategy INVALID must be 'RollingUpdate' or 'OnDelete'"),
                List.of(
                        "{updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}}",
                        "spec.updateStrategy.rollingUpdate INVALID only allowed for updateStrategy 'RollingUpdate'"),
                List.of(
                        "{updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: -1, maxUnavailable: 0}}}",
                        "spec.updateStrategy.rollingUpdate.partition INVALID must be greater",
                        "spec.updateStrategy.rollingUpdate.maxUnavailable INVALID cannot be 0"),
                List.of(
                        "{updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 101%}}}",
                        "spec.updateStrategy.rollingUpdate.maxUnavailable INVALID must not be greater than 100%"),
                List.of(
                        "{persistentVolumeClaimRetentionPolicy: {whenScaled: Keep}}",
                        "spec.persistentVolumeClaimRetentionPolicy.whenScaled NOT_SUPPORTED supported values:"
                                + " \"Retain\", \"Delete\""),
                List.of("{selector: {}}", "spec.selector INVALID empty selector is invalid for statefulset"),
                List.of(
                        "{selector: {matchLabels: {app: other}}}",
                        "spec.template.metadata.labels INVALID `selector` does not match template `labels`"),
                List.of(
                        "{template: {metadata: {labels: {app: web}}, spec: {activeDeadlineSeconds: 3, restartPolicy: Never,"
                                + " containers: [{name: a, image: b, volumeMounts: [{name: data, mountPath: /d}]}]}}}",
                        "spec.template.spec.containers[0].volumeMounts[0].name NOT_FOUND",
                        "spec.template.spec.restartPolicy NOT_SUPPORTED supported values: \"Always\"",
                        "spec.template.spec.activeDeadlineSeconds FORBIDDEN activeDeadlineSeconds in StatefulSet is not"),
                List.of("{volumeClaimTemplates: [{metadata: {name: data}}], template: {metadata: {labels: {app: web}},"
                        + " spec: {containers: [{name: a, image: b, volumeMounts: [{name: data, mountPath: /d}]}]}}}"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void rule(List<String> row) {
        Rows.check(RULES.validateCreate(set(row.getFirst()), NETWORK), row.subList(1, row.size()));
    }

    static Stream<List<String>> updates() {
        return Stream.of(
                List.of("{replicas: 4, minReadySeconds: 2, ordinals: {start: 2}, revisionHistoryLimit: 1}"),
                List.of("{updateStrategy: {type: OnDelete}}"),
                List.of("{persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}}"),
                List.of("{serviceName: other}", FORBIDDEN),
                List.of("{podManagementPolicy: Parallel}", FORBIDDEN),
                List.of("{selector: {matchLabels: {app: web}, matchExpressions: []}}", FORBIDDEN),
                List.of("{volumeClaimTemplates: [{metadata: {name: data}}]}", FORBIDDEN));
    }

    @ParameterizedTest
    @MethodSource("updates")
    void update(List<String> row) {
        Map<String, Object> old = RULES.forCreate(set("{}"));
        Map<String, Object> now = RULES.forUpdate(set(row.getFirst()), old);
        Rows.check(RULES.validateUpdate(now, old, NETWORK), row.subList(1, row.size()));
        assertThat(new Tree(now).tree("metadata").whole("generation", 0)).isEqualTo(2);
    }

    @Test
    void names() {
        Map<String, Object> set = set("{}");
        set.put("metadata", Flow.of("{name: a.b}"));
        Rows.check(RULES.validateCreate(set, NETWORK), List.of("metadata.name INVALID must not contain dots"));
    }

    @Test
    void status() {
        Map<String, Object> old = RULES.forCreate(set("{}"));
        Map<String, Object> now = RULES.forStatus(old, old);
        now.put("status", Flow.of("{replicas: 1, readyReplicas: 2, currentReplicas: -1, availableReplicas: 3}"));
        Rows.check(
                RULES.validateStatus(now, old, NETWORK),
                List.of(
                        "status.readyReplicas INVALID cannot be greater than status.replicas",
                        "status.currentReplicas INVALID must be greater than or equal to 0",
                        "status.availableReplicas INVALID cannot be greater than status.replicas",
                        "status.availableReplicas INVALID cannot be greater than status.readyReplicas"));
    }

    @Test
    void revisions() {
        Definition rules = Definitions.of("apps", "ControllerRevision");
        Map<String, Object> one = rules.defaulted(Flow.of("{metadata: {name: a}, data: {spec: {x: y}}}"));
        assertThat(rules.validateCreate(one, NETWORK)).isEmpty();
        Map<String, Object> other = Flow.of("{metadata: {name: a}, revision: -1, data: {}}");
        Rows.check(
                rules.validateUpdate(other, one, NETWORK),
                List.of("revision INVALID must be greater", "data INVALID field is immutable"));
        Rows.check(
                rules.validateCreate(Flow.of("{metadata: {name: a}}"), NETWORK),
                List.of("data REQUIRED data is mandatory"));
    }

    private static Map<String, Object> set(String spec) {
        Map<String, Object> whole = Flow.of("{selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app:"
                + " web}}, spec: {containers: [{name: a, image: b}]}}}");
        whole.putAll(Flow.of(spec));
        Map<String, Object> set = Flow.of("{metadata: {name: web}}");
        set.put("spec", whole);
        return RULES.defaulted(set);
    }
}
