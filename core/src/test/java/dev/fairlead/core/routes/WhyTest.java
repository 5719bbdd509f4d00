// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Because.Word;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where node ports are accepted, who is left out, and the reasons that verdicts give. */
class WhyTest {
    private static final Node NODE = Node.from(new Tree(Flow.of("{metadata: {name: n1}, status: {addresses: ["
            + "{type: InternalIP, address: 192.0.2.1}, {type: InternalIP, address: '2001:db8::1'}]}}")));
    private static final Packet.From OUTSIDE = new Packet.From.Outside(IpAddress.of("9.9.9.9"));

    private static Service service(String name, String spec) {
        return Service.from(
                new Tree(Flow.of("{metadata: {namespace: shop, name: " + name + "}, spec: {" + spec + "}}")));
    }

    private static EndpointSlice slice(String endpoints) {
        return EndpointSlice.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web-1, labels:"
                + " {kubernetes.io/service-name: web}}, addressType: IPv4, ports: [{port: 8080}], endpoints: ["
                + endpoints
                + "]}")));
    }

    private static RouteTable web(String spec, String endpoints, Settings settings) {
        Service web = service(
                "web", "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], ports: [{port: 80, nodePort: 30080}], " + spec);
        return RouteTable.of(List.of(web), List.of(slice(endpoints)), NODE, settings);
    }

    private static List<Word> words(RouteTable table, String to, int port) {
        return table.trace(new Packet(OUTSIDE, Protocol.TCP, IpAddress.of(to), port)).because().stream()
                .map(Because::word)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the setting | what is open, of 192.0.2.1 (primary), 198.51.100.4, 127.0.0.1, 2001:db8::1 (primary),
                // ::1
                " | 192.0.2.1 2001:db8::1",
                "primary | 192.0.2.1 2001:db8::1",
                "198.51.100.0/24 | 198.51.100.4 2001:db8::1",
                "198.51.100.0/24,2001:db8:5::/48 | 198.51.100.4",
                "192.0.2.0/24,198.51.100.0/24 | 192.0.2.1 198.51.100.4 2001:db8::1",
                "0.0.0.0/0,::/0 | 192.0.2.1 198.51.100.4 2001:db8::1",
                "127.0.0.0/8,::1/128 | none",
                "primary,192.0.2.0/24 | error",
                "192.0.2.1 | error",
                "192.0.2.1/24 | error",
            })
    void nodePortsAreOpenWhereTheSettingSays(String setting, String open) {
        List<String> texts = setting == null ? List.of() : List.of(setting.split(","));
        List<IpAddress> interfaces = List.of("127.0.0.1", "192.0.2.1", "198.51.100.4", "::1", "2001:db8::1").stream()
                .map(IpAddress::of)
                .toList();
        String found = NodePortAddresses.parse(texts)
                .map(addresses -> RouteTable.empty(NODE, Settings.DEFAULT.withNodePorts(addresses))
                        .with(new Change.AddressesPut(interfaces))
                        .nodePortAddresses())
                .map(addresses -> addresses.isEmpty()
                        ? "none"
                        : String.join(
                                " ", addresses.stream().map(IpAddress::toString).toList()))
                .orElse("error");
        assertThat(found).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | true",
                "primary | true",
                "192.0.2.0/24 | false",
                "127.0.0.0/8 | true",
                "2001:db8::/32 | true",
                "0.0.0.0/0 | true",
            })
    void theNodeItselfFindsNodePortsOnLocalhost(String setting, boolean open) {
        Settings settings =
                Settings.DEFAULT.withNodePorts(NodePortAddresses.parse(setting == null ? List.of() : List.of(setting))
                        .orElseThrow());
        RouteTable table = web(
                "type: NodePort, externalTrafficPolicy: Local",
                "{addresses: [10.0.0.1], nodeName: n2}",
                settings.withLocalhost(true));
        IpAddress localhost = IpAddress.of("127.0.0.1");
        assertThat(table.localhost()).isEqualTo(open ? List.of(localhost) : List.of());
        assertThat(table.nodePortAddresses()).doesNotContain(localhost);
        Packet.From itself = new Packet.From.Node(localhost);
        assertThat(table.trace(new Packet(itself, Protocol.TCP, localhost, 30080)))
                .isInstanceOf(open ? Verdict.Forward.class : Verdict.NotAService.class);
        assertThat(table.trace(new Packet(OUTSIDE, Protocol.TCP, localhost, 30080)))
                .as("somebody else's 127.0.0.1 is not this node's")
                .isInstanceOf(Verdict.NotAService.class);
        assertThat(table.trace(new Packet(itself, Protocol.TCP, localhost, 30081)))
                .isInstanceOf(Verdict.NotAService.class);
        RouteTable closed =
                web("type: NodePort", "{addresses: [10.0.0.1], nodeName: n2}", settings.withLocalhost(false));
        assertThat(closed.localhost()).isEmpty();
    }

    @Test
    void movedNodePortsAreADifference() {
        Settings all = Settings.DEFAULT.withNodePorts(
                NodePortAddresses.parse(List.of("198.51.100.0/24")).orElseThrow());
        RouteTable before = web("type: NodePort", "", all);
        RouteTable after = before.with(new Change.AddressesPut(List.of(IpAddress.of("198.51.100.4"))));
        assertThat(Difference.between(before, after).nodePortAddresses()).isTrue();
        assertThat(Difference.between(before, after).changed()).isEmpty();
        assertThat(words(before, "198.51.100.4", 30080)).containsExactly(Word.NO_SERVICE);
        assertThat(words(after, "198.51.100.4", 30080)).containsExactly(Word.ENTRANCE, Word.NO_ENDPOINTS);
        assertThat(words(after, "192.0.2.1", 30080)).containsExactly(Word.NO_SERVICE, Word.NODE_PORTS_ELSEWHERE);
    }

    @Test
    void clusterIpsThatComeAndGoAreADifference() {
        RouteTable empty = RouteTable.empty(NODE, Settings.DEFAULT);
        RouteTable table = web("type: ClusterIP", "", Settings.DEFAULT);
        assertThat(Difference.between(empty, table).addedClusterIps()).containsExactly(IpAddress.of("10.96.0.1"));
        assertThat(Difference.between(table, empty).removedClusterIps()).containsExactly(IpAddress.of("10.96.0.1"));
    }

    @Test
    void verdictsNameWhatMatters() {
        String up = "{addresses: [10.0.0.1], nodeName: n1}, {addresses: [9.9.9.9], nodeName: n2}";
        RouteTable table = web(
                "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31000, sessionAffinity: ClientIP",
                up,
                Settings.DEFAULT);
        assertThat(words(table, "10.96.0.1", 80)).containsExactly(Word.ENTRANCE, Word.AFFINITY, Word.HAIRPIN);
        assertThat(words(table, "192.0.2.1", 30080)).containsExactly(Word.ENTRANCE, Word.POLICY_LOCAL, Word.AFFINITY);
        assertThat(words(table, "192.0.2.1", 31000)).containsExactly(Word.NO_SERVICE, Word.HEALTH_CHECK);
        assertThat(words(table, "10.96.0.1", 81)).containsExactly(Word.UNKNOWN_PORT);
    }

    @Test
    void whoWaitsForAFrontendIsSaidAndServedWhenItIsFree() {
        RouteTable table = web("type: ClusterIP, externalIPs: [198.51.100.7]", "", Settings.DEFAULT);
        Service rival = service(
                "zebra",
                "clusterIP: 10.96.0.2, clusterIPs: [10.96.0.2], ports: [{port: 80}], externalIPs: [198.51.100.7]");
        RouteTable both = table.with(new Change.ServicePut(rival));
        assertThat(words(both, "198.51.100.7", 80)).containsExactly(Word.ENTRANCE, Word.CONTENDED, Word.NO_ENDPOINTS);
        assertThat(both.waiting(Frontend.at(IpAddress.of("198.51.100.7"), Protocol.TCP, 80)))
                .extracting(entrance -> entrance.route().service().name())
                .containsExactly("zebra");
        RouteTable alone = both.with(new Change.ServiceRemoved(rival.name()));
        assertThat(alone.waiting(Frontend.at(IpAddress.of("198.51.100.7"), Protocol.TCP, 80)))
                .isEmpty();
    }

    @Test
    void externalIpsCanBeSwitchedOff() {
        RouteTable table =
                web("type: ClusterIP, externalIPs: [198.51.100.7]", "", Settings.DEFAULT.withExternalIps(false));
        assertThat(words(table, "198.51.100.7", 80)).containsExactly(Word.NO_SERVICE);
    }

    @Test
    void endpointsLeftOutSayWhy() {
        String endpoints = "{addresses: [10.0.0.1], nodeName: n1, conditions: {ready: true}},"
                + " {addresses: [10.0.0.2], nodeName: n2, conditions: {ready: true}},"
                + " {addresses: [10.0.0.3], nodeName: n1, conditions: {ready: false, serving: true, terminating: true}},"
                + " {addresses: [10.0.0.4], nodeName: n1, conditions: {ready: false, serving: false}}";
        Route route = web("type: ClusterIP", endpoints, Settings.DEFAULT)
                .entrances()
                .getFirst()
                .route();
        assertThat(text(route, TrafficPolicy.CLUSTER)).containsExactly("10.0.0.3 TERMINATING", "10.0.0.4 NOT_READY");
        assertThat(text(route, TrafficPolicy.LOCAL))
                .containsExactly("10.0.0.2 NOT_ON_THIS_NODE", "10.0.0.3 TERMINATING", "10.0.0.4 NOT_READY");
        Route hinted = web(
                        "type: ClusterIP",
                        "{addresses: [10.0.0.1], hints: {forNodes: [{name: n1}]}},"
                                + " {addresses: [10.0.0.2], hints: {forNodes: [{name: n2}]}}",
                        Settings.DEFAULT)
                .entrances()
                .getFirst()
                .route();
        assertThat(text(hinted, TrafficPolicy.CLUSTER)).containsExactly("10.0.0.2 HINTED_ELSEWHERE");
    }

    private static List<String> text(Route route, TrafficPolicy policy) {
        return route.excluded(policy).stream()
                .map(excluded -> excluded.backend().address() + " " + excluded.why())
                .toList();
    }
}
