// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row for every rule: what is written over an ordinary Service, and which errors that makes. */
class ServiceValidationTest {
    private static final ClusterNetwork DUAL = ClusterNetwork.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:10:96::/112"));
    private static final Definition SERVICE = Definitions.of("", "Service");

    record Row(String what, String spec, List<String> expected) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Row row(String what, String spec, String... expected) {
        return new Row(what, spec, List.of(expected));
    }

    static Stream<Row> specs() {
        String long64 = "a".repeat(64);
        return Stream.of(
                row("plain", "{}"),
                row("headless without ports", "{clusterIP: None, ports: []}"),
                row("no ports", "{ports: []}", "spec.ports REQUIRED"),
                row(
                        "headless NodePort",
                        "{type: NodePort, clusterIP: None}",
                        "spec.clusterIPs[0] INVALID may not be set to 'None' for NodePort services"),
                row(
                        "headless LoadBalancer",
                        "{type: LoadBalancer, clusterIP: None}",
                        "spec.clusterIPs[0] INVALID may not be set to 'None' for LoadBalancer services"),
                row("external name", "{type: ExternalName, externalName: db.example.com., ports: []}"),
                row("external name that is an address", "{type: ExternalName, externalName: 1.2.3.4, ports: []}"),
                row("no external name", "{type: ExternalName}", "spec.externalName REQUIRED"),
                row("only a dot", "{type: ExternalName, externalName: .}", "spec.externalName REQUIRED"),
                row("two dots", "{type: ExternalName, externalName: a..}", "spec.externalName INVALID"),
                row("capital external name", "{type: ExternalName, externalName: DB}", "spec.externalName INVALID"),
                row(
                        "external name with an address",
                        "{type: ExternalName, externalName: a, clusterIP: 10.96.0.9, ipFamilies: [IPv4],"
                                + " ipFamilyPolicy: SingleStack}",
                        "spec.clusterIPs FORBIDDEN may not be set for ExternalName services",
                        "spec.ipFamilies FORBIDDEN",
                        "spec.ipFamilyPolicy FORBIDDEN"),
                row(
                        "node port of an external name is not looked at",
                        "{type: ExternalName, externalName: a, ports: [{port: 80, nodePort: 30080}]}"),
                row(
                        "two ports without names",
                        "{ports: [{port: 80}, {port: 81}]}",
                        "spec.ports[0].name REQUIRED",
                        "spec.ports[1].name REQUIRED"),
                row("port name", "{ports: [{port: 80, name: A_b}]}", "spec.ports[0].name INVALID"),
                row(
                        "dotted port name",
                        "{ports: [{port: 80, name: a.b}]}",
                        "spec.ports[0].name INVALID must not contain dots"),
                row(
                        "port name twice",
                        "{ports: [{port: 80, name: a}, {port: 81, name: a}]}",
                        "spec.ports[1].name DUPLICATE"),
                row(
                        "port too high",
                        "{ports: [{port: 70000}]}",
                        "spec.ports[0].port INVALID must be between 1 and 65535, inclusive",
                        "spec.ports[0].targetPort INVALID must be between 1 and 65535, inclusive"),
                row("port 0", "{ports: [{port: 0, targetPort: 1}]}", "spec.ports[0].port INVALID"),
                row(
                        "protocol",
                        "{ports: [{port: 80, protocol: ICMP}]}",
                        "spec.ports[0].protocol NOT_SUPPORTED supported values: \"SCTP\", \"TCP\", \"UDP\""),
                row(
                        "target port number",
                        "{ports: [{port: 80, targetPort: 65536}]}",
                        "spec.ports[0].targetPort INVALID"),
                row(
                        "target port name",
                        "{ports: [{port: 80, targetPort: a--B-}]}",
                        "spec.ports[0].targetPort INVALID must contain only alpha-numeric",
                        "spec.ports[0].targetPort INVALID must not contain consecutive hyphens",
                        "spec.ports[0].targetPort INVALID must not begin or end with a hyphen"),
                row(
                        "target port name without a letter",
                        "{ports: [{port: 80, targetPort: '80'}]}",
                        "spec.ports[0].targetPort INVALID must contain at least one letter"),
                row(
                        "target port name too long",
                        "{ports: [{port: 80, targetPort: abcdefghijklmnop}]}",
                        "spec.ports[0].targetPort INVALID must be no more than 15"),
                row("application protocol", "{ports: [{port: 80, appProtocol: kubernetes.io/h2c}]}"),
                row(
                        "bad application protocol",
                        "{ports: [{port: 80, appProtocol: a/b/c}]}",
                        "spec.ports[0].appProtocol INVALID"),
                row("port twice", "{ports: [{port: 80, name: a}, {port: 80, name: b}]}", "spec.ports[1] DUPLICATE"),
                row("port with two protocols", "{ports: [{port: 80, name: a}, {port: 80, name: b, protocol: UDP}]}"),
                row(
                        "node port on ClusterIP",
                        "{ports: [{port: 80, nodePort: 30080}]}",
                        "spec.ports[0].nodePort FORBIDDEN may not be used when `type` is 'ClusterIP'"),
                row(
                        "node port twice",
                        "{type: NodePort, ports: [{port: 80, name: a, nodePort: 30080},"
                                + " {port: 81, name: b, nodePort: 30080}]}",
                        "spec.ports[1].nodePort DUPLICATE"),
                row(
                        "node port with two protocols",
                        "{type: NodePort, ports: [{port: 80, name: a, nodePort: 30080},"
                                + " {port: 81, name: b, nodePort: 30080, protocol: UDP}]}"),
                row("selector key", "{selector: {'a b': c}}", "spec.selector INVALID name part must consist"),
                row(
                        "selector value",
                        "{selector: {a: " + long64 + "}}",
                        "spec.selector INVALID must be no more than 63"),
                row("affinity", "{sessionAffinity: ClientIP}"),
                row("unknown affinity", "{sessionAffinity: Cookie}", "spec.sessionAffinity NOT_SUPPORTED"),
                row(
                        "affinity for too long",
                        "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}}",
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds INVALID must be greater than 0 and less than 86400"),
                row(
                        "affinity for no time",
                        "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}}",
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds INVALID"),
                row("external address", "{externalIPs: [192.0.2.1]}"),
                row(
                        "external addresses",
                        "{externalIPs: [x, 0.0.0.0, 127.0.0.1, 169.254.1.1, 224.0.0.5, 010.0.0.1, '::ffff:1.2.3.4']}",
                        "spec.externalIPs[0] INVALID must be a valid IP address",
                        "spec.externalIPs[1] INVALID may not be unspecified (0.0.0.0)",
                        "spec.externalIPs[2] INVALID may not be in the loopback range",
                        "spec.externalIPs[3] INVALID may not be in the link-local range",
                        "spec.externalIPs[4] INVALID may not be in the link-local multicast range",
                        "spec.externalIPs[5] INVALID must not have leading 0s",
                        "spec.externalIPs[6] INVALID must not be an IPv4-mapped IPv6 address"),
                row("type", "{type: Magic}", "spec.type NOT_SUPPORTED"),
                row("balanced", "{type: LoadBalancer, loadBalancerSourceRanges: [' 10.0.0.0/8 ']}"),
                row(
                        "source ranges",
                        "{type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1/8, 010.0.0.0/8, 10.0.0.0, x]}",
                        "spec.LoadBalancerSourceRanges[0] INVALID must not have bits set beyond the prefix length",
                        "spec.LoadBalancerSourceRanges[1] INVALID must not have leading 0s in IP",
                        "spec.LoadBalancerSourceRanges[2] INVALID must be a valid CIDR value",
                        "spec.LoadBalancerSourceRanges[3] INVALID must be a valid CIDR value"),
                row(
                        "source ranges without a balancer",
                        "{loadBalancerSourceRanges: [10.0.0.0/8]}",
                        "spec.LoadBalancerSourceRanges FORBIDDEN may only be used when `type` is 'LoadBalancer'"),
                row(
                        "balancer's node ports without a balancer",
                        "{allocateLoadBalancerNodePorts: true}",
                        "spec.allocateLoadBalancerNodePorts FORBIDDEN"),
                row("class without a balancer", "{loadBalancerClass: a/b}", "spec.loadBalancerClass FORBIDDEN"),
                row("class", "{type: LoadBalancer, loadBalancerClass: a//b}", "spec.loadBalancerClass INVALID"),
                row(
                        "external policy of an internal Service",
                        "{externalTrafficPolicy: Cluster}",
                        "spec.externalTrafficPolicy INVALID may only be set for externally-accessible services"),
                row(
                        "external policy with external addresses",
                        "{externalTrafficPolicy: Local, externalIPs: [192.0.2.1]}"),
                row(
                        "unknown external policy",
                        "{type: NodePort, externalTrafficPolicy: Global}",
                        "spec.externalTrafficPolicy NOT_SUPPORTED"),
                row(
                        "health check port of a ClusterIP Service",
                        "{healthCheckNodePort: 30000}",
                        "spec.healthCheckNodePort INVALID may only be set when"),
                row(
                        "health check port missing",
                        "{type: LoadBalancer, externalTrafficPolicy: Local}",
                        "spec.healthCheckNodePort REQUIRED"),
                row(
                        "health check port out of range",
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 65536}",
                        "spec.healthCheckNodePort INVALID must be between"),
                row("internal policy", "{internalTrafficPolicy: Global}", "spec.internalTrafficPolicy NOT_SUPPORTED"),
                row("distribution", "{trafficDistribution: PreferSameNode}"),
                row(
                        "unknown distribution",
                        "{trafficDistribution: Far}",
                        "spec.trafficDistribution NOT_SUPPORTED supported values: \"PreferClose\", \"PreferSameZone\","
                                + " \"PreferSameNode\""),
                row(
                        "only clusterIPs",
                        "{clusterIPs: [10.96.0.9]}",
                        "spec.clusterIPs INVALID must be empty when `clusterIP` is not specified"),
                row(
                        "clusterIPs begin with another",
                        "{clusterIP: 10.96.0.8, clusterIPs: [10.96.0.9]}",
                        "spec.clusterIPs INVALID first value must match `clusterIP`"),
                row(
                        "None among others",
                        "{clusterIP: None, clusterIPs: [None, 10.96.0.9]}",
                        "spec.clusterIPs INVALID 'None' must be the first and only value"),
                row(
                        "None second",
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, None]}",
                        "spec.clusterIPs[1] INVALID must be a valid IP address"),
                row(
                        "three addresses",
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00::1', 10.96.0.10]}",
                        "spec.clusterIPs INVALID may only hold up to 2 values",
                        "spec.clusterIPs INVALID may specify no more than one IP for each IP family"),
                row(
                        "one family twice",
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 10.96.0.10]}",
                        "spec.clusterIPs INVALID may specify no more than one IP for each IP family"),
                row(
                        "malformed address",
                        "{clusterIP: 10.96.0}",
                        "spec.clusterIPs[0] INVALID must be a valid IP address"),
                row(
                        "address of another family",
                        "{clusterIP: 10.96.0.9, ipFamilies: [IPv6]}",
                        "spec.clusterIPs[0] INVALID expected an IPv6 value as indicated by `ipFamilies[0]`"),
                row(
                        "families",
                        "{ipFamilies: [IPv4, IPv4, IPv5]}",
                        "spec.ipFamilies[1] DUPLICATE",
                        "spec.ipFamilies[2] NOT_SUPPORTED"),
                row("policy", "{ipFamilyPolicy: TripleStack}", "spec.ipFamilyPolicy NOT_SUPPORTED"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void judgesNewServices(Row row) {
        Rows.check(SERVICE.validateCreate(service(row.spec), DUAL), row.expected);
    }

    static Stream<List<String>> changes() {
        String plain = "{clusterIP: 10.96.0.9, ipFamilies: [IPv4], ipFamilyPolicy: SingleStack}";
        String dual = "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00::9'], ipFamilies: [IPv4, IPv6],"
                + " ipFamilyPolicy: RequireDualStack}";
        String balanced = "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30001}";
        return Stream.of(
                List.of(plain, plain),
                List.of(
                        plain,
                        "{clusterIP: 10.96.0.8, ipFamilies: [IPv4]}",
                        "spec.clusterIPs[0] INVALID may not change once set"),
                List.of(
                        plain,
                        "{clusterIP: None, ipFamilies: [IPv4]}",
                        "spec.clusterIPs[0] INVALID may not change once set"),
                List.of(
                        "{clusterIP: None, ipFamilies: [IPv4]}",
                        plain,
                        "spec.clusterIPs[0] INVALID may not change once set"),
                List.of("{clusterIP: None, ipFamilies: [IPv4]}", "{clusterIP: None, ipFamilies: [IPv6]}"),
                List.of(
                        dual,
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00::8'], ipFamilies: [IPv4, IPv6]}",
                        "spec.clusterIPs[1] INVALID may not change once set"),
                List.of(
                        dual,
                        "{clusterIP: 10.96.0.9, ipFamilies: [IPv4], ipFamilyPolicy: PreferDualStack}",
                        "spec.ipFamilyPolicy INVALID must be set to 'SingleStack' when releasing the secondary clusterIP",
                        "spec.ipFamilyPolicy INVALID must be set to 'SingleStack' when releasing the secondary ipFamily"),
                List.of(dual, plain),
                List.of(plain, dual),
                List.of(
                        plain,
                        "{clusterIP: 10.96.0.9, ipFamilies: [IPv6]}",
                        "spec.ipFamilies[0] INVALID may not change once set",
                        "spec.clusterIPs[0] INVALID expected an IPv6 value"),
                List.of(balanced, balanced),
                List.of(
                        balanced,
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30002}",
                        "spec.healthCheckNodePort FORBIDDEN field is immutable"),
                List.of(
                        "{type: LoadBalancer}",
                        "{type: LoadBalancer, loadBalancerClass: a/b}",
                        "spec.loadBalancerClass INVALID may not change once set"),
                List.of("{externalIPs: [010.0.0.1]}", "{externalIPs: [010.0.0.1]}"),
                List.of(
                        "{externalIPs: [127.0.0.1]}",
                        "{externalIPs: [127.0.0.1]}",
                        "spec.externalIPs[0] INVALID may not be in the loopback range"),
                List.of(plain, "{type: ExternalName, externalName: a, ports: []}"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void judgesChanges(List<String> change) {
        Map<String, Object> old = service(change.get(0));
        Rows.check(SERVICE.validateUpdate(service(change.get(1)), old, DUAL), change.subList(2, change.size()));
    }

    @Test
    void doesNotJudgeTheNameOfAServiceThatExists() {
        Map<String, Object> odd = service("{}");
        odd.put("metadata", Flow.of("{name: Old_Name, namespace: shop}"));
        assertThat(SERVICE.validateUpdate(odd, odd, DUAL)).isEmpty();
        Rows.check(SERVICE.validateCreate(odd, DUAL), List.of("metadata.name INVALID a lowercase RFC 1123 label"));
    }

    @Test
    void comparesTheTwoTopologyAnnotations() {
        Map<String, Object> service = service("{}");
        service.put(
                "metadata",
                Flow.of("{name: a, annotations: {service.kubernetes.io/topology-mode: Auto,"
                        + " service.kubernetes.io/topology-aware-hints: disabled}}"));
        Rows.check(
                SERVICE.validateCreate(service, DUAL),
                List.of("metadata.annotations[service.kubernetes.io/topology-mode] INVALID must match annotations["));
        assertThat(SERVICE.warnings(service, Map.of()))
                .containsExactly("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use"
                        + " service.kubernetes.io/topology-mode instead");
    }

    static Stream<List<String>> statuses() {
        return Stream.of(
                List.of("LoadBalancer", "{ip: 192.0.2.1, ipMode: VIP}"),
                List.of("LoadBalancer", "{hostname: a.example}"),
                List.of("ClusterIP", "{hostname: a.example}", "status.loadBalancer.ingress FORBIDDEN"),
                List.of("LoadBalancer", "{ip: x, ipMode: VIP}", "status.loadBalancer.ingress[0].ip INVALID"),
                List.of("LoadBalancer", "{ip: 192.0.2.1}", "status.loadBalancer.ingress[0].ipMode REQUIRED"),
                List.of(
                        "LoadBalancer",
                        "{hostname: a, ipMode: VIP}",
                        "status.loadBalancer.ingress[0].ipMode FORBIDDEN"),
                List.of(
                        "LoadBalancer",
                        "{ip: 192.0.2.1, ipMode: Mine}",
                        "status.loadBalancer.ingress[0].ipMode NOT_SUPPORTED"),
                List.of(
                        "LoadBalancer",
                        "{hostname: 192.0.2.1}",
                        "status.loadBalancer.ingress[0].hostname INVALID must be a DNS name, not an IP address"));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void judgesStatuses(List<String> row) {
        Map<String, Object> service = service("{type: " + row.get(0) + "}");
        service.put("status", Flow.of("{loadBalancer: {ingress: [" + row.get(1) + "]}}"));
        Rows.check(SERVICE.validateStatus(service, service, DUAL), row.subList(2, row.size()));
    }

    @Test
    void admitsLoopbackAddressesOfTheClusterOnly() {
        ClusterNetwork network = new ClusterNetwork(
                List.of(Cidr.of("127.5.0.0/18")), PortRange.NODE_PORTS, List.of(Cidr.of("127.5.0.0/16")));
        assertThat(SERVICE.validateCreate(service("{externalIPs: [127.5.64.1]}"), network))
                .isEmpty();
        assertThat(SERVICE.validateCreate(service("{externalIPs: [127.6.64.1]}"), network))
                .hasSize(1);
    }

    static Stream<List<String>> warnings() {
        return Stream.of(
                List.of("{}"),
                List.of(
                        "{clusterIP: 'FD00::1', ipFamilies: [IPv6]}",
                        "spec.clusterIPs[0]: IPv6 address \"FD00::1\" should be in RFC 5952 canonical format (\"fd00::1\")"),
                List.of(
                        "{clusterIP: None, loadBalancerIP: 192.0.2.1, externalIPs: [192.0.2.1], sessionAffinity: ClientIP}",
                        "spec.loadBalancerIP is ignored for headless services",
                        "spec.externalIPs is ignored for headless services",
                        "spec.SessionAffinity is ignored for headless services"),
                List.of("{externalIPs: [192.0.2.1]}", "spec.externalIPs is deprecated"),
                List.of(
                        "{type: ExternalName, externalName: a, externalIPs: [192.0.2.1]}",
                        "spec.externalIPs is ignored when spec.type is \"ExternalName\""),
                List.of("{externalName: a}", "spec.externalName is ignored when spec.type is not \"ExternalName\""),
                List.of(
                        "{trafficDistribution: PreferClose}",
                        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""),
                List.of(
                        "{type: LoadBalancer, loadBalancerSourceRanges: ['FD00::/64']}",
                        "spec.loadBalancerSourceRanges[0]: IPv6 CIDR value \"FD00::/64\" should be in RFC 5952"));
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void warnsOfWhatIsAcceptedButNotWhatItSeems(List<String> row) {
        List<String> warnings = SERVICE.warnings(service(row.getFirst()), Map.of());
        assertThat(warnings).hasSize(row.size() - 1);
        for (int i = 0; i < warnings.size(); i++) {
            assertThat(warnings.get(i)).startsWith(row.get(i + 1));
        }
    }

    /** An ordinary Service with the given fields of its specification instead, defaulted, clusterIPs filled in. */
    static Map<String, Object> service(String spec) {
        Map<String, Object> all = new LinkedHashMap<>(Flow.of("{ports: [{port: 80}]}"));
        all.putAll(Flow.of(spec));
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("metadata", Flow.of("{name: web, namespace: shop}"));
        service.put("spec", all);
        Draft draft = Draft.copyOf(SERVICE.defaulted(service));
        ServiceUpdate.mendNew(draft);
        return draft.tree();
    }
}
