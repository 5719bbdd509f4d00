// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
    private static final Schema SCHEMA = Schema.load();

    private static Map<String, Object> yaml(String text) {
        return Yaml.read(text).getFirst().fields();
    }

    @Test
    void everyKindServedIsInTheModel() {
        for (Resource resource : Kinds.served().all()) {
            ObjectType type = SCHEMA.require(resource);
            assertThat(type.field("metadata")).as("%s", resource).isNotNull();
            for (String subresource : List.of("status")) {
                assertThat(type.field("status") != null || !resource.hasSubresource(subresource))
                        .as("%s", resource)
                        .isTrue();
            }
        }
    }

    @Test
    void everyFieldHasADescriptionAndAProtobufNumber() {
        Map<String, String> descriptions = SCHEMA.descriptions();
        Set<String> lacking = new TreeSet<>();
        for (Resource resource : Kinds.served().all()) {
            walk(SCHEMA.require(resource), descriptions, lacking);
        }
        assertThat(lacking).isEmpty();
        assertThat(SCHEMA.description("ServiceSpec", "ports"))
                .startsWith("The list of ports that are exposed by this service.");
    }

    private static void walk(ObjectType type, Map<String, String> descriptions, Set<String> lacking) {
        walk(type, descriptions, lacking, new HashSet<>());
    }

    private static void walk(
            ObjectType type, Map<String, String> descriptions, Set<String> lacking, Set<ObjectType> around) {
        if (!around.add(type)) {
            return; // a type that holds itself
        }
        for (Field field : type.fields()) {
            String name = type.name() + "." + field.name();
            if (!descriptions.containsKey(name)) {
                lacking.add(name + " has no description");
            }
            boolean object = type.field("metadata") != null; // a claim in a StatefulSet is a whole one, too
            boolean typeMeta = object && List.of("apiVersion", "kind").contains(field.name());
            boolean own = type.name().startsWith("LoadBalancerPool"); // our own kinds travel as JSON and YAML
            if (field.number() == 0 && !typeMeta && !own && !isInlined(type, field.name())) {
                lacking.add(name + " has no number");
            }
            ValueType value = field.type();
            while (value.kind() == ValueType.Kind.LIST || value.kind() == ValueType.Kind.MAP) {
                value = value.items();
            }
            if (value.kind() == ValueType.Kind.OBJECT) {
                walk(value.fields(), descriptions, lacking, around);
            }
        }
    }

    private static boolean isInlined(ObjectType type, String name) {
        for (int number = 1; number < 100; number++) {
            ObjectType inlined = type.inlined(number);
            if (inlined != null && inlined.field(name) != null) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theModelHoldsTypesAndJoins() {
        Field ports =
                SCHEMA.require("v1", "Service").field("spec").type().fields().field("ports");
        assertThat(ports.join())
                .isEqualTo(new Field.Join(
                        Field.ListType.MAP,
                        Map.of("port", Optional.empty(), "protocol", Optional.of("TCP")),
                        true,
                        "port",
                        false));
        ObjectType port = ports.type().items().fields();
        assertThat(port.field("targetPort").type().kind()).isEqualTo(ValueType.Kind.INT_OR_STRING);
        assertThat(port.field("port").required()).isTrue();
        assertThat(port.field("nodePort").zeroIsAbsent()).isTrue();
        ObjectType lease = SCHEMA.require("coordination.k8s.io/v1", "Lease");
        assertThat(lease.field("spec").type().fields().field("renewTime").type().kind())
                .isEqualTo(ValueType.Kind.MICRO_TIME);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "v1 Service | spec: {foo: 1} | unknown field \"spec.foo\"",
                "v1 Service | spec: {ports: [{port: 80}, {Port: 80}]} | unknown field \"spec.ports[1].Port\"",
                "v1 Service | metadata: {labels: {a/b: true}}"
                        + " | field \"metadata.labels[a/b]\": expected a string (put it in quotes), got boolean true",
                "v1 Service | spec: {ports: [{port: \"80\"}]}"
                        + " | field \"spec.ports[0].port\": expected a whole number of 32 bits (without quotes), got string \"80\"",
                "v1 Service | spec: {ports: {port: 80}} | field \"spec.ports\": expected a list, got object",
                "v1 Service | spec: {ports: [{port: 1.0}]}"
                        + " | field \"spec.ports[0].port\": expected a whole number of 32 bits, got number 1.0",
                "v1 Service | spec: {ports: [{targetPort: true}]}"
                        + " | field \"spec.ports[0].targetPort\": expected a whole number of 32 bits or a string, got boolean true",
                "v1 Service | spec: [] | field \"spec\": expected an object, got list",
                "v1 Secret | data: {a: '*'} | field \"data.a\": expected bytes in base64, got string \"*\"",
                "apiextensions.k8s.io/v1 CustomResourceDefinition | spec: {versions: [{schema: {openAPIV3Schema: {items: {typ: a}}}}]}"
                        + " | unknown field \"spec.versions[0].schema.openAPIV3Schema.items.typ\"",
                "apiextensions.k8s.io/v1 CustomResourceDefinition | spec: {versions: [{schema: {openAPIV3Schema: {items: [{type: 1}]}}}]}"
                        + " | field \"spec.versions[0].schema.openAPIV3Schema.items[0].type\": expected a string (put it in quotes), got number 1",
                "apiextensions.k8s.io/v1 CustomResourceDefinition | spec: {versions: [{schema: {openAPIV3Schema: {additionalProperties: any}}}]}"
                        + " | field \"spec.versions[0].schema.openAPIV3Schema.additionalProperties\": expected true or false, got string \"any\"",
                "v1 Pod | metadata: {creationTimestamp: yesterday}"
                        + " | field \"metadata.creationTimestamp\": expected a time such as 2026-01-02T03:04:05Z, got string \"yesterday\"",
                "v1 Pod | spec: {containers: [{resources: {limits: {cpu: much}}}]}"
                        + " | field \"spec.containers[0].resources.limits.cpu\": expected an amount such as 500m or 1Gi, got string \"much\"",
            })
    void problemsAreNamed(String kind, String text, String message) {
        String[] words = kind.split(" ");
        assertThat(SCHEMA.check(SCHEMA.require(words[0], words[1]), yaml(text)))
                .extracting(Problem::message)
                .containsExactly(message);
    }

    @Test
    void whatIsRightHasNoProblems() {
        assertThat(SCHEMA.check(SCHEMA.require("v1", "Pod"), yaml("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: a
                  creationTimestamp: 2026-01-02T03:04:05Z
                  managedFields: [{fieldsV1: {"f:spec": {}}}]
                spec:
                  terminationGracePeriodSeconds: 30
                  volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}, {name: e, emptyDir: {}}]
                  containers:
                  - name: a
                    resources: {limits: {cpu: 1, memory: 1Gi}}
                    readinessProbe: {httpGet: {port: http, path: /}}
                """))).isEmpty();
    }

    @Test
    void cleaningReachesSchemasWithinSchemas() {
        ObjectType version = SCHEMA.require("apiextensions.k8s.io/v1", "CustomResourceDefinition")
                .field("spec")
                .type()
                .fields()
                .field("versions")
                .type()
                .items()
                .fields();
        ObjectType schema = version.field("schema")
                .type()
                .fields()
                .field("openAPIV3Schema")
                .type()
                .fields();
        Map<String, Object> clean = SCHEMA.clean(schema, yaml("""
                items: {foo: 1, type: object, exclusiveMaximum: false, properties: {a: {items: [{nullable: false}], default: false}}}
                additionalProperties: {uniqueItems: false}
                additionalItems: false
                """));
        assertThat(new String(Json.write(clean), StandardCharsets.UTF_8))
                .isEqualTo("{\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"items\":[{}],\"default\":false}}},"
                        + "\"additionalProperties\":{},\"additionalItems\":false}");
    }

    @Test
    void cleaningDropsWhatAServerDoesNotKeep() {
        Map<String, Object> clean = SCHEMA.clean(SCHEMA.require("v1", "Service"), yaml("""
                spec: {foo: 1, ports: [{port: 80, nodePort: 0, bar: 1}], publishNotReadyAddresses: false, externalIPs: [],
                  allocateLoadBalancerNodePorts: false}
                kind: Service
                apiVersion: v1
                metadata: {labels: {}, name: x, creationTimestamp: "2026-01-02T05:04:05.5+02:00"}
                """));
        assertThat(new String(Json.write(clean), StandardCharsets.UTF_8))
                .isEqualTo("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"x\","
                        + "\"creationTimestamp\":\"2026-01-02T03:04:05Z\"},"
                        + "\"spec\":{\"ports\":[{\"port\":80}],\"allocateLoadBalancerNodePorts\":false}}");
    }
}
