// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.Guard;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.wire.time.SystemTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Where the kernel cannot keep others from our table, what they do to it is undone. */
class NftablesGuardTest {
    private static final Table TABLE = Table.shared(Family.INET, "fairlead");

    /** Of pools of two. */
    private static final String ENDPOINTS = "endpoints4-1";

    private static NftablesPlane plane(Namespace namespace) {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        return NftablesPlane.shared(namespace, TABLE.name(), Ruleset.Options.USUAL);
    }

    private static RouteTable table(String spec) {
        return FlowsContract.table(PlaneLab.SETTINGS, spec, FlowsContract.UP, FlowsContract.UP);
    }

    private record Counts(int endpoints, int internal, int rules) {
        static Counts of(Nftables nftables) {
            return new Counts(
                    nftables.elements(TABLE, ENDPOINTS).size(),
                    nftables.elements(TABLE, "internal6").size(),
                    nftables.rules(TABLE).size());
        }
    }

    @Test
    void whatOthersDoToTheTableIsUndone() throws Exception {
        List<Consumer<Nftables>> vandals = List.of(
                nftables -> nftables.commit("delete it", new Transaction(TABLE).deleteTable()),
                nftables -> nftables.commit("clear a chain", new Transaction(TABLE).clearChain("postrouting")),
                nftables -> nftables.commit(
                        "take an endpoint out",
                        new Transaction(TABLE)
                                .remove(
                                        ENDPOINTS,
                                        nftables.elements(TABLE, ENDPOINTS).getFirst())),
                nftables -> nftables.commit("clear a map", new Transaction(TABLE).clearSet("internal6")));
        try (PlaneLab lab = new PlaneLab(node -> new PlaneLab.Carrying(plane(node.namespace()), () -> {}));
                SystemTime time = new SystemTime();
                Nftables stranger = Nftables.in(lab.node().namespace())) {
            Guard.over((NftablesPlane) lab.plane(), time);
            RouteTable table = table("");
            lab.plane().apply(table);
            Counts whole = Counts.of(stranger);
            for (Consumer<Nftables> vandal : vandals) {
                vandal.accept(stranger);
                long began = System.nanoTime();
                int damaged = stranger.generation();
                PlaneLab.await("the repair", () -> stranger.generation() != damaged);
                System.out.println("repaired in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms");
                PlaneLab.await("all of it", () -> Counts.of(stranger).equals(whole));
                Packet.From client = lab.sources().get("pod").getFirst();
                lab.agrees(table, new Packet(client, Protocol.TCP, IpAddress.of("10.96.0.1"), 80));
            }
            RouteTable other = table(", internalTrafficPolicy: Local");
            lab.plane().apply(other); // the repaired table is followed as any other
            for (Packet.From client : lab.sources().get("pod")) {
                String to = client.ip().toString().contains(":") ? "fd00:10:96::1" : "10.96.0.1";
                lab.agrees(other, new Packet(client, Protocol.TCP, IpAddress.of(to), 80));
            }
        }
    }

    @Test
    void ownChangesAreNotTakenForOthers() {
        try (Namespace namespace = Namespace.create("guarded");
                NftablesPlane plane = plane(namespace);
                Nftables stranger = Nftables.in(namespace)) {
            plane.apply(table(""));
            assertThat(plane.repair()).isEqualTo(NftablesPlane.Found.NOTHING);
            plane.apply(table(", internalTrafficPolicy: Local"));
            plane.apply(table(", sessionAffinity: ClientIP"));
            plane.apply(table(", sessionAffinity: ClientIP"));
            assertThat(plane.repair()).isEqualTo(NftablesPlane.Found.NOTHING);
            Table other = Table.shared(Family.IPV4, "another");
            stranger.commit("make another", new Transaction(other).addTable());
            assertThat(plane.repair()).isEqualTo(NftablesPlane.Found.ELSEWHERE);
            assertThat(plane.repair()).isEqualTo(NftablesPlane.Found.NOTHING);
            stranger.commit("delete ours", new Transaction(TABLE).deleteTable());
            plane.apply(table("")); // refused at first, and then the whole is made anew
            assertThat(stranger.rules(TABLE)).isNotEmpty();
            assertThat(plane.repair()).isEqualTo(NftablesPlane.Found.NOTHING);
        }
    }

    @Test
    void aTableOfAnotherProcessIsLeftAlone() {
        try (Namespace namespace = Namespace.create("taken");
                NftablesPlane first = NftablesPlane.in(namespace, TABLE.name(), Ruleset.Options.USUAL)) {
            first.apply(table(""));
            Assumptions.assumeFalse(first.shared(), "this kernel knows no owners");
            assertThatThrownBy(() -> NftablesPlane.in(namespace, TABLE.name(), Ruleset.Options.USUAL))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("fairlead")
                    .hasMessageContaining(
                            "owned by process " + ProcessHandle.current().pid());
        }
    }
}
