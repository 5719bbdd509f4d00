// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel counts connections, by Service port and endpoint, whichever way they came in. */
class NftablesCountingTest {
    private static final ObjectName SERVICE = new ObjectName("shop", "web");
    private static final RouteTable TABLE =
            FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);

    @BeforeEach
    void needsNamespaces() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    private static PlaneLab lab(Ruleset.Options options) throws Exception {
        return new PlaneLab(
                node -> new PlaneLab.Carrying(NftablesPlane.in(node.namespace(), "fairlead", options), () -> {}));
    }

    private static long connections(DataPlane plane, String port) {
        return plane.passed().stream()
                .filter(passed -> passed.route().port().equals(port))
                .mapToLong(DataPlane.Passed::connections)
                .sum();
    }

    @Test
    void eachConnectionCountsOnceWhereverItCameIn() throws Exception {
        try (PlaneLab lab = lab(Ruleset.Options.USUAL)) {
            lab.plane().apply(TABLE);
            assertThat(lab.plane().passed()).isEmpty();
            int asked = 0;
            for (String who : List.of("pod", "node", "outside", "itself")) {
                for (Packet.From from : lab.sources().get(who)) {
                    boolean v4 = from.ip().toString().indexOf(':') < 0;
                    IpAddress node =
                            PlaneLab.ip(v4 ? lab.node().v4() : lab.node().v6());
                    boolean port = TABLE.nodePortAddresses().contains(node);
                    lab.server(new Packet(from, Protocol.TCP, IpAddress.of(v4 ? "10.96.0.1" : "fd00:10:96::1"), 80));
                    asked++;
                    if (port) {
                        lab.server(new Packet(from, Protocol.TCP, node, 30080));
                        asked++;
                    }
                }
            }
            assertThat(connections(lab.plane(), "http")).isEqualTo(asked);
            assertThat(connections(lab.plane(), "dns")).isZero();
            assertThat(lab.plane().seen(SERVICE).stream()
                            .mapToLong(seen -> seen.traffic().opened())
                            .sum())
                    .isEqualTo(asked);
            assertThat(lab.plane().seen(new ObjectName("shop", "other"))).isEmpty();

            RouteTable gone = TABLE.with(new Change.ServiceRemoved(SERVICE));
            lab.plane().apply(gone);
            assertThat(lab.plane().passed()).isEmpty();
        }
    }

    @Test
    void aNewLifeGoesOnCounting() throws Exception {
        try (PlaneLab lab = lab(Ruleset.Options.USUAL)) {
            lab.plane().apply(TABLE);
            Packet packet =
                    new Packet(lab.sources().get("pod").getFirst(), Protocol.UDP, IpAddress.of("10.96.0.1"), 80);
            lab.server(packet);
            lab.plane().close();
            try (NftablesPlane next = NftablesPlane.in(lab.node().namespace(), "fairlead", Ruleset.Options.USUAL)) {
                next.apply(TABLE);
                lab.server(packet);
                assertThat(connections(next, "dns")).isEqualTo(2);
            }
        }
    }

    private static Map<String, Long> denied(DataPlane plane) {
        Map<String, Long> denied = new TreeMap<>();
        plane.denied().forEach(one -> {
            if (one.packets() > 0) {
                denied.put(one.family().text() + " " + one.reason(), one.packets());
            }
        });
        return denied;
    }

    @Test
    void whatIsDeniedCountsByReason() throws Exception {
        Settings settings = PlaneLab.SETTINGS.withServiceCidrs(
                PlaneLab.BLOCKS.stream().map(Cidr::of).toList());
        try (PlaneLab lab = lab(Ruleset.Options.USUAL)) {
            lab.plane().apply(FlowsContract.table(settings, "", "", ""));
            assertThat(lab.plane().denied()).hasSize(10).allMatch(one -> one.packets() == 0);
            Packet.From pod = lab.sources().get("pod").getFirst();
            Packet.From pod6 = lab.sources().get("pod").getLast();
            Packet.From outside = lab.sources().get("outside").getFirst();
            ask(lab, pod, "10.96.0.1", 80, 3);
            ask(lab, pod6, "fd00:10:96::1", 80, 1);
            ask(lab, pod, "10.96.0.1", 81, 2);
            assertThat(denied(lab.plane()))
                    .isEqualTo(Map.of("IPv4 NO_ENDPOINTS", 3L, "IPv6 NO_ENDPOINTS", 1L, "IPv4 UNKNOWN_PORT", 2L));

            RouteTable elsewhere = FlowsContract.table(
                    settings,
                    ", externalTrafficPolicy: Local, loadBalancerSourceRanges: [8.8.8.0/24]",
                    "",
                    FlowsContract.UP);
            lab.plane().apply(elsewhere);
            lab.agrees(elsewhere, new Packet(outside, Protocol.TCP, IpAddress.of("198.51.100.7"), 80));
            lab.agrees(elsewhere, new Packet(outside, Protocol.TCP, IpAddress.of("203.0.113.1"), 80));
            lab.agrees(elsewhere, new Packet(pod, Protocol.TCP, IpAddress.of("10.96.99.99"), 80));
            assertThat(denied(lab.plane()))
                    .containsKeys("IPv4 NO_LOCAL_ENDPOINTS", "IPv4 SOURCE_NOT_ALLOWED", "IPv4 UNUSED_SERVICE_ADDRESS")
                    .containsEntry("IPv4 NO_ENDPOINTS", 3L)
                    .hasSize(6);

            // other settings are another table; the sums go on
            lab.plane().apply(FlowsContract.table(settings.withMasqueradeAll(true), "", "", ""));
            ask(lab, pod, "10.96.0.1", 80, 1);
            assertThat(denied(lab.plane())).containsEntry("IPv4 NO_ENDPOINTS", 4L);
        }
    }

    private static void ask(PlaneLab lab, Packet.From from, String address, int port, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(lab.server(new Packet(from, Protocol.TCP, IpAddress.of(address), port)))
                    .isEqualTo("refused");
        }
    }

    @Test
    void nothingIsCountedWhereNothingShall() throws Exception {
        try (PlaneLab lab = lab(Ruleset.Options.USUAL.counting(0))) {
            lab.plane().apply(TABLE);
            lab.agrees(
                    TABLE,
                    new Packet(lab.sources().get("pod").getFirst(), Protocol.TCP, IpAddress.of("10.96.0.1"), 80));
            assertThat(lab.plane().passed()).isEmpty();
        }
    }

    @Test
    void oneInTwoStandsForTwo() throws Exception {
        try (PlaneLab lab = lab(Ruleset.Options.USUAL.counting(2))) {
            lab.plane().apply(TABLE);
            Packet packet =
                    new Packet(lab.sources().get("pod").getFirst(), Protocol.TCP, IpAddress.of("10.96.0.1"), 80);
            for (int i = 0; i < 200; i++) {
                lab.server(packet);
            }
            // 200 tosses of a coin: outside of this once in some 10^9
            assertThat(connections(lab.plane(), "http")).isEven().isBetween(110L, 290L);
        }
    }
}
