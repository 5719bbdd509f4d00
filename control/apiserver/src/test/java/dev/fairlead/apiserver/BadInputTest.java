// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What nobody should send: each is refused clearly, changes nothing, and leaves a server that works. */
@Timeout(60)
class BadInputTest {
    private static final String SERVICES = ApiContract.SERVICES;
    private static final String JSON = "application/json";
    private static final String GOOD =
            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"ports\":[{\"port\":80}]}}";

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    private record Bad(String what, Request request, int status, String message) {}

    private static Bad post(String what, String body, int status, String message) {
        return new Bad(what, body(SERVICES, body, JSON), status, message);
    }

    private static Request body(String path, String body, String type) {
        return Request.of("POST", path).with(body.getBytes(StandardCharsets.UTF_8), type);
    }

    private static Bad patch(String what, String type, String body, int status, String message) {
        Request request = Request.of("PATCH", SERVICES + "/there").with(body.getBytes(StandardCharsets.UTF_8), type);
        return new Bad(what, request, status, message);
    }

    private static Bad get(String path, int status, String message) {
        return new Bad("GET " + path, Request.of("GET", path), status, message);
    }

    private static byte[] invalidUtf8() {
        byte[] bytes = GOOD.replace("web", "w?b").getBytes(StandardCharsets.UTF_8);
        bytes[new String(bytes, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xff;
        return bytes;
    }

    private static List<Bad> all() {
        List<Bad> all = new ArrayList<>(bodies());
        all.addAll(patches());
        all.addAll(paths());
        return all;
    }

    private static List<Bad> bodies() {
        String deep = "[".repeat(50_000);
        return List.of(
                post("no body", "", 400, "the body of the request cannot be read"),
                post("a truncated body", GOOD.substring(0, 60), 400, "the body of the request cannot be read"),
                post("two JSON documents", GOOD + GOOD, 400, "the body of the request cannot be read"),
                post("a list", "[" + GOOD + "]", 400, "the body of the request cannot be read"),
                post("deep nesting", GOOD.replace("80", deep), 400, "nested deeper than 100"),
                post("a number no float holds", GOOD.replace("80", "1e400"), 400, ""),
                post(
                        "a number that is too long",
                        GOOD.replace("80", "9".repeat(30)),
                        400,
                        "cannot be handled as a Service"),
                post("a number with a fraction", GOOD.replace("80", "80.5"), 400, "cannot be handled as a Service"),
                post(
                        "a number of more than 32 bits",
                        GOOD.replace("80", "4294967376"),
                        400,
                        "cannot be handled as a Service"),
                post("text for a number", GOOD.replace("80", "\"80\""), 400, "cannot be handled as a Service"),
                post("a list for a text", GOOD.replace("\"web\"", "[]"), 400, "cannot be handled as a Service"),
                post("another kind", GOOD.replace("\"Service\"", "\"Pod\""), 400, "must be of type Service"),
                post("another version", GOOD.replace("\"v1\"", "\"v2\""), 400, "must be of type Service"),
                post(
                        "a name that is none",
                        GOOD.replace("\"web\"", "\"We_b\""),
                        422,
                        "metadata.name: Invalid value: \"We_b\""),
                new Bad(
                        "a duplicate field, strictly",
                        body(
                                SERVICES + "?fieldValidation=Strict",
                                GOOD.replace("\"port\":80", "\"port\":80,\"port\":81"),
                                JSON),
                        400,
                        "strict decoding error: duplicate field \"spec.ports[0].port\""),
                new Bad(
                        "an unknown field, strictly",
                        body(
                                SERVICES + "?fieldValidation=Strict",
                                GOOD.replace("\"port\":80", "\"port\":80,\"prot\":81"),
                                JSON),
                        400,
                        "strict decoding error: unknown field \"spec.ports[0].prot\""),
                new Bad("invalid UTF-8", Request.of("POST", SERVICES).with(invalidUtf8(), JSON), 400, ""),
                new Bad(
                        "text",
                        body(SERVICES, GOOD, "text/plain"),
                        415,
                        "the body of the request was in an unknown format"),
                new Bad("YAML that is none", body(SERVICES, "a: [", "application/yaml"), 400, "line 1"),
                new Bad(
                        "two YAML documents",
                        body(SERVICES, "a: 1\n---\nb: 2\n", "application/yaml"),
                        400,
                        "one YAML document"),
                new Bad(
                        "protobuf that is none",
                        Request.of("POST", SERVICES)
                                .with(new byte[] {'k', '8', 's', 0, -1, -1, -1}, "application/vnd.kubernetes.protobuf"),
                        400,
                        "the body of the request cannot be read"),
                new Bad(
                        "an unknown validation",
                        body(SERVICES + "?fieldValidation=Maybe", GOOD, JSON),
                        422,
                        "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Maybe\""),
                new Bad(
                        "an unknown dry run",
                        body(SERVICES + "?dryRun=Some", GOOD, JSON),
                        422,
                        "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\""),
                new Bad(
                        "an unknown dry run of a change",
                        Request.of("PUT", SERVICES + "/there?dryRun=Some")
                                .with(GOOD.replace("web", "there").getBytes(StandardCharsets.UTF_8), JSON),
                        422,
                        "UpdateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\""),
                new Bad(
                        "an unknown dry run of an end",
                        Request.of("DELETE", SERVICES + "/there?dryRun=Some"),
                        422,
                        "DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\""),
                new Bad(
                        "a manager without an end",
                        body(SERVICES + "?fieldManager=" + "m".repeat(129), GOOD, JSON),
                        422,
                        "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager"));
    }

    private static List<Bad> patches() {
        String operation = "{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"Service\"}";
        String many = "[" + operation.concat(",").repeat(10_000) + operation + "]";
        String bomb = IntStream.range(0, 30)
                .mapToObj(i -> "{\"op\":\"copy\",\"from\":\"/metadata\",\"path\":\"/metadata/x" + i + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        return List.of(
                patch("a patch of no kind", "application/x-patch", "{}", 415, "application/apply-patch+yaml"),
                patch("a merge patch that is a list", "application/merge-patch+json", "[]", 400, ""),
                patch("a truncated patch", "application/merge-patch+json", "{\"spec\":", 400, ""),
                patch("a JSON patch that is none", "application/json-patch+json", "{}", 400, "list of operations"),
                patch(
                        "an operation that is none",
                        "application/json-patch+json",
                        "[{\"op\":\"do\",\"path\":\"/a\"}]",
                        400,
                        "op must be"),
                patch(
                        "a path to nowhere",
                        "application/json-patch+json",
                        "[{\"op\":\"remove\",\"path\":\"/spec/none\"}]",
                        422,
                        ""),
                patch(
                        "a test that fails",
                        "application/json-patch+json",
                        "[{\"op\":\"test\",\"path\":\"/kind\",\"value\":1}]",
                        422,
                        ""),
                patch(
                        "more operations than are taken",
                        "application/json-patch+json",
                        many,
                        413,
                        "maximum operations in a JSON patch is 10000, got 10001"),
                patch("copies of copies of copies", "application/json-patch+json", bomb, 413, ""),
                patch(
                        "a patch of the name",
                        "application/merge-patch+json",
                        "{\"metadata\":{\"name\":\"b\"}}",
                        400,
                        "does not match the name"),
                patch(
                        "a patch of the uid",
                        "application/merge-patch+json",
                        "{\"metadata\":{\"uid\":\"b\"}}",
                        409,
                        "UID in precondition: b"),
                patch(
                        "an old version",
                        "application/merge-patch+json",
                        "{\"metadata\":{\"resourceVersion\":\"1\"}}",
                        409,
                        "the object has been modified"),
                patch("deep nesting", "application/merge-patch+json", "{\"a\":".repeat(50_000), 400, ""),
                patch(
                        "apply without a manager",
                        "application/apply-patch+yaml",
                        "apiVersion: v1\nkind: Service\n",
                        422,
                        "fieldManager: Required value"));
    }

    private static List<Bad> paths() {
        return List.of(
                get(SERVICES + "/there/nothing", 404, "the server could not find the requested resource"),
                get(SERVICES + "/there/status/more", 404, "the server could not find the requested resource"),
                get("/api/v9/services", 404, "the server could not find the requested resource"),
                get("/apis/none/v1/services", 404, "the server could not find the requested resource"),
                get(SERVICES + "?labelSelector=a%20in%20b", 400, ""),
                get(SERVICES + "?labelSelector=%ff", 400, ""),
                get(SERVICES + "?fieldSelector=spec.none%3D1", 400, "field label not supported: spec.none"),
                get(SERVICES + "?continue=nonsense", 400, "continue key is not valid"),
                get(SERVICES + "?resourceVersion=new", 400, "resourceVersion must be a whole number"),
                get(SERVICES + "?resourceVersion=18446744073709551615", 504, "Too large resource version"),
                get(SERVICES + "?watch=true&timeoutSeconds=soon", 400, ""),
                get(SERVICES + "?timeoutSeconds=soon", 400, "timeoutSeconds must be a whole number, not \"soon\""),
                get(SERVICES + "?limit=", 400, "limit must be a whole number"),
                get(SERVICES + "?%zz", 400, "percent-encoding"),
                new Bad("a verb of no use", Request.of("POST", SERVICES + "/there"), 405, ""),
                new Bad("a verb of nobody", Request.of("BREW", SERVICES), 405, ""));
    }

    @TestFactory
    Stream<DynamicTest> refused() {
        api.post(SERVICES, GOOD.replace("web", "there")).is(201);
        return all().stream()
                .map(bad -> DynamicTest.dynamicTest(bad.what, () -> {
                    long before = server.store().revision();
                    Client.Answer answer = api.send(bad.request);
                    assertThat(answer.status()).as("%s", answer.message()).isEqualTo(bad.status);
                    assertThat(answer.tree().text("kind")).isEqualTo("Status");
                    assertThat(answer.tree().whole("code", 0)).isEqualTo(bad.status);
                    assertThat(answer.message()).isNotEmpty().contains(bad.message);
                    assertThat(server.store().revision()).as("nothing changed").isEqualTo(before);
                    api.get(SERVICES + "/there").is(200);
                }));
    }
}
