// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked about users: who they are, and what they may do. */
final class ReviewsTest {
    private static final String AUTHORIZATION = "/apis/authorization.k8s.io/v1/";
    private static final Request.User NOBODY =
            new Request.User("nobody", new LinkedHashSet<>(List.of("readers", "system:authenticated")));

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    private Client.Answer send(Request.User user, String path, String body) {
        return api.send(Request.of("POST", path)
                .with(body.getBytes(StandardCharsets.UTF_8), "application/yaml")
                .as(user));
    }

    private Tree ask(Request.User user, String path, String body) {
        return send(user, path, body).is(201).tree();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resourceAttributes: {verb: get, resource: pods, namespace: a} | false",
                "resourceAttributes: {verb: '*', resource: '*', group: '*'} | false",
                "nonResourceAttributes: {verb: get, path: /healthz} | true",
                "nonResourceAttributes: {verb: get, path: /api/v1} | true",
                "nonResourceAttributes: {verb: post, path: /healthz} | false",
                "nonResourceAttributes: {verb: get, path: /metrics} | false",
            })
    void whether_one_may(String asked, boolean allowed) {
        String body = "{kind: SelfSubjectAccessReview, apiVersion: authorization.k8s.io/v1, spec: {" + asked + "}}";
        Tree nobody = ask(NOBODY, AUTHORIZATION + "selfsubjectaccessreviews", body);
        assertThat(nobody.text("kind", "")).isEqualTo("SelfSubjectAccessReview");
        assertThat(nobody.tree("spec").fields()).isNotEmpty();
        assertThat(nobody.tree("status").truth("allowed", !allowed)).isEqualTo(allowed);
        Tree admin = ask(Client.ADMIN, AUTHORIZATION + "selfsubjectaccessreviews", body)
                .tree("status");
        assertThat(admin.truth("allowed", false)).isTrue();
        assertThat(admin.text("reason", ""))
                .isEqualTo("RBAC: allowed by ClusterRoleBinding \"cluster-admin\" of ClusterRole \"cluster-admin\" to"
                        + " Group \"system:masters\"");
    }

    @Test
    void whether_others_may() {
        String reviews = AUTHORIZATION + "subjectaccessreviews";
        String path = "nonResourceAttributes: {verb: get, path: /metrics}";
        assertThat(ask(Client.ADMIN, reviews, "{spec: {user: x, groups: ['system:monitoring'], " + path + "}}")
                        .tree("status")
                        .truth("allowed", false))
                .isTrue();
        assertThat(ask(Client.ADMIN, reviews, "{spec: {user: x, " + path + "}}")
                        .tree("status")
                        .truth("allowed", true))
                .isFalse();
        assertThat(send(NOBODY, reviews, "{spec: {user: x, " + path + "}}")
                        .is(403)
                        .message())
                .isEqualTo(
                        "subjectaccessreviews.authorization.k8s.io is forbidden: User \"nobody\" cannot create resource"
                                + " \"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the cluster scope");
        assertThat(send(Client.ADMIN, reviews, "{spec: {" + path + "}}").is(422).message())
                .contains("spec.user: Invalid value: \"\": at least one of user or group must be specified");
        assertThat(send(Client.ADMIN, reviews, "{spec: {user: x}}").is(422).message())
                .contains("exactly one of nonResourceAttributes or resourceAttributes must be specified");
    }

    @Test
    void whether_others_may_in_a_namespace() {
        String reviews = AUTHORIZATION + "namespaces/shop/localsubjectaccessreviews";
        String attributes = "resourceAttributes: {namespace: NS, verb: get, resource: pods}";
        assertThat(ask(
                                Client.ADMIN,
                                reviews,
                                "{spec: {groups: ['system:masters'], " + attributes.replace("NS", "shop") + "}}")
                        .tree("status")
                        .truth("allowed", false))
                .isTrue();
        assertThat(send(Client.ADMIN, reviews, "{spec: {user: x, " + attributes.replace("NS", "other") + "}}")
                        .is(400)
                        .message())
                .isEqualTo("spec.resourceAttributes.namespace must match namespace: shop");
        assertThat(send(Client.ADMIN, reviews, "{spec: {user: x, nonResourceAttributes: {verb: get, path: /x}}}")
                        .is(422)
                        .message())
                .contains("disallowed on this kind of request");
    }

    @Test
    void what_one_may_and_who_one_is() {
        String rules = "{spec: {namespace: default}}";
        Tree nobody =
                ask(NOBODY, AUTHORIZATION + "selfsubjectrulesreviews", rules).tree("status");
        assertThat(nobody.trees("resourceRules"))
                .extracting(rule -> rule.texts("resources"))
                .contains(List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews"));
        assertThat(nobody.trees("nonResourceRules")).hasSizeGreaterThan(1);
        assertThat(ask(Client.ADMIN, AUTHORIZATION + "selfsubjectrulesreviews", rules)
                        .tree("status")
                        .trees("resourceRules"))
                .hasSize(1);
        assertThat(send(NOBODY, AUTHORIZATION + "selfsubjectrulesreviews", "{}")
                        .is(400)
                        .message())
                .isEqualTo("no namespace on request");
        Tree info = ask(NOBODY, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                .tree("status")
                .tree("userInfo");
        assertThat(info.text("username", "")).isEqualTo("nobody");
        assertThat(info.texts("groups")).containsExactly("readers", "system:authenticated");
        Request.User stranger = new Request.User("stranger", Set.of());
        send(stranger, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                .is(403);
    }

    @Test
    void they_are_asked_and_never_stored() {
        api.get(AUTHORIZATION + "selfsubjectaccessreviews").is(405);
        api.send(Request.of("POST", AUTHORIZATION + "selfsubjectaccessreviews")
                        .with("{".getBytes(StandardCharsets.UTF_8), "application/json"))
                .is(400);
        assertThat(api.get("/apis/authorization.k8s.io/v1").tree().trees("resources"))
                .extracting(resource -> resource.text("name", "") + resource.texts("verbs"))
                .containsExactly(
                        "localsubjectaccessreviews[create]",
                        "selfsubjectaccessreviews[create]",
                        "selfsubjectrulesreviews[create]",
                        "subjectaccessreviews[create]");
    }
}
