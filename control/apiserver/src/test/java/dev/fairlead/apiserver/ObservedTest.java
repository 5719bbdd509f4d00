// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of requests: numbers, health, the audit log. */
class ObservedTest {
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    @TempDir
    Path folder;

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    private String metrics() {
        Reply reply = api.raw(Request.of("GET", "/metrics"));
        return new String(((Reply.Whole) reply).body(), StandardCharsets.UTF_8);
    }

    @Test
    void requests_are_counted_by_kubernetes_names() {
        api.post(CONFIG_MAPS, "{metadata: {name: a}}").is(201);
        api.get(CONFIG_MAPS + "/a").is(200);
        api.get(CONFIG_MAPS + "/b").is(404);
        api.get(CONFIG_MAPS).is(200);
        try (Events events = api.watch(CONFIG_MAPS + "?watch=true")) {
            events.next();
            api.post(CONFIG_MAPS, "{metadata: {name: c}}").is(201);
            events.next();
            String labels = "group=\"\",resource=\"configmaps\",scope=\"";
            assertThat(metrics())
                    .contains("apiserver_request_total{code=\"201\",component=\"apiserver\",dry_run=\"\"," + labels
                            + "namespace\",subresource=\"\",verb=\"POST\",version=\"v1\"} 2\n")
                    .contains("code=\"200\",component=\"apiserver\",dry_run=\"\"," + labels
                            + "resource\",subresource=\"\",verb=\"GET\",version=\"v1\"} 1\n")
                    .contains("code=\"404\",component=\"apiserver\",dry_run=\"\"," + labels
                            + "resource\",subresource=\"\",verb=\"GET\",version=\"v1\"} 1\n")
                    .contains("verb=\"WATCH\",version=\"v1\"} 1\n")
                    .contains("apiserver_request_duration_seconds_count{component=\"apiserver\",dry_run=\"\"," + labels
                            + "namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"} 1\n")
                    .containsPattern("apiserver_current_inflight_requests\\{request_kind=\"mutating\"} [0-9]+\n")
                    .containsPattern("apiserver_current_inflight_requests\\{request_kind=\"readOnly\"} [1-9]")
                    .contains("apiserver_storage_objects{resource=\"configmaps\"} 2\n")
                    .containsPattern(
                            "apiserver_watch_events_total\\{group=\"\",resource=\"configmaps\",version=\"v1\"} [1-9]");
        }
    }

    @Test
    void made_up_methods_are_counted_as_one() throws Exception {
        for (int i = 0; i < 5; i++) {
            api.raw(Request.of("BREW" + i, CONFIG_MAPS));
            api.raw(Request.of("BREW" + i, "/version"));
            assertThat(server.api().call(Request.of("BREW" + i, "/version")).status())
                    .as("of nobody")
                    .isEqualTo(401);
        }
        assertThat(metrics())
                .doesNotContainIgnoringCase("brew")
                .contains("code=\"401\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"\",scope=\"\","
                        + "subresource=\"\",verb=\"other\",version=\"\"} 5\n")
                .contains("code=\"405\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\","
                        + "scope=\"namespace\",subresource=\"\",verb=\"other\",version=\"v1\"} 5\n");
    }

    @Test
    void health_is_told_check_by_check() {
        for (String path : List.of("/livez?verbose", "/livez?verbose=true")) {
            assertThat(text(path)).isEqualTo("[+]ping ok\n[+]store ok\nlivez check passed\n");
        }
        assertThat(text("/livez/ping")).isEqualTo("ok");
        assertThat(text("/livez")).isEqualTo("ok");
        assertThat(text("/readyz?verbose&exclude=service-reservations"))
                .isEqualTo("[+]ping ok\n[+]store ok\n[+]service-reservations excluded: ok\nreadyz check passed\n");
        api.get("/livez/none").is(404);
    }

    private String text(String path) {
        return new String(((Reply.Whole) api.raw(Request.of("GET", path))).body(), StandardCharsets.UTF_8);
    }

    private List<Tree> told(Path file, int atLeast) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (Files.readAllLines(file).size() < atLeast) {
            assertThat(System.nanoTime()).as("%s lines", atLeast).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
        return Files.readAllLines(file).stream()
                .map(line -> new Tree(Json.object(line.getBytes(StandardCharsets.UTF_8))))
                .toList();
    }

