// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is mended before a Service is judged. Each test writes over what is stored and reads the result. */
class ServiceUpdateTest {
    private static final Definition SERVICE = Definitions.of("", "Service");
    private static final String STORED = "{type: NodePort, clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9],"
            + " ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, externalTrafficPolicy: Cluster,"
            + " ports: [{port: 80, name: web, nodePort: 30080}, {port: 53, name: dns, nodePort: 30053}]}";

    @Test
    void fillsInDefaults() {
        assertThat(defaulted("{ports: [{port: 80}], clusterIP: '', selector: {}}"))
                .isEqualTo(Flow.of("{type: ClusterIP, sessionAffinity: None, internalTrafficPolicy: Cluster,"
                        + " ports: [{port: 80, protocol: TCP, targetPort: 80}]}"));
        assertThat(defaulted("{type: NodePort, ports: [{port: 80, targetPort: ''}]}"))
                .containsEntry("externalTrafficPolicy", "Cluster");
        assertThat(defaulted("{type: LoadBalancer}")).containsEntry("allocateLoadBalancerNodePorts", true);
        assertThat(defaulted("{type: ExternalName, externalName: a}")).doesNotContainKey("internalTrafficPolicy");
        assertThat(defaulted("{externalIPs: [192.0.2.1]}")).containsEntry("externalTrafficPolicy", "Cluster");
    }

    @Test
    void defaultsTheWholeAffinityConfiguration() {
        Map<String, Object> config = Flow.of("{clientIP: {timeoutSeconds: 10800}}");
        assertThat(defaulted("{sessionAffinity: ClientIP}")).containsEntry("sessionAffinityConfig", config);
        assertThat(defaulted("{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {}}}"))
                .containsEntry("sessionAffinityConfig", config);
        assertThat(defaulted("{sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}}"))
                .doesNotContainKey("sessionAffinityConfig");
    }

    @Test
    void defaultingTwiceChangesNothingAndKeepsUnknownFields() {
        Map<String, Object> once =
                SERVICE.defaulted(Flow.of("{spec: {ports: [{port: 80, new: x}], future: {a: [1]}}}"));
        assertThat(SERVICE.defaulted(once)).isEqualTo(once);
        assertThat(new Tree(once).tree("spec").value("future")).isEqualTo(Flow.of("{a: [1]}"));
    }

    @Test
    void aPutThatLeavesOutWhatWasAllocatedGetsItBack() {
        Map<String, Object> spec = updated("{type: NodePort, ports: [{port: 8080, name: web}, {port: 54, name: dns}]}");
        assertThat(spec).containsEntry("clusterIP", "10.96.0.9");
        assertThat(new Tree(spec).texts("clusterIPs")).containsExactly("10.96.0.9");
        assertThat(nodePorts(spec)).isEqualTo("30080 30053 ");
    }

    @Test
    void aNodePortThatMovedToAnotherPortIsNotGivenTwice() {
        Map<String, Object> spec =
                updated("{type: NodePort, ports: [{port: 80, name: web}, {port: 53, name: dns, nodePort: 30080}]}");
        assertThat(nodePorts(spec)).isEqualTo("0 30080 ");
    }

    @Test
    void aChangeOfTypeTakesAwayWhatOnlyTheOldTypeHad() {
        Map<String, Object> internal = updated(STORED.replace("type: NodePort", "type: ClusterIP"));
        assertThat(nodePorts(internal)).isEqualTo("0 0 ");
        assertThat(internal).doesNotContainKey("externalTrafficPolicy").containsEntry("clusterIP", "10.96.0.9");

        Map<String, Object> named = updated(STORED.replace("type: NodePort", "type: ExternalName, externalName: a"));
        assertThat(named).doesNotContainKeys("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy");
    }

    @Test
    void whatTheAuthorChangedTooStays() {
        Map<String, Object> internal =
                updated(STORED.replace("type: NodePort", "type: ClusterIP").replace("30080", "30081"));
        assertThat(nodePorts(internal)).isEqualTo("30081 30053 ");
        Map<String, Object> local = updated(
                STORED.replace("type: NodePort", "type: ClusterIP").replace("Policy: Cluster,", "Policy: Local,"));
        assertThat(local).containsEntry("externalTrafficPolicy", "Local");
    }

    @Test
    void keepsClusterIpAndClusterIpsInStep() {
        Map<String, Object> changed = updated("{type: NodePort, clusterIP: 10.96.0.8, clusterIPs: [10.96.0.9]}");
        assertThat(new Tree(changed).texts("clusterIPs")).containsExactly("10.96.0.8");
        Map<String, Object> restored = updated("{type: NodePort, clusterIP: 10.96.0.9}");
        assertThat(new Tree(restored).texts("clusterIPs")).containsExactly("10.96.0.9");
        Map<String, Object> cleared =
                updated("{type: ExternalName, externalName: a, clusterIP: '', clusterIPs: [10.96.0.9]}");
        assertThat(cleared).doesNotContainKeys("clusterIP", "clusterIPs");

        Map<String, Object> created = SERVICE.forCreate(SERVICE.defaulted(Flow.of("{spec: {clusterIP: 10.96.0.8}}")));
        assertThat(new Tree(created).tree("spec").texts("clusterIPs")).containsExactly("10.96.0.8");
    }

    @Test
    void theStatusIsNotWrittenThroughTheMainResource() {
        Map<String, Object> stored = stored("{type: LoadBalancer}");
        stored.put("status", Flow.of("{loadBalancer: {ingress: [{ip: 192.0.2.1, ipMode: VIP}]}}"));
        Map<String, Object> forged = stored("{type: LoadBalancer}");
        forged.put("status", Flow.of("{loadBalancer: {}}"));
        assertThat(SERVICE.forUpdate(forged, stored)).containsEntry("status", stored.get("status"));
        assertThat(SERVICE.forUpdate(stored("{type: NodePort}"), stored).get("status"))
                .isEqualTo(Flow.of("{loadBalancer: {}}"));
        assertThat(SERVICE.forCreate(stored).get("status")).isEqualTo(Flow.of("{loadBalancer: {}}"));

        Map<String, Object> status = SERVICE.forStatus(forged, stored);
        assertThat(status).containsEntry("status", forged.get("status")).containsEntry("spec", stored.get("spec"));
    }

    private static String nodePorts(Map<String, Object> spec) {
        StringBuilder ports = new StringBuilder();
        new Tree(spec)
                .trees("ports")
                .forEach(port -> ports.append(port.whole("nodePort", 0)).append(' '));
        return ports.toString();
    }

    private static Map<String, Object> defaulted(String spec) {
        return new Tree(stored(spec)).tree("spec").fields();
    }

    private static Map<String, Object> updated(String spec) {
        Map<String, Object> stored = stored(STORED);
        Map<String, Object> before = Draft.copyOf(stored).tree();
        Map<String, Object> after = SERVICE.forUpdate(stored(spec), stored);
        assertThat(stored).isEqualTo(before);
        return new Tree(after).tree("spec").fields();
    }

    private static Map<String, Object> stored(String spec) {
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("metadata", Flow.of("{name: web, namespace: shop}"));
        service.put("spec", Flow.of(spec));
        return SERVICE.defaulted(service);
    }
}
