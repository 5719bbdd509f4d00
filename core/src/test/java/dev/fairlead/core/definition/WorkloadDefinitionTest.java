// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final Definition DEPLOYMENT = Definitions.of("apps", "Deployment");
    private static final Definition REPLICA_SET = Definitions.of("apps", "ReplicaSet");

    @Test
    void fillsInDefaults() {
        Map<String, Object> deployment = deployment("{}");
        Tree spec = new Tree(deployment).tree("spec");
        assertThat(spec.whole("replicas", 0)).isEqualTo(1);
        assertThat(spec.value("strategy"))
                .isEqualTo(Flow.of("{type: RollingUpdate, rollingUpdate: {maxUnavailable: 25%, maxSurge: 25%}}"));
        assertThat(spec.whole("progressDeadlineSeconds", 0)).isEqualTo(600);
        assertThat(spec.whole("revisionHistoryLimit", 0)).isEqualTo(10);
        assertThat(spec.tree("template").tree("spec").text("restartPolicy")).isEqualTo("Always");
        assertThat(spec.tree("template").tree("spec").has("enableServiceLinks")).isFalse();
        assertThat(DEPLOYMENT.defaulted(deployment)).isEqualTo(deployment);
        assertThat(new Tree(deployment("{strategy: {type: Recreate}}"))
                        .tree("spec")
                        .value("strategy"))
                .isEqualTo(Flow.of("{type: Recreate}"));
    }

    static Stream<List<String>> specs() {
        return Stream.of(
                List.of("{}"),
                List.of("{replicas: 0}"),
                List.of("{replicas: -1}", "spec.replicas INVALID must be greater than or equal to 0"),
                List.of("{minReadySeconds: -1}", "spec.minReadySeconds INVALID"),
                List.of("{selector: {}}", "spec.selector INVALID empty selector is invalid for deployment"),
                List.of(
                        "{selector: {matchLabels: {app: other}}}",
                        "spec.template.metadata.labels INVALID `selector` does not match template `labels`"),
                List.of(
                        "{selector: {matchExpressions: [{key: app, operator: In}]}}",
                        "spec.selector.matchExpressions[0].values REQUIRED",
                        "spec.template.metadata.labels INVALID"),
                List.of(
                        "{selector: {matchExpressions: [{key: app, operator: Exists, values: [a]}]}}",
                        "spec.selector.matchExpressions[0].values FORBIDDEN"),
                List.of(
                        "{selector: {matchExpressions: [{key: app, operator: Like}]}}",
                        "spec.selector.matchExpressions[0].operator INVALID not a valid selector operator"),
                List.of("{selector: {matchExpressions: [{key: app, operator: In, values: [shop]}]}}"),
                List.of("{strategy: {type: Slow}}", "spec.strategy.type NOT_SUPPORTED"),
                List.of(
                        "{strategy: {type: Recreate, rollingUpdate: {}}}",
                        "spec.strategy.rollingUpdate FORBIDDEN may not be specified when strategy `type` is"),
                List.of(
                        "{strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}}",
                        "spec.strategy.rollingUpdate.maxUnavailable INVALID may not be 0 when `maxSurge` is 0"),
                List.of(
                        "{strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 0}}}",
                        "spec.strategy.rollingUpdate.maxUnavailable INVALID may not be 0 when `maxSurge` is 0"),
                List.of(
                        "{strategy: {rollingUpdate: {maxSurge: -1}}}",
                        "spec.strategy.rollingUpdate.maxSurge INVALID must be greater"),
                List.of(
                        "{strategy: {rollingUpdate: {maxSurge: few}}}",
                        "spec.strategy.rollingUpdate.maxSurge INVALID a valid percent string"),
                List.of(
                        "{strategy: {rollingUpdate: {maxUnavailable: 101%}}}",
                        "spec.strategy.rollingUpdate.maxUnavailable INVALID must not be greater than 100%"),
                List.of(
                        "{progressDeadlineSeconds: 5, minReadySeconds: 5}",
                        "spec.progressDeadlineSeconds INVALID must be greater than minReadySeconds"),
                List.of("{revisionHistoryLimit: -1}", "spec.revisionHistoryLimit INVALID"),
                List.of(
                        "{template: {metadata: {labels: {app: shop}}, spec: {restartPolicy: Never,"
                                + " containers: [{name: a, image: b}]}}}",
                        "spec.template.spec.restartPolicy NOT_SUPPORTED supported values: \"Always\""),
                List.of(
                        "{template: {metadata: {labels: {app: shop, 'b c': d}}, spec: {}}}",
                        "spec.template.labels INVALID",
                        "spec.template.spec.containers REQUIRED"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void judgesDeployments(List<String> row) {
        Rows.check(DEPLOYMENT.validateCreate(deployment(row.getFirst()), NETWORK), row.subList(1, row.size()));
    }

    @Test
    void needsASelector() {
        Draft deployment = Draft.copyOf(deployment("{}"));
        deployment.existing("spec").remove("selector");
        Rows.check(DEPLOYMENT.validateCreate(deployment.tree(), NETWORK), List.of("spec.selector REQUIRED"));
        Rows.check(REPLICA_SET.validateCreate(deployment.tree(), NETWORK), List.of("spec.selector REQUIRED"));
    }

    @Test
    void theSelectorIsForEver() {
        Map<String, Object> old = deployment("{}");
        Map<String, Object> changed = deployment("{selector: {matchLabels: {app: shop, tier: a}},"
                + " template: {metadata: {labels: {app: shop, tier: a}}, spec: {containers: [{name: a, image: b}]}}}");
        Rows.check(
                DEPLOYMENT.validateUpdate(changed, old, NETWORK), List.of("spec.selector INVALID field is immutable"));
    }

    @Test
    void judgesCounts() {
        Map<String, Object> status = deployment("{}");
        status.put("status", Flow.of("{replicas: 2, readyReplicas: 1, availableReplicas: 2, updatedReplicas: 3}"));
        Rows.check(
                DEPLOYMENT.validateStatus(status, deployment("{}"), NETWORK),
                List.of(
                        "status.updatedReplicas INVALID cannot be greater than status.replicas",
                        "status.availableReplicas INVALID cannot be greater than readyReplicas"));
    }

    @Test
    void theGenerationFollowsSpecificationAndAnnotations() {
        Map<String, Object> created = DEPLOYMENT.forCreate(deployment("{}"));
        assertThat(generation(created)).isEqualTo(1);
        assertThat(generation(DEPLOYMENT.forUpdate(deployment("{}"), created))).isEqualTo(1);
        Map<String, Object> scaled = DEPLOYMENT.forUpdate(deployment("{replicas: 3}"), created);
        assertThat(generation(scaled)).isEqualTo(2);
        Draft annotated = Draft.copyOf(deployment("{replicas: 3}"));
        annotated.child("metadata").child("annotations").set("a", "b");
        assertThat(generation(DEPLOYMENT.forUpdate(annotated.tree(), scaled))).isEqualTo(3);
        assertThat(generation(DEPLOYMENT.forStatus(annotated.tree(), scaled))).isEqualTo(2);
        assertThat(generation(REPLICA_SET.forUpdate(annotated.tree(), scaled))).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "25%,25%,4,1,1",
        "25%,25%,3,1,0",
        "25%,25%,10,3,2",
        "0,0,5,0,1",
        "1,0,5,1,0",
        "0%,50%,3,0,1",
        "100%,100%,3,3,3",
        "5,5,3,5,3",
        "25%,25%,0,0,0"
    })
    void resolvesShares(String surge, String unavailable, int replicas, int most, int missing) {
        Deployment deployment = Deployment.from(new Tree(deployment("{strategy: {type: RollingUpdate, rollingUpdate:"
                + " {maxSurge: " + surge + ", maxUnavailable: " + unavailable + "}}}")));
        Deployment.Strategy.RollingUpdate rolling = (Deployment.Strategy.RollingUpdate) deployment.strategy();
        assertThat(rolling.surge(replicas)).isEqualTo(most);
        assertThat(rolling.unavailable(replicas)).isEqualTo(missing);
    }

    @Test
    void readsWorkloads() {
        Map<String, Object> tree = deployment("{replicas: 3, paused: true, minReadySeconds: 5}");
        tree.put(
                "status",
                Flow.of("{observedGeneration: 2, replicas: 3, readyReplicas: 2, conditions: [{type: Available,"
                        + " status: 'True', lastUpdateTime: '2026-01-02T03:04:05Z'}]}"));
        Deployment deployment = Deployment.from(new Tree(tree));
        assertThat(deployment.replicas()).isEqualTo(3);
        assertThat(deployment.paused()).isTrue();
        assertThat(deployment.minReadySeconds()).isEqualTo(5);
        assertThat(deployment.selector().matches(Map.of("app", "shop", "x", "y")))
                .isTrue();
        assertThat(deployment.status().readyReplicas()).isEqualTo(2);
        assertThat(deployment.status().conditions().getFirst().tree())
                .isEqualTo(Flow.of("{type: Available, status: 'True', lastUpdateTime: '2026-01-02T03:04:05Z'}"));
        ReplicaSet set = ReplicaSet.from(new Tree(tree));
        assertThat(set.status().observedGeneration()).isEqualTo(2);
        assertThat(set.template()).isEqualTo(deployment.template());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{matchLabels: {a: b}} | {a: b} | true",
                "{matchLabels: {a: b}} | {a: c} | false",
                "{} | {} | true",
                "{matchExpressions: [{key: a, operator: In, values: [b, c]}]} | {a: c} | true",
                "{matchExpressions: [{key: a, operator: In, values: [b, c]}]} | {} | false",
                "{matchExpressions: [{key: a, operator: NotIn, values: [b]}]} | {a: b} | false",
                "{matchExpressions: [{key: a, operator: NotIn, values: [b]}]} | {} | true",
                "{matchExpressions: [{key: a, operator: Exists}]} | {a: b} | true",
                "{matchExpressions: [{key: a, operator: DoesNotExist}]} | {a: b} | false",
                "{matchLabels: {a: b}, matchExpressions: [{key: c, operator: Exists}]} | {a: b} | false"
            })
    void selects(String selector, String labels, boolean selected) {
        Map<String, String> texts = new Tree(Flow.of("{labels: " + labels + "}")).textMap("labels");
        assertThat(LabelSelector.from(new Tree(Flow.of(selector))).matches(texts))
                .isEqualTo(selected);
    }

    private static long generation(Map<String, Object> object) {
        return new Tree(object).tree("metadata").whole("generation", 0);
    }

    private static Map<String, Object> deployment(String spec) {
        Map<String, Object> all =
                new LinkedHashMap<>(Flow.of("{selector: {matchLabels: {app: shop}}, template: {metadata:"
                        + " {labels: {app: shop}}, spec: {containers: [{name: a, image: b}]}}}"));
        all.putAll(Flow.of(spec));
        Map<String, Object> deployment = new LinkedHashMap<>();
        deployment.put("metadata", Flow.of("{name: shop, namespace: shop}"));
        deployment.put("spec", all);
        return DEPLOYMENT.defaulted(deployment);
    }
}
