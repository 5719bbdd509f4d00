// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server-side apply as clients see it: codes, causes, who owns what (KEP-555). */
@Timeout(60)
class ServerSideApplyTest {
    private static final String APPLY = "application/apply-patch+yaml";
    private static final String WEB = "/api/v1/namespaces/default/services/web";
    private static final String SERVICES = "/api/v1/namespaces/default/services";

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whatIsNotThereIsMade() {
        Client.Answer made =
                apply("me", "spec: {ports: [{port: 80}], selector: {app: web}}").is(201);
        assertThat(made.tree().tree("spec").text("clusterIP", "")).startsWith("10.96.");
        assertThat(owners(made.tree())).containsExactly("me Apply v1 ");
        assertThat(fields(made.tree(), 0))
                .as("what the server allots belongs to nobody")
                .isEqualTo(
                        "{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{}}},\"f:selector\":{}}}");
        Client.Answer again =
                apply("me", "spec: {ports: [{port: 80}], selector: {app: web}}").is(200);
        assertThat(again.version()).as("nothing changed").isEqualTo(made.version());
    }

    @Test
    void whoCreatesOwnsWhatItSaidAndItsDefaults() {
        Tree made = api.post(SERVICES + "?fieldManager=maker", "{metadata: {name: web}, spec: {ports: [{port: 80}]}}")
                .is(201)
                .tree();
        assertThat(owners(made)).containsExactly("maker Update v1 ");
        assertThat(fields(made, 0))
                .contains("\"f:type\"", "\"f:sessionAffinity\"", "\"f:targetPort\"", "\"f:protocol\"")
                .doesNotContain("f:clusterIP", "f:name\"", "f:uid");
    }

    @Test
    void theUserAgentNamesWhoDoesNot() {
        Request request = Client.json("POST", SERVICES, "{metadata: {name: web}, spec: {ports: [{port: 80}]}}")
                .with("user-agent", "kubectl/v1.36.0 (linux/amd64) kubernetes/abc");
        assertThat(owners(api.send(request).is(201).tree())).containsExactly("kubectl Update v1 ");
    }

    @Test
    void aFieldOfAnotherIsRefusedUnlessForced() {
        api.post(SERVICES + "?fieldManager=maker", "{metadata: {name: web}, spec: {ports: [{port: 80}]}}")
                .is(201);
        Client.Answer refused = apply("me", "spec: {sessionAffinity: ClientIP}").is(409);
        assertThat(refused.tree().text("reason", "")).isEqualTo("Conflict");
        assertThat(refused.message())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"maker\" using v1: .spec.sessionAffinity");
        Tree cause = refused.tree().tree("details").trees("causes").getFirst();
        assertThat(cause.text("reason", "")).isEqualTo("FieldManagerConflict");
        assertThat(cause.text("field", "")).isEqualTo(".spec.sessionAffinity");
        assertThat(api.get(WEB).tree().tree("spec").text("sessionAffinity", "")).isEqualTo("None");

