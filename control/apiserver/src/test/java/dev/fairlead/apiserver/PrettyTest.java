// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON for people, and for programs. */
class PrettyTest {
    private static String asked(Client client, Request request) {
        return new String(((Reply.Whole) client.raw(request)).body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            ?pretty=true,   kubectl/v1.36.0, true
            ?pretty=1,      '',              true
            ?pretty=false,  curl/8.0,        false
            ?limit=3,       curl/8.0,        true
            '',             Mozilla/5.0 (X), true
            '',             kubectl/v1.36.0, false
            ?pretty=maybe,  kubectl/v1.36.0, false
            """)
    void answersAreIndentedForWhoWantsIt(String query, String agent, boolean indented) {
        try (TestServer server = new TestServer()) {
            Client client = new Client(server.api());
            for (String path : new String[] {
                "/api/v1/namespaces", "/api/v1/namespaces/default", "/api/v1/namespaces/nope", "/apis", "/apis/apps/v1"
            }) {
                String text = asked(
                        client,
                        Request.of("GET", path + query)
                                .with("user-agent", agent)
                                .with("accept", "*/*"));
                assertThat(text.contains("\n  \"")).as("%s: %s", path, text).isEqualTo(indented);
            }
        }
    }

    @Test
    void otherFormsStayAsTheyAre() {
        try (TestServer server = new TestServer()) {
            Client client = new Client(server.api());
            Request request = Request.of("GET", "/api/v1/namespaces?pretty=true");
            assertThat(asked(client, request.with("accept", "application/yaml")))
                    .contains("kind: NamespaceList");
            assertThat(asked(client, request.with("accept", "application/vnd.kubernetes.protobuf")))
                    .startsWith("k8s\0");
            assertThat(asked(client, Request.of("GET", "/openapi/v3").with("user-agent", "curl/8.0")))
                    .doesNotContain("\n");
        }
    }
}
