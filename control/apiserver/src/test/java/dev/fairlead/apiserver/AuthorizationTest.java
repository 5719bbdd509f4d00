// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users with few rights may do, what they are told, and that they cannot give themselves more. */
class AuthorizationTest {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final User JANE = new User("jane", new LinkedHashSet<>(List.of("cooks", "system:authenticated")));

    /** Allowed: a server that has just begun is not ready yet, and says so with 500. */
    private static final List<Integer> ANSWERED = List.of(200, 500);

    private final TestServer server = new TestServer();
    private final Client admin = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    private Client.Answer ask(User user, String method, String path, String yaml) {
        Request request = yaml.isEmpty() ? Request.of(method, path) : Client.json(method, path, yaml);
        return admin.send(request.as(user));
    }

    private Client.Answer jane(String method, String path, String yaml) {
        return ask(JANE, method, path, yaml);
    }

    private void bind(String namespace, String role) {
        String where = namespace.isEmpty() ? "clusterrolebindings" : "namespaces/" + namespace + "/rolebindings";
        admin.post(
                        RBAC + where,
                        "{metadata: {generateName: b-}, roleRef: {kind: ClusterRole, name: '" + role
                                + "'}, subjects: [{kind: User, name: jane}]}")
                .is(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /api/v1/namespaces/default/pods | pods is forbidden: User \"jane\" cannot list resource \"pods\""
                        + " in API group \"\" in the namespace \"default\"",
                "GET | /api/v1/pods?watch=true | pods is forbidden: User \"jane\" cannot watch resource \"pods\" in API"
                        + " group \"\" at the cluster scope",
                "GET | /api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dx | pods \"x\" is forbidden: User"
                        + " \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
                "GET | /api/v1/namespaces/default/pods/x/log | pods \"x\" is forbidden: User \"jane\" cannot get resource"
                        + " \"pods/log\" in API group \"\" in the namespace \"default\"",
                "DELETE | /apis/apps/v1/namespaces/default/deployments | deployments.apps is forbidden: User \"jane\""
                        + " cannot deletecollection resource \"deployments\" in API group \"apps\" in the namespace \"default\"",
                "GET | /api/v1/namespaces/default | namespaces \"default\" is forbidden: User \"jane\" cannot get resource"
                        + " \"namespaces\" in API group \"\" in the namespace \"default\"",
                "GET | /metrics | forbidden: User \"jane\" cannot get path \"/metrics\"",
                "POST | /version | forbidden: User \"jane\" cannot post path \"/version\"",
                "GET | /api/v1/nothings | nothings is forbidden: User \"jane\" cannot list resource \"nothings\" in API group"
                        + " \"\" at the cluster scope",
                "PUT | /apis/none.example/v1/namespaces/a/things/b/part | things.none.example \"b\" is forbidden: User"
                        + " \"jane\" cannot update resource \"things/part\" in API group \"none.example\" in the"
                        + " namespace \"a\"",
                "GET | /api/v1/watch/things | things is forbidden: User \"jane\" cannot watch resource \"things\" in API"
                        + " group \"\" at the cluster scope",
                "PUT | /api/v1/namespaces/default/pods | pods is forbidden: User \"jane\" cannot update resource \"pods\""
                        + " in API group \"\" in the namespace \"default\"",
                "GET | /nowhere | forbidden: User \"jane\" cannot get path \"/nowhere\"",
                "GET | /explain | services/explain is forbidden: User \"jane\" cannot get resource \"services/explain\" in"
                        + " API group \"\" at the cluster scope",
            })
    void what_is_refused_is_told_in_kubernetes_words(String method, String path, String message) {
        Client.Answer answer = jane(method, path, "").is(403);
        assertThat(answer.message()).isEqualTo(message);
        assertThat(answer.tree().text("reason", "")).isEqualTo("Forbidden");
    }

    @Test
    void everybody_who_is_known_may_look_around() {
        for (String path : List.of("/api", "/apis/apps/v1", "/openapi/v3", "/version", "/healthz")) {
            jane("GET", path, "").is(200);
        }
        assertThat(jane("GET", "/readyz", "").status()).isIn(ANSWERED);
        jane("GET", "/livez/ping", "").is(403);
    }

