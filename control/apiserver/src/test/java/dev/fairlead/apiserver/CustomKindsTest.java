// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kinds that users define, from the definition to the end of its objects. */
class CustomKindsTest {
    static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    static final String WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";

    static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [all]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources:
                  status: {}
                  scale: {specReplicasPath: .spec.size.wanted, statusReplicasPath: .status.have, labelSelectorPath: .status.selector}
                selectableFields: [{jsonPath: .spec.color}]
                additionalPrinterColumns:
                - {name: Color, type: string, jsonPath: .spec.color}
                - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
                - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                schema:
                  openAPIV3Schema:
                    type: object
                    description: A thing to test with.
                    required: [spec]
                    properties:
                      spec:
                        type: object
                        required: [color]
                        properties:
                          color: {type: string, enum: [red, green, blue], description: What it looks like.}
                          size:
                            type: object
                            default: {}
                            properties:
                              wanted: {type: integer, default: 1, minimum: 0, maximum: 10}
                          port: {x-kubernetes-int-or-string: true}
                          name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
                          free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          labels: {type: object, additionalProperties: {type: string}}
                          set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                          ports:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [number, protocol]
                            items:
                              type: object
                              required: [number]
                              properties:
                                number: {type: integer}
                                protocol: {type: string, default: TCP}
                                note: {type: string}
                          one: {type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}
                      status:
                        type: object
                        properties:
                          have: {type: integer}
                          selector: {type: string}
                          conditions: {type: array, items: {type: object, properties: {type: {type: string}, status: {type: string}}}}
              - name: v1beta1
                served: true
                storage: false
                deprecated: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;

    private final TestServer server = new TestServer();
    private final Client client = new Client(server.api());

    @AfterEach
    void end() {
        server.close();
    }

    @BeforeEach
    void define() {
        client.post(DEFINITIONS, DEFINITION).is(201);
    }

    private static String widget(String spec) {
        return "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {" + spec + "}}";
    }

    private Client.Answer merge(String path, String yaml) {
        byte[] json = Client.json("PATCH", path, yaml).body();
        return client.patch(path, "application/merge-patch+json", new String(json, StandardCharsets.UTF_8));
    }

    private Client.Answer create(String spec) {
        return client.post(WIDGETS, widget(spec));
    }

    @Test
    void aDefinitionIsEstablishedAtOnce() {
        Tree definition =
                client.get(DEFINITIONS + "/widgets.example.com").is(200).tree();
        assertThat(definition.tree("status").trees("conditions"))
                .extracting(each -> each.text("type") + "=" + each.text("status") + " " + each.text("reason"))
                .containsExactly("NamesAccepted=True NoConflicts", "Established=True InitialNamesAccepted");
        assertThat(definition.tree("status").texts("storedVersions")).containsExactly("v1");
        assertThat(definition.tree("status").tree("acceptedNames").text("listKind"))
                .isEqualTo("WidgetList");
        assertThat(definition.tree("spec").tree("names").text("singular")).isEqualTo("widget");
        assertThat(definition.tree("spec").tree("conversion").text("strategy")).isEqualTo("None");
    }

    @Test
    void discoveryHasTheKindAndAnotherTag() {
        Tree list = client.get("/apis/example.com/v1").is(200).tree();
        assertThat(list.trees("resources"))
                .extracting(each -> each.text("name"))
                .containsExactly("widgets", "widgets/scale", "widgets/status");
        Tree group = client.get("/apis/example.com").is(200).tree();
        assertThat(group.tree("preferredVersion").text("version")).isEqualTo("v1");
        String tag = tag();
        client.post(
                        DEFINITIONS,
                        DEFINITION
                                .replace("widgets", "gadgets")
                                .replace("Widget", "Gadget")
                                .replace("[wd]", "[gd]"))
                .is(201);
        assertThat(tag()).isNotEqualTo(tag);
    }

