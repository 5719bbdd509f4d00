// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.kernel.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One table of flows: what trace says is what happens to packets, of both families and protocols, whoever sends them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FlowsContract {
    static final String UP = "ready: true, serving: true";
    static final String ENDING = "ready: false, serving: true, terminating: true";
    static final String DOWN = "ready: false, serving: false";
    private static final Map<String, String> STATES = Map.of("up", UP, "ending", ENDING, "down", DOWN, "none", "");
    static final List<String> ADDRESSES = List.of(
            "10.96.0.1",
            "198.51.100.7",
            "203.0.113.1",
            "10.200.0.1",
            "fd00:10:96::1",
            "2001:db8::7",
            "2001:db8:1::1",
            "fd00:200::1");
    private PlaneLab lab;

    /** The plane under test. */
    abstract PlaneLab.Carrier carrier();

    final PlaneLab lab() {
        return lab;
    }

    final void rebuild(PlaneLab.Carrier other) throws Exception {
        lab.close();
        lab = new PlaneLab(other);
    }

    @BeforeAll
    void build() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        lab = new PlaneLab(carrier());
    }

    @AfterAll
    void leave() {
        if (lab != null) {
            lab.close();
        }
    }

    static Service service(String spec) {
        return Service.from(PlaneLab.tree("{metadata: {namespace: shop, name: web}, spec: {type: LoadBalancer,"
                + " clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00:10:96::1'],"
                + " externalIPs: [198.51.100.7, '2001:db8::7'],"
                + " ports: [{name: http, port: 80, nodePort: 30080},"
                + " {name: dns, port: 80, protocol: UDP, nodePort: 30080}]" + spec
                + "}, status: {loadBalancer: {ingress: [{ip: 203.0.113.1}, {ip: '2001:db8:1::1'}]}}}"));
    }

    static EndpointSlice slice(String family, String local, String remote) {
        boolean six = family.equals("IPv6");
        List<String> endpoints = new ArrayList<>();
        if (!local.isEmpty()) {
            endpoints.add("{addresses: ['" + (six ? "fd00:10:244:1::2" : "10.244.1.2")
                    + "'], nodeName: n1, conditions: {" + local + "}}");
        }
        if (!remote.isEmpty()) {
            endpoints.add("{addresses: ['" + (six ? "fd00:10:244:2::2" : "10.244.2.2")
                    + "'], nodeName: n2, conditions: {" + remote + "}}");
        }
        return EndpointSlice.from(PlaneLab.tree("{metadata: {namespace: shop, name: web-" + (six ? 6 : 4)
                + ", labels: {kubernetes.io/service-name: web}}, addressType: " + family
                + ", ports: [{name: http, port: 8080}, {name: dns, port: 8080, protocol: UDP}], endpoints: ["
                + String.join(", ", endpoints) + "]}"));
    }

    static RouteTable table(Settings settings, String spec, String local, String remote) {
        return RouteTable.of(
                List.of(service(spec)),
                List.of(slice("IPv4", local, remote), slice("IPv6", local, remote)),
                PlaneLab.NODE,
                settings);
    }

    /** Everybody asks at every address, over TCP and UDP. */
    final void everythingAgrees(RouteTable table, List<String> addresses) throws Exception {
        assertThat(lab.plane().apply(table)).isEmpty();
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> flows = new ArrayList<>();
            for (Packet packet : packets(addresses)) {
                flows.add(all.submit(() -> {
                    lab.agrees(table, packet);
                    return null;
                }));
            }
            for (Future<?> flow : flows) {
                flow.get();
            }
        }
    }

    final List<Packet> packets(List<String> addresses) {
        List<Packet> packets = new ArrayList<>();
        for (String address : addresses) {
            IpAddress to = IpAddress.of(address);
            for (List<Packet.From> source : lab.sources().values()) {
                for (Packet.From from : source) {
                    for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                        if (from.ip().family() == to.family()) {
                            packets.add(new Packet(
                                    from,
                                    protocol,
                                    to,
                                    address.contains("0.200.") || address.contains(":200:") ? 30080 : 80));
                        }
                    }
                }
            }
        }
        return packets;
    }

    @ParameterizedTest
    @CsvSource({
        // internal, external policy, backend on this node, backend elsewhere
        "Cluster, Cluster, up, up",
        "Cluster, Local, up, up",
        "Local, Local, up, up",
        "Local, Local, none, up",
        "Cluster, Local, down, up",
        "Local, Cluster, up, none",
        "Cluster, Cluster, ending, up",
        "Local, Local, ending, up",
        "Cluster, Local, ending, ending",
        "Local, Local, none, ending",
        "Cluster, Cluster, none, none",
        "Local, Local, down, down",
    })
    void everyPolicyFromEverywhere(String internal, String external, String local, String remote) throws Exception {
        everythingAgrees(
                table(
                        PlaneLab.SETTINGS,
                        ", internalTrafficPolicy: " + internal + ", externalTrafficPolicy: " + external,
                        STATES.get(local),
                        STATES.get(remote)),
                ADDRESSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[10.200.0.3/32, 'fd00:200::3/128']",
                "[10.200.0.1/32, 'fd00:200::/127']",
                "[10.244.0.0/16, 'fd00:10::/32']",
                "[8.8.8.0/24]",
                "[8.8.8.0/24, '::/0']"
            })
    void sourceRangesAreSilentToStrangers(String ranges) throws Exception {
        for (String policy : List.of("Cluster", "Local")) {
            for (String remote : List.of(UP, "")) {
                everythingAgrees(
                        table(
                                PlaneLab.SETTINGS,
                                ", loadBalancerSourceRanges: " + ranges + ", externalTrafficPolicy: " + policy,
                                "",
                                remote),
                        List.of("203.0.113.1", "2001:db8:1::1", "198.51.100.7"));
            }
        }
    }

    @Test
    void whoeverIsMasqueradedIsSoForReal() throws Exception {
        everythingAgrees(
                table(PlaneLab.SETTINGS.withMasqueradeAll(true), "", UP, UP), List.of("10.96.0.1", "fd00:10:96::1"));
        // strangers to the clusterIP with unknown pods keep their address: their own node must bring answers back
        RouteTable unknown = table(Settings.DEFAULT, "", UP, "");
        assertThat(lab.plane().apply(unknown)).isEmpty();
        for (Packet packet : packets(List.of("10.96.0.1"))) {
            if (!(packet.from() instanceof Packet.From.Node)) {
                lab.agrees(unknown, packet);
            }
        }
    }

    @Test
    void affinityHoldsAClientAtEveryEntranceOfThePort() throws Exception {
        RouteTable table = table(PlaneLab.SETTINGS, ", sessionAffinity: ClientIP", UP, UP);
        everythingAgrees(table, ADDRESSES);
        for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            for (List<Packet.From> source : lab.sources().values()) {
                Packet.From from = source.getFirst();
                if (from instanceof Packet.From.Node) {
                    continue; // it comes from the very address it asks, another one each time
                }
                Set<String> servers = new TreeSet<>();
                for (int i = 0; i < 4; i++) {
                    servers.add(lab.server(new Packet(from, protocol, IpAddress.of("10.96.0.1"), 80)));
                    servers.add(lab.server(new Packet(from, protocol, IpAddress.of("203.0.113.1"), 80)));
                    servers.add(lab.server(new Packet(from, protocol, IpAddress.of("10.200.0.1"), 30080)));
                }
                assertThat(servers).as(from + " " + protocol).hasSize(1);
            }
        }
    }

    @Test
    void nodePortsMoveWithTheNodesAddresses() throws Exception {
        Settings within = PlaneLab.SETTINGS.withNodePorts(
                dev.fairlead.core.routes.NodePortAddresses.parse(List.of("10.200.0.0/24", "198.51.100.0/24"))
                        .orElseThrow());
        RouteTable table = table(within, "", UP, UP);
        everythingAgrees(table, List.of("10.200.0.1"));
        RouteTable none = table(
                PlaneLab.SETTINGS.withNodePorts(
                        dev.fairlead.core.routes.NodePortAddresses.parse(List.of("192.0.2.0/24"))
                                .orElseThrow()),
                "",
                UP,
                UP);
        everythingAgrees(none, List.of("10.200.0.1", "fd00:200::1"));
    }

    @ParameterizedTest
    @ValueSource(longs = {20261121, 7})
    void randomTablesAndPackets(long seed) throws Exception {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RouteTable table = RouteTable.empty(PlaneLab.NODE, PlaneLab.SETTINGS);
        List<String> states = List.of(UP, UP, ENDING, DOWN, "");
        List<String> ranges = List.of(
                "", "", "10.200.0.0/24", "10.244.1.0/24, 'fd00:10:244:1::/64'", "'fd00:200::3/128', 10.200.0.3/32");
        for (int step = 0; step < 30; step++) {
            String family = random.nextBoolean() ? "IPv4" : "IPv6";
            EndpointSlice slice = slice(family, states.get(random.nextInt(5)), states.get(random.nextInt(5)));
            table = switch (random.nextInt(6)) {
                case 0 -> table.with(new Change.SliceRemoved(slice.meta().objectName()));
                case 1, 2 ->
                    table.with(new Change.ServicePut(service(", internalTrafficPolicy: "
                            + (random.nextBoolean() ? "Local" : "Cluster") + ", externalTrafficPolicy: "
                            + (random.nextBoolean() ? "Local" : "Cluster") + ", loadBalancerSourceRanges: ["
                            + ranges.get(random.nextInt(5)) + "]")));
                default -> table.with(new Change.SlicePut(slice));
            };
            assertThat(lab.plane().apply(table)).isEmpty();
            List<Packet> packets = new ArrayList<>(packets(ADDRESSES));
            RouteTable now = table;
            try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> flows = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    Packet packet = packets.get(random.nextInt(packets.size()));
                    flows.add(all.submit(() -> {
                        lab.agrees(now, packet);
                        return null;
                    }));
                }
                for (Future<?> flow : flows) {
                    flow.get();
                }
            }
        }
    }
}
