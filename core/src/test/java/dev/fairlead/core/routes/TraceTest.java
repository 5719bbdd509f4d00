// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to packets, in tables: the letters are the backends L (on this node) and R (elsewhere), M is masqueraded. */
class TraceTest {
    private static final Node NODE = Node.from(
            new Tree(
                    Flow.of(
                            "{metadata: {name: n1, labels: {topology.kubernetes.io/zone: za}},"
                                    + " status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: InternalIP, address: '2001:db8::1'}]}}")));
    private static final Settings PODS = Settings.DEFAULT.withServiceCidrs(List.of(Cidr.of("10.96.0.0/16")));
    private static final Map<String, Packet.From> SOURCES = Map.of(
            "pod", new Packet.From.Pod(IpAddress.of("10.0.0.50"), "n1"),
            "podElsewhere", new Packet.From.Pod(IpAddress.of("10.0.1.50"), "n2"),
            "node", new Packet.From.Node(IpAddress.of("192.0.2.1")),
            "otherNode", new Packet.From.OtherNode(IpAddress.of("192.0.2.2")),
            "outside", new Packet.From.Outside(IpAddress.of("9.9.9.9")));
    private static final String READY = "ready: true, serving: true";
    private static final String ENDING = "ready: false, serving: true, terminating: true";