    private String tag() {
        Request request = Request.of("GET", "/apis")
                .with("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        return String.valueOf(client.raw(request).header("etag"));
    }

    @Test
    void defaultsAreFilledInAndUnknownFieldsDroppedWithAWarning() {
        Client.Answer made = create("color: red, wrong: 1, free: {x: {y: [1]}}, ports: [{number: 1, odd: 2}]")
                .is(201);
        Tree spec = made.tree().tree("spec");
        assertThat(spec.tree("size").whole("wanted", -1)).isEqualTo(1);
        assertThat(spec.trees("ports").getFirst().fields()).isEqualTo(Map.of("number", 1L, "protocol", "TCP"));
        assertThat(spec.tree("free").tree("x").value("y")).isEqualTo(List.of(1L));
        assertThat(spec.has("wrong")).isFalse();
        assertThat(made.warning())
                .contains("unknown field \\\"spec.wrong\\\"")
                .contains("unknown field \\\"spec.ports[0].odd\\\"");
        Client.Answer refused = client.post(WIDGETS + "?fieldValidation=Strict", widget("color: red, wrong: 1"))
                .is(400);
        assertThat(refused.message()).contains("strict decoding error: unknown field \"spec.wrong\"");
    }

    @Test
    void problemsInMetadataAreToldWithTheirPath() {
        String odd = "{metadata: {name: w, foo: 1, clusterNameLong: x}, spec: {color: red}}";
        assertThat(client.post(WIDGETS, odd).is(201).warning())
                .contains("unknown field \\\"metadata.foo\\\"", "unknown field \\\"metadata.clusterNameLong\\\"");
        assertThat(client.post(WIDGETS + "?fieldValidation=Strict", odd).is(400).message())
                .contains("strict decoding error: unknown field \"metadata.foo\"");
        String wrong =
                "{apiVersion: example.com/v1, kind: Widget, metadata: {name: v, labels: {a: 1}, annotations: {a/b: 2}}}";
        assertThat(client.post(WIDGETS, wrong).is(400).message())
                .contains("field \"metadata.labels.a\": expected a string", "field \"metadata.annotations[a/b]\": ");
        assertThat(client.put(WIDGETS + "/w", wrong).is(400).message()).contains("field \"metadata.labels.a\": ");
        assertThat(merge(WIDGETS + "/w", "{metadata: {labels: {a: true}}}")
                        .is(422)
                        .message())
                .contains("field \"metadata.labels.a\": ");
    }

    @Test
    void whatIsWrongIsSaidInKubernetesWords() {
        says("size: {}", "spec.color: Required value");
        says("color: pink", "spec.color: Unsupported value: \"pink\": supported values: \"red\", \"green\", \"blue\"");
        says(
                "color: red, size: {wanted: many}",
                "spec.size.wanted: Invalid value: \"string\": spec.size.wanted in body must be of type integer: \"string\"");
        says(
                "color: red, size: {wanted: 11}",
                "spec.size.wanted: Invalid value: 11: spec.size.wanted in body should be less than or equal to 10");
        says("color: red, name: A1", "spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'");
        says("color: red, name: abcdefg", "spec.name: Too long: may not be more than 5 bytes");
        says("color: red, set: [a, b, a]", "spec.set[2]: Duplicate value: \"a\"");
        says(
                "color: red, ports: [{number: 1}, {number: 1}]",
                "spec.ports[1]: Duplicate value: {\"number\":1,\"protocol\":\"TCP\"}");
        says(
                "color: red, one: {}",
                "<nil>: Invalid value: \"\": \"spec.one\" must validate one and only one schema (oneOf). Found none valid");
        says(
                "color: red, port: true",
                "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"");
        says("color: red, labels: {a: 1}", "spec.labels.a: Invalid value: \"integer\"");
    }

    private void says(String spec, String text) {
        assertThat(create(spec).is(422).message())
                .startsWith("Widget.example.com \"w\" is invalid: ")
                .contains(text);
    }

    @Test
    void statusAndScaleAreWrittenByThemselves() {
        Client.Answer made = create("color: red").is(201);
        assertThat(made.tree().tree("metadata").whole("generation", 0)).isEqualTo(1);
        merge(WIDGETS + "/w", "{spec: {color: blue}, status: {have: 7}}").is(200);
        Tree now = client.get(WIDGETS + "/w").tree();
        assertThat(now.has("status")).isFalse();
        assertThat(now.tree("metadata").whole("generation", 0)).isEqualTo(2);
        merge(WIDGETS + "/w/status", "{spec: {color: red}, status: {have: 3, selector: app=w}}")
                .is(200);
        now = client.get(WIDGETS + "/w").tree();
        assertThat(now.tree("spec").text("color")).isEqualTo("blue");
        assertThat(now.tree("metadata").whole("generation", 0)).isEqualTo(2);
        merge(WIDGETS + "/w/scale", "{spec: {replicas: 4}}").is(200);
        Tree scale = client.get(WIDGETS + "/w/scale").is(200).tree();
        assertThat(scale.tree("spec").whole("replicas", 0)).isEqualTo(4);
        assertThat(scale.tree("status").fields()).isEqualTo(Map.of("replicas", 3L, "selector", "app=w"));
        assertThat(client.get(WIDGETS + "/w").tree().tree("spec").tree("size").whole("wanted", 0))
                .isEqualTo(4);
    }

    @Test
    void whatIsThereIsReplacedInAKnownVersion() {
        String widget = widget("color: red");
        client.put(WIDGETS + "/w", widget).is(404);
        Client.Answer made = client.post(WIDGETS, widget).is(201);
        assertThat(client.put(WIDGETS + "/w", widget).is(422).message())
                .isEqualTo("widgets.example.com \"w\" is invalid: metadata.resourceVersion: Invalid value: 0: "
                        + "must be specified for an update");
        assertThat(merge(WIDGETS + "/w", "{metadata: {resourceVersion: \"0\"}, spec: {color: blue}}")
                        .is(422)
                        .message())
                .contains("must be specified for an update");
        assertThat(merge(WIDGETS + "/w", "{kind: Other}").is(422).message())
                .contains("kind is \"Other\" and should be \"Widget\"");
        String scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: w}, spec: {replicas: 5}}";
        client.patch(WIDGETS + "/w/scale?fieldManager=me&force=true", "application/apply-patch+yaml", scale)
                .is(200);
        Tree now = client.get(WIDGETS + "/w").tree();
        assertThat(now.tree("spec").tree("size").whole("wanted", 0)).isEqualTo(5);
        assertThat(now.tree("metadata").text("resourceVersion")).isNotEqualTo(made.version());
    }

