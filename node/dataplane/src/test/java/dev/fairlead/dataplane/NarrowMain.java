// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Field;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link NftablesRootlessTest} starts in a user namespace, where the kernel takes only so much at once. */
final class NarrowMain {
    private static final String NAME = "fairlead";
    private static final int SERVICES = 2000;
    private static final int AT_ONCE = 1 << 17; // less than the kernel's usual bound

    private NarrowMain() {}

    public static void main(String[] arguments) throws Exception {
        bound();
        try (PlaneLab lab = new PlaneLab(node -> new PlaneLab.Carrying(plane(node), () -> {}))) {
            lab.serveAt(8081);
            RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
            RouteTable many = table.with(services(0));
            lab.plane().apply(many);
            agree(lab, many);
            System.out.println("loaded " + many.entrances().size());
            try (SteadyClients clients = new SteadyClients()
                    .newConnections(lab.client(), Inet.address(IpAddress.of("10.96.0.1")))
                    .newConnections(lab.client(), Inet.address(IpAddress.of("fd00:10:96::1")))
                    .oneConnection(lab.client(), Inet.address(IpAddress.of("10.96.0.1")))) {
                clients.awaitAnswers(40);
                RouteTable moved = many.with(services(1));
                lab.plane().apply(moved);
                clients.awaitAnswers(40);
                agree(lab, moved);
                RouteTable other =
                        RouteTable.of(List.of(FlowsContract.service("")), List.of(), PlaneLab.NODE, PlaneLab.SETTINGS);
                System.out.println("moved, failures " + clients.failures());
                lab.plane().close();
                try (NftablesPlane next = plane(lab.node())) {
                    next.apply(many); // takes over what differs everywhere
                    clients.awaitAnswers(40);
                    System.out.println("taken over, failures " + clients.failures());
                    agree(lab, many);
                    tables(lab.node());
                    next.apply(other);
                    lab.agrees(other, packet(lab, "10.96.0.1", 80));
                }
            }
        }
        System.out.println("done");
    }

    private static NftablesPlane plane(Host node) {
        return NftablesPlane.in(
                Nftables.sendingAtMost(node.namespace(), AT_ONCE), node.namespace(), NAME, Ruleset.Options.USUAL);
    }

    /** What is said to fit is taken, what is said not to fit is not. */
    private static void bound() {
        Table table = Table.shared(Family.INET, "bound");
        try (Namespace namespace = Namespace.create("bound");
                Nftables nftables = Nftables.in(namespace)) {
            nftables.commit("begin", new Transaction(table).addTable().add(NamedSet.set("marks", List.of(Field.MARK))));
            Transaction fits = new Transaction(table);
            int count = 0;
            while (nftables.takes(fits, 1000)) {
                fits.put("marks", Element.of(Bytes.mark(++count)));
            }
            nftables.commit("as much as fits", fits);
            System.out.println(count + " elements fit");
            Transaction tooMuch = new Transaction(table);
            while (nftables.takes(tooMuch)) {
                tooMuch.put("marks", Element.of(Bytes.mark(++count)));
            }
            try {
                nftables.commit("more than fits", tooMuch);
            } catch (KernelException e) {
                System.out.println("more: " + e.getMessage());
            }
        }
    }

    private static void tables(Host node) {
        try (Nftables nftables = Nftables.in(node.namespace())) {
            System.out.println("tables " + nftables.table(Family.INET, NAME).isPresent() + " "
                    + nftables.table(Family.INET, NAME + "-next").isPresent());
        }
    }

    private static Packet packet(PlaneLab lab, String address, int port) {
        return new Packet(lab.sources().get("pod").getFirst(), Protocol.TCP, IpAddress.of(address), port);
    }

    private static void agree(PlaneLab lab, RouteTable table) throws Exception {
        for (int id : new int[] {0, SERVICES / 2, SERVICES - 1}) {
            lab.agrees(table, packet(lab, address(id), 80));
        }
        lab.agrees(table, packet(lab, "10.96.0.1", 80));
    }

    private static String address(int id) {
        return "10.96." + (1 + id / 250) + "." + (1 + id % 250);
    }

    /** Two endpoints each, at another port in each variant. */
    private static Change[] services(int variant) {
        List<Change> changes = new ArrayList<>();
        for (int id = 0; id < SERVICES; id++) {
            Map<String, Object> meta = Map.of("namespace", "many", "name", "s" + id);
            changes.add(new Change.ServicePut(Service.from(new Tree(Map.of(
                    "metadata",
                    meta,
                    "spec",
                    Map.of(
                            "clusterIP",
                            address(id),
                            "clusterIPs",
                            List.of(address(id)),
                            "ports",
                            List.of(Map.of("name", "http", "port", 80L))))))));
            changes.add(new Change.SlicePut(EndpointSlice.from(new Tree(Map.of(
                    "metadata",
                    Map.of(
                            "namespace",
                            "many",
                            "name",
                            "s" + id + "-x",
                            "labels",
                            Map.of("kubernetes.io/service-name", "s" + id)),
                    "addressType",
                    "IPv4",
                    "ports",
                    List.of(Map.of("name", "http", "port", 8080L + variant)),
                    "endpoints",
                    List.of(endpoint("10.244.1.2"), endpoint("10.244.2.2")))))));
        }
        return changes.toArray(Change[]::new);
    }

    private static Map<String, Object> endpoint(String address) {
        return Map.of("addresses", List.of(address), "conditions", Map.of("ready", true));
    }
}
