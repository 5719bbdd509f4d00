// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users ask about themselves. */
final class ReviewsTest {
    private static final String AUTHORIZATION = "/apis/authorization.k8s.io/v1/";
    private static final Request.User NOBODY = new Request.User("nobody", Set.of("system:authenticated", "readers"));

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    private Tree ask(Request.User user, String path, String body) {
        return api.send(Request.of("POST", path)
                        .with(body.getBytes(StandardCharsets.UTF_8), "application/yaml")
                        .as(user))
                .is(201)
                .tree();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resourceAttributes: {verb: get, resource: pods, namespace: a} | false",
                "resourceAttributes: {verb: '*', resource: '*', group: '*'} | false",
                "nonResourceAttributes: {verb: get, path: /healthz} | true",
                "nonResourceAttributes: {verb: get, path: /livez/ping} | true",
                "nonResourceAttributes: {verb: post, path: /healthz} | false",
                "nonResourceAttributes: {verb: get, path: /metrics} | false",
            })
    void whether_one_may(String asked, boolean allowed) {
        String body = "{kind: SelfSubjectAccessReview, apiVersion: authorization.k8s.io/v1, spec: {" + asked + "}}";
        Tree nobody = ask(NOBODY, AUTHORIZATION + "selfsubjectaccessreviews", body);
        assertThat(nobody.text("kind", "")).isEqualTo("SelfSubjectAccessReview");
        assertThat(nobody.tree("spec").fields()).isNotEmpty();
        assertThat(nobody.tree("status").truth("allowed", !allowed)).isEqualTo(allowed);
        assertThat(ask(Client.ADMIN, AUTHORIZATION + "selfsubjectaccessreviews", body)
                        .tree("status")
                        .truth("allowed", false))
                .isTrue();
    }

    @Test
    void what_one_may_and_who_one_is() {
        String rules = "{spec: {namespace: default}}";
        assertThat(ask(NOBODY, AUTHORIZATION + "selfsubjectrulesreviews", rules)
                        .tree("status")
                        .trees("resourceRules"))
                .isEmpty();
        assertThat(ask(Client.ADMIN, AUTHORIZATION + "selfsubjectrulesreviews", rules)
                        .tree("status")
                        .trees("resourceRules"))
                .hasSize(1);
        Tree info = ask(NOBODY, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                .tree("status")
                .tree("userInfo");
        assertThat(info.text("username", "")).isEqualTo("nobody");
        assertThat(info.texts("groups")).containsExactly("readers", "system:authenticated");
    }

    @Test
    void they_are_asked_and_never_stored() {
        api.get(AUTHORIZATION + "selfsubjectaccessreviews").is(405);
        api.send(Request.of("POST", AUTHORIZATION + "selfsubjectaccessreviews")
                        .with("{".getBytes(StandardCharsets.UTF_8), "application/json"))
                .is(400);
    }
}
