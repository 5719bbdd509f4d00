// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of NetworkPolicies, one row each. */
class NetworkPolicyDefinitionTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final Definition RULES = Definitions.of("networking.k8s.io", "NetworkPolicy");

    /** @param old null at creation */
    record Row(String old, String now, List<String> expected) {
        @Override
        public String toString() {
            return now + (old == null ? "" : " in place of " + old);
        }
    }

    private static Row row(String spec, String... expected) {
        return new Row(null, spec, List.of(expected));
    }

    private static Row port(String port, String... expected) {
        return row("{ingress: [{ports: [" + port + "]}]}", expected);
    }

    private static Row peer(String peer, String... expected) {
        return row("{egress: [{to: [" + peer + "]}]}", expected);
    }

    static Stream<Row> rows() {
        String port = "spec.ingress[0].ports[0]";
        String peer = "spec.egress[0].to[0]";
        return Stream.of(
                row("{}"),
                row("{ingress: [{}], policyTypes: [Egress, Egress]}"),
                row(
                        "{podSelector: {matchExpressions: [{key: a, operator: In}]}}",
                        "spec.podSelector.matchExpressions[0].values REQUIRED"),
                row(
                        "{policyTypes: [Ingress, Egress, Ingress]}",
                        "spec.policyTypes INVALID may not specify more than two policyTypes"),
                row(
                        "{policyTypes: [Both]}",
                        "spec.policyTypes[0] NOT_SUPPORTED supported values: \"Ingress\", \"Egress\""),
                port("{port: 80}"),
                port("{port: http, protocol: UDP}"),
                port("{port: 80, endPort: 90}"),
                port("{protocol: ICMP}", port + ".protocol NOT_SUPPORTED supported values: \"TCP\", \"UDP\", \"SCTP\""),
                port("{port: 0}", port + ".port INVALID must be between 1 and 65535"),
                port("{port: a--b}", port + ".port INVALID must not contain consecutive hyphens"),
                port("{port: 80, endPort: 70}", port + ".endPort INVALID must be greater than or equal to `port`"),
                port("{port: 80, endPort: 70000}", port + ".endPort INVALID must be between 1 and 65535"),
                port(
                        "{port: http, endPort: 70}",
                        port + ".endPort INVALID may not be specified when `port` is non-num"),
                port("{endPort: 70}", port + ".endPort INVALID may not be specified when `port` is not specified"),
                peer("{podSelector: {}}"),
                peer("{podSelector: {}, namespaceSelector: {}}"),
                peer("{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}"),
                peer("{}", peer + " REQUIRED must specify a peer"),
                peer(
                        "{podSelector: {}, ipBlock: {cidr: 'fd00::/8'}}",
                        peer + " FORBIDDEN may not specify both ipBlock and another peer"),
                peer("{ipBlock: {}}", peer + ".ipBlock.cidr REQUIRED"),
                peer("{ipBlock: {cidr: 10.0.0.1/8}}", peer + ".ipBlock.cidr INVALID must not have bits set"),
                peer(
                        "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8, 11.0.0.0/9, x, 'fd00::/16']}}",
                        peer + ".ipBlock.except[0] INVALID must be a strict subset of `cidr`",
                        peer + ".ipBlock.except[1] INVALID must be a strict subset of `cidr`",
                        peer + ".ipBlock.except[2] INVALID must be a valid CIDR value",
                        peer + ".ipBlock.except[3] INVALID must be a strict subset of `cidr`"),
                new Row(
                        "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}",
                        "{egress: [{to: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}",
                        List.of()),
                new Row(
                        "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}",
                        "{egress: [{to: [{ipBlock: {cidr: 10.0.0.2/8}}]}]}",
                        List.of(peer + ".ipBlock.cidr INVALID must not have bits set")));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void rule(Row row) {
        Map<String, Object> now = RULES.defaulted(object(row.now()));
        Rows.check(
                row.old() == null
                        ? RULES.validateCreate(now, NETWORK)
                        : RULES.validateUpdate(now, object(row.old()), NETWORK),
                row.expected());
    }

    @Test
    void defaults() {
        assertThat(RULES.defaulted(object("{}")).get("spec"))
                .isEqualTo(Flow.of("{podSelector: {}, policyTypes: [Ingress]}"));
        assertThat(RULES.defaulted(object("{egress: [{ports: [{port: 1}]}]}")).get("spec"))
                .isEqualTo(Flow.of("{egress: [{ports: [{port: 1, protocol: TCP}]}], podSelector: {},"
                        + " policyTypes: [Ingress, Egress]}"));
        assertThat(RULES.defaulted(object("{egress: [], policyTypes: [Egress]}"))
                        .get("spec"))
                .isEqualTo(Flow.of("{egress: [], podSelector: {}, policyTypes: [Egress]}"));
    }

    @Test
    void generationMovesWithTheSpecification() {
        Map<String, Object> made = RULES.forCreate(RULES.defaulted(object("{}")));
        assertThat(made).doesNotContainKey("status");
        assertThat(generation(RULES.forUpdate(RULES.defaulted(object("{}")), made)))
                .isEqualTo(1);
        assertThat(generation(RULES.forUpdate(RULES.defaulted(object("{ingress: [{}]}")), made)))
                .isEqualTo(2);
    }

    private static long generation(Map<String, Object> object) {
        return new Tree(object).tree("metadata").whole("generation", 0);
    }

    private static Map<String, Object> object(String spec) {
        return Flow.of("{metadata: {name: one}, spec: " + spec + "}");
    }
}
