// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlicePlanTest {
    private static final String V4 =
            "selector: {app: web}, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], ipFamilies: [IPv4]";
    private static final String HTTP = "ports: [{name: http, port: 80, targetPort: 8080}]";
    private static final String PLAIN = "{" + V4 + ", " + HTTP + "}";
    private static final String EAGER = "{" + V4 + ", " + HTTP + ", publishNotReadyAddresses: true}";
    private static final String ON_N1 = "{nodeName: n1}";
    private static final String UP = "{podIP: 10.0.0.1, phase: Running, conditions: [{type: Ready, status: 'True'}]}";
    private static final String DOWN =
            "{podIP: 10.0.0.1, phase: Running, conditions: [{type: Ready, status: 'False'}]}";
    private static final String ENDING = ", deletionTimestamp: '2026-11-21T06:00:00Z'";
    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00.123456789Z");

    /** A rule: a Service, one pod (more metadata, specification, status), its endpoints, the reasons it is left out. */
    record Row(String rule, String service, String meta, String spec, String status, String lines, String reasons) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Row> rules() {
        String named =
                "{" + V4 + ", ports: [{name: a, port: 80, targetPort: web}, {name: b, port: 81, targetPort: 9}]}";
        String udp = "{" + V4 + ", ports: [{name: a, port: 53, targetPort: dns, protocol: UDP}]}";
        String both =
                "{selector: {app: web}, clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'], ipFamilies: [IPv4, IPv6], "
                        + HTTP + "}";
        String dual =
                "{podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::a'}], phase: Running, conditions: [{type: Ready, status: 'True'}]}";
        String headless = "{selector: {app: web}, clusterIP: None, ipFamilies: [IPv4]}";
        String zone = "{" + V4 + ", " + HTTP + ", trafficDistribution: PreferClose}";
        String node = "{" + V4 + ", " + HTTP + ", trafficDistribution: PreferSameNode}";
        String unknown = "{" + V4 + ", " + HTTP + ", trafficDistribution: PreferFar}";
        String up = "10.0.0.1 http=8080/TCP ready serving n1 za -> a";
        return Stream.of(
                new Row("ready", PLAIN, "", ON_N1, UP, up, ""),
                new Row("not ready", PLAIN, "", ON_N1, DOWN, "10.0.0.1 http=8080/TCP n1 za -> a", "NOT_READY"),
                new Row(
                        "terminating",
                        PLAIN,
                        ENDING,
                        ON_N1,
                        UP,
                        "10.0.0.1 http=8080/TCP serving terminating n1 za -> a",
                        "TERMINATING"),
                new Row(
                        "terminating, not ready",
                        PLAIN,
                        ENDING,
                        ON_N1,
                        DOWN,
                        "10.0.0.1 http=8080/TCP terminating n1 za -> a",
                        "TERMINATING"),
                new Row("published, not ready", EAGER, "", ON_N1, DOWN, "10.0.0.1 http=8080/TCP ready n1 za -> a", ""),
                new Row(
                        "published, terminating",
                        EAGER,
                        ENDING,
                        ON_N1,
                        UP,
                        "10.0.0.1 http=8080/TCP ready serving terminating n1 za -> a",
                        ""),
                new Row("succeeded", PLAIN, "", ON_N1, UP.replace("Running", "Succeeded"), "", "TERMINAL"),
                new Row("failed, published", EAGER, "", ON_N1, UP.replace("Running", "Failed"), "", "TERMINAL"),
                new Row(
                        "pending with an address",
                        PLAIN,
                        "",
                        ON_N1,
                        "{podIP: 10.0.0.1, phase: Pending}",
                        "10.0.0.1 http=8080/TCP n1 za -> a",
                        "NOT_READY"),
                new Row("no address", PLAIN, "", ON_N1, "{phase: Pending}", "", "NO_ADDRESS"),
                new Row("not bound", PLAIN, "", "{}", "{phase: Pending}", "", "NO_ADDRESS"),
                new Row("unknown node", PLAIN, "", "{nodeName: n9}", UP, "", "NODE_UNKNOWN"),
                new Row(
                        "unknown node, published",
                        EAGER,
                        "",
                        "{nodeName: n9}",
                        UP,
                        "10.0.0.1 http=8080/TCP ready serving n9 -> a",
                        ""),
                new Row(
                        "node without zone",
                        zone,
                        "",
                        "{nodeName: bare}",
                        UP,
                        "10.0.0.1 http=8080/TCP ready serving bare -> a",
                        ""),
                new Row(
                        "hostname below this Service",
                        PLAIN,
                        "",
                        "{nodeName: n1, hostname: h, subdomain: web}",
                        UP,
                        "10.0.0.1 http=8080/TCP ready serving host=h n1 za -> a",
                        ""),
                new Row(
                        "hostname below another",
                        PLAIN,
                        "",
                        "{nodeName: n1, hostname: h, subdomain: other}",
                        UP,
                        up,
                        ""),
                new Row("subdomain without hostname", PLAIN, "", "{nodeName: n1, subdomain: web}", UP, up, ""),
                new Row(
                        "named port",
                        named,
                        "",
                        "{nodeName: n1, containers: [{ports: [{name: x, containerPort: 1}, {name: web, containerPort: 8081}]}]}",
                        UP,
                        "10.0.0.1 a=8081/TCP b=9/TCP ready serving n1 za -> a",
                        ""),
                new Row(
                        "named port of a sidecar",
                        named,
                        "",
                        "{nodeName: n1, initContainers: [{ports: [{name: web, containerPort: 7}]}, {restartPolicy: Always, ports: [{name: web, containerPort: 8}]}]}",
                        UP,
                        "10.0.0.1 a=8/TCP b=9/TCP ready serving n1 za -> a",
                        ""),
                new Row(
                        "containers before sidecars",
                        named,
                        "",
                        "{nodeName: n1, initContainers: [{restartPolicy: Always, ports: [{name: web, containerPort: 8}]}], containers: [{ports: [{name: web, containerPort: 6}]}]}",
                        UP,
                        "10.0.0.1 a=6/TCP b=9/TCP ready serving n1 za -> a",
                        ""),
                new Row(
                        "no such port",
                        named,
                        "",
                        ON_N1,
                        UP,
                        "10.0.0.1 b=9/TCP ready serving n1 za -> a",
                        "PORT_UNRESOLVED"),
                new Row(
                        "named port of another protocol",
                        udp,
                        "",
                        "{nodeName: n1, containers: [{ports: [{name: dns, containerPort: 53}]}]}",
                        UP,
                        "10.0.0.1 ready serving n1 za -> a",
                        "PORT_UNRESOLVED"),
                new Row(
                        "named port of two protocols",
                        udp,
                        "",
                        "{nodeName: n1, containers: [{ports: [{name: dns, containerPort: 53}, {name: dns, containerPort: 54, protocol: UDP}]}]}",
                        UP,
                        "10.0.0.1 a=54/UDP ready serving n1 za -> a",
                        ""),
                new Row(
                        "two families",
                        both,
                        "",
                        ON_N1,
                        dual,
                        up + "\nfd00::a http=8080/TCP ready serving n1 za -> a",
                        ""),
                new Row("one family of two", both, "", ON_N1, UP, up, "NO_ADDRESS"),
                new Row("other family", PLAIN, "", ON_N1, UP.replace("10.0.0.1", "'fd00::a'"), "", "NO_ADDRESS"),
                new Row("headless without ports", headless, "", ON_N1, UP, "10.0.0.1 ready serving n1 za -> a", ""),
                new Row("families not filled in", PLAIN.replace(", ipFamilies: [IPv4]", ""), "", ON_N1, UP, up, ""),
                new Row("close to its zone", zone, "", ON_N1, UP, up + " hints za", ""),
                new Row("close to its node", node, "", ON_N1, UP, up + " hints za n1", ""),
                new Row(
                        "close to its node, published, bound to none",
                        node.replace("selector", "publishNotReadyAddresses: true, selector"),
                        "",
                        "{}",
                        UP,
                        "10.0.0.1 http=8080/TCP ready serving -> a",
                        ""),
                new Row(
                        "close, but not ready",
                        zone,
                        "",
                        ON_N1,
                        DOWN,
                        "10.0.0.1 http=8080/TCP n1 za -> a",
                        "NOT_READY"),
                new Row("an unknown distribution", unknown, "", ON_N1, UP, up, ""));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void followsEachRule(Row row) {
        Sketch sketch = new Sketch();
        Service service = Sketch.service(row.service);
        List<Pod> pods = List.of(Sketch.pod("a", row.meta, row.spec, row.status));
        SlicePlan plan = sketch.plan(service, pods, 100, null);
        assertThat(String.join(
                        " ",
                        plan.excluded().stream()
                                .map(each -> each.reason().name())
                                .toList()))
                .isEqualTo(row.reasons);
        assertThat(plan.onUnknownNodes()).hasSize(row.reasons.equals("NODE_UNKNOWN") ? 1 : 0);
        sketch.sync(service, pods, 100, null);
        assertThat(String.join("\n", sketch.lines())).isEqualTo(row.lines);
        assertThat(sketch.plan(service, pods, 100, NOW).isEmpty())
                .as("a second time")
                .isTrue();
    }

    @Test
    void saysWhyInWords() {
        Service both = Sketch.service("{selector: {app: web}, clusterIP: 10.96.0.1, ipFamilies: [IPv4, IPv6], ports:"
                + " [{name: a, port: 53, targetPort: dns, protocol: UDP}]}");
        assertThat(new Sketch()
                        .plan(both, List.of(Sketch.pod("a", ON_N1, DOWN)), 100, null)
                        .excluded())
                .extracting(Excluded::detail)
                .containsExactly(
                        "none of its containers has a port with name dns and protocol UDP",
                        "its Ready condition is not True",
                        "it has no IPv6 address, only 10.0.0.1");
        assertThat(new Sketch()
                        .plan(both, List.of(Sketch.pod("a", "{}", "{}")), 100, null)
                        .excluded())
                .extracting(Excluded::detail)
                .containsExactly(
                        "it has no IPv4 address: it is bound to no node yet",
                        "it has no IPv6 address: it is bound to no node yet");
    }

    @Test
    void leavesOthersWorkAlone() {
        Sketch sketch = new Sketch();
        Pod pod = Sketch.pod("a", ON_N1, UP);
        sketch.sync(Sketch.service(PLAIN), pod);
        for (String spec :
                List.of("{clusterIP: 10.96.0.1, ipFamilies: [IPv4]}", "{type: ExternalName, selector: {app: web}}")) {
            assertThat(sketch.plan(Sketch.service(spec), List.of(pod), 100, null)
                            .isEmpty())
                    .isTrue();
        }
        sketch.slices.clear();
        sketch.create(Flow.of("{metadata: {namespace: shop, name: theirs, labels: {kubernetes.io/service-name: web,"
                + " endpointslice.kubernetes.io/managed-by: me}}, addressType: IPv4}"));
        assertThat(sketch.sync(Sketch.service(PLAIN), pod)).isEqualTo(1);
        assertThat(sketch.slices).containsKey("theirs").hasSize(2);
    }

    @Test
    void keepsOneSliceWithoutEndpointsWhenThereIsNothing() {
        Sketch sketch = new Sketch();
        Service service = Sketch.service(PLAIN);
        assertThat(sketch.sync(service)).isEqualTo(1);
        String name = sketch.only().meta().name();
        assertThat(sketch.only().ports()).isEmpty();
        assertThat(sketch.sync(service)).isZero();
        assertThat(sketch.sync(service, Sketch.pod("a", ON_N1, UP))).isEqualTo(1);
        assertThat(sketch.only().endpoints()).hasSize(1);
        assertThat(sketch.only().meta().name()).isEqualTo(name);
        assertThat(sketch.sync(service)).isEqualTo(1);
        assertThat(sketch.only().endpoints()).isEmpty();
        assertThat(sketch.only().ports()).isEmpty();
        assertThat(sketch.sync(service)).isZero();
    }

    @Test
    void keepsOneEmptySliceAFamily() {
        Sketch sketch = new Sketch();
        assertThat(sketch.sync(Sketch.service(PLAIN.replace("[IPv4]", "[IPv4, IPv6]"))))
                .isEqualTo(2);
        assertThat(sketch.slices.values())
                .extracting(EndpointSlice::addressType)
                .containsExactlyInAnyOrder("IPv4", "IPv6");
        assertThat(sketch.sync(Sketch.service(PLAIN))).isEqualTo(1);
        assertThat(sketch.only().addressType()).isEqualTo("IPv4");
    }

    @Test
    void followsTheServicesLabels() {
        Sketch sketch = new Sketch();
        Pod pod = Sketch.pod("a", ON_N1, UP);
        sketch.sync(
                Sketch.service(
                        PLAIN,
                        "{team: red, kubernetes.io/service-name: lie, service.kubernetes.io/headless: lie}",
                        "u1"),
                pod);
        Map<String, String> fixed = Map.of(
                "kubernetes.io/service-name", "web",
                "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
        assertThat(sketch.only().meta().labels())
                .containsAllEntriesOf(fixed)
                .containsEntry("team", "red")
                .hasSize(3);
        assertThat(sketch.sync(Sketch.service(PLAIN, "{tier: front}", "u1"), pod))
                .isEqualTo(1);
        assertThat(sketch.only().meta().labels())
                .containsAllEntriesOf(fixed)
                .containsEntry("tier", "front")
                .hasSize(3);
        assertThat(sketch.sync(
                        Sketch.service("{selector: {app: web}, clusterIP: None, ipFamilies: [IPv4], " + HTTP + "}"),
                        pod))
                .isEqualTo(1);
        assertThat(sketch.only().meta().labels())
                .containsEntry("service.kubernetes.io/headless", "")
                .hasSize(3);
    }

    @Test
    void ownsItsSlicesAndDeletesThoseOfAnEarlierServiceOfItsName() {
        Sketch sketch = new Sketch();
        Pod pod = Sketch.pod("a", ON_N1, UP);
        sketch.sync(Sketch.service(PLAIN), pod);
        String first = sketch.only().meta().name();
        assertThat(sketch.only().meta().ownerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.uid()).isEqualTo("u1");
            assertThat(owner.kind() + owner.apiVersion() + owner.name()).isEqualTo("Servicev1web");
            assertThat(owner.controller() && owner.blockOwnerDeletion()).isTrue();
        });
        assertThat(sketch.sync(Sketch.service(PLAIN, "{}", "u2"), pod)).isEqualTo(2);
        assertThat(sketch.only().meta().name()).isNotEqualTo(first);
        assertThat(sketch.only().meta().ownerReferences().getFirst().uid()).isEqualTo("u2");
    }

    @Test
    void deletesItsSlicesOfOtherTypes() {
        Sketch sketch = new Sketch();
        sketch.create(
                Flow.of(
                        "{metadata: {namespace: shop, name: odd, labels: {kubernetes.io/service-name: web,"
                                + " endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}, ownerReferences: [{uid: u1}]}, addressType: FQDN}"));
        sketch.sync(Sketch.service(PLAIN), Sketch.pod("a", ON_N1, UP));
        assertThat(sketch.only().addressType()).isEqualTo("IPv4");
    }

    @Test
    void createsNothingForAServiceThatEnds() {
        Service ending = Service.from(new Tree(
                Flow.of("{metadata: {namespace: shop, name: web, uid: u1" + ENDING + "}, spec: " + PLAIN + "}")));
        assertThat(new Sketch()
                        .plan(ending, List.of(Sketch.pod("a", ON_N1, UP)), 100, null)
                        .isEmpty())
                .isTrue();
    }

    @Test
    void notesTheTriggerWhenItWritesAndOnlyThen() {
        Sketch sketch = new Sketch();
        Service service = Sketch.service(PLAIN);
        Pod pod = Sketch.pod("a", ON_N1, UP);
        sketch.sync(service, List.of(pod), 100, NOW);
        assertThat(sketch.only().meta().annotations())
                .containsExactly(Map.entry("endpoints.kubernetes.io/last-change-trigger-time", NOW.toString()));
        assertThat(sketch.sync(service, List.of(pod), 100, NOW.plusSeconds(1))).isZero();
        assertThat(sketch.sync(service, List.of(pod), 100, null)).isZero();
        assertThat(sketch.sync(service, List.of(Sketch.pod("a", ON_N1, DOWN)), 100, null))
                .isEqualTo(1);
        assertThat(sketch.only().meta().annotations()).isEmpty();
    }

    @Test
    void deletesSlicesInItsNameThatNoServiceOwnsAndForgetsThoseThatEnd() {
        Sketch sketch = new Sketch();
        String labels = "labels: {kubernetes.io/service-name: web,"
                + " endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}";
        sketch.create(Flow.of("{metadata: {namespace: shop, name: nobodys, " + labels + "}, addressType: IPv4}"));
        sketch.create(
                Flow.of("{metadata: {namespace: shop, name: ending, finalizers: [a/b], ownerReferences: [{uid: u1}], "
                        + labels + ENDING + "}, addressType: IPv4}"));
        assertThat(sketch.sync(Sketch.service(PLAIN), Sketch.pod("a", ON_N1, UP)))
                .isEqualTo(2);
        assertThat(sketch.slices.keySet()).contains("ending").hasSize(2).doesNotContain("nobodys");
    }

    @Test
    void keepsWhatOthersWroteOnASlice() {
        Sketch sketch = new Sketch();
        sketch.create(Flow.of(
                "{metadata: {namespace: shop, name: web-x, finalizers: [a/b], annotations: {a: b}, labels: {kubernetes.io/service-name: web,"
                        + " endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io},"
                        + " ownerReferences: [{kind: Mine, name: m, uid: other}, {kind: Service, name: web, uid: u1}]},"
                        + " addressType: IPv4}"));
        assertThat(sketch.sync(Sketch.service(PLAIN), Sketch.pod("a", ON_N1, UP)))
                .isEqualTo(1);
        assertThat(sketch.only().meta().ownerReferences())
                .extracting(owner -> owner.kind() + owner.controller())
                .containsExactly("Servicetrue", "Minefalse");
        assertThat(sketch.only().meta().finalizers()).containsExactly("a/b");
        assertThat(sketch.only().meta().annotations()).containsExactly(Map.entry("a", "b"));
    }

    @Test
    void namesSlicesAfterTheService() {
        Map<String, Object> created = new Sketch()
                .plan(Sketch.service(PLAIN), List.of(), 100, null)
                .create()
                .getFirst();
        assertThat(created.get("metadata"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("generateName", "web-")
                .containsEntry("namespace", "shop");
    }

    @Test
    void putsPodsWithOtherPortsIntoOtherSlices() {
        String named = "{" + V4 + ", ports: [{name: a, port: 80, targetPort: web, appProtocol: h2}]}";
        String container = "{nodeName: n1, containers: [{ports: [{name: web, containerPort: 1}]}]}";
        Sketch sketch = new Sketch();
        Pod one = Sketch.pod("a", container, UP);
        Pod other =
                Sketch.pod("b", container.replace("containerPort: 1", "containerPort: 2"), UP.replace("0.1", "0.2"));
        assertThat(sketch.sync(Sketch.service(named), one, other)).isEqualTo(2);
        assertThat(sketch.lines())
                .containsExactly(
                        "10.0.0.1 a=1/TCP ready serving n1 za -> a", "10.0.0.2 a=2/TCP ready serving n1 za -> b");
        assertThat(sketch.sync(Sketch.service(named.replace("h2", "h3")), one, other))
                .as("renames none")
                .isEqualTo(2);
        assertThat(sketch.slices).hasSize(2);
    }
}
