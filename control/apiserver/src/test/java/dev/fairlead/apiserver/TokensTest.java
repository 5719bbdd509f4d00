// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.apiserver.access.TokenFile;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.apiserver.pki.SigningKey;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens of service accounts, over TLS: issued, shown, checked by others, and no longer good. */
class TokensTest {
    private static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
    private static final String TOKEN = ACCOUNTS + "/robot/token";
    private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String PERSON = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();
    private final FakeTime clock = new FakeTime(time.now());
    private final Store store = MemoryStore.open();
    private Pki pki;
    private ApiServer server;
    private HttpsServer https;
    private Client admin;
    private HttpApi stranger;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        pki = Pki.open(folder.resolve("pki"), time);
        server = server(pki);
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("127.0.0.1")),
                        pki.authority(),
                        server.identities(),
                        Limits.STANDARD),
                server);
        stranger = new HttpApi(https.url(), pki.authority(), null, HttpClient.Version.HTTP_2);
        admin = new Client(server);
        admin.post(ACCOUNTS, "{metadata: {name: robot}}").is(201);
    }

    private ApiServer server(Pki keys) throws IOException {
        return new ApiServer(ApiServer.Parts.of(
                        store,
                        ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                        clock,
                        new Random(1),
                        (pod, container, options) -> {
                            throw new IOException("no node");
                        })
                .withTokenKey(keys.tokenKey())
                .withStaticTokens(Map.of("static-token", new User("fixed", Set.of("system:masters")))));
    }

    @AfterEach
    void stop() {
        stranger.close();
        https.close();
        server.close();
        store.close();
        time.close();
    }

    private String token(String spec) {
        return admin.post(TOKEN, "{spec: {" + spec + "}}")
                .is(201)
                .tree()
                .tree("status")
                .text("token", "");
    }

    private Client.Answer shown(String token) {
        return new Client(stranger).send(Client.json("POST", PERSON, "{}").with("authorization", "Bearer " + token));
    }

    private Tree reviewed(String token, String audiences) {
        return admin.post(REVIEWS, "{spec: {token: '" + token + "'" + audiences + "}}")
                .is(201)
                .tree()
                .tree("status");
    }

    private static Tree claims(String token) {
        return new Tree(Json.object(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1])));
    }

    @Test
    void a_key_that_is_revoked_counts_no_more() throws IOException {
        String old = token("");
        shown(old).is(201);
        String key = key(old);
        String path = "/openid/v1/jwks/" + key;
        assertThat(admin.delete(path).is(409).message()).contains("remove sa.key and sa.pub");
        admin.send(Request.of("DELETE", path).as(new User("jane", Set.of("system:authenticated"))))
                .is(403);
        Pki others = Pki.open(folder.resolve("others"), time);
        try (ApiServer other = server(others)) {
            Client there = new Client(other);
            String fresh = there.post(TOKEN, "{}").is(201).tree().tree("status").text("token", "");
            assertThat(key(fresh)).isNotEqualTo(key);
            shown(fresh).is(201);
            there.delete(path).is(200);
            there.delete(path).is(404);
            shown(old).is(401);
            shown(fresh).is(201);
            assertThat(admin.post(TOKEN, "{}").is(503).message())
                    .as("it would sign what nobody trusts")
                    .contains("was revoked");
            Reply left = there.raw(Request.of("GET", "/openid/v1/jwks"));
            assertThat(new String(((Reply.Whole) left).body(), StandardCharsets.UTF_8))
                    .contains(key(fresh))
                    .doesNotContain(key);
        }
        try (ApiServer again = server(pki)) {
            assertThat(new Client(again).post(TOKEN, "{}").is(503).message())
                    .as("showing it again does not help")
                    .contains("was revoked");
        }
        shown(old).is(401);
    }

    private static String key(String token) {
        return new Tree(Json.object(Base64.getUrlDecoder().decode(token.split("\\.", -1)[0]))).text("kid", "");
    }

    @Test
    void a_token_is_its_account() {
        Tree request = admin.post(TOKEN, "{}").is(201).tree();
        assertThat(request.text("kind", "")).isEqualTo("TokenRequest");
        assertThat(request.tree("spec").whole("expirationSeconds", 0)).isEqualTo(3600);
        String token = request.tree("status").text("token", "");
        Tree who = shown(token).is(201).tree().tree("status").tree("userInfo");
        assertThat(who.text("username", "")).isEqualTo("system:serviceaccount:default:robot");
        assertThat(who.texts("groups"))
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated");
        assertThat(who.tree("extra").texts("authentication.kubernetes.io/credential-id"))
                .containsExactly("JTI=" + claims(token).text("jti", ""));
        new Client(stranger)
                .send(Request.of("GET", PODS).with("authorization", "Bearer " + token))
                .is(403);
        admin.post("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", """
                        metadata: {name: robot}
                        roleRef: {kind: ClusterRole, name: view}
                        subjects: [{kind: ServiceAccount, name: robot}]
                        """)
                .is(201);
        new Client(stranger)
                .send(Request.of("GET", PODS).with("authorization", "Bearer " + token))
                .is(200);
        new Client(stranger)
                .send(Request.of("GET", PODS).with("authorization", "Bearer static-token"))
                .is(200);
        assertThat(reviewed("static-token", "").tree("user").text("username", ""))
                .isEqualTo("fixed");
        assertThat(reviewed("static-token", ", audiences: [others]").truth("authenticated", false))
                .isFalse();
    }

    @Test
    void a_token_ends_with_its_time_and_with_its_account() {
        String brief = token("expirationSeconds: 600");
        String lasting = token("expirationSeconds: 6000");
        shown(brief).is(201);
        clock.advance(Duration.ofSeconds(599));
        shown(brief).is(201);
        clock.advance(Duration.ofSeconds(1));
        shown(brief).is(401);
        shown(lasting).is(201);
        assertThat(reviewed(brief, "").text("error", "")).contains("has expired");
        admin.merge(ACCOUNTS + "/robot", "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}")
                .is(200);
        shown(lasting).is(201);
        admin.delete(ACCOUNTS + "/robot").is(200);
        shown(lasting).is(401);
        admin.post(ACCOUNTS, "{metadata: {name: robot}}").is(201);
        shown(lasting).is(401);
    }

    @Test
    void a_token_ends_with_what_it_is_bound_to() {
        admin.post(PODS, """
                        metadata: {name: one}
                        spec: {serviceAccountName: robot, nodeName: here, containers: [{name: a, image: b}]}
                        """).is(201);
        admin.post("/api/v1/nodes", "{metadata: {name: here}}").is(201);
        String token = token("boundObjectRef: {kind: Pod, apiVersion: v1, name: one}");
        Tree extra = shown(token).is(201).tree().tree("status").tree("userInfo").tree("extra");
        assertThat(extra.texts("authentication.kubernetes.io/pod-name")).containsExactly("one");
        assertThat(extra.texts("authentication.kubernetes.io/node-name")).containsExactly("here");
        admin.delete("/api/v1/nodes/here").is(200);
        shown(token).is(201);
        admin.delete(PODS + "/one", "{gracePeriodSeconds: 0}").is(200);
        shown(token).is(401);
        assertThat(reviewed(token, "").text("error", "")).contains("the pod one is gone");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "expirationSeconds: 599 | 422 | TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds:"
                        + " Invalid value: 599: may not specify a duration less than 10 minutes",
                "expirationSeconds: 4294967297 | 422 | TokenRequest.authentication.k8s.io \"\" is invalid:"
                        + " spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32"
                        + " seconds",
                "boundObjectRef: {kind: Pod, apiVersion: v1, name: none} | 404 | pods \"none\" not found",
                "boundObjectRef: {kind: Service, apiVersion: v1, name: a} | 400 | cannot bind token to object of type v1,"
                        + " Kind=Service",
            })
    void what_cannot_be_issued(String spec, int status, String message) {
        assertThat(admin.post(TOKEN, "{spec: {" + spec + "}}").is(status).message())
                .isEqualTo(message);
    }

    @Test
    void a_pod_of_another_account_and_another_pod_of_the_name_are_refused() {
        admin.post(PODS, "{metadata: {name: other}, spec: {containers: [{name: a, image: b}]}}")
                .is(201);
        String bound = "{spec: {boundObjectRef: {kind: Pod, apiVersion: v1, name: other";
        assertThat(admin.post(TOKEN, bound + "}}}").is(400).message())
                .isEqualTo("cannot bind token for serviceaccount \"robot\" to pod running with different serviceaccount"
                        + " name.");
        admin.post(TOKEN, bound + ", uid: x}}}").is(409);
        admin.post(ACCOUNTS + "/none/token", "{}").is(404);
        admin.get(TOKEN).is(405);
        assertThat(admin.get("/api/v1").tree().trees("resources"))
                .filteredOn(each -> each.text("name", "").equals("serviceaccounts/token"))
                .singleElement()
                .satisfies(each -> assertThat(each.text("kind", "") + " " + each.text("group", ""))
                        .isEqualTo("TokenRequest authentication.k8s.io"));
    }

    @Test
    void a_token_is_for_its_audience() {
        String vault = token("audiences: [vault]");
        shown(vault).is(401);
        assertThat(reviewed(vault, "").truth("authenticated", false)).isFalse();
        Tree good = reviewed(vault, ", audiences: [vault, other]");
        assertThat(good.truth("authenticated", false)).isTrue();
        assertThat(good.texts("audiences")).containsExactly("vault");
        assertThat(good.tree("user").text("username", "")).isEqualTo("system:serviceaccount:default:robot");
        admin.post(REVIEWS, "{spec: {}}").is(400);
    }

    @Test
    void a_node_gets_tokens_of_its_own_pods_only() {
        String pods = "/api/v1/namespaces/default/pods";
        for (String node : List.of("here", "there")) {
            admin.post(
                            pods,
                            "{metadata: {name: on-" + node + "}, spec: {nodeName: " + node
                                    + ", serviceAccountName: robot, containers: [{name: a, image: b}]}}")
                    .is(201);
        }
        User node = new User("system:node:here", Set.of("system:nodes", "system:authenticated"));
        Request bare = Client.json("POST", TOKEN, "{}").as(node);
        assertThat(admin.send(bare).is(403).message()).endsWith("node requested token not bound to a pod");
        Function<String, Request> of = pod -> Client.json(
                        "POST", TOKEN, "{spec: {boundObjectRef: {kind: Pod, apiVersion: v1, name: " + pod + "}}}")
                .as(node);
        assertThat(admin.send(of.apply("on-there")).is(403).message())
                .endsWith("node requested token bound to a pod scheduled on a different node");
        admin.send(of.apply("on-here")).is(201);
    }

    /** A part of a token that says something else. */
    private static String changed(String part, UnaryOperator<String> change) {
        String text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        return encoded(change.apply(text).getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Test
    void a_token_outlives_the_begin_of_its_accounts_end_by_a_minute() {
        String path = ACCOUNTS + "/robot";
        admin.put(path, "{metadata: {name: robot, finalizers: [a.b/c]}}").is(200);
        String token = token("");
        admin.delete(path);
        shown(token).is(201);
        clock.advance(Duration.ofSeconds(61));
        shown(token).is(401);
    }

    @Test
    void nobody_forges_a_token() throws IOException {
        String token = token("");
        String[] parts = token.split("\\.", -1);
        String longer = changed(parts[1], text -> text.replaceFirst("\"exp\":(\\d)", "\"exp\":9$1"));
        String elsewhere = changed(parts[1], text -> text.replaceFirst("\"aud\":\\[", "\"aud\":[\"x\","));
        assertThat(longer).isNotEqualTo(parts[1]);
        assertThat(elsewhere).isNotEqualTo(parts[1]);
        String none = changed(parts[0], text -> text.replace("ES256", "none"));
        String symmetric = changed(parts[0], text -> text.replace("ES256", "HS256"));
        SigningKey other = SigningKey.fresh();
        String named = changed(parts[0], text -> text.replaceFirst("\"kid\":\"[^\"]*", "\"kid\":\"" + other.id()));
        String signed = named + "." + parts[1];
        String theirs = signed + "." + encoded(other.sign(signed.getBytes(StandardCharsets.US_ASCII)));
        String ours = parts[0] + "." + parts[1];
        String underOurName = ours + "." + encoded(other.sign(ours.getBytes(StandardCharsets.US_ASCII)));
        shown(token).is(201);
        for (String bad : List.of(
                parts[0] + "." + longer + "." + parts[2],
                parts[0] + "." + elsewhere + "." + parts[2],
                none + "." + parts[1] + ".",
                none + "." + parts[1] + "." + parts[2],
                symmetric + "." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "." + parts[2].substring(2),
                parts[0] + "." + parts[1],
                "a.b.c",
                "",
                "x".repeat(20_000),
                underOurName,
                theirs)) {
            shown(bad).is(401);
            assertThat(shown(bad).message()).isEqualTo("Unauthorized");
        }
    }

    @Test
    void servers_over_one_store_trust_each_others_tokens() throws IOException {
        Pki other = Pki.open(folder.resolve("second"), time);
        try (ApiServer second = server(other)) {
            String token = new Client(second)
                    .post(TOKEN, "{}")
                    .is(201)
                    .tree()
                    .tree("status")
                    .text("token", "");
            shown(token).is(201);
        }
        try (ApiServer restarted = server(Pki.open(folder.resolve("pki"), time))) {
            String before = token("");
            assertThat(restarted.identities().check(before, List.of()).user()).isNotNull();
        }
    }

    @Test
    void others_can_check_tokens_by_the_published_keys() throws Exception {
        String token = token("");
        Client robot = new Client(request -> stranger.call(request.with("authorization", "Bearer " + token)));
        Tree configuration =
                robot.get("/.well-known/openid-configuration").is(200).tree();
        assertThat(configuration.text("issuer", "")).isEqualTo(claims(token).text("iss", "-"));
        assertThat(configuration.text("jwks_uri", "")).endsWith("/openid/v1/jwks");
        Client.Answer keys = robot.get("/openid/v1/jwks").is(200);
        assertThat(keys.reply().header("content-type")).isEqualTo("application/jwk-set+json");
        Tree key = new Tree(Json.object(((dev.fairlead.wire.exchange.Reply.Whole) keys.reply()).body()))
                .trees("keys")
                .getFirst();
        String[] parts = token.split("\\.", -1);
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key(key));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        new Client(stranger).get("/openid/v1/jwks").is(401);
    }

    private static PublicKey key(Tree jwk) throws Exception {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(coordinate(jwk.text("x", "")), coordinate(jwk.text("y", ""))),
                        parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger coordinate(String text) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(text));
    }

    @Test
    void static_tokens_come_from_a_file() throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), """
                # who has which
                abc,jane,1,"cooks,chefs"
                def, joe, 2
                """);
        Map<String, User> tokens = TokenFile.read(file);
        assertThat(tokens).containsOnlyKeys("abc", "def");
        assertThat(tokens.get("abc").groups()).containsExactly("cooks", "chefs");
        assertThat(tokens.get("def")).isEqualTo(new User("joe", Set.of(), "2", Map.of()));
        Files.writeString(file, "abc,jane\n");
        assertThatThrownBy(() -> TokenFile.read(file)).hasMessageContaining("line 1 must be token,user,uid");
    }
}
