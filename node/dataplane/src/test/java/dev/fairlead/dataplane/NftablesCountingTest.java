// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import java.util.List;
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
