// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Cause;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.yaml.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no client can bring about: two Services with the same, put into the store behind the server's back. */
final class RivalsExplainedTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    /** A node that lives, and a Service with an endpoint on it, to which all is well. */
    @BeforeEach
    void one() {
        api.post("/api/v1/nodes", "metadata: {name: n}").is(201);
        api.post(
                        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
                        "metadata: {name: n, annotations: {fairlead.dev/programmed: '999999'}}\n"
                                + "spec: {holderIdentity: n, leaseDurationSeconds: 3600, renewTime: '"
                                + server.time().now() + "'}")
                .is(201);
        api.post(SERVICES, service("bob", "10.96.0.9", 30009, 80)).is(201);
        slice("bob");
        assertThat(explained("bob").causes()).isEmpty();
    }

    private static String service(String name, String address, int nodePort, int port) {
        return "metadata: {name: " + name + "}\nspec: {type: NodePort, clusterIP: " + address + ", ports: [{port: "
                + port + ", nodePort: " + nodePort + "}]}\n";
    }

    private void slice(String service) {
        api.post(
                        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
                        "metadata: {name: " + service + "-1, labels: {kubernetes.io/service-name: " + service
                                + "}}\naddressType: IPv4\nports: [{port: 8080}]\nendpoints: [{addresses: [10.244.0.7]}]\n")
                .is(201);
    }

    /** A copy of {@code bob} with another name and these fields, straight into the store. */
    private void smuggle(String name, String spec) {
        Map<String, Object> copy =
                new LinkedHashMap<>(api.get(SERVICES + "/bob").is(200).tree().fields());
        copy.put("metadata", Map.of("name", name, "namespace", "default", "uid", "uid-of-" + name));
        Map<String, Object> fields =
                new LinkedHashMap<>(Tree.of(copy.get("spec")).fields());
        fields.putAll(Yaml.read(spec).getFirst().fields());
        copy.put("spec", fields);
        try {
            server.store()
                    .commit(List.of(Write.put(
                            Kinds.served().require("v1", "Service").key("default", name),
                            Json.write(copy),
                            Expect.any())));
        } catch (dev.fairlead.store.ConflictException impossible) {
            throw new AssertionError(impossible);
        }
        slice(name);
    }

    private Explanation explained(String service) {
        return Explanation.from(
                api.get(SERVICES + "/" + service + "/explain").is(200).tree());
    }

    private static Cause first(Explanation explanation) {
        assertThat(explanation.causes()).isNotEmpty();
        assertThat(explanation.causes().getFirst().kind()).isEqualTo(Cause.Kind.RIVAL_SERVICE);
        return explanation.causes().getFirst();
    }

    @Test
    void two_services_fight_for_one_node_port() {
        smuggle("carol", "{clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10]}");
        assertThat(first(explained("carol")).found())
                .contains("node port 30009/TCP is claimed by Service default/bob too", "that one gets it");
        assertThat(first(explained("bob")).found())
                .contains("node port 30009/TCP is claimed by Service default/carol too", "this one gets it");
    }

    @Test
    void one_address_is_two_services() {
        smuggle("carol", "{type: ClusterIP, ports: [{port: 80, protocol: TCP, targetPort: 8080}]}");
        Cause carol = first(explained("carol"));
        assertThat(carol.found()).contains("clusterIP 10.96.0.9 is Service default/bob's too, which gets what comes");
        assertThat(carol.breaks()).isTrue();
        Cause bob = first(explained("bob"));
        assertThat(bob.found())
                .contains("clusterIP 10.96.0.9 is Service default/carol's too; this one gets what comes");
        assertThat(bob.breaks()).isFalse();
        assertThat(bob.fix()).contains("delete one of the two");
    }

    @Test
    void one_address_is_two_services_with_different_ports() {
        smuggle("carol", "{type: ClusterIP, ports: [{port: 81, protocol: TCP, targetPort: 8080}]}");
        assertThat(first(explained("carol")).found()).contains("no port in common");
    }
}