    private static RouteTable table(String spec, String local, String remote, Settings settings) {
        Service service =
                Service.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web}, spec: {type: LoadBalancer,"
                        + " clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'], externalIPs: [198.51.100.7],"
                        + " ports: [{port: 80, nodePort: 30080}]" + spec
                        + "}, status: {loadBalancer: {ingress: [{ip: 203.0.113.1}]}}}")));
        return RouteTable.of(
                List.of(service),
                List.of(
                        slice("IPv4", local, remote, "10.0.0.1", "10.0.1.1"),
                        slice("IPv6", local, remote, "'fd00:1::1'", "'fd00:1::2'")),
                NODE,
                settings);
    }

    private static EndpointSlice slice(String family, String local, String remote, String here, String there) {
        return EndpointSlice.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web-" + family.replace("P", "p")
                + ", labels:"
                + " {kubernetes.io/service-name: web}}, addressType: " + family
                + ", ports: [{port: 8080}], endpoints: ["
                + (local.isEmpty() ? "" : "{addresses: [" + here + "], nodeName: n1, conditions: {" + local + "}}")
                + (local.isEmpty() || remote.isEmpty() ? "" : ", ")
                + (remote.isEmpty() ? "" : "{addresses: [" + there + "], nodeName: n2, conditions: {" + remote + "}}")
                + "]}")));
    }

    private static String trace(RouteTable table, Packet.From from, String to, int port) {
        return switch (table.trace(new Packet(from, Protocol.TCP, IpAddress.of(to), port))) {
            case Verdict.Forward forward ->
                forward.backends().stream()
                                .map(backend -> backend.local() ? "L" : "R")
                                .collect(Collectors.joining())
                        + (forward.masqueraded() ? " M" : "");
            case Verdict.Reject _ -> "reject";
            case Verdict.Drop _ -> "drop";
            case Verdict.NotAService _ -> "none";
        };
    }

    @ParameterizedTest
    @CsvSource({
        // policies (internal external), local, remote | from | clusterIP, externalIP, load balancer, nodePort
        "Cluster, Cluster, up, up, pod, LR, LR M, LR M, LR M",
        "Cluster, Cluster, up, up, podElsewhere, LR, LR M, LR M, LR M",
        "Cluster, Cluster, up, up, node, LR, LR M, LR M, LR M",
        "Cluster, Cluster, up, up, otherNode, LR, LR M, LR M, LR M",
        "Cluster, Cluster, up, up, outside, LR, LR M, LR M, LR M",
        "Cluster, Local, up, up, pod, LR, LR, LR, LR",
        "Cluster, Local, up, up, podElsewhere, LR, L, L, L",
        "Cluster, Local, up, up, node, LR, LR M, LR M, LR M",
        "Cluster, Local, up, up, otherNode, LR, L, L, L",
        "Cluster, Local, up, up, outside, LR, L, L, L",
        "Cluster, Local, none, up, pod, R, R, R, R",
        "Cluster, Local, none, up, node, R, R M, R M, R M",
        "Cluster, Local, none, up, otherNode, R, drop, drop, drop",
        "Cluster, Local, none, up, outside, R, drop, drop, drop",
        "Local, Cluster, up, up, pod, L, LR M, LR M, LR M",
        "Local, Cluster, none, up, pod, drop, R M, R M, R M",
        "Local, Cluster, none, up, node, drop, R M, R M, R M",
        "Local, Local, none, none, outside, reject, reject, reject, reject",
        "Local, Local, none, none, pod, reject, reject, reject, reject",
        "Local, Local, none, down, outside, reject, reject, reject, reject",
        "Cluster, Cluster, ending, up, pod, R, R M, R M, R M",
        "Cluster, Cluster, ending, ending, pod, LR, LR M, LR M, LR M",
        "Local, Local, ending, up, outside, L, L, L, L",
        "Local, Local, none, ending, outside, drop, drop, drop, drop",
        "Local, Local, down, ending, outside, drop, drop, drop, drop",
    })
    void followsThePolicies(
            String internal,
            String external,
            String local,
            String remote,
            String from,
            String clusterIp,
            String externalIp,
            String balancer,
            String nodePort) {
        Map<String, String> states =
                Map.of("up", READY, "ending", ENDING, "down", "ready: false, serving: false", "none", "");
        RouteTable table = table(
                ", internalTrafficPolicy: " + internal + ", externalTrafficPolicy: " + external,
                states.getOrDefault(local, ""),
                states.getOrDefault(remote, ""),
                PODS);
        Packet.From source = SOURCES.get(from);
        assertThat(source).isNotNull();
        assertThat(trace(table, source, "10.96.0.1", 80)).isEqualTo(clusterIp);
        assertThat(trace(table, source, "fd00::1", 80)).isEqualTo(clusterIp);
        assertThat(trace(table, source, "198.51.100.7", 80)).isEqualTo(externalIp);
        assertThat(trace(table, source, "203.0.113.1", 80)).isEqualTo(balancer);
        assertThat(trace(table, source, "192.0.2.1", 30080)).isEqualTo(nodePort);
        assertThat(trace(table, source, "2001:db8::1", 30080)).isEqualTo(nodePort);
        assertThat(trace(table, source, "192.0.2.9", 30080))
                .as("not this node's address")
                .isEqualTo("none");
        assertThat(trace(table, source, "10.96.0.1", 81)).as("unknown port").isEqualTo("reject");
        assertThat(trace(table, source, "10.96.7.7", 80))
                .as("unused Service address")
                .isEqualTo("drop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | LR M | LR M",
                "[9.9.9.0/24] | LR M | drop",
                "['2001:db8::/32'] | LR M | LR M",
                "[9.9.9.0/24, 0.0.0.0/0] | LR M | LR M",
                "[8.8.8.0/24, '::/0'] | LR M | LR M",
                "[10.0.0.0/8] | drop | LR M",
                "[9.9.9.9/8] | LR M | drop",
            })
    void admitsSourceRanges(String ranges, String outside, String pod) {
        RouteTable table = table(", loadBalancerSourceRanges: " + ranges, READY, READY, PODS);
        Packet.From stranger = new Packet.From.Outside(IpAddress.of("9.9.9.9"));
        assertThat(trace(table, stranger, "203.0.113.1", 80)).isEqualTo(outside);
        assertThat(trace(table, new Packet.From.Pod(IpAddress.of("10.0.0.50"), "n1"), "203.0.113.1", 80))
                .isEqualTo(pod);
        for (String open : List.of("198.51.100.7", "10.96.0.1")) {
            assertThat(trace(table, stranger, open, 80)).startsWith("LR");
        }
        assertThat(trace(table, stranger, "192.0.2.1", 30080)).isEqualTo("LR M");
    }

    @Test
    void aNodeInRangeMayUseTheAddressAsItsSource() {
        Packet.From self = new Packet.From.Node(IpAddress.of("203.0.113.1"));
        assertThat(trace(
                        table(", loadBalancerSourceRanges: [192.0.2.0/24]", READY, READY, PODS),
                        self,
                        "203.0.113.1",
                        80))
                .isEqualTo("LR M");
        assertThat(trace(
                        table(", loadBalancerSourceRanges: [8.8.8.0/24]", READY, READY, PODS), self, "203.0.113.1", 80))
                .isEqualTo("drop");
        assertThat(trace(
                        table(", loadBalancerSourceRanges: [192.0.2.0/24]", READY, READY, PODS),
                        new Packet.From.Outside(IpAddress.of("203.0.113.2")),
                        "203.0.113.1",
                        80))
                .as("a neighbour of that address is a stranger")
                .isEqualTo("drop");
    }

    @Test
    void masqueradesStrangersOnlyWhereThePodsOfTheFamilyAreKnown() {
        RouteTable known = table("", READY, READY, PODS.withPodCidrs(List.of(Cidr.of("10.0.0.0/16"))));
        Packet.From six = new Packet.From.Outside(IpAddress.of("2a00::9"));
        Packet.From four = new Packet.From.Outside(IpAddress.of("9.9.9.9"));
        Packet.From pod = new Packet.From.Pod(IpAddress.of("10.0.0.50"), "n1");
        assertThat(trace(known, four, "10.96.0.1", 80)).isEqualTo("LR M");
        assertThat(trace(known, pod, "10.96.0.1", 80)).isEqualTo("LR");
        assertThat(trace(known, six, "fd00::1", 80)).isEqualTo("LR");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "forZones: [{name: za}] | forZones: [{name: zb}] | L | SAME_ZONE",
                "forZones: [{name: zb}] | forZones: [{name: za}] | R | SAME_ZONE",
                "forZones: [{name: zb}] | forZones: [{name: zb}] | LR | ANYWHERE",
                "forZones: [{name: za}] | | LR | ANYWHERE",
                "forNodes: [{name: n1}] | forNodes: [{name: n2}] | L | SAME_NODE",
                "forNodes: [{name: n1}], forZones: [{name: zb}] | forZones: [{name: za}] | R | SAME_ZONE",
                "forNodes: [{name: n2}], forZones: [{name: za}] | forNodes: [{name: n2}], forZones: [{name: zb}] | L | SAME_ZONE",
            })
    void hintsNarrowAllOrNothing(String local, String remote, String reached, Topology topology) {
        String other = remote == null ? "" : remote;
        RouteTable table = table(
                ", externalTrafficPolicy: Local", READY + "}, hints: {" + local, READY + "}, hints: {" + other, PODS);
        assertThat(trace(table, new Packet.From.Outside(IpAddress.of("9.9.9.9")), "10.96.0.1", 80))
                .isEqualTo(reached);
        assertThat(trace(table, new Packet.From.Outside(IpAddress.of("9.9.9.9")), "203.0.113.1", 80))
                .as("Local")
                .isEqualTo("L");
        assertThat(table.entrances().getFirst().route().topology()).isEqualTo(topology);
    }

    @Test
    void countsLocalReadyAddressesForHealth() {
        String local = ", externalTrafficPolicy: Local, healthCheckNodePort: 31000";
        assertThat(table(local, READY, READY, PODS).healthChecks())
                .extracting(HealthCheck::localReady)
                .containsExactly(2);
        assertThat(table(local, ENDING, READY, PODS).healthChecks())
                .extracting(HealthCheck::localReady)
                .containsExactly(0);
        assertThat(table(", healthCheckNodePort: 31000", READY, READY, PODS).healthChecks())
                .isEmpty();
    }
}
