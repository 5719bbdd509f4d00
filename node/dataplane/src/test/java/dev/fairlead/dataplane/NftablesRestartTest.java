// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.conntrack.Conntrack;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Field;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.testing.Host;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel carries on while nobody programs it, and the next life changes no more than it must. */
class NftablesRestartTest {
    private static final Table TABLE = Table.shared(Family.INET, "fairlead");
    /** Of pools of two. */
    private static final String ENDPOINTS = "endpoints4-1";

    private PlaneLab lab;

    @BeforeEach
    void build() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        lab = new PlaneLab(node -> new PlaneLab.Carrying(plane(node), () -> {}));
    }

    @AfterEach
    void leave() {
        lab.close();
    }

    private static NftablesPlane plane(Host node) {
        return NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL);
    }

    private Set<Element> elements(String set) {
        try (Nftables nftables = Nftables.in(lab.node().namespace())) {
            return new HashSet<>(nftables.elements(TABLE, set));
        }
    }

    private Packet packet() {
        return new Packet(lab.sources().get("pod").getFirst(), Protocol.TCP, IpAddress.of("10.96.0.1"), 80);
    }

    @Test
    void trafficGoesOnAndTheSameTableChangesNothing() throws Exception {
        RouteTable table = FlowsContract.table(
                PlaneLab.SETTINGS, ", sessionAffinity: ClientIP", FlowsContract.UP, FlowsContract.UP);
        lab.plane().apply(table);
        String server = lab.server(packet());
        Set<Element> endpoints = elements(ENDPOINTS);
        Set<Element> internal = elements("internal4");
        assertThat(endpoints).isNotEmpty();
        try (AutoCloseable held = lab.hold(packet(), server)) {
            lab.plane().close();
            assertThat(lab.server(packet()))
                    .as("nobody is there, traffic flows")
                    .isEqualTo(server);
            try (NftablesPlane next = plane(lab.node())) {
                next.apply(table);
                assertThat(elements(ENDPOINTS)).isEqualTo(endpoints);
                assertThat(elements("internal4")).isEqualTo(internal);
                assertThat(lab.server(packet())).as("the client stays").isEqualTo(server);
                assertThat(held).isNotNull();
            }
        }
    }

    @Test
    void theNextLifeChangesWhatDiffers() throws Exception {
        lab.plane().apply(FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP));
        Set<Element> internal = elements("internal4");
        lab.plane().close();
        RouteTable fewer = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, "");
        try (NftablesPlane next = plane(lab.node())) {
            next.apply(fewer);
            assertThat(elements("internal4"))
                    .as("another class")
                    .hasSameSizeAs(internal)
                    .isNotEqualTo(internal);
            lab.agrees(fewer, packet());
            next.remove();
            assertThat(elements("internal4")).isEmpty();
        }
    }

    @Test
    void setsThatAreFullAreMadeAnewAndClientsStay() throws Exception {
        RouteTable one = FlowsContract.table(
                PlaneLab.SETTINGS, ", sessionAffinity: ClientIP", FlowsContract.UP, FlowsContract.UP);
        lab.plane().apply(one);
        String server = lab.server(packet());
        int clients = elements("clients4").size();
        assertThat(clients).isPositive();
        RouteTable many = one.with(IntStream.range(0, 400)
                .mapToObj(number ->
                        new Change.ServicePut(Service.from(PlaneLab.tree("{metadata: {namespace: shop, name: s"
                                + number + "}, spec: {clusterIP: 10.96.1." + number % 250 + ", clusterIPs: [10.96.1."
                                + number % 250
                                + "], ports: [{port: " + (1000 + number) + "}]}}"))))
                .toArray(Change[]::new));
        lab.plane().apply(many);
        assertThat(elements("internal4")).hasSize(402);
        assertThat(elements("clients4")).hasSize(clients);
        assertThat(lab.server(packet())).as("the client stays").isEqualTo(server);
        lab.plane().apply(one);
        assertThat(elements("internal4")).hasSize(2);
        lab.agrees(one, packet());
    }

    /** As when a process is killed that makes a large table in parts: one carries, the other is half made. */
    @ParameterizedTest
    @ValueSource(longs = {1 << 16, 1 << 26})
    void aTableThatWasHalfMadeIsMadeWhileTheOtherCarries(long atOnce) throws Exception {
        RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
        Table next = Table.shared(Family.INET, "fairlead-next");
        try (NftablesPlane carrying = shared("fairlead-next", atOnce)) {
            carrying.apply(table);
        }
        lab.agrees(table, packet());
        try (Nftables nftables = Nftables.in(lab.node().namespace());
                NftablesPlane plane = shared("fairlead", atOnce)) {
            nftables.commit(
                    "half of it", new Transaction(TABLE).addTable().add(NamedSet.set("half", List.of(Field.MARK))));
            RouteTable fewer = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, "");
            plane.apply(fewer);
            lab.agrees(fewer, packet());
            assertThat(nftables.table(Family.INET, next.name())).isEmpty();
            nftables.commit("another half", new Transaction(next).addTable());
            try (NftablesPlane again = shared("fairlead", atOnce)) {
                again.apply(fewer);
            }
            assertThat(nftables.table(Family.INET, next.name())).isEmpty();
            nftables.commit("a third one", new Transaction(next).addTable());
            plane.apply(FlowsContract.table(
                    PlaneLab.SETTINGS.withMasqueradeAll(true), "", FlowsContract.UP, FlowsContract.UP));
            assertThat(nftables.table(Family.INET, next.name())).isEmpty();
            plane.remove();
            assertThat(nftables.table(Family.INET, "fairlead")).isEmpty();
        }
    }

    private NftablesPlane shared(String name, long atOnce) {
        return NftablesPlane.shared(
                Nftables.sendingAtMost(lab.node().namespace(), atOnce),
                Conntrack.in(lab.node().namespace()),
                name,
                Ruleset.Options.USUAL);
    }

    @Test
    void otherSettingsReplaceTheTableInOneStep() throws Exception {
        lab.plane().apply(FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP));
        RouteTable all =
                FlowsContract.table(PlaneLab.SETTINGS.withMasqueradeAll(true), "", FlowsContract.UP, FlowsContract.UP);
        lab.plane().apply(all);
        lab.agrees(all, packet());
    }

    @Test
    void nobodyElseFlushesIt() throws Exception {
        RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
        lab.plane().apply(table);
        try (Nftables stranger = Nftables.in(lab.node().namespace())) {
            Assertions.assertThatThrownBy(() -> stranger.commit("delete it", new Transaction(TABLE).deleteTable()))
                    .isInstanceOf(KernelException.class);
        }
        lab.agrees(table, packet());
    }
}
