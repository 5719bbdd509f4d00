// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of Ingresses and IngressClasses, one row each. */
class IngressDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final String BACKEND = "backend: {service: {name: web, port: {number: 80}}}";

    /** @param old null at creation */
    record Row(String kind, String old, String now, List<String> expected) {
        @Override
        public String toString() {
            return kind + " " + now + (old == null ? "" : " in place of " + old);
        }
    }

    private static Row ingress(String spec, String... expected) {
        return new Row("Ingress", null, spec, List.of(expected));
    }

    private static Row path(String path, String... expected) {
        return ingress("{rules: [{http: {paths: [" + path + "]}}]}", expected);
    }

    private static Row update(String old, String now, String... expected) {
        return new Row("Ingress", old, now, List.of(expected));
    }

    private static Row klass(String old, String now, String... expected) {
        return new Row("IngressClass", old, now, List.of(expected));
    }

    static Stream<Row> rows() {
        String first = "spec.rules[0].http.paths[0]";
        return Stream.of(
                ingress("{defaultBackend: {service: {name: web, port: {name: http}}}}"),
                ingress("{rules: [{host: a.example}]}"),
                ingress("{}", "spec INVALID either `defaultBackend` or `rules` must be specified"),
                ingress("{defaultBackend: {}}", "spec.defaultBackend INVALID resource or service backend is required"),
                ingress(
                        "{defaultBackend: {service: {name: web}}}",
                        "spec.defaultBackend REQUIRED port name or number is required"),
                ingress(
                        "{defaultBackend: {service: {port: {number: 70000}}}}",
                        "spec.defaultBackend.service.name REQUIRED",
                        "spec.defaultBackend.service.port.number INVALID must be between 1 and 65535"),
                ingress(
                        "{defaultBackend: {service: {name: a.b, port: {name: x--y, number: 1}}}}",
                        "spec.defaultBackend.service.name INVALID must not contain dots",
                        "spec.defaultBackend INVALID cannot set both port name & port number"),
                ingress(
                        "{defaultBackend: {service: {name: 1a, port: {name: x--y}}}}",
                        "spec.defaultBackend.service.port.name INVALID must not contain consecutive hyphens"),
                ingress(
                        "{defaultBackend: {service: {name: a, port: {number: 1}}, resource: {kind: A, name: b}}}",
                        "spec.defaultBackend INVALID cannot set both resource and service backends"),
                ingress(
                        "{defaultBackend: {resource: {apiGroup: A_}}}",
                        "spec.defaultBackend.resource.apiGroup INVALID a lowercase RFC 1123 subdomain",
                        "spec.defaultBackend.resource.kind REQUIRED kind is required",
                        "spec.defaultBackend.resource.name REQUIRED name is required"),
                ingress(
                        "{rules: [{host: 10.0.0.1}]}",
                        "spec.rules[0].host INVALID must be a DNS name, not an IP address"),
                ingress("{rules: [{host: '*.shop.example'}]}"),
                ingress(
                        "{rules: [{host: 'a.*.example'}]}",
                        "spec.rules[0].host INVALID a wildcard DNS-1123 subdomain must start with '*.'"),
                ingress("{rules: [{host: 'A.example'}]}", "spec.rules[0].host INVALID a lowercase RFC 1123 subdomain"),
                ingress("{rules: [{http: {}}]}", "spec.rules[0].http.paths REQUIRED"),
                path("{path: /, pathType: Prefix, " + BACKEND + "}"),
                path("{path: /, " + BACKEND + "}", first + ".pathType REQUIRED pathType must be specified"),
                path(
                        "{path: /, pathType: Regex, " + BACKEND + "}",
                        first + ".pathType NOT_SUPPORTED supported values: \"Exact\", \"ImplementationSpecific\","
                                + " \"Prefix\""),
                path("{pathType: ImplementationSpecific, " + BACKEND + "}"),
                path(
                        "{path: a, pathType: ImplementationSpecific, " + BACKEND + "}",
                        first + ".path INVALID must be an absolute path"),
                path("{pathType: Exact, " + BACKEND + "}", first + ".path INVALID must be an absolute path"),
                path(
                        "{path: '/a//b/../%2f/..', pathType: Prefix, " + BACKEND + "}",
                        first + ".path INVALID must not contain '//'",
                        first + ".path INVALID must not contain '/../'",
                        first + ".path INVALID must not contain '%2f'",
                        first + ".path INVALID cannot end with '/..'"),
                path("{path: /, pathType: Prefix}", first + ".backend INVALID resource or service backend"),
                ingress(
                        "{rules: [{host: a}], tls: [{hosts: ['*.a', B_], secretName: C_}], ingressClassName: D_}",
                        "spec.tls[0].hosts[1] INVALID",
                        "spec.tls[0].secretName INVALID",
                        "spec.ingressClassName INVALID"),
                update(
                        "{rules: [{host: a}], tls: [{secretName: C_}]}",
                        "{rules: [{host: a}], tls: [{secretName: D_}]}"),
                update("{rules: [{host: '*.a', http: {}}]}", "{rules: [{host: '*.b', http: {}}]}"),
                update("{rules: [{host: '*.a'}]}", "{rules: [{host: '*.b', http: {}}]}", "spec.rules[0].http.paths"),
                klass(null, "{controller: example.com/a}"),
                klass(null, "{}", "spec.controller REQUIRED"),
                klass(null, "{controller: example.com/}", "spec.controller INVALID must be a domain-prefixed path"),
                klass(
                        null,
                        "{controller: 'A_/<x>'}",
                        "spec.controller INVALID a lowercase RFC 1123 subdomain",
                        "spec.controller INVALID Invalid path (e.g. ''"),
                klass(
                        null,
                        "{controller: a/" + "x".repeat(249) + "}",
                        "spec.controller TOO_LONG may not be more than 250"),
                klass("{controller: a/b}", "{controller: a/c}", "spec.controller INVALID field is immutable"),
                klass(
                        null,
                        "{controller: a/b, parameters: {kind: K, name: n, scope: Namespace}}",
                        "spec.parameters.namespace REQUIRED `parameters.scope` is set to 'Namespace'"),
                klass(
                        null,
                        "{controller: a/b, parameters: {kind: K, name: n, namespace: x}}",
                        "spec.parameters.namespace FORBIDDEN `parameters.scope` is set to 'Cluster'"),
                klass(
                        null,
                        "{controller: a/b, parameters: {kind: K, name: n, scope: World}}",
                        "spec.parameters.scope NOT_SUPPORTED supported values: \"Cluster\", \"Namespace\""));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void rule(Row row) {
        Definition rules = Definitions.of("networking.k8s.io", row.kind());
        Map<String, Object> now = rules.defaulted(object(row.now()));
        Rows.check(
                row.old() == null
                        ? rules.validateCreate(now, NETWORK)
                        : rules.validateUpdate(now, object(row.old()), NETWORK),
                row.expected());
    }

    @Test
    void theOldAnnotation() {
        Definition rules = Definitions.of("networking.k8s.io", "Ingress");
        Map<String, Object> object = Flow.of("{metadata: {name: a, annotations: {'kubernetes.io/ingress.class': x}},"
                + " spec: {rules: [{host: a}]}}");
        assertThat(rules.validateCreate(object, NETWORK)).isEmpty();
        assertThat(rules.warnings(object, Map.of()))
                .containsExactly("annotation \"kubernetes.io/ingress.class\" is deprecated, please use"
                        + " 'spec.ingressClassName' instead");
        assertThat(rules.warnings(object, object)).isEmpty();
        object.put("spec", Flow.of("{rules: [{host: a}], ingressClassName: y}"));
        Rows.check(
                rules.validateCreate(object, NETWORK),
                List.of("annotations.kubernetes.io/ingress.class INVALID must match `ingressClassName` when both"));
        assertThat(rules.validateUpdate(object, object, NETWORK)).isEmpty();
    }

    @Test
    void statusAndGeneration() {
        Definition rules = Definitions.of("networking.k8s.io", "Ingress");
        Map<String, Object> made = rules.forCreate(object("{rules: [{host: a}]}"));
        assertThat(made.get("status")).isEqualTo(Flow.of("{loadBalancer: {}}"));
        Map<String, Object> told = object("{rules: [{host: other}]}");
        told.put("status", Flow.of("{loadBalancer: {ingress: [{ip: 010.0.0.1, hostname: 10.0.0.1}]}}"));
        Map<String, Object> stored = rules.forStatus(told, made);
        assertThat(stored.get("spec")).isEqualTo(made.get("spec"));
        Rows.check(
                rules.validateStatus(stored, made, NETWORK),
                List.of(
                        "status.loadBalancer.ingress[0].ip INVALID must not have leading 0s",
                        "status.loadBalancer.ingress[0].hostname INVALID must be a DNS name, not an IP address"));
        Tree changed = new Tree(rules.forUpdate(object("{rules: [{host: b}]}"), stored));
        assertThat(changed.tree("metadata").whole("generation", 0)).isEqualTo(2);
        assertThat(changed.value("status")).isEqualTo(stored.get("status"));
    }

    private static Map<String, Object> object(String spec) {
        return Flow.of("{metadata: {name: one}, spec: " + spec + "}");
    }
}
