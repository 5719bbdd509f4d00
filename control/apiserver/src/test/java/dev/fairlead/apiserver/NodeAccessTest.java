// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node sees and changes what is its own. */
class NodeAccessTest {
    private static final User ONE = NodeUser.of("one");
    private static final String SHOP = "/api/v1/namespaces/default/";
    private static final String NODES = "/api/v1/nodes";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

    private final TestServer server = new TestServer();
    private final Client admin = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        for (String name : new String[] {"volume", "variable", "all", "projected", "pull", "other"}) {
            admin.post(SHOP + "secrets", "{metadata: {name: " + name + "}}").is(201);
            admin.post(SHOP + "configmaps", "{metadata: {name: " + name + "}}").is(201);
        }
        admin.post(SHOP + "serviceaccounts", "{metadata: {name: robot}}").is(201);
        admin.post(SHOP + "serviceaccounts", "{metadata: {name: stranger}}").is(201);
        pod("mine", "one");
        pod("theirs", "two");
        admin.post(NODES, "{metadata: {name: one}}").is(201);
        admin.post(NODES, "{metadata: {name: two}}").is(201);
    }

    private void pod(String name, String node) {
        admin.post(SHOP + "pods", """
                        metadata: {name: NAME}
                        spec:
                          nodeName: NODE
                          serviceAccountName: robot
                          imagePullSecrets: [{name: pull}]
                          volumes:
                          - {name: a, secret: {secretName: volume}}
                          - {name: b, configMap: {name: volume}}
                          - {name: c, projected: {sources: [{secret: {name: projected}}, {configMap: {name: projected}}]}}
                          containers:
                          - name: c
                            image: i
                            env:
                            - {name: A, valueFrom: {secretKeyRef: {name: variable, key: k}}}
                            - {name: B, valueFrom: {configMapKeyRef: {name: variable, key: k}}}
                            envFrom: [{secretRef: {name: all}}, {configMapRef: {name: all}}]
                        """.replace("NAME", name).replace("NODE", node))
                .is(201);
    }

    private Client.Answer one(String method, String path, String yaml) {
        Request request = yaml.isEmpty() ? Request.of(method, path) : Client.json(method, path, yaml);
        return admin.send(
                (method.equals("PATCH") ? request.with("content-type", "application/merge-patch+json") : request)
                        .as(ONE));
    }

    @Test
    void secrets_and_config_maps_are_those_of_its_pods_as_long_as_they_are_there() {
        for (String name : new String[] {"volume", "variable", "all", "projected"}) {
            one("GET", SHOP + "secrets/" + name, "").is(200);
            one("GET", SHOP + "configmaps/" + name, "").is(200);
            one("GET", SHOP + "secrets?fieldSelector=metadata.name%3D" + name, "")
                    .is(200);
        }
        one("GET", SHOP + "secrets/pull", "").is(200);
        one("GET", SHOP + "configmaps/pull", "").is(403);
        assertThat(one("GET", SHOP + "secrets/other", "").is(403).message())
                .isEqualTo(
                        "secrets \"other\" is forbidden: User \"system:node:one\" cannot get resource \"secrets\" in API"
                                + " group \"\" in the namespace \"default\": no relationship found between node 'one' and this"
                                + " object");
        one("GET", SHOP + "secrets", "").is(403);
        one("GET", "/api/v1/secrets", "").is(403);
        one("DELETE", SHOP + "secrets/volume", "").is(403);
        admin.delete(SHOP + "pods/mine?gracePeriodSeconds=0").is(200);
        one("GET", SHOP + "secrets/volume", "").is(403);
        pod("again", "one");
        one("GET", SHOP + "secrets/volume", "").is(200);
    }

    @Test
    void tokens_are_those_of_its_pods() {
        String token = "{spec: {boundObjectRef: {kind: Pod, apiVersion: v1, name: POD}}}";
        one("GET", SHOP + "serviceaccounts/robot", "").is(200);
        one("POST", SHOP + "serviceaccounts/robot/token", token.replace("POD", "mine"))
                .is(201);
        one("POST", SHOP + "serviceaccounts/robot/token", token.replace("POD", "theirs"))
                .is(403);
        one("POST", SHOP + "serviceaccounts/robot/token", "{spec: {}}").is(403);
        one("GET", SHOP + "serviceaccounts/stranger", "").is(403);
        one("POST", SHOP + "serviceaccounts/stranger/token", token.replace("POD", "mine"))
                .is(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PATCH | nodes/one/status | {status: {phase: x}} | 200",
                "PATCH | nodes/two/status | {status: {phase: x}} | 403",
                "PATCH | nodes/one | {metadata: {annotations: {a: b}}} | 200",
                "PATCH | nodes/one | {metadata: {labels: {a: b, topology.kubernetes.io/zone: z}}} | 200",
                "PATCH | nodes/one | {metadata: {labels: {node-restriction.kubernetes.io/a: b}}} | 403",
                "PATCH | nodes/one | {metadata: {labels: {node-role.kubernetes.io/control-plane: ''}}} | 403",
                "PATCH | nodes/one | {spec: {taints: [{key: a, effect: NoSchedule}]}} | 403",
                "PATCH | nodes/two | {metadata: {annotations: {a: b}}} | 403",
                "DELETE | nodes/one | | 403",
                "POST | nodes | {metadata: {name: three}} | 403",
                "PATCH | namespaces/default/pods/mine/status | {status: {phase: Running}} | 200",
                "PATCH | namespaces/default/pods/theirs/status | {status: {phase: Running}} | 403",
                "PATCH | namespaces/default/pods/mine | {metadata: {labels: {a: b}}} | 403",
                "DELETE | namespaces/default/pods/theirs | | 403",
                "DELETE | namespaces/default/pods/mine | | 200",
                "GET | pods?fieldSelector=spec.nodeName%3Done | | 200",
                "GET | services | | 200",
                "PATCH | namespaces/default/services/kubernetes | {metadata: {labels: {a: b}}} | 403",
                "GET | namespaces/default/pods/mine/log | | 403",
            })
    void what_it_may_do(String method, String path, String body, int status) {
        one(method, "/api/v1/" + path, body == null ? "" : body).is(status);
    }

    @Test
    void leases_are_its_own() {
        one("POST", LEASES, "{metadata: {name: two}}").is(403);
        one("POST", LEASES, "{metadata: {name: one}}").is(201);
        one("PATCH", LEASES + "/one", "{spec: {holderIdentity: one}}").is(200);
        admin.post(LEASES, "{metadata: {name: two}}").is(201);
        one("PATCH", LEASES + "/two", "{spec: {holderIdentity: one}}").is(403);
        one("GET", "/apis/coordination.k8s.io/v1/namespaces/default/leases/x", "")
                .is(403);
        one("DELETE", LEASES + "/one", "").is(200);
    }

    @Test
    void one_that_does_not_say_which_it_is_sees_no_secrets() {
        User nameless = new User("somebody", ONE.groups());
        admin.send(Request.of("GET", SHOP + "secrets/volume").as(nameless)).is(403);
        admin.send(Request.of("GET", NODES).as(nameless)).is(200);
    }

    @Test
    void roles_may_allow_more() {
        admin.post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
                        metadata: {name: more}
                        roleRef: {kind: ClusterRole, name: view}
                        subjects: [{kind: Group, name: 'system:nodes'}]
                        """)
                .is(201);
        one("GET", SHOP + "configmaps/other", "").is(200);
        one("GET", SHOP + "secrets/other", "").is(403);
    }
}
