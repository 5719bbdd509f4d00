// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server tells about fields, in both versions of OpenAPI. */
class OpenApiTest {
    private static final String MESSAGES = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private static TestServer server;
    private static Client client;

    @BeforeAll
    static void start() {
        server = new TestServer();
        client = new Client(server.api());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static Tree swagger() {
        return client.get("/openapi/v2").is(200).tree();
    }

    @Test
    void swaggerHasKindsFieldsAndKeys() {
        Tree document = swagger();
        assertThat(document.text("swagger")).isEqualTo("2.0");
        Tree service = document.tree("definitions").tree("io.k8s.api.core.v1.Service");
        assertThat(service.text("description")).startsWith("Service is a named abstraction");
        assertThat(service.trees("x-kubernetes-group-version-kind").getFirst().text("kind"))
                .isEqualTo("Service");
        String spec = service.tree("properties").tree("spec").text("$ref", "");
        Tree ports = document.tree("definitions")
                .tree(spec.substring("#/definitions/".length()))
                .tree("properties")
                .tree("ports");
        assertThat(ports.text("x-kubernetes-patch-merge-key")).isEqualTo("port");
        assertThat(ports.texts("x-kubernetes-list-map-keys")).containsExactly("port", "protocol");
        Tree patch = document.tree("paths")
                .tree("/api/v1/namespaces/{namespace}/services/{name}")
                .tree("patch");
        assertThat(patch.texts("consumes")).contains("application/strategic-merge-patch+json");
        assertThat(patch.trees("parameters"))
                .extracting(parameter -> parameter.text("name"))
                .contains("fieldValidation", "dryRun");
    }

    @Test
    void whatTheModelSaysOfATypeOnlyIsSaidOfItsFields() {
        Tree schemas = client.get("/openapi/v3/apis/apps/v1")
                .is(200)
                .tree()
                .tree("components")
                .tree("schemas");
        Tree strategy = schemas.tree("io.k8s.model.DeploymentStrategy").tree("properties");
        assertThat(strategy.tree("rollingUpdate").text("description", "")).startsWith("Spec to control");
        Tree deployment = schemas.tree("io.k8s.api.apps.v1.Deployment").tree("properties");
        assertThat(deployment.tree("metadata").text("description", "")).startsWith("ObjectMeta is metadata");
        Set<String> silent = new TreeSet<>();
        schemas.fields()
                .forEach((name, schema) -> Tree.of(schema)
                        .tree("properties")
                        .fields()
                        .forEach((field, property) -> {
                            if (Tree.of(property).text("description", "").isEmpty()) {
                                silent.add(name + "." + field);
                            }
                        }));
        assertThat(silent).isEmpty();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        String text =
                new String(((Reply.Whole) client.raw(Request.of("GET", "/openapi/v2"))).body(), StandardCharsets.UTF_8);
        Set<String> missing = new TreeSet<>();
        Set<String> there = swagger().tree("definitions").fields().keySet();
        Matcher reference = Pattern.compile("\"#/definitions/([^\"]+)\"").matcher(text);
        while (reference.find()) {
            if (!there.contains(reference.group(1))) {
                missing.add(reference.group(1));
            }
        }
        assertThat(missing).isEmpty();
        assertThat(there).hasSizeGreaterThan(200);
    }

    @Test
    void everyPathThatIsListedIsThere() {
        List<String> paths = client.get("/").is(200).tree().texts("paths");
        assertThat(paths)
                .isSorted()
                .doesNotHaveDuplicates()
                .contains("/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/healthz/ping", "/metrics")
                .contains("/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version");
        for (String path : paths) {
            assertThat(client.raw(Request.of("GET", path)).status()).as(path).isNotEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1"})
    void aSlashAtTheEndMeansTheSame(String path) {
        assertThat(client.get(path + "/").is(200).tree())
                .isEqualTo(client.get(path).is(200).tree());
    }

    @Test
    void tagsAndMediaTypes() {
        Reply messages = client.raw(Request.of("GET", "/openapi/v2").with("accept", MESSAGES));
        assertThat(messages.header("content-type"))
                .isEqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
        byte[] bytes = ((Reply.Whole) messages).body();
        assertThat(bytes).startsWith(0x0a, 3, '2', '.', '0');
        String tag = String.valueOf(messages.header("etag"));
        Reply known = client.raw(
                Request.of("GET", "/openapi/v2").with("accept", MESSAGES).with("if-none-match", tag));
        assertThat(known.status()).isEqualTo(304);
        assertThat(client.raw(Request.of("GET", "/openapi/v2").with("accept", "text/html"))
                        .status())
                .isEqualTo(406);
        assertThat(client.raw(Request.of("GET", "/openapi/v3/api/v1").with("accept", "text/html"))
                        .status())
                .isEqualTo(406);
    }

    /** Field by field, as a reader of protobuf finds them: gnostic's numbers. */
    @Test
    void theNewVersionIsThereInMessages() {
        String type = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf";
        Reply reply =
                client.raw(Request.of("GET", "/openapi/v3/api/v1").with("accept", type + ", application/json;q=0.5"));
        assertThat(reply.header("content-type"))
                .isEqualTo("application/com.github.proto-openapi.spec.v3.v1.0+protobuf");
        byte[] document = ((Reply.Whole) reply).body();
        assertThat(document).startsWith(0x0a, 5, '3', '.', '0', '.', '0');
        Messages read = new Messages(document);
        byte[] service = read.named("io.k8s.api.core.v1.Service", 5, 1, 1);
        assertThat(new Messages(service).text(1, 34)).startsWith("Service is a named abstraction");
        byte[] spec = new Messages(service).named("spec", 1, 31, 1);
        assertThat(new Messages(spec).text(1, 26, 2, 1)).isEqualTo("#/components/schemas/io.k8s.model.ServiceSpec");
        byte[] path = read.named("/api/v1/namespaces/{namespace}/services/{name}", 4, 1);
        assertThat(new Messages(path).text(10, 5)).isEqualTo("patchv1Service");
        Messages ports =
                new Messages(new Messages(read.named("io.k8s.model.ServiceSpec", 5, 1, 1)).named("ports", 1, 31, 1));
        assertThat(ports.text(1, 25)).isEqualTo("array");
        assertThat(new String(
                        new Messages(ports.named("x-kubernetes-patch-merge-key", 1, 36)).bytes(2),
                        StandardCharsets.UTF_8))
                .isEqualTo("\"port\"");
    }

    /** A message, read by hand: the fields with lengths under a chain of numbers. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    private record Messages(byte[] bytes) {
        private List<byte[]> all(byte[] message, int number) {
            List<byte[]> found = new ArrayList<>();
            ByteBuffer in = ByteBuffer.wrap(message);
            while (in.hasRemaining()) {
                long tag = varint(in);
                switch ((int) (tag & 7)) {
                    case 0 -> varint(in);
                    case 1 -> in.getLong();
                    default -> {
                        byte[] value = new byte[(int) varint(in)];
                        in.get(value);
                        if (tag >>> 3 == number) {
                            found.add(value);
                        }
                    }
                }
            }
            return found;
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        byte[] bytes(int... numbers) {
            byte[] at = bytes;
            for (int number : numbers) {
                at = all(at, number).getFirst();
            }
            return at;
        }

        String text(int... numbers) {
            return new String(bytes(numbers), StandardCharsets.UTF_8);
        }

        /** The value under {@code name} in the map that the last of {@code numbers} holds the entries of. */
        byte[] named(String name, int... numbers) {
            byte[] map = bytes(Arrays.copyOf(numbers, numbers.length - 1));
            return all(map, numbers[numbers.length - 1]).stream()
                    .map(Messages::new)
                    .filter(entry -> entry.text(1).equals(name))
                    .map(entry -> entry.bytes(2))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aNewKindMakesAnotherDocument() {
        String before = tag();
        client.post(CustomKindsTest.DEFINITIONS, CustomKindsTest.DEFINITION).is(201);
        assertThat(tag()).isNotEqualTo(before);
        Tree widget = swagger().tree("definitions").tree("com.example.v1.Widget");
        Tree spec = widget.tree("properties").tree("spec").tree("properties");
        assertThat(spec.tree("color").text("description")).isEqualTo("What it looks like.");
        assertThat(spec.tree("one").has("oneOf")).as("Swagger knows no choices").isFalse();
        assertThat(spec.tree("free").has("type")).isFalse();
    }

    private static String tag() {
        return String.valueOf(client.raw(Request.of("GET", "/openapi/v2")).header("etag"));
    }
}