    @Test
    void versionsShowOneObject() {
        create("color: red").is(201);
        Client.Answer old = client.get("/apis/example.com/v1beta1/namespaces/default/widgets/w")
                .is(200);
        assertThat(old.tree().text("apiVersion")).isEqualTo("example.com/v1beta1");
        assertThat(old.warning()).contains("example.com/v1beta1 Widget is deprecated");
        merge("/apis/example.com/v1beta1/namespaces/default/widgets/w", "{extra: 1}")
                .is(200);
        assertThat(client.get(WIDGETS + "/w").tree().text("apiVersion")).isEqualTo("example.com/v1");
        Tree list = client.get("/apis/example.com/v1beta1/widgets").is(200).tree();
        assertThat(list.text("kind")).isEqualTo("WidgetList");
        assertThat(list.trees("items").getFirst().text("apiVersion")).isEqualTo("example.com/v1beta1");
    }

    @Test
    void tablesHaveTheColumnsOfTheDefinition() {
        create("color: red").is(201);
        merge(
                        WIDGETS + "/w/status",
                        "{status: {conditions: [{type: Other, status: x}, {type: Ready, status: 'True'}]}}")
                .is(200);
        Tree table = client.send(
                        Request.of("GET", WIDGETS).with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io"))
                .tree();
        assertThat(table.trees("columnDefinitions"))
                .extracting(each -> each.text("name"))
                .containsExactly("Name", "Color", "Ready", "Age");
        assertThat((List<?>) table.trees("rows").getFirst().value("cells"))
                .first()
                .isEqualTo("w");
        assertThat(((List<?>) table.trees("rows").getFirst().value("cells")).subList(1, 3))
                .isEqualTo(List.of("red", "True"));
    }

    @Test
    void objectsAreSelectedByFieldsOfTheirOwn() {
        create("color: red").is(201);
        assertThat(client.get(WIDGETS + "?fieldSelector=spec.color=red").tree().trees("items"))
                .hasSize(1);
        assertThat(client.get(WIDGETS + "?fieldSelector=spec.color=blue").tree().trees("items"))
                .isEmpty();
        client.get(WIDGETS + "?fieldSelector=spec.name=x").is(400);
    }

    @Test
    void applyJoinsListsAsTheSchemaSays() {
        apply("a", "{color: red, ports: [{number: 1, note: x}], set: [p]}", false)
                .is(201);
        apply("b", "{ports: [{number: 2}], set: [q]}", false).is(200);
        Tree spec = client.get(WIDGETS + "/w").tree().tree("spec");
        assertThat(spec.trees("ports"))
                .extracting(each -> each.whole("number", 0))
                .containsExactly(1L, 2L);
        assertThat(spec.texts("set")).containsExactly("p", "q");
        assertThat(apply("b", "{color: blue}", false).is(409).message())
                .contains("conflict with \"a\"")
                .contains(".spec.color");
        apply("a", "{color: red, set: [p]}", false).is(200);
        assertThat(client.get(WIDGETS + "/w").tree().tree("spec").trees("ports"))
                .as("b let go of its ports when it applied nothing of them")
                .extracting(each -> each.whole("number", 0))
                .containsExactly(2L);
        client.patch(WIDGETS + "/w", "application/strategic-merge-patch+json", "{}")
                .is(415);
    }

    private Client.Answer apply(String manager, String spec, boolean force) {
        String body = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: " + spec + "\n";
        return client.patch(
                WIDGETS + "/w?fieldManager=" + manager + "&force=" + force, "application/apply-patch+yaml", body);
    }

    @Test
    void watchesAndMetadataWorkAsForOtherKinds() {
        Events events = client.watch(WIDGETS + "?watch=true");
        create("color: red").is(201);
        assertThat(events.next()).isEqualTo("ADDED w");
        Tree list = client.send(Request.of("GET", WIDGETS)
                        .with("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"))
                .tree();
        assertThat(list.text("kind")).isEqualTo("PartialObjectMetadataList");
        Reply yaml = client.raw(Request.of("GET", WIDGETS + "/w").with("accept", "application/yaml"));
        assertThat(new String(((Reply.Whole) yaml).body(), StandardCharsets.UTF_8))
                .contains("color: red");
    }

    @Test
    void theDefinitionsEndIsTheEndOfItsObjects() {
        create("color: red").is(201);
        merge(WIDGETS + "/w", "{metadata: {finalizers: [example.com/wait]}}").is(200);
        Tree ending =
                client.delete(DEFINITIONS + "/widgets.example.com").is(200).tree();
        assertThat(ending.tree("metadata").texts("finalizers"))
                .containsExactly("customresourcecleanup.apiextensions.k8s.io");
        assertThat(client.post(WIDGETS, widget("color: red").replace("name: w", "name: v"))
                        .is(405)
                        .message())
                .isEqualTo("create not allowed while custom resource definition is terminating");
        await(() -> client.get(WIDGETS + "/w").is(200).tree().tree("metadata").has("deletionTimestamp"));
        client.patch(WIDGETS + "/w", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":null}}")
                .is(200);
        await(() -> client.get(DEFINITIONS + "/widgets.example.com").status() == 404);
        client.get(WIDGETS).is(404);
        assertThat(client.get("/apis/example.com").status()).isEqualTo(404);
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in 30 seconds").isNegative();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    void whoComesLaterDoesNotGetTakenNames() {
        String other = DEFINITION
                .replace("plural: widgets", "plural: others")
                .replace("widgets.example.com", "others.example.com");
        client.post(DEFINITIONS, other).is(201);
        Tree status = client.get(DEFINITIONS + "/others.example.com").tree().tree("status");
        assertThat(status.trees("conditions"))
                .extracting(each -> each.text("type") + "=" + each.text("status") + " " + each.text("message"))
                .containsExactly(
                        "NamesAccepted=False \"widget\" is already in use",
                        "Established=False not all names are accepted");
        client.get("/apis/example.com/v1/others").is(404);
        client.delete(DEFINITIONS + "/widgets.example.com").is(200);
        await(() -> client.get("/apis/example.com/v1/others").status() == 200);
    }

    @Test
    void badDefinitionsAreRefused() {
        refused("plural: widgets", "plural: Widgets", "spec.names.plural: Invalid value: \"Widgets\"");
        refused("name: widgets.example.com", "name: x.example.com", "must be spec.names.plural+\".\"+spec.group");
        refused("scope: Namespaced", "scope: Everywhere", "spec.scope: Unsupported value: \"Everywhere\"");
        refused("storage: true", "storage: false", "must have exactly one version marked as storage version");
        refused(
                "color: {type: string,",
                "color: {",
                "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[color].type: Required value");
        refused("pattern: '^[a-z]+$'", "pattern: '[a-z'", "must be a valid regular expression");
        refused("default: 1,", "default: 11,", "default: Invalid value: 11");
        refused("[number, protocol]", "[number, nothing]", "entries must all be names of item properties");
        refused(".spec.size.wanted", ".status.size", "should be a json path under .spec");
        refused("type: date,", "type: moment,", "must be one of boolean,date,integer,number,string");
        refused(
                "properties:\n          spec:",
                "properties:\n          metadata: {type: object, properties: {x: {type: string}}}\n          spec:",
                "openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName");
        Map.of(
                        "{}", "Required value",
                        "{jsonPath: .spec.x}",
                                "Invalid value: \".spec.x\": is an invalid path: does not refer to a valid field",
                        "{jsonPath: .spec.color.x}",
                                "Invalid value: \".spec.color.x\": is an invalid path: does not refer to a valid field",
                        "{jsonPath: .metadata.name}",
                                "Invalid value: \".metadata.name\": is an invalid path: does not refer to a valid field",
                        "{jsonPath: \".spec['color']\"}",
                                "Invalid value: \".spec['color']\": is an invalid path: array notation is not allowed",
                        "{jsonPath: spec.color}",
                                "Invalid value: \"spec.color\": is an invalid path: expected [ or . but got: spec",
                        "{jsonPath: .spec.}",
                                "Invalid value: \".spec.\": is an invalid path: unexpected end of JSON path",
                        "{jsonPath: .spec.size}",
                                "Invalid value: \".spec.size\": must point to a field of type string, boolean or integer.")
                .forEach((field, why) -> refused(
                        "[{jsonPath: .spec.color}]",
                        "[" + field + "]",
                        "spec.versions[0].selectableFields[0].jsonPath: " + why));
        refused(
                "[{jsonPath: .spec.color}]",
                "[{jsonPath: .spec.color}, {jsonPath: .spec.color}]",
                "selectableFields[1].jsonPath: Duplicate value: \".spec.color\"");
    }

    @Test
    void labelsOfAMapMayBeSelectedBy() {
        String fresh = DEFINITION.replace("[{jsonPath: .spec.color}]", "[{jsonPath: .spec.labels.a}]");
        new Client(other.api()).post(DEFINITIONS, fresh).is(201);
    }

    private void refused(String good, String bad, String why) {
        assertThat(DEFINITION).contains(good);
        String fresh = DEFINITION.replace(good, bad);
        Client.Answer first = new Client(other.api()).post(DEFINITIONS, fresh).is(422);
        assertThat(first.message()).contains(why);
    }

    private final TestServer other = new TestServer();

    @AfterEach
    void endOther() {
        other.close();
    }

    @Test
    void anotherServerOverTheSameStoreServesTheKind() {
        create("color: red").is(201);
        try (ApiServer second = server.again("10.96.0.0/16")) {
            Client there = new Client(second);
            there.get(WIDGETS + "/w").is(200);
            there.delete(DEFINITIONS + "/widgets.example.com").is(200);
            await(() -> there.get(DEFINITIONS + "/widgets.example.com").status() == 404);
        }
    }

    @Test
    void openApiTellsOfTheFields() {
        Tree document = client.get("/openapi/v3/apis/example.com/v1").is(200).tree();
        Tree schema = document.tree("components").tree("schemas").tree("com.example.v1.Widget");
        assertThat(schema.text("description")).isEqualTo("A thing to test with.");
        assertThat(schema.tree("properties")
                        .tree("spec")
                        .tree("properties")
                        .tree("color")
                        .text("description"))
                .isEqualTo("What it looks like.");
        assertThat(schema.tree("properties").has("metadata")).isTrue();
        assertThat(schema.trees("x-kubernetes-group-version-kind").getFirst().text("kind"))
                .isEqualTo("Widget");
    }
}
