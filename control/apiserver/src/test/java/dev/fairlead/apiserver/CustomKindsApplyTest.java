// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Server-side apply of kinds whose items have keys with defaults, and whose status is a field like any other. */
class CustomKindsApplyTest {
    private static final String BOXES = "/apis/example.com/v1/boxes";

    private final TestServer server = new TestServer();
    private final Client client = new Client(server.api());

    @BeforeEach
    void define() {
        client.post(CustomKindsTest.DEFINITIONS, """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: boxes.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {plural: boxes, kind: Box}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          status: {type: object, properties: {a: {type: string}, b: {type: string}}}
                          spec:
                            type: object
                            properties:
                              ports:
                                type: array
                                x-kubernetes-list-type: map
                                x-kubernetes-list-map-keys: [name, number, open]
                                items:
                                  type: object
                                  required: [name]
                                  properties:
                                    name: {type: string}
                                    number: {type: integer, default: 80}
                                    open: {type: boolean, default: true}
                                    note: {type: string}
                                    comment: {type: string}
                """).is(201);
    }

    @AfterEach
    void end() {
        server.close();
    }

    private Client.Answer apply(String manager, String rest) {
        String body = "{apiVersion: example.com/v1, kind: Box, metadata: {name: b}, " + rest + "}";
        return client.patch(BOXES + "/b?fieldManager=" + manager, "application/apply-patch+yaml", body);
    }

    private Tree box() {
        return client.get(BOXES + "/b").is(200).tree();
    }

    @Test
    void an_item_whose_keys_are_left_to_their_defaults_is_the_same_item() {
        apply("one", "spec: {ports: [{name: web, note: x}]}").is(201);
        apply("one", "spec: {ports: [{name: web, note: y}]}").is(200);
        apply("two", "spec: {ports: [{name: web, number: 80, open: true, comment: z}]}")
                .is(200);
        List<Tree> ports = box().tree("spec").trees("ports");
        assertThat(ports).hasSize(1);
        assertThat(ports.getFirst().text("note")).isEqualTo("y");
        assertThat(ports.getFirst().text("comment")).isEqualTo("z");
        assertThat(ports.getFirst().whole("number", 0)).isEqualTo(80);
    }

    @Test
    void without_the_subresource_the_status_is_applied_and_owned() {
        apply("one", "status: {a: x}").is(201);
        assertThat(box().tree("status").text("a")).isEqualTo("x");
        apply("two", "status: {b: y}").is(200);
        apply("one", "status: {a: z}").is(200);
        assertThat(box().tree("status").text("a")).isEqualTo("z");
        assertThat(box().tree("status").text("b")).isEqualTo("y");
        assertThat(apply("two", "status: {a: mine}").is(409).message())
                .contains("conflict with \"one\"")
                .contains(".status.a");
        client.patch(BOXES + "/b?fieldManager=hand", "application/merge-patch+json", "{\"status\":{\"a\":\"q\"}}")
                .is(200);
        assertThat(apply("one", "status: {a: z}").is(409).message()).contains("conflict with \"hand\"");
    }
}
