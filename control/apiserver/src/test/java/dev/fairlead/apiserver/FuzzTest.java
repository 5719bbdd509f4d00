// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that were good before some of their bytes were changed: bodies, patches, selectors, continue tokens. Whatever comes of
 * it, the server answers what a client can read, has no bug, and what it refuses has changed nothing.
 *
 * <p>{@code -Dfuzz.rounds=1000000} makes a campaign of it, {@code -Dfuzz.seed=N} repeats one. The seed is printed.
 */
@Timeout(86_400)
class FuzzTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 4000);
    private static final String MAPS = ApiContract.CONFIG_MAPS;
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    private static final String SERVICE = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","labels":{"a":"b"},"annotations":{"c":"d"},\
            "finalizers":["x.y/z"],"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1"}]},\
            "spec":{"type":"NodePort","selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":"http",\
            "protocol":"TCP","nodePort":30080}],"ipFamilies":["IPv4"],"sessionAffinity":"ClientIP",\
            "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10}},"externalTrafficPolicy":"Local"}}""";

    private static final String YAML = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {"a": 'b'}}
            spec:
              clusterIP: None
              ports:
              - name: http
                port: 80 # a comment
                targetPort: |-
                  http
            """;

    private static final List<String> JSON_PATCHES = List.of(
            "[{\"op\":\"add\",\"path\":\"/metadata/labels/x\",\"value\":\"y\"},{\"op\":\"copy\",\"from\":\"/spec\",\"path\":\"/metadata/annotations\"}]",
            "[{\"op\":\"test\",\"path\":\"/spec/ports/0/port\",\"value\":80},{\"op\":\"move\",\"from\":\"/spec/ports/0\",\"path\":\"/spec/ports/-\"}]",
            "[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"metadata\":{}}},{\"op\":\"remove\",\"path\":\"/metadata/labels\"}]");
    private static final List<String> STRATEGIC_PATCHES = List.of(
            "{\"spec\":{\"ports\":[{\"port\":80,\"$patch\":\"delete\"},{\"port\":81}],\"$setElementOrder/ports\":[{\"port\":81}]}}",
            "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"x.y/z\"],\"labels\":{\"$patch\":\"replace\",\"a\":null}}}",
            "{\"spec\":{\"$retainKeys\":[\"ports\"],\"ports\":[{\"port\":80,\"name\":\"x\"}]}}");
    private static final List<String> SELECTORS = List.of(
            "labelSelector=a in (b,c),d!=e,!f,g",
            "fieldSelector=metadata.name!=web,metadata.namespace=default",
            "labelSelector=x.y/z notin (a),b==c",
            "limit=1&resourceVersion=0&resourceVersionMatch=NotOlderThan",
            "watch=true&resourceVersion=1&allowWatchBookmarks=true&sendInitialEvents=true&timeoutSeconds=1");

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());
    private String token = "";

    @BeforeEach
    void fill() {
        for (String name : List.of("a", "b", "c")) {
            api.post(MAPS, "metadata: {name: " + name + "}").is(201);
        }
        token = api.get(MAPS + "?limit=1").tree().tree("metadata").text("continue", "");
        api.post(ApiContract.SERVICES, ApiContract.WEB.replace("name: web", "name: there"))
                .is(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nothing_breaks_it() {
        long seed = Long.getLong("fuzz.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(seed + round);
            Request request = request(random);
            long before = server.store().revision();
            Reply reply = api.raw(request);
            String what = "-Dfuzz.rounds=1 -Dfuzz.seed=" + (seed + round) + ": " + request.method() + " "
                    + request.target() + " " + new String(request.body(), StandardCharsets.ISO_8859_1);
            if (reply instanceof Reply.Streamed streamed) {
                streamed.stream().close();
            } else if (reply instanceof Reply.Whole whole) {
                check(what, whole, before);
            }
            tidy();
        }
    }

    private void check(String what, Reply.Whole reply, long before) {
        Tree tree = new Tree(dev.fairlead.wire.json.Json.object(reply.body()));
        if (reply.status() < 300) {
            assertThat(tree.text("kind")).as(what).isNotEmpty();
            return;
        }
        assertThat(tree.text("kind")).as(what).isEqualTo("Status");
        assertThat(tree.text("message", "")).as(what).isNotEmpty().doesNotContain("bug");
        // 500 is what Kubernetes answers to a resourceVersion in a body that is created.
        boolean own = tree.text("message", "").contains("resourceVersion should not be set");
        assertThat(reply.status() < 500 || own || reply.status() == 504)
                .as("%s: %s", what, tree.fields())
                .isTrue();
        assertThat(server.store().revision())
                .as("refused, so nothing changed: " + what)
                .isEqualTo(before);
    }

    /** Takes back what a request that was still good has made. */
    private void tidy() {
        for (Tree service : api.get("/api/v1/services").tree().trees("items")) {
            String name = service.tree("metadata").text("name", "");
            String path = "/api/v1/namespaces/" + service.tree("metadata").text("namespace", "") + "/services/" + name;
            if (!name.equals("there") && !name.equals("kubernetes")) {
                api.merge(path, "{\"metadata\":{\"finalizers\":null}}");
                api.delete(path);
            }
        }
        if (api.get(ApiContract.SERVICES + "/there").status() == 404) {
            api.post(ApiContract.SERVICES, ApiContract.WEB.replace("name: web", "name: there"))
                    .is(201);
        }
    }

    private Request request(Random random) {
        String validation = List.of("", "?fieldValidation=Strict", "?fieldValidation=Ignore")
                .get(random.nextInt(3));
        return switch (random.nextInt(8)) {
            case 0, 1 -> post(validation, "application/json", changed(SERVICE, random));
            case 2 -> post(validation, "application/yaml", changed(YAML, random));
            case 3 -> post("", PROTOBUF, changed(protobuf(), random));
            case 4 -> patch("application/json-patch+json", pick(JSON_PATCHES, random), "", random);
            case 5 -> patch("application/strategic-merge-patch+json", pick(STRATEGIC_PATCHES, random), "", random);
            case 6 -> patch("application/apply-patch+yaml", YAML, "?fieldManager=fuzz&force=true", random);
            default -> query(random);
        };
    }

    private static Request post(String query, String type, byte[] body) {
        return Request.of("POST", ApiContract.SERVICES + query).with(body, type);
    }

    private static Request patch(String type, String body, String query, Random random) {
        return Request.of("PATCH", ApiContract.SERVICES + "/there" + query).with(changed(body, random), type);
    }

    private Request query(Random random) {
        String good = random.nextInt(3) == 0 ? "limit=1&continue=" + token : pick(SELECTORS, random);
        String bad = new String(changed(good, random), StandardCharsets.ISO_8859_1);
        // What separates parameters stays, half of the time, so that values are what is bad.
        String encoded = random.nextBoolean()
                ? URLEncoder.encode(bad, StandardCharsets.UTF_8)
                        .replace("%3D", "=")
                        .replace("%26", "&")
                : bad.replaceAll("[^\\x21-\\x7e]", "%");
        return Request.of("GET", MAPS + "?" + encoded);
    }

    /** The start of a body as clients in Go send it: a Service without anything but a name. */
    private static byte[] protobuf() {
        byte[] name = {10, 3, 'w', 'e', 'b'};
        byte[] object = join(new byte[] {10, (byte) name.length}, name);
        byte[] type = {10, 2, 'v', '1', 18, 7, 'S', 'e', 'r', 'v', 'i', 'c', 'e'};
        return join(
                new byte[] {'k', '8', 's', 0, 10, (byte) type.length},
                join(type, join(new byte[] {18, (byte) object.length}, object)));
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static String pick(List<String> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static byte[] changed(String good, Random random) {
        return changed(good.getBytes(StandardCharsets.UTF_8), random);
    }

    /** Up to four changes: a byte flipped or put in, a piece left out, doubled, or moved, the end cut off. */
    private static byte[] changed(byte[] good, Random random) {
        byte[] bytes = good;
        for (int changes = random.nextInt(5); changes > 0 && bytes.length > 1; changes--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(12));
            byte[] before = Arrays.copyOf(bytes, at);
            byte[] piece = Arrays.copyOfRange(bytes, at, to);
            byte[] after = Arrays.copyOfRange(bytes, to, bytes.length);
            bytes = switch (random.nextInt(7)) {
                case 0 -> join(before, after);
                case 1 -> join(before, join(piece, join(piece, after)));
                case 2 -> join(after, join(piece, before));
                case 3 -> before;
                case 4 -> join(before, join(special(random), after));
                case 5 -> join(before, join(special(random), join(piece, after)));
                default -> flipped(bytes, at, random);
            };
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int at, Random random) {
        byte[] copy = bytes.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    private static byte[] special(Random random) {
        String special = pick(
                List.of(
                        "null",
                        "-1",
                        "1e309",
                        "99999999999999999999",
                        "\"\"",
                        "{}",
                        "[]",
                        "[[[[",
                        "{\"a\":",
                        "\u0000",
                        "\ud83d\ude00",
                        "true",
                        "\\u0000",
                        "\"",
                        "'",
                        "&a",
                        "*a",
                        "%",
                        "~1",
                        "\n---\n",
                        "0x10",
                        ",",
                        ":",
                        "!",
                        "$patch",
                        "None"),
                random);
        return special.getBytes(StandardCharsets.UTF_8);
    }
}
