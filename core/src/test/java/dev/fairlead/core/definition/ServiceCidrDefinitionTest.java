// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of ServiceCIDRs and IPAddresses, one row each. */
class ServiceCidrDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));

    /** @param old null at creation */
    record Row(String kind, String what, String old, String now, List<String> expected) {
        @Override
        public String toString() {
            return kind + " " + what;
        }
    }

    private static Row cidr(String what, String old, String now, String... expected) {
        return new Row("ServiceCIDR", what, old, now, List.of(expected));
    }

    private static Row address(String what, String old, String now, String... expected) {
        return new Row("IPAddress", what, old, now, List.of(expected));
    }

    static Stream<Row> rows() {
        String parent = "{parentRef: {resource: services, namespace: a, name: b}}";
        return Stream.of(
                cidr("one", null, "{cidrs: [10.0.0.0/24]}"),
                cidr("both families", null, "{cidrs: ['fd00::/112', 10.0.0.0/24]}"),
                cidr("none", null, "{}", "spec.cidrs REQUIRED at least one CIDR required"),
                cidr("three", null, "{cidrs: [10.0.0.0/24, 'fd00::/112', 10.1.0.0/24]}", "spec.cidrs INVALID may only"),
                cidr("one family twice", null, "{cidrs: [10.0.0.0/24, 10.1.0.0/24]}", "spec.cidrs INVALID may specify"),
                cidr("no block", null, "{cidrs: [10.0.0.0]}", "spec.cidrs[0] INVALID must be a valid CIDR"),
                cidr("host bits", null, "{cidrs: [10.0.0.1/24]}", "spec.cidrs[0] INVALID must not have bits set"),
                cidr("leading zero", null, "{cidrs: [010.0.0.0/24]}", "spec.cidrs[0] INVALID must not have leading 0s"),
                cidr(
                        "not canonical",
                        null,
                        "{cidrs: ['FD00:0::/112']}",
                        "spec.cidrs[0] INVALID must be in canonical form (\"fd00::/112\")"),
                cidr("nothing changes", "{cidrs: [10.0.0.0/24]}", "{cidrs: [10.0.0.0/24]}"),
                cidr("a second is added", "{cidrs: [10.0.0.0/24]}", "{cidrs: [10.0.0.0/24, 'fd00::/112']}"),
                cidr(
                        "a second before the first",
                        "{cidrs: [10.0.0.0/24]}",
                        "{cidrs: ['fd00::/112', 10.0.0.0/24]}",
                        "spec.cidrs[0] INVALID field is immutable"),
                cidr(
                        "a bad second",
                        "{cidrs: [10.0.0.0/24]}",
                        "{cidrs: [10.0.0.0/24, x]}",
                        "spec.cidrs[1] INVALID must be a valid CIDR"),
                cidr(
                        "the second goes",
                        "{cidrs: [10.0.0.0/24, 'fd00::/112']}",
                        "{cidrs: [10.0.0.0/24]}",
                        "spec.cidrs INVALID field is immutable"),
                cidr(
                        "the second changes",
                        "{cidrs: [10.0.0.0/24, 'fd00::/112']}",
                        "{cidrs: [10.0.0.0/24, 'fd01::/112']}",
                        "spec.cidrs[1] INVALID field is immutable"),
                address("ordinary", null, parent),
                address("no parent", null, "{}", "spec.parentRef REQUIRED"),
                address(
                        "an empty parent",
                        null,
                        "{parentRef: {}}",
                        "spec.parentRef.resource REQUIRED",
                        "spec.parentRef.name REQUIRED"),
                address(
                        "a bad parent",
                        null,
                        "{parentRef: {group: X_, resource: a/b, name: c%, namespace: ..}}",
                        "spec.parentRef.group INVALID",
                        "spec.parentRef.resource INVALID may not contain '/'",
                        "spec.parentRef.name INVALID may not contain '%'",
                        "spec.parentRef.namespace INVALID may not be '..'"),
                address("nothing changes", parent, parent),
                address(
                        "another parent",
                        parent,
                        "{parentRef: {resource: services, namespace: a, name: c}}",
                        "spec.parentRef INVALID field is immutable"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void rule(Row row) {
        Definition rules = Definitions.of("networking.k8s.io", row.kind());
        Map<String, Object> now = object(row.kind(), row.now());
        Rows.check(
                row.old() == null
                        ? rules.validateCreate(now, NETWORK)
                        : rules.validateUpdate(now, object(row.kind(), row.old()), NETWORK),
                row.expected());
    }

    static Stream<Row> names() {
        return Stream.of(
                address("10.0.0.1", null, ""),
                address("fd00::1", null, ""),
                address("FD00::1", null, "", "metadata.name INVALID must be an IP address in canonical form"),
                address("010.0.0.1", null, "", "metadata.name INVALID must be a valid IP address"),
                address("web", null, "", "metadata.name INVALID must be a valid IP address"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void name(Row row) {
        Map<String, Object> object = object("IPAddress", "{parentRef: {resource: services, name: b}}");
        object.put("metadata", Flow.of("{name: '" + row.what() + "'}"));
        Rows.check(Definitions.of("networking.k8s.io", "IPAddress").validateCreate(object, NETWORK), row.expected());
    }

    private static Map<String, Object> object(String kind, String spec) {
        String name = kind.equals("IPAddress") ? "10.0.0.9" : "one";
        return Flow.of("{metadata: {name: " + name + ", resourceVersion: '1'}, spec: " + spec + "}");
    }
}
