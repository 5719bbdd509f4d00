// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule for Services, as a client meets it: a request goes in, a code and the causes of the refusal come out. A rule is
 * a field and a sort of error; none may be without a row.
 */
class ServiceRulesTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String WEB = SERVICES + "/web";

    private static TestServer server;
    private static Client api;

    /** The rules: which field, which sort of error, on creation, on update or in the status. */
    enum Rule {
        NAME_INVALID,
        TOPOLOGY_ANNOTATIONS_DIFFER,
        PORTS_REQUIRED,
        HEADLESS_WITH_NODE_PORTS,
        EXTERNAL_NAME_WITH_CLUSTER_IPS,
        EXTERNAL_NAME_WITH_FAMILIES,
        EXTERNAL_NAME_WITH_POLICY,
        EXTERNAL_NAME_REQUIRED,
        EXTERNAL_NAME_INVALID,
        PORT_NAME_REQUIRED,
        PORT_NAME_INVALID,
        PORT_NAME_DUPLICATE,
        PORT_INVALID,
        PROTOCOL_NOT_SUPPORTED,
        TARGET_PORT_INVALID,
        APP_PROTOCOL_INVALID,
        PORT_DUPLICATE,
        NODE_PORT_FORBIDDEN,
        NODE_PORT_DUPLICATE,
        NODE_PORT_TAKEN,
        NODE_PORT_OUT_OF_RANGE,
        SELECTOR_INVALID,
        AFFINITY_NOT_SUPPORTED,
        AFFINITY_SECONDS_INVALID,
        EXTERNAL_IP_INVALID,
        TYPE_NOT_SUPPORTED,
        SOURCE_RANGES_FORBIDDEN,
        SOURCE_RANGES_INVALID,
        SOURCE_RANGES_ANNOTATION_FORBIDDEN,
        SOURCE_RANGES_ANNOTATION_INVALID,
        ALLOCATE_NODE_PORTS_FORBIDDEN,
        CLASS_FORBIDDEN,
        CLASS_INVALID,
        CLASS_CHANGED,
        EXTERNAL_POLICY_INVALID,
        EXTERNAL_POLICY_NOT_SUPPORTED,
        HEALTH_CHECK_INVALID,
        HEALTH_CHECK_TAKEN,
        HEALTH_CHECK_CHANGED,
        INTERNAL_POLICY_NOT_SUPPORTED,
        DISTRIBUTION_NOT_SUPPORTED,
        CLUSTER_IPS_WITHOUT_FIRST,
        CLUSTER_IPS_BEGIN_WITH_ANOTHER,
        NONE_AMONG_OTHERS,
        TOO_MANY_CLUSTER_IPS,
        TWO_CLUSTER_IPS_OF_A_FAMILY,
        CLUSTER_IP_INVALID,
        CLUSTER_IP_OF_ANOTHER_FAMILY,
        CLUSTER_IP_TAKEN,
        CLUSTER_IP_OUTSIDE,
        CLUSTER_IP_IN_NO_BLOCK,
        FAMILY_NOT_SUPPORTED,
        FAMILY_DUPLICATE,
        FAMILY_POLICY_NOT_SUPPORTED,
        CLUSTER_IP_CHANGED,
        CLUSTER_IP_TO_HEADLESS,
        HEADLESS_TO_CLUSTER_IP,
        SECOND_CLUSTER_IP_CHANGED,
        SECOND_RELEASED_WITHOUT_SINGLE_STACK,
        FAMILY_CHANGED,
        STATUS_OF_ANOTHER_TYPE,
        STATUS_IP_INVALID,
        STATUS_MODE_WITHOUT_IP,
        STATUS_MODE_NOT_SUPPORTED,
        STATUS_HOSTNAME_INVALID
    }

    /**
     * One row.
     *
     * @param before the spec of the Service that is there; null for a creation
     * @param now the spec that is sent; for an update a merge patch of the spec
     * @param code the HTTP status
     * @param causes for each cause its field, reason and the beginning of its message
     */
    record Row(Rule rule, String before, String now, int code, List<String> causes) {
        @Override
        public String toString() {
            return rule + (before == null ? "" : " " + before) + " " + now;
        }
    }

    private static Row create(Rule rule, String spec, String... causes) {
        return new Row(rule, null, spec, 422, List.of(causes));
    }

    private static Row update(Rule rule, String before, String patch, String... causes) {
        return new Row(rule, before, patch, 422, List.of(causes));
    }

    static Stream<Row> names() {
        return Stream.of(
                create(Rule.NAME_INVALID, "Web", "metadata.name FieldValueInvalid Invalid value: \"Web\": a lowercase"),
                create(
                        Rule.NAME_INVALID,
                        "a.b",
                        "metadata.name FieldValueInvalid Invalid value: \"a.b\": must not contain dots"),
                create(Rule.NAME_INVALID, "-a", "metadata.name FieldValueInvalid"),
                create(Rule.NAME_INVALID, "a".repeat(64), "metadata.name FieldValueInvalid"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void name(Row row) {
        String yaml = "metadata: {name: " + row.now() + "}\nspec: {ports: [{port: 80}]}\n";
        check(api.post(SERVICES, yaml), row);
    }

    @Test
    void names_may_begin_with_a_digit() {
        api.post(SERVICES, "metadata: {name: 2048}\nspec: {ports: [{port: 80}]}\n".replace("2048", "\"2048\""))
                .is(201);
        api.delete(SERVICES + "/2048").is(200);
    }

    static Stream<Row> creations() {
        String onlyBalanced = " FieldValueForbidden Forbidden: may only be used when `type` is 'LoadBalancer'";
        String ips = "spec.clusterIPs FieldValueInvalid Invalid value: ";
        return Stream.of(
                create(Rule.PORTS_REQUIRED, "{ports: []}", "spec.ports FieldValueRequired Required value"),
                create(
                        Rule.HEADLESS_WITH_NODE_PORTS,
                        "{type: NodePort, clusterIP: None}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: \"None\": may not be set to 'None' for NodePort"),
                create(
                        Rule.HEADLESS_WITH_NODE_PORTS,
                        "{type: LoadBalancer, clusterIP: None}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: \"None\": may not be set to 'None' for Load"),
                create(
                        Rule.EXTERNAL_NAME_WITH_CLUSTER_IPS,
                        "{type: ExternalName, externalName: a.example, clusterIP: 10.96.0.9}",
                        "spec.clusterIPs FieldValueForbidden Forbidden: may not be set for ExternalName services"),
                create(
                        Rule.EXTERNAL_NAME_WITH_FAMILIES,
                        "{type: ExternalName, externalName: a.example, ipFamilies: [IPv4]}",
                        "spec.ipFamilies FieldValueForbidden Forbidden: may not be set for ExternalName services"),
                create(
                        Rule.EXTERNAL_NAME_WITH_POLICY,
                        "{type: ExternalName, externalName: a.example, ipFamilyPolicy: SingleStack}",
                        "spec.ipFamilyPolicy FieldValueForbidden Forbidden: may not be set for ExternalName services"),
                create(
                        Rule.EXTERNAL_NAME_REQUIRED,
                        "{type: ExternalName}",
                        "spec.externalName FieldValueRequired Required value"),
                create(
                        Rule.EXTERNAL_NAME_REQUIRED,
                        "{type: ExternalName, externalName: .}",
                        "spec.externalName FieldValueRequired Required value"),
                create(
                        Rule.EXTERNAL_NAME_INVALID,
                        "{type: ExternalName, externalName: a..}",
                        "spec.externalName FieldValueInvalid Invalid value: \"a.\""),
                create(
                        Rule.PORT_NAME_REQUIRED,
                        "{ports: [{port: 80, name: a}, {port: 81}]}",
                        "spec.ports[1].name FieldValueRequired Required value"),
                create(
                        Rule.PORT_NAME_INVALID,
                        "{ports: [{port: 80, name: A}]}",
                        "spec.ports[0].name FieldValueInvalid Invalid value: \"A\""),
                create(
                        Rule.PORT_NAME_DUPLICATE,
                        "{ports: [{port: 80, name: a}, {port: 81, name: a}]}",
                        "spec.ports[1].name FieldValueDuplicate Duplicate value: \"a\""),
                create(
                        Rule.PORT_INVALID,
                        "{ports: [{port: 0, targetPort: 1}]}",
                        "spec.ports[0].port FieldValueInvalid Invalid value: 0: must be between 1 and 65535, inclusive"),
                create(
                        Rule.PORT_INVALID,
                        "{ports: [{port: -5, targetPort: 1}]}",
                        "spec.ports[0].port FieldValueInvalid Invalid value: -5"),
                create(
                        Rule.PROTOCOL_NOT_SUPPORTED,
                        "{ports: [{port: 80, protocol: HTTP}]}",
                        "spec.ports[0].protocol FieldValueNotSupported Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\""),
                create(
                        Rule.TARGET_PORT_INVALID,
                        "{ports: [{port: 80, targetPort: 65536}]}",
                        "spec.ports[0].targetPort FieldValueInvalid Invalid value: 65536: must be between"),
                create(
                        Rule.TARGET_PORT_INVALID,
                        "{ports: [{port: 80, targetPort: a--b}]}",
                        "spec.ports[0].targetPort FieldValueInvalid Invalid value: \"a--b\": must not contain consecutive hyphens"),
                create(
                        Rule.TARGET_PORT_INVALID,
                        "{ports: [{port: 80, targetPort: \"8080\"}]}",
                        "spec.ports[0].targetPort FieldValueInvalid Invalid value: \"8080\": must contain at least one letter"),
                create(
                        Rule.APP_PROTOCOL_INVALID,
                        "{ports: [{port: 80, appProtocol: a/b/c}]}",
                        "spec.ports[0].appProtocol FieldValueInvalid"),
                create(
                        Rule.PORT_DUPLICATE,
                        "{ports: [{port: 80, name: a}, {port: 80, name: b}]}",
                        "spec.ports[1] FieldValueDuplicate Duplicate value: {\"protocol\":\"TCP\",\"port\":80"),
                create(
                        Rule.NODE_PORT_FORBIDDEN,
                        "{ports: [{port: 80, nodePort: 30080}]}",
                        "spec.ports[0].nodePort FieldValueForbidden Forbidden: may not be used when `type` is 'ClusterIP'"),
                create(
                        Rule.NODE_PORT_DUPLICATE,
                        "{type: NodePort, ports: [{port: 80, name: a, nodePort: 30080}, {port: 81, name: b, nodePort: 30080}]}",
                        "spec.ports[1].nodePort FieldValueDuplicate Duplicate value: 30080"),
                create(
                        Rule.NODE_PORT_OUT_OF_RANGE,
                        "{type: NodePort, ports: [{port: 80, nodePort: 80}]}",
                        "spec.ports[0].nodePort FieldValueInvalid Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"),
                create(
                        Rule.NODE_PORT_OUT_OF_RANGE,
                        "{type: NodePort, ports: [{port: 80, nodePort: -30080}]}",
                        "spec.ports[0].nodePort FieldValueInvalid Invalid value: -30080: provided port is not in"),
                create(
                        Rule.NODE_PORT_TAKEN,
                        "{type: NodePort, ports: [{port: 80, nodePort: 30001}]}",
                        "spec.ports[0].nodePort FieldValueInvalid Invalid value: 30001: provided port is already allocated"),
                create(
                        Rule.NODE_PORT_TAKEN,
                        "{type: NodePort, ports: [{port: 80, name: a, nodePort: 30093}, {port: 81, name: b, nodePort: 30093, protocol: UDP}]}",
                        "spec.ports[1].nodePort FieldValueInvalid Invalid value: 30093: provided port is already allocated"),
                create(
                        Rule.SELECTOR_INVALID,
                        "{selector: {'a b': c}}",
                        "spec.selector FieldValueInvalid Invalid value: \"a b\""),
                create(
                        Rule.SELECTOR_INVALID,
                        "{selector: {a: 'b c'}}",
                        "spec.selector FieldValueInvalid Invalid value: \"b c\""),
                create(
                        Rule.AFFINITY_NOT_SUPPORTED,
                        "{sessionAffinity: Cookie}",
                        "spec.sessionAffinity FieldValueNotSupported Unsupported value: \"Cookie\": supported values: \"ClientIP\", \"None\""),
                create(
                        Rule.AFFINITY_SECONDS_INVALID,
                        "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}}",
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds FieldValueInvalid Invalid value: 0: must be greater than 0"),
                create(
                        Rule.AFFINITY_SECONDS_INVALID,
                        "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}}",
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds FieldValueInvalid Invalid value: 86401"),
                create(
                        Rule.EXTERNAL_IP_INVALID,
                        "{externalIPs: [x, 0.0.0.0, 127.0.0.1, 169.254.1.1, 224.0.0.5, 010.0.0.1, '::ffff:1.2.3.4', 'ff02::1']}",
                        "spec.externalIPs[0] FieldValueInvalid Invalid value: \"x\": must be a valid IP address",
                        "spec.externalIPs[1] FieldValueInvalid Invalid value: \"0.0.0.0\": may not be unspecified",
                        "spec.externalIPs[2] FieldValueInvalid Invalid value: \"127.0.0.1\": may not be in the loopback",
                        "spec.externalIPs[3] FieldValueInvalid Invalid value: \"169.254.1.1\": may not be in the link-local",
                        "spec.externalIPs[4] FieldValueInvalid Invalid value: \"224.0.0.5\": may not be in the link-local multicast",
                        "spec.externalIPs[5] FieldValueInvalid Invalid value: \"010.0.0.1\": must not have leading 0s",
                        "spec.externalIPs[6] FieldValueInvalid Invalid value: \"::ffff:1.2.3.4\": must not be an IPv4-mapped",
                        "spec.externalIPs[7] FieldValueInvalid Invalid value: \"ff02::1\": may not be in the link-local multicast"),
                create(
                        Rule.TYPE_NOT_SUPPORTED,
                        "{type: Magic}",
                        "spec.type FieldValueNotSupported Unsupported value: \"Magic\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""),
                create(
                        Rule.SOURCE_RANGES_FORBIDDEN,
                        "{loadBalancerSourceRanges: [10.0.0.0/8]}",
                        "spec.LoadBalancerSourceRanges" + onlyBalanced),
                create(
                        Rule.SOURCE_RANGES_INVALID,
                        "{type: LoadBalancer, loadBalancerSourceRanges: [' 10.0.0.0/8 ', 10.0.0.1/8, x, '::ffff:1.2.3.0/120']}",
                        "spec.LoadBalancerSourceRanges[1] FieldValueInvalid Invalid value: \"10.0.0.1/8\": must not have bits set beyond the prefix length",
                        "spec.LoadBalancerSourceRanges[2] FieldValueInvalid Invalid value: \"x\": must be a valid CIDR",
                        "spec.LoadBalancerSourceRanges[3] FieldValueInvalid Invalid value: \"::ffff:1.2.3.0/120\": must not have an IPv4-mapped"),
                create(
                        Rule.ALLOCATE_NODE_PORTS_FORBIDDEN,
                        "{type: NodePort, allocateLoadBalancerNodePorts: true}",
                        "spec.allocateLoadBalancerNodePorts" + onlyBalanced),
                create(Rule.CLASS_FORBIDDEN, "{loadBalancerClass: a/b}", "spec.loadBalancerClass" + onlyBalanced),
                create(
                        Rule.CLASS_INVALID,
                        "{type: LoadBalancer, loadBalancerClass: a//b}",
                        "spec.loadBalancerClass FieldValueInvalid"),
                create(
                        Rule.EXTERNAL_POLICY_INVALID,
                        "{externalTrafficPolicy: Cluster}",
                        "spec.externalTrafficPolicy FieldValueInvalid Invalid value: \"Cluster\": may only be set for externally-accessible services"),
                create(
                        Rule.EXTERNAL_POLICY_NOT_SUPPORTED,
                        "{type: NodePort, externalTrafficPolicy: Global}",
                        "spec.externalTrafficPolicy FieldValueNotSupported Unsupported value: \"Global\": supported values: \"Cluster\", \"Local\""),
                create(
                        Rule.HEALTH_CHECK_INVALID,
                        "{healthCheckNodePort: 30050}",
                        "spec.healthCheckNodePort FieldValueInvalid Invalid value: 30050: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"),
                create(
                        Rule.HEALTH_CHECK_INVALID,
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 65536}",
                        "spec.healthCheckNodePort FieldValueInvalid Invalid value: 65536: must be between"),
                new Row(
                        Rule.HEALTH_CHECK_TAKEN,
                        null,
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30001}",
                        500,
                        List.of(
                                "  failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated")),
                new Row(
                        Rule.HEALTH_CHECK_TAKEN,
                        null,
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 8080}",
                        500,
                        List.of(
                                "  failed to allocate requested HealthCheck NodePort 8080: provided port is not in the valid range")),
                create(
                        Rule.INTERNAL_POLICY_NOT_SUPPORTED,
                        "{internalTrafficPolicy: Global}",
                        "spec.internalTrafficPolicy FieldValueNotSupported Unsupported value: \"Global\": supported values: \"Cluster\", \"Local\""),
                create(
                        Rule.INTERNAL_POLICY_NOT_SUPPORTED,
                        "{type: ExternalName, externalName: a, internalTrafficPolicy: Global}",
                        "spec.internalTrafficPolicy FieldValueNotSupported"),
                create(
                        Rule.DISTRIBUTION_NOT_SUPPORTED,
                        "{trafficDistribution: Far}",
                        "spec.trafficDistribution FieldValueNotSupported Unsupported value: \"Far\": supported values: \"PreferClose\", \"PreferSameZone\", \"PreferSameNode\""),
                create(
                        Rule.CLUSTER_IPS_WITHOUT_FIRST,
                        "{clusterIPs: [10.96.0.9]}",
                        ips + "[\"10.96.0.9\"]: must be empty when `clusterIP` is not specified"),
                create(
                        Rule.CLUSTER_IPS_BEGIN_WITH_ANOTHER,
                        "{clusterIP: 10.96.0.8, clusterIPs: [10.96.0.9]}",
                        ips + "[\"10.96.0.9\"]: first value must match `clusterIP`"),
                create(
                        Rule.NONE_AMONG_OTHERS,
                        "{clusterIP: None, clusterIPs: [None, 10.96.0.9]}",
                        ips + "[\"None\",\"10.96.0.9\"]: 'None' must be the first and only value"),
                create(
                        Rule.TOO_MANY_CLUSTER_IPS,
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00:10:96::9', 10.96.0.10]}",
                        ips + "[\"10.96.0.9\",\"fd00:10:96::9\",\"10.96.0.10\"]: may only hold up to 2 values",
                        ips
                                + "[\"10.96.0.9\",\"fd00:10:96::9\",\"10.96.0.10\"]: may specify no more than one IP for each"),
                create(
                        Rule.TWO_CLUSTER_IPS_OF_A_FAMILY,
                        "{ipFamilyPolicy: RequireDualStack, clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 10.96.0.10]}",
                        ips + "[\"10.96.0.9\",\"10.96.0.10\"]: may specify no more than one IP for each IP family"),
                create(
                        Rule.CLUSTER_IP_INVALID,
                        "{clusterIP: 10.96.0}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: \"10.96.0\": must be a valid IP address"),
                create(
                        Rule.CLUSTER_IP_INVALID,
                        "{clusterIP: 010.096.0.9}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: \"010.096.0.9\": must not have leading 0s"),
                create(
                        Rule.CLUSTER_IP_OF_ANOTHER_FAMILY,
                        "{clusterIP: 10.96.0.9, ipFamilies: [IPv6]}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: \"10.96.0.9\": expected an IPv6 value as indicated by `ipFamilies[0]`"),
                create(
                        Rule.CLUSTER_IP_TAKEN,
                        "{clusterIP: 10.96.0.7}",
                        ips + "[\"10.96.0.7\"]: failed to allocate IP 10.96.0.7: provided IP is already allocated"),
                create(
                        Rule.CLUSTER_IP_OUTSIDE,
                        "{clusterIP: 10.96.0.0}",
                        ips
                                + "[\"10.96.0.0\"]: failed to allocate IP 10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/16"),
                create(
                        Rule.CLUSTER_IP_OUTSIDE,
                        "{clusterIP: 10.96.255.255}",
                        ips + "[\"10.96.255.255\"]: failed to allocate IP 10.96.255.255: the provided IP"),
                create(
                        Rule.CLUSTER_IP_IN_NO_BLOCK,
                        "{clusterIP: 10.97.0.1}",
                        ips
                                + "[\"10.97.0.1\"]: failed to allocate IP 10.97.0.1: the provided network does not match the current range"),
                create(
                        Rule.FAMILY_NOT_SUPPORTED,
                        "{ipFamilies: [IPv5]}",
                        "spec.ipFamilies[0] FieldValueNotSupported Unsupported value: \"IPv5\": supported values: \"IPv4\", \"IPv6\""),
                create(
                        Rule.FAMILY_DUPLICATE,
                        "{ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv4]}",
                        "spec.ipFamilies[1] FieldValueDuplicate Duplicate value: \"IPv4\""),
                create(
                        Rule.FAMILY_POLICY_NOT_SUPPORTED,
                        "{ipFamilyPolicy: TripleStack}",
                        "spec.ipFamilyPolicy FieldValueNotSupported Unsupported value: \"TripleStack\": supported values: \"PreferDualStack\", \"RequireDualStack\", \"SingleStack\""));
    }

    @ParameterizedTest
    @MethodSource("creations")
    void creation(Row row) {
        long revision = server.store().revision();
        check(api.post(SERVICES, service(row.now())), row);
        assertThat(server.store().revision())
                .as("nothing is left of what was refused")
                .isEqualTo(revision);
    }

    static Stream<Row> annotations() {
        String ranges = "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges] ";
        return Stream.of(
                create(
                        Rule.TOPOLOGY_ANNOTATIONS_DIFFER,
                        "annotations: {service.kubernetes.io/topology-mode: Auto, service.kubernetes.io/topology-aware-hints: disabled}}\nspec: {",
                        "metadata.annotations[service.kubernetes.io/topology-mode] FieldValueInvalid Invalid value: \"Auto\": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"),
                create(
                        Rule.SOURCE_RANGES_ANNOTATION_FORBIDDEN,
                        "annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8}}\nspec: {",
                        ranges + "FieldValueForbidden Forbidden: may only be used when `type` is 'LoadBalancer'"),
                create(
                        Rule.SOURCE_RANGES_ANNOTATION_INVALID,
                        "annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: '10.0.0.0/8, x'}}\nspec: {type: LoadBalancer, ",
                        ranges + "FieldValueInvalid Invalid value: \"x\": must be a valid CIDR"));
    }

    @ParameterizedTest
    @MethodSource("annotations")
    void annotation(Row row) {
        check(api.post(SERVICES, "metadata: {name: web, " + row.now() + "ports: [{port: 80}]}\n"), row);
    }

    static Stream<Row> updates() {
        String dual = "{ipFamilyPolicy: RequireDualStack}";
        return Stream.of(
                update(
                        Rule.CLUSTER_IP_CHANGED,
                        "{clusterIP: 10.96.0.20}",
                        "{clusterIP: 10.96.0.21}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: [\"10.96.0.21\"]: may not change once set"),
                update(
                        Rule.CLUSTER_IP_TO_HEADLESS,
                        "{clusterIP: 10.96.0.20}",
                        "{clusterIP: None}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: [\"None\"]: may not change once set"),
                update(
                        Rule.HEADLESS_TO_CLUSTER_IP,
                        "{clusterIP: None}",
                        "{clusterIP: 10.96.0.20}",
                        "spec.clusterIPs[0] FieldValueInvalid Invalid value: [\"10.96.0.20\"]: may not change once set"),
                update(
                        Rule.SECOND_CLUSTER_IP_CHANGED,
                        "{ipFamilyPolicy: RequireDualStack, clusterIP: 10.96.0.20, clusterIPs: [10.96.0.20, 'fd00:10:96::20']}",
                        "{clusterIPs: [10.96.0.20, 'fd00:10:96::21']}",
                        "spec.clusterIPs[1] FieldValueInvalid Invalid value: [\"10.96.0.20\",\"fd00:10:96::21\"]: may not change once set"),
                update(
                        Rule.SECOND_RELEASED_WITHOUT_SINGLE_STACK,
                        "{ipFamilyPolicy: RequireDualStack, clusterIP: 10.96.0.20, clusterIPs: [10.96.0.20, 'fd00:10:96::20']}",
                        "{clusterIPs: [10.96.0.20]}",
                        "spec.ipFamilyPolicy FieldValueInvalid Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary cluster IP"),
                update(
                        Rule.SECOND_RELEASED_WITHOUT_SINGLE_STACK,
                        dual,
                        "{ipFamilies: [IPv4]}",
                        "spec.ipFamilyPolicy FieldValueInvalid Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary IP family"),
                update(
                        Rule.FAMILY_CHANGED,
                        dual,
                        "{ipFamilies: [IPv6, IPv4]}",
                        "spec.clusterIPs[0] FieldValueInvalid",
                        "spec.clusterIPs[1] FieldValueInvalid"),
                update(
                        Rule.FAMILY_CHANGED,
                        "{ipFamilyPolicy: SingleStack}",
                        "{ipFamilies: [IPv6]}",
                        "spec.clusterIPs[0] FieldValueInvalid"),
                update(
                        Rule.CLASS_CHANGED,
                        "{type: LoadBalancer, loadBalancerClass: a/b}",
                        "{loadBalancerClass: a/c}",
                        "spec.loadBalancerClass FieldValueInvalid Invalid value: \"a/c\": may not change once set"),
                update(
                        Rule.CLASS_CHANGED,
                        "{type: LoadBalancer}",
                        "{loadBalancerClass: a/c}",
                        "spec.loadBalancerClass FieldValueInvalid Invalid value: \"a/c\": may not change once set"),
                update(
                        Rule.CLASS_CHANGED,
                        "{type: LoadBalancer, loadBalancerClass: a/b}",
                        "{loadBalancerClass: null}",
                        "spec.loadBalancerClass FieldValueInvalid Invalid value: null: may not change once set"),
                update(
                        Rule.HEALTH_CHECK_CHANGED,
                        "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30040}",
                        "{healthCheckNodePort: 30041}",
                        "spec.healthCheckNodePort FieldValueForbidden Forbidden: field is immutable"),
                update(
                        Rule.NODE_PORT_TAKEN,
                        "{type: NodePort}",
                        "{ports: [{port: 80, nodePort: 30001}]}",
                        "spec.ports[0].nodePort FieldValueInvalid Invalid value: 30001: provided port is already allocated"),
                update(
                        Rule.CLUSTER_IP_TAKEN,
                        "{type: ExternalName, externalName: a.example}",
                        "{type: ClusterIP, clusterIP: 10.96.0.7}",
                        "spec.clusterIPs FieldValueInvalid Invalid value: [\"10.96.0.7\"]: failed to allocate IP 10.96.0.7: provided IP is already allocated"),
                update(
                        Rule.EXTERNAL_NAME_REQUIRED,
                        "{}",
                        "{type: ExternalName}",
                        "spec.externalName FieldValueRequired Required value"),
                update(
                        Rule.EXTERNAL_NAME_WITH_CLUSTER_IPS,
                        "{}",
                        "{type: ExternalName, externalName: a, clusterIP: 10.96.0.33, clusterIPs: [10.96.0.33]}",
                        "spec.clusterIPs FieldValueForbidden"),
                update(
                        Rule.NODE_PORT_FORBIDDEN,
                        "{type: NodePort, ports: [{port: 80, nodePort: 30060}]}",
                        "{type: ClusterIP, ports: [{port: 80, nodePort: 30061}]}",
                        "spec.ports[0].nodePort FieldValueForbidden Forbidden: may not be used when `type` is 'ClusterIP'"));
    }

    @ParameterizedTest
    @MethodSource("updates")
    void change(Row row) {
        api.post(SERVICES, service(row.before())).is(201);
        try {
            long revision = server.store().revision();
            Tree before = api.get(WEB).tree();
            check(api.merge(WEB, "{\"spec\": " + json(row.now()) + "}"), row);
            assertThat(server.store().revision()).isEqualTo(revision);
            assertThat(api.get(WEB).tree()).isEqualTo(before);
        } finally {
            api.delete(WEB).is(200);
        }
    }

    static Stream<Row> statuses() {
        String balanced = "{type: LoadBalancer}";
        String path = "status.loadBalancer.ingress";
        return Stream.of(
                update(
                        Rule.STATUS_OF_ANOTHER_TYPE,
                        "{}",
                        "{ip: 192.0.2.1, ipMode: VIP}",
                        path + " FieldValueForbidden Forbidden: may only be used when `spec.type` is LoadBalancer"),
                update(
                        Rule.STATUS_IP_INVALID,
                        balanced,
                        "{ip: 192.0.2.256, ipMode: VIP}",
                        path + "[0].ip FieldValueInvalid Invalid value: \"192.0.2.256\": must be a valid IP address"),
                update(
                        Rule.STATUS_MODE_WITHOUT_IP,
                        balanced,
                        "{hostname: a.example, ipMode: VIP}",
                        path + "[0].ipMode FieldValueForbidden Forbidden: may not be specified when `ip` is not set"),
                update(
                        Rule.STATUS_MODE_NOT_SUPPORTED,
                        balanced,
                        "{ip: 192.0.2.1, ipMode: Direct}",
                        path
                                + "[0].ipMode FieldValueNotSupported Unsupported value: \"Direct\": supported values: \"Proxy\", \"VIP\""),
                update(
                        Rule.STATUS_HOSTNAME_INVALID,
                        balanced,
                        "{hostname: A_b}",
                        path + "[0].hostname FieldValueInvalid Invalid value: \"A_b\""),
                update(
                        Rule.STATUS_HOSTNAME_INVALID,
                        balanced,
                        "{hostname: 192.0.2.1}",
                        path
                                + "[0].hostname FieldValueInvalid Invalid value: \"192.0.2.1\": must be a DNS name, not an IP address"));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void status(Row row) {
        api.post(SERVICES, service(row.before())).is(201);
        try {
            String patch = "{\"status\": {\"loadBalancer\": {\"ingress\": [" + json(row.now()) + "]}}}";
            check(api.merge(WEB + "/status", patch), row);
        } finally {
            api.delete(WEB).is(200);
        }
    }

    @Test
    void every_rule_has_a_row() {
        Set<Rule> seen = Stream.of(names(), creations(), annotations(), updates(), statuses())
                .flatMap(rows -> rows)
                .map(Row::rule)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Rule.class)));
        assertThat(EnumSet.complementOf(EnumSet.copyOf(seen))).isEmpty();
    }

    private static void check(Client.Answer answer, Row row) {
        assertThat(answer.status()).as("%s", answer.tree().fields()).isEqualTo(row.code());
        assertThat(answer.tree().text("reason")).isEqualTo(row.code() == 422 ? "Invalid" : "InternalError");
        List<Tree> causes = answer.tree().tree("details").trees("causes");
        List<String> lines = new ArrayList<>();
        for (Tree cause : causes) {
            lines.add(cause.text("field", "") + " " + cause.text("reason", "") + " " + cause.text("message", ""));
            assertThat(answer.message()).contains(cause.text("message", ""));
        }
        assertThat(lines).as("%s", row).hasSameSizeAs(row.causes());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).startsWith(row.causes().get(i));
        }
    }

    /** An ordinary Service with {@code spec} written over it. */
    static String service(String spec) {
        Map<String, Object> merged = new LinkedHashMap<>(Yaml.read("{selector: {app: web}, ports: [{port: 80}]}")
                .getFirst()
                .fields());
        merged.putAll(Yaml.read(spec).getFirst().fields());
        return new String(
                Json.write(Map.of("metadata", Map.of("name", "web"), "spec", merged)),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    /** YAML's short form as JSON, with {@code null} kept, which a reading of YAML drops. */
    private static String json(String flow) {
        return flow.replaceAll("'([^']*)'", "\"$1\"")
                .replaceAll("([{,] *)([A-Za-z]+):", "$1\"$2\":")
                .replaceAll(
                        "([:\\[,] *)(?!null)([A-Za-z0-9][A-Za-z0-9./_-]*[A-Za-z_./-][A-Za-z0-9./_-]*|[A-Za-z])(?=[,}\\]])",
                        "$1\"$2\"")
                .replaceAll("([:\\[,] *)([0-9]+\\.[0-9.]+)(?=[,}\\]])", "$1\"$2\"");
    }

    @BeforeAll
    static void start() {
        server = TestServer.with("10.96.0.0/16", "fd00:10:96::/112");
        api = new Client(server.api());
        api.post(
                        SERVICES,
                        "metadata: {name: there}\nspec: {type: NodePort, clusterIP: 10.96.0.7, ports: [{port: 1, nodePort: 30001}]}\n")
                .is(201);
    }

    @AfterAll
    static void stop() {
        server.close();
    }
}
