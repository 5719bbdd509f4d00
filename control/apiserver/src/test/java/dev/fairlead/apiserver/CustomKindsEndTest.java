// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.time.SystemTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Definitions end together with their objects, whatever state they are in, and nobody waits in line for it. */
@Timeout(90)
class CustomKindsEndTest {
    private static final String PREFIX = "/registry/example.com/";
    private static final String CASES = "/apis/example.com/v1/cases";

    private final SystemTime time = new SystemTime();
    private final GatedStore store = new GatedStore(MemoryStore.open());
    private final ApiServer server = new ApiServer(new ApiServer.Parts(
            store,
            ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
            time,
            new Random(1),
            (pod, container, options) -> Answers.text(200, ""),
            Duration.ofMinutes(1)));
    private final Client client = new Client(server);

    @AfterEach
    void end() {
        store.open();
        server.close();
        store.close();
        time.close();
    }

    private static String definition(String plural, String kind, String shortNames) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %1$s.example.com}
                spec:
                  group: example.com
                  scope: Cluster
                  names: {plural: %1$s, kind: %2$s, shortNames: [%3$s]}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """.formatted(plural, kind, shortNames);
    }

    private void makeCase(String name) {
        client.post(CASES, "{apiVersion: example.com/v1, kind: Case, metadata: {name: %s}}".formatted(name))
                .is(201);
    }

    private boolean isGone(String plural) {
        return client.get(CustomKindsTest.DEFINITIONS + "/" + plural + ".example.com")
                        .status()
                == 404;
    }

    private int left() {
        return store.prefix(PREFIX, 0, 0).entries().size();
    }

    private void merge(String path, String json) {
        client.patch(path, "application/merge-patch+json", json).is(200);
    }

    @Test
    void objects_of_a_kind_that_is_served_no_more_go_too() {
        client.post(CustomKindsTest.DEFINITIONS, definition("cases", "Case", ""))
                .is(201);
        makeCase("a");
        String path = CustomKindsTest.DEFINITIONS + "/cases.example.com";
        client.patch(
                        path,
                        "application/json-patch+json",
                        "[{\"op\": \"replace\", \"path\": \"/spec/versions/0/served\", \"value\": false}]")
                .is(200);
        client.get(CASES).is(404);
        client.delete(path).is(200);
        CustomKindsTest.await(() -> isGone("cases"));
        assertThat(left()).isZero();
    }

    @Test
    void objects_of_a_kind_that_lost_its_names_go_too() {
        client.post(CustomKindsTest.DEFINITIONS, definition("olders", "Older", ""))
                .is(201);
        client.post(CustomKindsTest.DEFINITIONS, definition("cases", "Case", "cs"))
                .is(201);
        makeCase("a");
        merge(CustomKindsTest.DEFINITIONS + "/olders.example.com", "{\"spec\":{\"names\":{\"shortNames\":[\"cs\"]}}}");
        client.get(CASES).is(404);
        client.delete(CustomKindsTest.DEFINITIONS + "/cases.example.com").is(200);
        CustomKindsTest.await(() -> isGone("cases"));
        assertThat(left()).isZero();
    }

    @Test
    void the_client_who_deletes_waits_for_no_object_and_nobody_waits_for_the_client() throws Exception {
        client.post(CustomKindsTest.DEFINITIONS, definition("cases", "Case", ""))
                .is(201);
        makeCase("a");
        store.shut(PREFIX);
        client.delete(CustomKindsTest.DEFINITIONS + "/cases.example.com").is(200);
        assertThat(store.awaitVisitor()).as("the objects are being deleted").isTrue();
        client.post(CustomKindsTest.DEFINITIONS, definition("others", "Other", ""))
                .is(201);
        client.get("/apis/example.com/v1/others").is(200);
        assertThat(left()).isOne();
        store.open();
        CustomKindsTest.await(() -> isGone("cases"));
        assertThat(left()).isZero();
    }

    @Test
    void what_was_made_after_the_emptying_goes_too() throws Exception {
        client.post(CustomKindsTest.DEFINITIONS, definition("cases", "Case", ""))
                .is(201);
        makeCase("a");
        merge(CASES + "/a", "{\"metadata\":{\"finalizers\":[\"example.com/wait\"]}}");
        client.delete(CustomKindsTest.DEFINITIONS + "/cases.example.com").is(200);
        CustomKindsTest.await(
                () -> client.get(CASES + "/a").is(200).tree().tree("metadata").has("deletionTimestamp"));
        byte[] late = "{\"kind\":\"Case\",\"apiVersion\":\"example.com/v1\",\"metadata\":{\"name\":\"b\"}}"
                .getBytes(StandardCharsets.UTF_8);
        store.put(PREFIX + "cases/b", late);
        merge(CASES + "/a", "{\"metadata\":{\"finalizers\":null}}");
        CustomKindsTest.await(() -> isGone("cases"));
        assertThat(left()).isZero();
    }

    @Test
    void a_request_that_overflows_the_stack_is_answered() {
        store.overflow();
        client.post("/api/v1/namespaces", "{apiVersion: v1, kind: Namespace, metadata: {name: deep}}")
                .is(500);
        client.post("/api/v1/namespaces", "{apiVersion: v1, kind: Namespace, metadata: {name: deep}}")
                .is(201);
    }
}