    @Test
    void a_right_counts_from_the_next_request_on_and_so_does_its_end() {
        String pods = "/api/v1/namespaces/default/pods";
        for (int round = 0; round < 20; round++) {
            jane("GET", pods, "").is(403);
            admin.post(RBAC + "namespaces/default/rolebindings", """
                            metadata: {name: b}
                            roleRef: {kind: ClusterRole, name: view}
                            subjects: [{kind: User, name: jane}]
                            """).is(201);
            jane("GET", pods, "").is(200);
            jane("GET", "/api/v1/namespaces/kube-system/pods", "").is(403);
            jane("GET", "/api/v1/namespaces/default/secrets", "").is(403);
            admin.delete(RBAC + "namespaces/default/rolebindings/b").is(200);
        }
    }

    @Test
    void roles_gather_the_rules_of_others() {
        bind("default", "edit");
        String widgets = "/api/v1/namespaces/default/endpoints";
        jane("POST", widgets, "{metadata: {name: e}}").is(403);
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: more, labels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}
                        rules: [{verbs: [create], apiGroups: [""], resources: [endpoints]}]
                        """).is(201);
        jane("POST", widgets, "{metadata: {name: e}}").is(201);
        assertThat(rules("view"))
                .as("at once, since the server begins with them")
                .isNotEmpty();
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!rules("admin").contains("endpoints") || !rules("admin").contains("create")) {
            assertThat(System.nanoTime()).as("the gathered rules show").isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
        admin.delete(RBAC + "clusterroles/more").is(200);
        jane("POST", widgets, "{metadata: {name: f}}").is(403);
    }

    private String rules(String role) {
        return String.valueOf(
                admin.get(RBAC + "clusterroles/" + role).is(200).tree().value("rules"));
    }

    @Test
    void nobody_gives_more_than_they_have() {
        bind("default", "admin");
        String roles = RBAC + "namespaces/default/roles";
        String bindings = RBAC + "namespaces/default/rolebindings";
        jane("POST", roles, "{metadata: {name: r}, rules: [{verbs: [get, list], apiGroups: [''], resources: [pods]}]}")
                .is(201);
        Client.Answer refused = jane("POST", roles, """
                metadata: {name: s}
                rules: [{verbs: [get, list, bind], apiGroups: [""], resources: [pods, nodes]}]
                """).is(403);
        assertThat(refused.message())
                .isEqualTo("roles.rbac.authorization.k8s.io \"s\" is forbidden: user \"jane\" (groups=[\"cooks\""
                        + " \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                        + "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"list\" \"bind\"]}\n"
                        + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"bind\"]}");
        assertThat(jane(
                                "PUT",
                                roles + "/r",
                                "{metadata: {name: r}, rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]}")
                        .is(403)
                        .message())
                .contains("{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}");
        assertThat(admin.patch(roles + "/r", "application/merge-patch+json", "{\"rules\":[]}")
                        .is(200)
                        .tree()
                        .trees("rules"))
                .isEmpty();
        String self = "subjects: [{kind: User, name: jane}]}";
        jane("POST", bindings, "{metadata: {name: v}, roleRef: {kind: ClusterRole, name: view}, " + self)
                .is(201);
        assertThat(jane(
                                "POST",
                                bindings,
                                "{metadata: {name: w}, roleRef: {kind: ClusterRole, name: cluster-admin}, " + self)
                        .is(403)
                        .message())
                .startsWith("rolebindings.rbac.authorization.k8s.io \"w\" is forbidden: user \"jane\" (groups=")
                .contains("{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}");
        assertThat(jane("POST", bindings, "{metadata: {name: x}, roleRef: {kind: Role, name: none}, " + self)
                        .is(404)
                        .message())
                .isEqualTo("roles.rbac.authorization.k8s.io \"none\" not found");
        assertThat(admin.get(bindings).tree().trees("items")).hasSize(2);
    }

    @Test
    void who_may_bind_or_escalate_need_not_have_it() {
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: giver}
                        rules:
                        - {verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings]}
                        - {verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view]}
                        - {verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles]}
                        """).is(201);
        bind("", "giver");
        String to = ", subjects: [{kind: Group, name: x}]}";
        jane(
                        "POST",
                        RBAC + "clusterrolebindings",
                        "{metadata: {name: a}, roleRef: {kind: ClusterRole, name: view}" + to)
                .is(201);
        jane(
                        "POST",
                        RBAC + "clusterrolebindings",
                        "{metadata: {name: b}, roleRef: {kind: ClusterRole, name: edit}" + to)
                .is(403);
        jane(
                        "POST",
                        RBAC + "clusterroles",
                        "{metadata: {name: c}, rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]}")
                .is(201);
    }

    @Test
    void a_selector_gives_no_name_to_what_is_made() {
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: one}
                        rules:
                        - {verbs: [list, create], apiGroups: [""], resources: [secrets], resourceNames: [mine]}
                        """).is(201);
        bind("default", "one");
        String secrets = "/api/v1/namespaces/default/secrets";
        jane("GET", secrets + "?fieldSelector=metadata.name%3Dmine", "").is(200);
        jane("POST", secrets + "?fieldSelector=metadata.name%3Dmine", "{metadata: {name: other}}")
                .is(403);
        assertThat(admin.get(secrets + "/other").status()).isEqualTo(404);
    }

    @Test
    void who_may_write_what_is_there_may_not_make_it() {
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: writer}
                        rules:
                        - {verbs: [update, patch, get], apiGroups: ["", rbac.authorization.k8s.io], resources: ['*']}
                        """).is(201);
        bind("default", "writer");
        String map = "/api/v1/namespaces/default/configmaps/";
        String text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: b}}";
        Request apply = Request.of("PATCH", map + "new?fieldManager=me")
                .with(text.getBytes(StandardCharsets.UTF_8), "application/apply-patch+yaml")
                .as(JANE);
        assertThat(admin.send(apply).is(403).message())
                .isEqualTo("configmaps \"new\" is forbidden: User \"jane\" cannot create resource \"configmaps\" in API"
                        + " group \"\" in the namespace \"default\"");
        admin.get(map + "new").is(404);
        admin.post("/api/v1/namespaces/default/configmaps", "{metadata: {name: new}}")
                .is(201);
        admin.send(apply).is(200);
        String roles = RBAC + "namespaces/default/roles/";
        assertThat(jane("PUT", roles + "new", "{metadata: {name: new}}").is(403).message())
                .contains("cannot create resource \"roles\"");
        admin.get(roles + "new").is(404);
        admin.post(RBAC + "namespaces/default/roles", "{metadata: {name: new}}").is(201);
        jane("PUT", roles + "new", "{metadata: {name: new, labels: {a: b}}}").is(200);
    }

    @Test
    void an_explanation_says_nothing_of_other_namespaces() {
        admin.post("/api/v1/namespaces", "{metadata: {name: secret}}").is(201);
        admin.post("/api/v1/namespaces/secret/services", "{metadata: {name: web}, spec: {ports: [{port: 80}]}}")
                .is(201);
        bind("default", "view");
        String explain = "/api/v1/namespaces/default/services/web/explain";
        assertThat(admin.get(explain).is(200).tree().toString()).contains("secret");
        assertThat(jane("GET", explain, "").is(200).tree().toString()).doesNotContain("secret");
        jane("GET", explain + "?from=secret/pod", "").is(403);
        jane("GET", explain + "?from=default/pod", "").is(200);
    }

    @ParameterizedTest
    @CsvSource({"PUT, pods/x/log", "PATCH, pods/x/log", "PUT, services/kubernetes/explain"})
    void what_can_only_be_read_is_not_written(String method, String path) {
        admin.send(Client.json(method, "/api/v1/namespaces/default/" + path, "{}"))
                .is(405);
    }

    @Test
    void rules_of_countless_combinations_are_not_counted_out() {
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: giver}
                        rules:
                        - {verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles]}
                        """).is(201);
        bind("", "giver");
        String many = IntStream.range(0, 300).mapToObj(i -> "r" + i).collect(Collectors.joining(", ", "[", "]"));
        String rule =
                "{metadata: {name: NAME}, rules: [{verbs: MANY, apiGroups: MANY, resources: MANY, resourceNames: MANY}]}"
                        .replace("MANY", many);
        assertThat(jane("POST", RBAC + "clusterroles", rule.replace("NAME", "huge"))
                        .is(403)
                        .message())
                .contains("8100000000 combinations");
        bind("", "cluster-admin");
        jane("POST", RBAC + "clusterroles", rule.replace("NAME", "held")).is(201);
    }

    @Test
    void rules_are_held_against_the_rules() {
        assertThat(admin.post(RBAC + "namespaces/default/roles", """
                                metadata: {name: r}
                                rules: [{verbs: []}, {verbs: [get], nonResourceURLs: [/x], resources: [pods]}]
                                """).is(422).message())
                .isEqualTo(
                        "Role.rbac.authorization.k8s.io \"r\" is invalid: [rules[0].verbs: Required value: verbs must"
                                + " contain at least one value, rules[0].apiGroups: Required value: resource rules must supply at least"
                                + " one api group, rules[0].resources: Required value: resource rules must supply at least one resource,"
                                + " rules[1].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource"
                                + " URLs, rules[1].nonResourceURLs: Invalid value: [\"/x\"]: rules cannot apply to both regular"
                                + " resources and non-resource URLs]");
        assertThat(admin.post(RBAC + "clusterrolebindings", """
                                metadata: {name: b}
                                roleRef: {kind: Role, name: ""}
                                subjects: [{kind: ServiceAccount, name: a}, {kind: Robot, name: c}]
                                """).is(422).message())
                .contains("roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"")
                .contains("roleRef.name: Required value")
                .contains("subjects[0].namespace: Required value")
                .contains("subjects[1].kind: Unsupported value: \"Robot\"");
        bind("default", "view");
        Tree binding = admin.get(RBAC + "namespaces/default/rolebindings")
                .tree()
                .trees("items")
                .getFirst();
        String name = binding.tree("metadata").text("name", "");
        assertThat(binding.tree("roleRef").text("apiGroup", "")).isEqualTo("rbac.authorization.k8s.io");
        assertThat(admin.merge(RBAC + "namespaces/default/rolebindings/" + name, "{\"roleRef\": {\"name\": \"edit\"}}")
                        .is(422)
                        .message())
                .contains("cannot change roleRef");
    }

    @Test
    void what_every_cluster_begins_with_comes_back() {
        admin.delete(RBAC + "clusterrolebindings/system:basic-user").is(200);
        admin.merge(RBAC + "clusterroles/system:discovery", "{\"rules\": []}").is(200);
        admin.merge(RBAC + "clusterroles/system:node-proxier", """
                        {"metadata": {"annotations": {"rbac.authorization.kubernetes.io/autoupdate": "false"}}, "rules": []}
                        """).is(200);
        admin.merge(
                        RBAC + "clusterrolebindings/system:monitoring",
                        "{\"subjects\": [{\"kind\": \"User\", \"name\": \"jane\"}]}")
                .is(200);
        jane("GET", "/metrics", "").is(200);
        jane("GET", "/api", "").is(403);
        String version = admin.get(RBAC + "clusterroles/admin").version();
        try (ApiServer again = server.again("10.96.0.0/16")) {
            Client then = new Client(again);
            then.send(Request.of("GET", "/api").as(JANE)).is(200);
            then.send(Request.of("GET", "/metrics").as(JANE)).is(200);
            assertThat(then.get(RBAC + "clusterrolebindings/system:monitoring")
                            .tree()
                            .trees("subjects"))
                    .hasSize(2);
            assertThat(then.get(RBAC + "clusterroles/system:node-proxier")
                            .tree()
                            .trees("rules"))
                    .isEmpty();
            assertThat(then.get(RBAC + "clusterroles/admin").version()).isEqualTo(version);
        }
    }

    @Test
    void one_may_ask_as_another_whom_one_may_be() {
        Request get = Request.of("GET", "/api/v1/namespaces/default/pods").as(JANE);
        assertThat(admin.send(get.with("Impersonate-User", "joe")).is(403).message())
                .isEqualTo(
                        "users \"joe\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group"
                                + " \"\" at the cluster scope");
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: actor}
                        rules:
                        - {verbs: [impersonate], apiGroups: [""], resources: [users, groups], resourceNames: [joe, chefs]}
                        - {verbs: [impersonate], apiGroups: [authentication.k8s.io], resources: [userextras/scopes]}
                        """).is(201);
        bind("", "actor");
        assertThat(admin.send(get.with("Impersonate-User", "joe")).is(403).message())
                .startsWith("pods is forbidden: User \"joe\" cannot list resource \"pods\"");
        assertThat(admin.send(get.with("Impersonate-User", "joe").with("Impersonate-Group", "chefs\nothers"))
                        .is(403)
                        .message())
                .startsWith("groups \"others\" is forbidden: User \"jane\" cannot impersonate resource \"groups\"");
        assertThat(admin.send(get.with("Impersonate-User", "joe").with("Impersonate-Uid", "1"))
                        .is(403)
                        .message())
                .startsWith("uids.authentication.k8s.io \"1\" is forbidden");
        assertThat(admin.send(get.with("Impersonate-User", "joe").with("Impersonate-Group", "chefs\n"))
                        .is(403)
                        .message())
                .startsWith("groups \"\" is forbidden");
        assertThat(admin.send(get.with("Impersonate-User", "joe\nother"))
                        .is(403)
                        .message())
                .startsWith("pods is forbidden: User \"joe\" cannot list resource \"pods\"");
        admin.send(get.with("Impersonate-Group", "chefs")).is(500);
        Tree who = admin.send(Client.json("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                        .as(JANE)
                        .with("Impersonate-User", "joe")
                        .with("Impersonate-Group", "chefs")
                        .with("Impersonate-Extra-Scopes", "a\nb"))
                .is(201)
                .tree()
                .tree("status")
                .tree("userInfo");
        assertThat(who.text("username", "")).isEqualTo("joe");
        assertThat(who.texts("groups")).containsExactly("chefs", "system:authenticated");
        assertThat(who.tree("extra").texts("scopes")).containsExactly("a", "b");
        Tree robot = admin.send(Client.json("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                        .with("Impersonate-User", "system:serviceaccount:shop:robot"))
                .is(201)
                .tree()
                .tree("status")
                .tree("userInfo");
        assertThat(robot.texts("groups"))
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated");
    }

    @Test
    void a_websocket_to_a_pod_needs_the_right_to_create_it() {
        admin.post(RBAC + "clusterroles", """
                        metadata: {name: looker}
                        rules: [{verbs: [get], apiGroups: [""], resources: [pods/exec]}]
                        """).is(201);
        bind("default", "looker");
        assertThat(jane("GET", "/api/v1/namespaces/default/pods/x/exec?command=ls", "")
                        .is(403)
                        .message())
                .contains("cannot create resource \"pods/exec\"");
    }

    @Test
    void who_is_unknown_sees_only_what_everybody_may() {
        for (String path : List.of("/healthz", "/livez", "/readyz", "/version")) {
            assertThat(unknown(path)).isIn(ANSWERED);
        }
        for (String path : List.of("/livez/ping", "/api", "/metrics", "/nothing", "/api/v1/pods")) {
            assertThat(unknown(path)).isEqualTo(401);
        }
        admin.delete(RBAC + "clusterrolebindings/system:public-info-viewer").is(200);
        assertThat(unknown("/version")).isEqualTo(401);
    }

    private int unknown(String path) {
        try {
            return server.api().call(Request.of("GET", path)).status();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_node_has_the_rights_that_an_agent_needs() {
        User node = new User("system:node:a", Set.of("system:nodes", "system:authenticated"));
        ask(node, "GET", "/api/v1/services", "").is(200);
        ask(node, "GET", "/apis/discovery.k8s.io/v1/endpointslices", "").is(200);
        ask(node, "GET", "/apis/networking.k8s.io/v1/servicecidrs", "").is(200);
        ask(node, "POST", "/api/v1/nodes", "{metadata: {name: a}}").is(201);
        ask(node, "PATCH", "/api/v1/nodes/a/status", "").is(415);
        ask(node, "POST", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", "{metadata: {name: a}}")
                .is(201);
        ask(node, "POST", "/api/v1/namespaces/default/services", "{metadata: {name: s}}")
                .is(403);
        User proxy = new User("system:kube-proxy", Set.of("system:authenticated"));
        ask(proxy, "GET", "/api/v1/services", "").is(200);
        ask(proxy, "GET", "/api/v1/secrets", "").is(403);
    }
}
