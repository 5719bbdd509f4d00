// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole Status bodies, as clients get them. */
class RefusalTest {
    private static final Resource SERVICES = Kinds.served().require("v1", "Service");
    private static final Resource DEPLOYMENTS = Kinds.served().require("apps/v1", "Deployment");

    /** A refusal and its body. */
    record Golden(Refusal refusal, String body) {
        @Override
        public String toString() {
            return refusal.code() + " " + refusal.getMessage();
        }
    }

    static List<Golden> bodies() {
        return List.of(
                new Golden(Refusal.notFound(DEPLOYMENTS, "web"), """
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"deployments.apps \\"web\\" not found","reason":"NotFound",\
                        "details":{"name":"web","group":"apps","kind":"deployments"},"code":404}"""),
                new Golden(Refusal.unauthorized(), """
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"Unauthorized","reason":"Unauthorized","code":401}"""),
                new Golden(
                        Refusal.invalid(
                                SERVICES,
                                "web",
                                List.of(
                                        Invalid.required("spec.ports", ""),
                                        Invalid.notSupported("spec.type", "X", List.of("ClusterIP", "NodePort")))),
                        """
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"Service \\"web\\" is invalid: [spec.ports: Required value, spec.type: Unsupported value: \
                        \\"X\\": supported values: \\"ClusterIP\\", \\"NodePort\\"]","reason":"Invalid",\
                        "details":{"name":"web","kind":"Service","causes":[\
                        {"reason":"FieldValueRequired","message":"Required value","field":"spec.ports"},\
                        {"reason":"FieldValueNotSupported","message":"Unsupported value: \\"X\\": supported values: \
                        \\"ClusterIP\\", \\"NodePort\\"","field":"spec.type"}]},"code":422}"""),
                new Golden(Refusal.alreadyExists(SERVICES, "web").retryAfter(1), """
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"services \\"web\\" already exists","reason":"AlreadyExists",\
                        "details":{"name":"web","kind":"services","retryAfterSeconds":1},"code":409}"""),
                new Golden(Refusal.internal("failed to allocate a serviceIP: range is full"), """
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"Internal error occurred: failed to allocate a serviceIP: range is full",\
                        "reason":"InternalError","details":{"causes":[{"message":\
                        "failed to allocate a serviceIP: range is full"}]},"code":500}"""));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_refusal_reads(Golden golden) {
        Reply.Whole reply = (Reply.Whole) Answers.refused(golden.refusal());
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo(golden.body());
        assertThat(reply.status()).isEqualTo(golden.refusal().code());
    }

    @Test
    void a_client_that_should_come_again_is_told_when() {
        assertThat(Answers.refused(Refusal.futureRevision(9, 8)).header("retry-after"))
                .isEqualTo("1");
    }

    @Test
    void warnings_are_headers_of_rfc_7234() {
        Reply reply = Answers.warning(Answers.json(200, Json.write("x")), List.of("a \"b\"", "c", "c"));
        assertThat(reply.header("warning")).isEqualTo("299 - \"a \\\"b\\\"\"\n299 - \"c\"");
    }
}
