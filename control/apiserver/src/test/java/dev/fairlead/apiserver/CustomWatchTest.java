// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static dev.fairlead.apiserver.CustomKindsTest.DEFINITION;
import static dev.fairlead.apiserver.CustomKindsTest.DEFINITIONS;
import static dev.fairlead.apiserver.CustomKindsTest.WIDGETS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch of a kind that users define lasts as long as the definition says what it said. */
@Timeout(90)
class CustomWatchTest {
    private static final String WIDGET = DEFINITIONS + "/widgets.example.com";

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

    private void merge(String yaml) {
        byte[] json = Client.json("PATCH", WIDGET, yaml).body();
        client.patch(WIDGET, "application/merge-patch+json", new String(json, StandardCharsets.UTF_8))
                .is(200);
    }

    private void create(String name) {
        client.post(
                        WIDGETS,
                        "{apiVersion: example.com/v1, kind: Widget, metadata: {name: " + name
                                + "}, spec: {color: red}}")
                .is(201);
    }

    @Test
    void whatIsSaidBesideTheKindDoesNotEndIt() {
        try (Events events = client.watch(WIDGETS + "?watch=true")) {
            merge("{metadata: {labels: {a: b}}}");
            create("one");
            assertThat(events.next()).isEqualTo("ADDED one");
        }
    }

    @Test
    void anotherSpecEndsIt() {
        try (Events events = client.watch(WIDGETS + "?watch=true");
                Events others = client.watch("/api/v1/namespaces/default/configmaps?watch=true")) {
            create("one");
            assertThat(events.next()).isEqualTo("ADDED one");
            merge("{spec: {names: {shortNames: [wx]}}}");
            assertThat(events.next()).isEqualTo("end");
            client.post("/api/v1/namespaces/default/configmaps", "metadata: {name: map}")
                    .is(201);
            assertThat(others.next()).isEqualTo("ADDED map");
        }
        try (Events again = client.watch(WIDGETS + "?watch=true")) {
            assertThat(again.next()).isEqualTo("ADDED one");
            create("two");
            assertThat(again.next()).isEqualTo("ADDED two");
        }
    }

    @Test
    void theEndOfTheDefinitionEndsIt() {
        try (Events events = client.watch(WIDGETS + "?watch=true&timeoutSeconds=3600")) {
            create("one");
            assertThat(events.next()).isEqualTo("ADDED one");
            client.delete(WIDGET).is(200);
            String next = events.next();
            while (!next.equals("end")) {
                assertThat(next).isIn("MODIFIED one", "DELETED one");
                next = events.next();
            }
        }
    }
}
