// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Custom kinds by the real kubectl, from {@code apply} of a definition to its end, without a warning. */
@Timeout(180)
class CustomKindsKubectlTest {
    /** Of the shape of the Gateway API's: several versions, listeners by name, conditions by type, patterns, defaults. */
    private static final String GATEWAYS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: doors.networking.example.com
            spec:
              group: networking.example.com
              names:
                categories: [door-api]
                kind: Door
                listKind: DoorList
                plural: doors
                shortNames: [dr]
                singular: door
              scope: Namespaced
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                additionalPrinterColumns:
                - {jsonPath: .spec.class, name: Class, type: string}
                - {jsonPath: '.status.addresses[*].value', name: Address, type: string}
                - {jsonPath: '.status.conditions[?(@.type=="Programmed")].status', name: Programmed, type: string}
                - {jsonPath: .metadata.creationTimestamp, name: Age, type: date}
                schema:
                  openAPIV3Schema:
                    description: Door leads traffic into the cluster.
                    type: object
                    required: [spec]
                    properties:
                      apiVersion: {type: string}
                      kind: {type: string}
                      metadata: {type: object}
                      spec:
                        description: Spec is what the door shall be.
                        type: object
                        required: [class, listeners]
                        properties:
                          class: {type: string, minLength: 1, maxLength: 253, description: Class names who builds the door.}
                          listeners:
                            type: array
                            minItems: 1
                            maxItems: 64
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            x-kubernetes-validations:
                            - {message: tls must be set for HTTPS, rule: 'self.all(l, l.protocol == ''HTTPS'' ? has(l.tls) : true)'}
                            items:
                              type: object
                              required: [name, port, protocol]
                              properties:
                                name: {type: string, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'}
                                port: {type: integer, format: int32, minimum: 1, maximum: 65535}
                                protocol: {type: string}
                                from: {type: string, enum: [All, Selector, Same], default: Same}
                                tls: {type: object, properties: {options: {type: object, additionalProperties: {type: string}}}}
                      status:
                        type: object
                        default: {conditions: [{lastTransitionTime: '1970-01-01T00:00:00Z', message: Waiting, reason: Pending, status: Unknown, type: Programmed}]}
                        properties:
                          addresses: {type: array, items: {type: object, properties: {value: {type: string}}}}
                          conditions:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [type]
                            items:
                              type: object
                              required: [type, status]
                              properties:
                                type: {type: string}
                                status: {type: string, enum: ['True', 'False', Unknown]}
                                reason: {type: string}
                                message: {type: string}
                                lastTransitionTime: {type: string, format: date-time}
            """;

    private static final String DOOR = """
            apiVersion: networking.example.com/v1
            kind: Door
            metadata:
              name: front
            spec:
              class: wood
              listeners:
              - {name: http, port: 80, protocol: HTTP}
            """;

    @TempDir
    private Path home;

    @Test
    void a_kind_is_defined_used_and_ended() throws IOException, InterruptedException {
        assumeTrue(Kubectl.isThere(), "no kubectl on the PATH");
        try (TestServer server = new TestServer()) {
            Pki pki = Pki.open(home.resolve("pki"), server.time());
            HttpsServer.Settings settings = new HttpsServer.Settings(
                    "127.0.0.1",
                    0,
                    pki.server(Set.of("localhost", "127.0.0.1")),
                    pki.authority(),
                    new Identities(Map.of()),
                    Limits.STANDARD);
            try (HttpsServer https = HttpsServer.start(settings, server.api())) {
                Path kubeconfig = home.resolve("kubeconfig");
                Kubeconfig.write(
                        kubeconfig, "fairlead", https.url(), pki.authority(), pki.client("admin", Client.ADMIN));
                story(new Kubectl(home, kubeconfig, Map.of()));
            }
        }
    }

    private void story(Kubectl kubectl) throws IOException, InterruptedException {
        Kubectl.Run defined = kubectl.feed(GATEWAYS, "apply", "-f", "-");
        assertThat(defined.out())
                .isEqualTo("customresourcedefinition.apiextensions.k8s.io/doors.networking.example.com created\n");
        assertThat(defined.err())
                .isEqualTo("Warning: x-kubernetes-validations are kept, but their rules are not run\n");
        kubectl.run("wait", "--for=condition=established", "crd/doors.networking.example.com", "--timeout=20s")
                .quietly();
        assertThat(kubectl.feed(DOOR, "apply", "-f", "-").quietly())
                .isEqualTo("door.networking.example.com/front created\n");
        assertThat(kubectl.run("get", "dr").quietly().lines().map(line -> line.replaceAll(" +", " ")))
                .first()
                .isEqualTo("NAME CLASS ADDRESS PROGRAMMED AGE");
        assertThat(kubectl.run("get", "door-api", "-o", "name").quietly())
                .isEqualTo("door.networking.example.com/front\n");
        assertThat(kubectl.run("get", "door", "front", "-o", "jsonpath={.spec.listeners[0].from}")
                        .quietly())
                .isEqualTo("Same");
        assertThat(kubectl.feed(DOOR.replace("80", "81"), "diff", "-f", "-").out())
                .contains("+  - port: 81".substring(4));
        assertThat(kubectl.feed(DOOR.replace("80", "81"), "apply", "-f", "-").quietly())
                .contains("configured");
        assertThat(kubectl.feed(DOOR, "apply", "--server-side", "--force-conflicts", "-f", "-")
                        .quietly())
                .contains("serverside-applied");
        assertThat(kubectl.feed(DOOR.replace("class: wood", "colour: red"), "apply", "-f", "-")
                        .err())
                .contains("unknown field \"spec.colour\"");
        assertThat(kubectl.feed(DOOR.replace("80", "800000"), "apply", "-f", "-")
                        .err())
                .contains("spec.listeners[0].port: Invalid value: 800000: spec.listeners[0].port in body should be less"
                        + " than or equal to 65535");
        assertThat(kubectl.run("explain", "door.spec.class").quietly()).contains("Class names who builds the door.");
        assertThat(kubectl.run("explain", "door.spec.class", "--output=plaintext-openapiv2")
                        .quietly())
                .as("the same from the old document, which travels as protobuf")
                .contains("Class names who builds the door.");
        assertThat(kubectl.run("explain", "service.spec", "--output=plaintext-openapiv2")
                        .quietly())
                .contains("ServiceSpec describes the attributes")
                .contains("ports\t<[]Object>");
        assertThat(kubectl.run("describe", "door", "front").quietly()).contains("Class:  wood");
        assertThat(kubectl.run("patch", "door", "front", "--type=merge", "-p", "{\"spec\":{\"class\":\"iron\"}}")
                        .quietly())
                .contains("patched");
        assertThat(kubectl.run("label", "door", "front", "a=b").quietly()).contains("labeled");
        watched(kubectl);
        assertThat(kubectl.run("delete", "crd", "doors.networking.example.com").quietly())
                .contains("deleted");
        assertThat(kubectl.run("get", "doors").err()).contains("the server could not find the requested resource");
    }

    private void watched(Kubectl kubectl) throws IOException, InterruptedException {
        Process watch = kubectl.start("get", "doors", "--watch");
        try {
            Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
            while (!Files.readString(home.resolve("out")).contains("iron")) {
                assertThat(Instant.now()).as("kubectl shows the door").isBefore(deadline);
                LockSupport.parkNanos(20_000_000);
            }
        } finally {
            watch.destroy();
            watch.waitFor();
        }
    }
}
