// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kinds with few rules, and what all kinds share. */
class DefinitionsTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"));
    private static final Definition SLICE = Definitions.of("discovery.k8s.io", "EndpointSlice");
    private static final Definition ENDPOINTS = Definitions.of("", "Endpoints");

    static Stream<List<String>> slices() {
        return Stream.of(
                List.of("{addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{port: 80}]}"),
                List.of("{}", "addressType REQUIRED"),
                List.of(
                        "{addressType: IPX}",
                        "addressType NOT_SUPPORTED supported values: \"FQDN\", \"IPv4\", \"IPv6\""),
                List.of(
                        "{addressType: IPv4, endpoints: [{addresses: []}]}",
                        "endpoints[0].addresses REQUIRED must contain at least 1 address"),
                List.of(
                        "{addressType: IPv4, endpoints: [{addresses: ['fd00::1', x, 127.0.0.1, 0.0.0.0]}]}",
                        "endpoints[0].addresses INVALID must be an IPv4 address",
                        "endpoints[0].addresses[1] INVALID must be a valid IP address",
                        "endpoints[0].addresses[2] INVALID may not be in the loopback range",
                        "endpoints[0].addresses[3] INVALID may not be unspecified"),
                List.of(
                        "{addressType: IPv6, endpoints: [{addresses: ['fd00::1', 'FD00:0::1']}]}",
                        "endpoints[0].addresses[1] INVALID must be in canonical form (\"fd00::1\")"),
                List.of("{addressType: FQDN, endpoints: [{addresses: [a.example]}]}"),
                List.of(
                        "{addressType: FQDN, endpoints: [{addresses: [local]}]}",
                        "endpoints[0].addresses[0] INVALID should be a domain with at least two segments"),
                List.of("{addressType: IPv4, ports: [{port: 1}, {port: 2}]}", "ports[1].name DUPLICATE"),
                List.of(
                        "{addressType: IPv4, ports: [{name: A, protocol: X, port: 99999}]}",
                        "ports[0].name INVALID",
                        "ports[0].protocol NOT_SUPPORTED"),
                List.of(
                        "{addressType: IPv4, endpoints: [{addresses: [10.0.0.1], hostname: a.b, nodeName: A,"
                                + " hints: {forZones: [{name: a}, {name: a}]}}]}",
                        "endpoints[0].hostname INVALID",
                        "endpoints[0].nodeName INVALID",
                        "endpoints[0].hints.forZones[1].name DUPLICATE"));
    }

    @ParameterizedTest
    @MethodSource("slices")
    void judgesSlices(List<String> row) {
        Rows.check(SLICE.validateCreate(object(SLICE, row.getFirst()), NETWORK), row.subList(1, row.size()));
    }

    @Test
    void judgesOnlyWhatChangedInASlice() {
        Map<String, Object> old = object(SLICE, "{addressType: IPv4, endpoints: [{addresses: [127.0.0.1]}]}");
        assertThat(SLICE.validateUpdate(old, old, NETWORK)).isEmpty();
        Map<String, Object> other = object(SLICE, "{addressType: IPv6, endpoints: [{addresses: [127.0.0.1]}]}");
        Rows.check(SLICE.validateUpdate(other, old, NETWORK), List.of("addressType INVALID field is immutable"));
    }

    @Test
    void aSlicesGenerationFollowsItsLabelsToo() {
        Map<String, Object> old = SLICE.forCreate(object(SLICE, "{addressType: IPv4}"));
        Draft labelled = Draft.copyOf(old);
        labelled.child("metadata").child("labels").set("a", "b");
        assertThat(new Tree(SLICE.forUpdate(labelled.tree(), old))
                        .tree("metadata")
                        .whole("generation", 0))
                .isEqualTo(2);
        assertThat(new Tree(SLICE.forUpdate(old, old)).tree("metadata").whole("generation", 0))
                .isEqualTo(1);
    }

    static Stream<List<String>> endpoints() {
        return Stream.of(
                List.of("{subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}"),
                List.of("{subsets: [{ports: [{port: 80}]}]}", "subsets[0] REQUIRED must specify `addresses` or"),
                List.of(
                        "{subsets: [{addresses: [{ip: 127.0.0.1, hostname: a.b}], ports: [{port: 0}, {port: 1, name: a}]}]}",
                        "subsets[0].addresses[0].ip INVALID may not be in the loopback range",
                        "subsets[0].addresses[0].hostname INVALID",
                        "subsets[0].ports[0].name REQUIRED",
                        "subsets[0].ports[0].port INVALID"));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void judgesEndpoints(List<String> row) {
        Rows.check(ENDPOINTS.validateCreate(object(ENDPOINTS, row.getFirst()), NETWORK), row.subList(1, row.size()));
    }

    @Test
    void aNamespaceBeginsActiveAndHeld() {
        Definition namespace = Definitions.of("", "Namespace");
        Map<String, Object> created = namespace.forCreate(namespace.defaulted(Flow.of("{metadata: {name: shop}}")));
        assertThat(created)
                .containsEntry("spec", Flow.of("{finalizers: [kubernetes]}"))
                .containsEntry("status", Flow.of("{phase: Active}"));
        assertThat(new Tree(created).tree("metadata").textMap("labels"))
                .containsEntry("kubernetes.io/metadata.name", "shop");
        assertThat(namespace.forUpdate(Flow.of("{metadata: {name: shop}}"), created))
                .containsEntry("spec", created.get("spec"));
        Rows.check(
                namespace.validateCreate(Flow.of("{metadata: {name: Shop}}"), NETWORK),
                List.of("metadata.name INVALID a lowercase RFC 1123 label"));
    }

    @Test
    void aNodeKeepsTheStatusItIsRegisteredWith() {
        Definition node = Definitions.of("", "Node");
        Map<String, Object> registered = Flow.of("{metadata: {name: a}, status: {phase: x}}");
        assertThat(node.forCreate(registered)).isEqualTo(registered);
        Rows.check(
                node.validateCreate(
                        Flow.of("{metadata: {name: a}, spec: {podCIDRs: [10.0.0.1/8], taints: [{key: k, effect: X}]}}"),
                        NETWORK),
                List.of("spec.podCIDRs[0] INVALID", "spec.taints[0].effect NOT_SUPPORTED"));
    }

    @Test
    void aSecretsTextIsStoredEncoded() {
        Definition secret = Definitions.of("", "Secret");
        assertThat(secret.defaulted(Flow.of("{stringData: {a: b}}")))
                .isEqualTo(Flow.of("{type: Opaque, data: {a: 'Yg=='}}"));
        Map<String, Object> old = Flow.of("{metadata: {name: a}, type: Opaque, immutable: true, data: {a: 'Yg=='}}");
        Map<String, Object> changed = Flow.of("{metadata: {name: a}, type: x, immutable: true, data: {'a/b': ''}}");
        Rows.check(
                secret.validateUpdate(changed, old, NETWORK),
                List.of(
                        "data[a/b] INVALID a valid config key",
                        "type INVALID",
                        "data FORBIDDEN field is immutable when"));
    }

    @Test
    void judgesMetadataOfEveryKind() {
        Definition any = Definitions.of("rbac.authorization.k8s.io", "Role");
        Rows.check(any.validateCreate(Flow.of("{metadata: {}}"), NETWORK), List.of("metadata.name REQUIRED"));
        Rows.check(any.validateCreate(Flow.of("{metadata: {name: 'a:b'}}"), NETWORK), List.of());
        Rows.check(
                any.validateCreate(
                        Flow.of("{metadata: {name: 'a/b', namespace: X, labels: {'-': 'a b'}, annotations: {'A/B': x,"
                                + " '': x}, finalizers: [orphan, foregroundDeletion, 'a b'], ownerReferences: [{controller: true,"
                                + " kind: K, name: n, uid: u, apiVersion: v1}, {controller: true}]}}"),
                        NETWORK),
                List.of(
                        "metadata.name INVALID may not contain '/'",
                        "metadata.namespace INVALID",
                        "metadata.labels INVALID name part must consist",
                        "metadata.labels INVALID a valid label must be an empty string or",
                        "metadata.annotations INVALID name part must be non-empty",
                        "metadata.annotations INVALID name part must consist",
                        "metadata.finalizers INVALID name part must consist",
                        "metadata.finalizers INVALID finalizer orphan and foregroundDeletion cannot be both set",
                        "metadata.ownerReferences.apiVersion INVALID version must not be empty",
                        "metadata.ownerReferences.kind INVALID",
                        "metadata.ownerReferences.name INVALID",
                        "metadata.ownerReferences.uid INVALID",
                        "metadata.ownerReferences INVALID Only one reference can have Controller set to true"));
    }

    @Test
    void limitsAnnotationsTogether() {
        Map<String, Object> large = Flow.of("{metadata: {name: a, annotations: {}}}");
        String half = "x".repeat(128 * 1024 - 1);
        Draft draft = Draft.copyOf(large);
        draft.child("metadata").child("annotations").set("a", half).set("b", half);
        Definition any = Definitions.of("", "ConfigMap");
        assertThat(any.validateCreate(draft.tree(), NETWORK)).isEmpty();
        draft.child("metadata").child("annotations").set("c", "");
        Rows.check(
                any.validateCreate(draft.tree(), NETWORK),
                List.of("metadata.annotations TOO_LONG may not be more than 262144 bytes"));
    }

    @Test
    void keepsWhatTheServerOwnsInMetadata() {
        Definition any = Definitions.of("", "ConfigMap");
        Map<String, Object> old = Flow.of("{metadata: {name: a, uid: u, creationTimestamp: t, deletionTimestamp: d,"
                + " deletionGracePeriodSeconds: 0, finalizers: [a/b]}}");
        Map<String, Object> updated = any.forUpdate(Flow.of("{metadata: {name: a, finalizers: [a/b]}}"), old);
        assertThat(updated).isEqualTo(old);
        Map<String, Object> forged =
                any.forUpdate(Flow.of("{metadata: {name: b, uid: v, finalizers: [a/b, c/d]}}"), old);
        Rows.check(
                any.validateUpdate(forged, old, NETWORK),
                List.of(
                        "metadata.name INVALID field is immutable",
                        "metadata.uid INVALID field is immutable",
                        "metadata.finalizers FORBIDDEN no new finalizers can be added if the object is being deleted,"
                                + " found new finalizers []string{\"c/d\"}"));
    }

    @Test
    void writesMessagesAsClientsKnowThem() {
        assertThat(Invalid.invalid("spec.ports[0].port", 70000L, "must be between 1 and 65535, inclusive"))
                .hasToString("spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive");
        assertThat(Invalid.duplicate("spec.ports[1]", Flow.of("{protocol: TCP, port: 80}")))
                .hasToString("spec.ports[1]: Duplicate value: {\"protocol\":\"TCP\",\"port\":80}");
        assertThat(Invalid.notSupported("spec.type", "a\"b\n", List.of("x", "y")))
                .hasToString("spec.type: Unsupported value: \"a\\\"b\\n\": supported values: \"x\", \"y\"");
        assertThat(Invalid.required("spec.ports", "")).hasToString("spec.ports: Required value");
    }

    @ParameterizedTest
    @CsvSource({"Service,true", "Endpoints,true", "Pod,false", "Namespace,false"})
    void knowsWhatAPutMayCreate(String kind, boolean create) {
        assertThat(Definitions.of("", kind).traits().createOnUpdate()).isEqualTo(create);
    }

    /** Each of these once took time with the square of its length; a body may have 3 MiB. */
    @Test
    @Timeout(10)
    void judgesLargeObjectsInReasonableTime() {
        StringBuilder ports = new StringBuilder("{spec: {type: NodePort, ports: [");
        StringBuilder finalizers = new StringBuilder("{metadata: {name: a, finalizers: [");
        StringBuilder owners = new StringBuilder("{metadata: {name: a, ownerReferences: [");
        for (int i = 1; i <= 60_000; i++) {
            ports.append("{port: -").append(i).append("},");
            finalizers.append("a/f").append(i).append(',');
            owners.append("{controller: true, name: n").append(i).append("},");
        }
        Definition service = Definitions.of("", "Service");
        assertThat(service.validateCreate(service.defaulted(Flow.of(ports + "]}}")), NETWORK))
                .hasSizeGreaterThan(60_000);
        Map<String, Object> many = Flow.of(finalizers + "], deletionTimestamp: t}}");
        assertThat(service.validateUpdate(many, many, NETWORK))
                .noneMatch(error -> error.path().startsWith("metadata"));
        assertThat(service.validateCreate(Flow.of(owners + "]}}"), NETWORK)).hasSizeLessThan(20);
    }

    @Test
    void anIpAddressIsNamedByItsAddress() {
        Definition address = Definitions.of("networking.k8s.io", "IPAddress");
        String spec = ", spec: {parentRef: {resource: services, namespace: a, name: b}}}";
        assertThat(address.validateCreate(Flow.of("{metadata: {name: 'fd00::1'}" + spec), NETWORK))
                .isEmpty();
    }

    private static Map<String, Object> object(Definition definition, String rest) {
        Map<String, Object> object = Flow.of("{metadata: {name: web, namespace: shop}}");
        object.putAll(Flow.of(rest));
        return definition.defaulted(object);
    }
}
