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

class PodDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final Definition POD = Definitions.of("", "Pod");

    @Test
    void fillsInDefaults() {
        Map<String, Object> pod = pod("{containers: [{name: a, image: b, ports: [{containerPort: 80}], readinessProbe:"
                + " {httpGet: {port: 80}}}], volumes: [{name: v}]}");
        Tree spec = new Tree(pod).tree("spec");
        assertThat(spec.text("restartPolicy")).isEqualTo("Always");
        assertThat(spec.text("dnsPolicy")).isEqualTo("ClusterFirst");
        assertThat(spec.whole("terminationGracePeriodSeconds", 0)).isEqualTo(30);
        assertThat(spec.truth("enableServiceLinks")).contains(true);
        Tree container = spec.trees("containers").getFirst();
        assertThat(container.value("readinessProbe"))
                .isEqualTo(
                        Flow.of("{httpGet: {port: 80, path: '/', scheme: HTTP}, timeoutSeconds: 1, periodSeconds: 10,"
                                + " successThreshold: 1, failureThreshold: 3}"));
        assertThat(container.trees("ports").getFirst().text("protocol")).isEqualTo("TCP");
        assertThat(spec.trees("volumes").getFirst().has("emptyDir")).isTrue();
        assertThat(POD.defaulted(pod)).isEqualTo(pod);
        assertThat(POD.forCreate(pod).get("status")).isEqualTo(Flow.of("{phase: Pending, qosClass: BestEffort}"));
    }

    @ParameterizedTest
    @CsvSource({
        "nginx,Always",
        "nginx:latest,Always",
        "nginx:1.27,IfNotPresent",
        "host:5000/nginx,Always",
        "host:5000/nginx:2,IfNotPresent",
        "nginx@sha256:0a,IfNotPresent"
    })
    void pullsWhatMayHaveChanged(String image, String policy) {
        Tree spec = new Tree(pod("{containers: [{name: a, image: '" + image + "'}]}")).tree("spec");
        assertThat(spec.trees("containers").getFirst().text("imagePullPolicy")).isEqualTo(policy);
    }

    static Stream<List<String>> specs() {
        return Stream.of(
                List.of("{containers: [{name: a, image: b}]}"),
                List.of("{}", "spec.containers REQUIRED"),
                List.of(
                        "{containers: [{image: b}, {name: A}]}",
                        "spec.containers[0].name REQUIRED",
                        "spec.containers[1].name INVALID a lowercase RFC 1123 label",
                        "spec.containers[1].image REQUIRED"),
                List.of(
                        "{containers: [{name: a, image: b}], initContainers: [{name: a, image: b}]}",
                        "spec.initContainers[0].name DUPLICATE"),
                List.of(
                        "{containers: [{name: a, image: b, ports: [{containerPort: 70000}, {name: a},"
                                + " {containerPort: 1, name: A}, {containerPort: 2, protocol: X}]}]}",
                        "spec.containers[0].ports[0].containerPort INVALID must be between 1 and 65535",
                        "spec.containers[0].ports[1].containerPort REQUIRED",
                        "spec.containers[0].ports[2].name INVALID",
                        "spec.containers[0].ports[2].name INVALID",
                        "spec.containers[0].ports[3].protocol NOT_SUPPORTED"),
                List.of(
                        "{containers: [{name: a, image: b, env: [{value: x}, {name: a=b}, {name: c, value: d,"
                                + " valueFrom: {fieldRef: {fieldPath: x}}}]}]}",
                        "spec.containers[0].env[0].name REQUIRED",
                        "spec.containers[0].env[1].name INVALID a valid environment variable name",
                        "spec.containers[0].env[2].valueFrom INVALID may not be specified when `value` is not empty"),
                List.of(
                        "{containers: [{name: a, image: b, readinessProbe: {}, livenessProbe: {successThreshold: 2,"
                                + " periodSeconds: -1, tcpSocket: {port: 0}}, startupProbe: {exec: {}, httpGet: {port: 1}}}]}",
                        "spec.containers[0].readinessProbe REQUIRED must specify a handler type",
                        "spec.containers[0].livenessProbe.successThreshold INVALID must be 1",
                        "spec.containers[0].livenessProbe.periodSeconds INVALID must be greater than or equal to 0",
                        "spec.containers[0].livenessProbe.tcpSocket.port INVALID",
                        "spec.containers[0].startupProbe.exec.command REQUIRED",
                        "spec.containers[0].startupProbe.httpGet FORBIDDEN may not specify more than 1 handler type"),
                List.of(
                        "{containers: [{name: a, image: b, volumeMounts: [{name: x, mountPath: /a}]}]}",
                        "spec.containers[0].volumeMounts[0].name NOT_FOUND"),
                List.of("{containers: [{name: a, image: b, resources: {limits: {cpu: 1, memory: 1.5Gi, x/y: 1e3}}}]}"),
                List.of(
                        "{containers: [{name: a, image: b, resources: {requests: {cpu: some, memory: -1, x: 64MB}}}]}",
                        "spec.containers[0].resources.requests[cpu] INVALID must be a quantity",
                        "spec.containers[0].resources.requests[memory] INVALID",
                        "spec.containers[0].resources.requests[x] INVALID"),
                List.of(
                        "{containers: [{name: a, image: b}], restartPolicy: Sometimes, dnsPolicy: Guess}",
                        "spec.restartPolicy NOT_SUPPORTED",
                        "spec.dnsPolicy NOT_SUPPORTED"),
                List.of("{containers: [{name: a, image: b}], hostname: a.b}", "spec.hostname INVALID"),
                List.of(
                        "{containers: [{name: a, image: b}], activeDeadlineSeconds: 0}",
                        "spec.activeDeadlineSeconds INVALID"),
                List.of(
                        "{containers: [{name: a, image: b}], initContainers: [{name: i, image: b, readinessProbe:"
                                + " {tcpSocket: {port: 1}}}]}",
                        "spec.initContainers[0].readinessProbe FORBIDDEN"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void judgesPods(List<String> row) {
        Rows.check(POD.validateCreate(pod(row.getFirst()), NETWORK), row.subList(1, row.size()));
    }

    static Stream<List<String>> changes() {
        String old = "{containers: [{name: a, image: b}], tolerations: [{key: k, operator: Exists}]}";
        return Stream.of(
                List.of(old, old),
                List.of(old, old.replace("image: b", "image: c")),
                List.of(old, old.replace("Exists}", "Exists}, {key: l}")),
                List.of(old, old.replace("Exists}", "Exists, tolerationSeconds: 5}")),
                List.of(old, old.replace("}]}", "}], activeDeadlineSeconds: 5}")),
                List.of(old, old.replace("key: k", "key: l"), "spec.tolerations FORBIDDEN existing toleration"),
                List.of(
                        old,
                        old.replace("image: b", "image: b, command: [x]"),
                        "spec FORBIDDEN pod updates may not change"),
                List.of(old, old.replace("}]}", "}], nodeName: n}")),
                List.of(
                        old.replace("}]}", "}], nodeName: n}"),
                        old.replace("}]}", "}], nodeName: m}"),
                        "spec FORBIDDEN"),
                List.of(old.replace("}]}", "}], nodeName: n}"), old, "spec FORBIDDEN"),
                List.of(
                        old,
                        old.replace("image: b}", "image: b}, {name: c, image: d}"),
                        "spec.containers FORBIDDEN pod updates may not add or remove containers"),
                List.of(
                        old.replace("}]}", "}], activeDeadlineSeconds: 5}"),
                        old.replace("}]}", "}], activeDeadlineSeconds: 6}"),
                        "spec.activeDeadlineSeconds INVALID must be less than or equal to previous value"),
                List.of(
                        old.replace("}]}", "}], activeDeadlineSeconds: 5}"),
                        old,
                        "spec.activeDeadlineSeconds INVALID must not update from a positive integer to nil value"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void judgesChanges(List<String> row) {
        Rows.check(POD.validateUpdate(pod(row.get(1)), pod(row.get(0)), NETWORK), row.subList(2, row.size()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | BestEffort",
                "{requests: {cpu: 1}} | Burstable",
                "{limits: {cpu: 1, memory: 1Gi}} | Guaranteed",
                "{limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}} | Burstable"
            })
    void namesTheQualityOfService(String resources, String quality) {
        Map<String, Object> created =
                POD.forCreate(pod("{containers: [{name: a, image: b, resources: " + resources + "}]}"));
        assertThat(new Tree(created).tree("status").text("qosClass")).isEqualTo(quality);
    }

    @Test
    void judgesAddresses() {
        Map<String, Object> pod = pod("{}");
        pod.put("status", Flow.of("{podIPs: [{ip: 10.0.0.1}, {ip: x}]}"));
        Rows.check(
                POD.validateStatus(pod, pod, NETWORK), List.of("status.podIPs[1] INVALID must be a valid IP address"));
    }

    private static Map<String, Object> pod(String spec) {
        Map<String, Object> pod = new LinkedHashMap<>();
        pod.put("metadata", Flow.of("{name: web-1, namespace: shop}"));
        pod.put("spec", Flow.of(spec));
        return POD.defaulted(pod);
    }
}