        Tree forced = send("me&force=true", "spec: {sessionAffinity: ClientIP}")
                .is(200)
                .tree();
        assertThat(forced.tree("spec").text("sessionAffinity", "")).isEqualTo("ClientIP");
        assertThat(owners(forced)).containsExactly("me Apply v1 ", "maker Update v1 ");
    }

    @Test
    void whatIsNotAppliedAnyMoreGoes() {
        apply("me", "{metadata: {labels: {a: x, b: y}}, spec: {ports: [{port: 80, name: a}, {port: 81, name: b}]}}")
                .is(201);
        Tree left = apply("me", "{metadata: {labels: {b: y}}, spec: {ports: [{port: 81, name: b}]}}")
                .is(200)
                .tree();
        assertThat(left.tree("metadata").textMap("labels")).containsOnlyKeys("b");
        assertThat(left.tree("spec").trees("ports")).hasSize(1);
    }

    @Test
    void statusAndObjectAreAppliedEachForItself() {
        apply("me", "spec: {ports: [{port: 80}], type: LoadBalancer}").is(201);
        String ingress = "status: {loadBalancer: {ingress: [{ip: 192.0.2.7}]}}";
        Tree applied = api.patch(
                        WEB + "/status?fieldManager=lb",
                        APPLY,
                        "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort}, " + ingress
                                + "}")
                .is(200)
                .tree();
        assertThat(applied.tree("spec").text("type", "")).isEqualTo("LoadBalancer");
        assertThat(owners(applied)).containsExactly("lb Apply v1 status", "me Apply v1 ");
        Tree main = apply("me", "{spec: {ports: [{port: 80}], type: LoadBalancer}, status: {conditions: []}}")
                .is(200)
                .tree();
        assertThat(main.tree("status").tree("loadBalancer").trees("ingress")).hasSize(1);
    }

    @Test
    void howManyThereShallBeIsAppliedByItself() {
        String path = "/apis/apps/v1/namespaces/default/deployments";
        api.post(path + "?fieldManager=maker", """
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {app: web}}
                  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}
                """).is(201);
        String scale = path + "/web/scale?fieldManager=me";
        String three = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: 3}}";
        assertThat(api.patch(scale, APPLY, three).is(409).message())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"maker\" using apps/v1: .spec.replicas");
        Tree applied = api.patch(scale + "&force=true", APPLY, three).is(200).tree();
        assertThat(applied.text("kind", "")).isEqualTo("Scale");
        assertThat(applied.tree("spec").whole("replicas", 0)).isEqualTo(3);
        Tree web = api.get(path + "/web").tree();
        assertThat(web.tree("spec").whole("replicas", 0)).isEqualTo(3);
        assertThat(owners(web)).containsExactly("me Apply apps/v1 scale", "maker Update apps/v1 ");
        assertThat(fields(web, 0)).isEqualTo("{\"f:spec\":{\"f:replicas\":{}}}");
        assertThat(api.patch(scale, APPLY, three).is(200).version())
                .isEqualTo(web.tree("metadata").text("resourceVersion"));
        assertThat(api.patch(scale, APPLY, three.replace("3", "-1")).is(422).message())
                .isEqualTo("Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: "
                        + "must be greater than or equal to 0");
        assertThat(api.patch(scale, APPLY, three.replace("Scale", "Deployment"))
                        .is(400)
                        .message())
                .contains("kind is \"Deployment\" and should be \"Scale\"");
        api.patch(path + "/none/scale?fieldManager=me", APPLY, three.replace("web", "none"))
                .is(404);
    }

    @Test
    void ownersCanBeForgottenByHand() {
        apply("me", "spec: {ports: [{port: 80}]}").is(201);
        Tree bare = api.patch(WEB, "application/merge-patch+json", "{\"metadata\":{\"managedFields\":[{}]}}")
                .is(200)
                .tree();
        assertThat(owners(bare)).isEmpty();
        assertThat(apply("you", "spec: {ports: [{port: 80}], sessionAffinity: ClientIP}")
                        .is(409)
                        .message())
                .contains("\"before-first-apply\"");
    }

    @Test
    void partsOfTheClusterOwnNothingOfWhatTheyMakeThemselves() {
        Request.User controller = new Request.User("system:fairlead", Set.of("system:masters"));
        Tree made = api.send(Client.json("POST", SERVICES, "{metadata: {name: web}, spec: {ports: [{port: 80}]}}")
                        .as(controller))
                .is(201)
                .tree();
        assertThat(owners(made)).isEmpty();
        api.merge(WEB + "?fieldManager=ed", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .is(200);
        Request touched = Request.of("PATCH", WEB + "?fieldManager=server")
                .with(
                        "{\"metadata\":{\"labels\":{\"c\":\"d\"}}}".getBytes(StandardCharsets.UTF_8),
                        "application/merge-patch+json")
                .as(controller);
        assertThat(owners(api.send(touched).is(200).tree()))
                .containsExactlyInAnyOrder("ed Update v1 ", "server Update v1 ");
    }

    @Test
    void whatCannotBeAppliedIsToldWhy() {
        String object = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}";
        assertThat(api.patch(WEB, APPLY, object).is(422).message())
                .isEqualTo(
                        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        assertThat(api.patch(WEB + "?force=true", "application/merge-patch+json", "{}")
                        .is(422)
                        .message())
                .isEqualTo(
                        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch");
        assertThat(apply("m".repeat(129), "spec: {ports: [{port: 80}]}").is(422).message())
                .contains("fieldManager: Invalid value");
        assertThat(send("me&fieldValidation=Ignore", "{metadata: {nonsense: 1}, spec: {ports: [{port: 80, prot: 1}]}}")
                        .is(400)
                        .message())
                .isEqualTo("failed to create typed patch object (default/web; /v1, Kind=Service): "
                        + ".metadata.nonsense: field not declared in schema, "
                        + ".spec.ports[0].prot: field not declared in schema");
        assertThat(apply("me", "{metadata: {uid: \"1\"}, spec: {ports: [{port: 80}]}}")
                        .is(409)
                        .message())
                .endsWith("uid mismatch: the provided object specified uid 1, and no existing object was found");
        assertThat(api.patch(
                                WEB + "?fieldManager=me",
                                APPLY,
                                "{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}]}}")
                        .is(400)
                        .message())
                .isEqualTo("the name of the object (web based on URL) was undeterminable: name must be provided");
        assertThat(apply("me", "spec: {ports: [{port: 80}]}").is(201).warning()).isEmpty();
        assertThat(apply("me", "{metadata: {managedFields: [{manager: me}]}}")
                        .is(400)
                        .message())
                .isEqualTo("metadata.managedFields must be nil");
        assertThat(apply("me", "spec: {ports: [{port: 70000}]}").is(422).message())
                .contains("spec.ports[0].port");
        assertThat(api.patch(WEB + "?fieldManager=me", APPLY, "{apiVersion: v1, kind: Pod, metadata: {name: web}}")
                        .is(400)
                        .message())
                .contains("kind is \"Pod\" and should be \"Service\"");
        assertThat(api.patch(WEB + "?fieldManager=me", APPLY, "{kind: Service, metadata: {name: web}}")
                        .is(400)
                        .message())
                .contains("apiVersion is \"\" and should be \"v1\"");
        assertThat(api.patch(WEB + "?fieldManager=me", APPLY, "a: [").is(400).message())
                .contains("cannot be read");
        assertThat(api.get(WEB).tree().tree("spec").trees("ports").getFirst().whole("port", 0))
                .isEqualTo(80);
    }

    private Client.Answer apply(String manager, String yaml) {
        return send(manager, yaml);
    }

    private Client.Answer send(String parameters, String yaml) {
        String rest = yaml.startsWith("{") ? yaml.substring(1, yaml.length() - 1) : yaml;
        String named = rest.startsWith("metadata: {")
                ? rest.replaceFirst("metadata: \\{", "metadata: {name: web, ")
                : "metadata: {name: web}, " + rest;
        return api.patch(WEB + "?fieldManager=" + parameters, APPLY, "{apiVersion: v1, kind: Service, " + named + "}");
    }

    private static List<String> owners(Tree object) {
        return object.tree("metadata").trees("managedFields").stream()
                .map(owner -> String.join(
                        " ",
                        owner.text("manager", ""),
                        owner.text("operation", ""),
                        owner.text("apiVersion", ""),
                        owner.text("subresource", "")))
                .toList();
    }

    private static String fields(Tree object, int owner) {
        Tree entry = object.tree("metadata").trees("managedFields").get(owner);
        return new String(Json.write(entry.tree("fieldsV1").fields()), StandardCharsets.UTF_8);
    }
}
