// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {type: a.b/c}                                                   |
            {type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}}     |
            {type: kubernetes.io/tls}                                       | data[tls.crt] REQUIRED; data[tls.key] REQUIRED
            {type: kubernetes.io/basic-auth, data: {password: ''}}          |
            {type: kubernetes.io/basic-auth}                                | data[username] REQUIRED; data[password] REQUIRED
            {type: kubernetes.io/ssh-auth, stringData: {ssh-privatekey: x}} |
            {type: kubernetes.io/ssh-auth, data: {ssh-privatekey: ''}}      | data[ssh-privatekey] REQUIRED
            {type: kubernetes.io/service-account-token}                     | metadata.annotations[kubernetes.io/service-account.name] REQUIRED
            {type: kubernetes.io/service-account-token, metadata: {name: s, annotations: {kubernetes.io/service-account.name: a}}} |
            {type: kubernetes.io/dockercfg}                                 | data[.dockercfg] REQUIRED
            {type: kubernetes.io/dockercfg, stringData: {.dockercfg: '{}'}} |
            {type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: x}} | data[.dockerconfigjson] INVALID invalid character 'x' looking for beginning of value
            """)
    void aSecretHoldsWhatItsTypeNeeds(String given, @Nullable String wrong) {
        Definition secret = Definitions.of("", "Secret");
        Map<String, Object> object = object(secret, given);
        List<String> errors = wrong == null ? List.of() : List.of(wrong.split("; "));
        Rows.check(secret.validateCreate(object, NETWORK), errors);
        Rows.check(secret.validateUpdate(object, object, NETWORK), errors);
    }

    @Test
    void whatASecretHoldsIsNotTold() {
        Definition secret = Definitions.of("", "Secret");
        Map<String, Object> object =
                object(secret, "{type: kubernetes.io/dockercfg, stringData: {.dockercfg: '[secret]'}}");
        assertThat(secret.validateCreate(object, NETWORK))
                .extracting(Invalid::toString)
                .containsExactly(
                        "data[.dockercfg]: Invalid value: \"<secret contents redacted>\": invalid character 's'"
                                + " looking for beginning of value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"auths": {"a": {"b": [1, -0.5e+3, true, false, null, "\\u00fF\\n"], "c": {}}}} |
            null                |
            ` \t{}\r\n`      |
            ``                  | unexpected end of JSON input
            {                   | unexpected end of JSON input
            {"a                 | unexpected end of JSON input
            {"a":tru            | unexpected end of JSON input
            [1]                 | json: cannot unmarshal array into Go value of type map[string]interface {}
            "a"                 | json: cannot unmarshal string into Go value of type map[string]interface {}
            true                | json: cannot unmarshal bool into Go value of type map[string]interface {}
            -1                  | json: cannot unmarshal number into Go value of type map[string]interface {}
            {} {}               | invalid character '{' after top-level value
            {a: 1}              | invalid character 'a' looking for beginning of object key string
            {"a" 1}             | invalid character '1' after object key
            {"a":1 "b":2}       | invalid character '"' after object key:value pair
            {"a":1,}            | invalid character '}' looking for beginning of object key string
            {"a":[1 2]}         | invalid character '2' after array element
            {"a":[1,]}          | invalid character ']' looking for beginning of value
            {"a":01}            | invalid character '1' after object key:value pair
            {"a":-}             | invalid character '}' in numeric literal
            {"a":1.}            | invalid character '}' after decimal point in numeric literal
            {"a":1e}            | invalid character '}' in exponent of numeric literal
            {"a":trie}          | invalid character 'i' in literal true (expecting 'u')
            {"a":"\\x"}       | invalid character 'x' in string escape code
            {"a":"\\u00g0"}   | invalid character 'g' in \\u hexadecimal character escape
            """)
    void tellsWhyATextIsNoJsonObject(@Nullable String text, @Nullable String wrong) {
        byte[] bytes = (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
        assertThat(JsonText.notAnObject(bytes)).isEqualTo(wrong == null ? List.of() : List.of(wrong));
    }

    @Test
    void jsonOfAnyDepthNeedsNoStack() {
        byte[] deep = "{\"a\":".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        assertThat(JsonText.notAnObject(deep)).containsExactly("invalid character '{' exceeded max depth");
    }

    static Stream<List<String>> events() {
        String fresh =
                "eventTime: '2026-01-01T00:00:00.5Z', action: A, reason: R, type: Normal, reportingInstance: i, ";
        return Stream.of(
                List.of("v1", "{involvedObject: {namespace: shop}, metadata: {name: 'A_b', namespace: shop}}"),
                List.of(
                        "v1",
                        "{involvedObject: {namespace: other}}",
                        "involvedObject.namespace INVALID does not match event.namespace"),
                List.of("v1", "{}", "involvedObject.namespace INVALID does not match event.namespace"),
                List.of("v1", "{metadata: {name: a, namespace: default}, involvedObject: {kind: Node, name: n}}"),
                List.of(
                        "v1",
                        "{involvedObject: {namespace: other}, eventTime: '2026-01-01T00:00:00Z'}",
                        "reportingComponent REQUIRED",
                        "reportingComponent INVALID name part must be non-empty",
                        "reportingComponent INVALID name part must consist",
                        "reportingInstance REQUIRED",
                        "action REQUIRED",
                        "reason REQUIRED"),
                List.of("events", "{" + fresh + "reportingController: a.b/c, regarding: {namespace: shop}}"),
                List.of(
                        "events",
                        "{regarding: {namespace: shop}}",
                        "eventTime REQUIRED",
                        "type INVALID has invalid value: "),
                List.of(
                        "events",
                        "{" + fresh + "reportingController: 'a b', regarding: {namespace: ''}, note: '"
                                + "n".repeat(1025)
                                + "', series: {count: 1}, deprecatedCount: 1, deprecatedSource: {host: h},"
                                + " deprecatedFirstTimestamp: '2026-01-01T00:00:00Z'}",
                        "involvedObject.namespace INVALID does not match event.namespace",
                        "reportingController INVALID name part must consist",
                        "message INVALID can have at most 1024 characters",
                        "series.count INVALID should be at least 2",
                        "series.lastObservedTime REQUIRED",
                        "count INVALID needs to be unset",
                        "source INVALID needs to be unset",
                        "firstTimestamp INVALID needs to be unset"),
                List.of(
                        "events",
                        "{" + fresh + "reportingController: c, regarding: {namespace: shop}, metadata: {name: 'A_b',"
                                + " namespace: shop}}",
                        "metadata.name INVALID a lowercase RFC 1123 subdomain"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void judgesEvents(List<String> row) {
        Definition event = Definitions.of(row.getFirst().equals("v1") ? "" : "events.k8s.io", "Event");
        Rows.check(event.validateCreate(object(event, row.get(1)), NETWORK), row.subList(2, row.size()));
    }

    @Test
    void ofANewEventOnlyTheSeriesMayChange() {
        Definition strict = Definitions.of("events.k8s.io", "Event");
        String event =
                "{metadata: {name: e, namespace: default}, action: A, reason: R, type: Normal, reportingInstance: i,"
                        + " reportingController: c, regarding: {namespace: shop}, deprecatedSource: {}, %s}";
        Map<String, Object> old = Flow.of(event.formatted("eventTime: '2026-01-01T00:00:00Z', note: n"));
        Map<String, Object> same = Flow.of(event.formatted("eventTime: '2026-01-01T00:00:00.000000Z', note: n,"
                + " series: {count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z'}"));
        assertThat(strict.validateUpdate(same, old, NETWORK)).isEmpty();
        Map<String, Object> other = Flow.of(event.formatted("eventTime: '2026-01-01T00:00:01Z', note: m, series: {}")
                .replace("reason: R", "reason: S"));
        Rows.check(
                strict.validateUpdate(other, old, NETWORK),
                List.of(
                        "series.count INVALID should be at least 2",
                        "series.lastObservedTime REQUIRED",
                        "reason INVALID field is immutable",
                        "message INVALID field is immutable",
                        "eventTime INVALID field is immutable"));
        Definition lenient = Definitions.of("", "Event");
        String v1 = "{metadata: {name: e, namespace: default}, message: %s, count: 1}";
        assertThat(lenient.validateUpdate(Flow.of(v1.formatted("m")), Flow.of(v1.formatted("n")), NETWORK))
                .isEmpty();
    }

    @Test
    void namesEachOwnerOnce() {
        Map<String, Object> object =
                Flow.of("{metadata: {name: a, ownerReferences: [{uid: u, name: o}, {uid: v, name: o},"
                        + " {uid: u, name: o}, {uid: u, name: o, controller: true}, {uid: v, name: o}]}}");
        UniqueOwners unique = UniqueOwners.of(object);
        assertThat(unique.object())
                .isEqualTo(Flow.of("{metadata: {name: a, ownerReferences: [{uid: u, name: o}, {uid: v, name: o},"
                        + " {uid: u, name: o, controller: true}]}}"));
        assertThat(unique.warningsAnd(List.of("more")))
                .containsExactly(
                        ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+,"
                                + " and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s)"
                                + " observed: u, v",
                        "more");
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
        Map<String, Object> owned = Flow.of(owners + "]}}");
        assertThat(service.validateCreate(owned, NETWORK)).hasSizeLessThan(20);
        assertThat(UniqueOwners.of(owned).object()).isSameAs(owned);
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