    @Test
    void who_did_what_is_told_as_much_as_the_policy_wants() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                rules:
                - level: None
                  users: ["system:apiserver"]
                - level: Metadata
                  resources: [{group: "", resources: [secrets]}]
                - level: Request
                  verbs: [create, get]
                  resources: [{group: "", resources: [configmaps]}]
                - level: Metadata
                  nonResourceURLs: ["/version*"]
                """);
        Path file = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(file, policy));
        api.post("/api/v1/namespaces/default/secrets", "{metadata: {name: s}, stringData: {a: hidden}}")
                .is(201);
        api.get("/api/v1/namespaces/default/services").is(200);
        User jane = new User("jane", Set.of("cooks"));
        api.send(Client.json("POST", CONFIG_MAPS, "{metadata: {name: a}, data: {b: c}}")
                        .as(jane)
                        .with("audit-id", "one")
                        .with("user-agent", "kubectl/v1")
                        .with("x-forwarded-for", "192.0.2.1, 192.0.2.2"))
                .is(403);
        api.send(Client.json("POST", CONFIG_MAPS, "{metadata: {name: a}, data: {b: c}}")
                        .with("impersonate-user", "jane"))
                .is(403);
        api.get("/version").is(200);
        List<Tree> told = told(file, 4);
        assertThat(told).hasSize(4);
        assertThat(told.getFirst().tree("objectRef").text("resource", "")).isEqualTo("secrets");
        assertThat(Files.readString(file)).doesNotContain("hidden").doesNotContain("services");
        Tree refused = told.get(1);
        assertThat(refused.text("kind", "") + refused.text("apiVersion", "") + refused.text("auditID", ""))
                .isEqualTo("Eventaudit.k8s.io/v1one");
        assertThat(refused.text("level", "") + refused.text("stage", "") + refused.text("verb", ""))
                .isEqualTo("RequestResponseCompletecreate");
        assertThat(refused.tree("user").text("username", "")).isEqualTo("jane");
        assertThat(refused.texts("sourceIPs")).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(refused.tree("responseStatus").whole("code", 0)).isEqualTo(403);
        assertThat(refused.tree("responseStatus").text("reason", "")).isEqualTo("Forbidden");
        assertThat(refused.tree("requestObject").tree("data").text("b", "")).isEqualTo("c");
        assertThat(refused.tree("annotations").text("authorization.k8s.io/decision", ""))
                .isEqualTo("forbid");
        assertThat(told.get(2).tree("user").text("username", "")).isEqualTo("admin");
        assertThat(told.get(2).tree("impersonatedUser").text("username", "")).isEqualTo("jane");
        assertThat(told.get(3).text("requestURI", "")).isEqualTo("/version");
        assertThat(metrics()).containsPattern("apiserver_audit_event_total [4-9]");
    }

    @Test
    void who_asks_decides_what_is_told_and_not_who_is_impersonated() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                rules:
                - level: None
                  users: ["quiet", "system:apiserver"]
                - level: Metadata
                """);
        Path file = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(file, policy));
        Request asked = Request.of("GET", CONFIG_MAPS + "/a").with("impersonate-user", "quiet");
        api.send(asked).is(403);
        api.send(asked.as(new User("jane", Set.of()))).is(403);
        api.send(Request.of("GET", CONFIG_MAPS).as(new User("quiet", Set.of()))).is(403);
        List<Tree> told = told(file, 2);
        assertThat(told).hasSize(2);
        for (Tree each : told) {
            assertThat(each.tree("impersonatedUser").text("username", "")).isEqualTo("quiet");
            assertThat(each.tree("objectRef").text("resource", "")).isEqualTo("configmaps");
            assertThat(each.text("verb", "")).isEqualTo("get");
        }
        assertThat(told.get(0).tree("user").text("username", "")).isEqualTo("admin");
        assertThat(decision(told.get(0))).isEqualTo("forbid");
        assertThat(told.get(1).tree("user").text("username", "")).isEqualTo("jane");
        assertThat(decision(told.get(1)))
                .as("nobody has decided about the request itself")
                .isEmpty();
    }

    private static String decision(Tree event) {
        return event.tree("annotations").text("authorization.k8s.io/decision", "");
    }

    @Test
    void a_decision_is_told_where_one_was_made() throws Exception {
        Path file = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(file, null));
        api.delete("/api/v1/namespaces/kube-system").is(403); // as nobody may, whatever the rules say
        api.get(CONFIG_MAPS + "/none").is(404);
        api.get("/apis/none/v1/things").is(404);
        api.send(Request.of("POST", "/version")).is(405);
        server.api().call(Request.of("GET", CONFIG_MAPS));
        server.api().call(Request.of("GET", "/version"));
        List<String> decisions = told(file, 6).stream()
                .filter(each -> !each.tree("user").text("username", "").equals("system:apiserver"))
                .map(each -> each.tree("responseStatus").whole("code", 0) + decision(each))
                .toList();
        assertThat(decisions).containsExactly("403allow", "404allow", "404allow", "405allow", "401", "200allow");
    }

    @Test
    void nobody_else_can_read_the_log() throws IOException {
        Path file = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(file, null));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_log_that_has_grown_is_put_aside() throws IOException {
        Path file = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(file, null, 2_000, 2));
        for (int i = 0; i < 40; i++) {
            api.get("/version").is(200);
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!metrics().matches("(?s).*apiserver_audit_event_total ([4-9][0-9]|[0-9]{3,})\n.*")) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
        for (Path part : List.of(file, folder.resolve("audit.log.1"), folder.resolve("audit.log.2"))) {
            assertThat(Files.size(part)).isBetween(1L, 2_000L);
            told(part, 1);
        }
        assertThat(folder.resolve("audit.log.3")).doesNotExist();
    }

    @Test
    void a_policy_that_is_none_is_told() throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"),
                "{kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: Everything}]}");
        assertThatThrownBy(() -> server.api().audit(new AuditSettings(folder.resolve("log"), policy)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rules[0].level must be None, Metadata or Request, not \"Everything\"");
    }
}
