// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.FakeKernel;
import dev.fairlead.dataplane.layout.Layout;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.conntrack.Conntrack;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** More changes than usual, and a kernel that says more than is heard: at the end it holds what it should. */
class NftablesStormTest {
    private static final int CHANGES = 10_000;
    private static final long A_SECOND = 1_000_000_000;
    private static final int OTHERS = 500;
    private static final int MADE_ANEW = 40;
    private static final String NAME = "fairlead";
    private static final Table TABLE = Table.shared(Family.INET, NAME);
    private static final int MASQUERADE = Ruleset.Options.USUAL.masquerade();

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @BeforeAll
    static void possible() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    @Test
    void endpointsThatStayMissNoConnectionWhileTenThousandChangeInASecond() throws Exception {
        System.out.println("seed " + seed);
        try (PlaneLab lab = new PlaneLab(node ->
                new PlaneLab.Carrying(NftablesPlane.in(node.namespace(), NAME, Ruleset.Options.USUAL), () -> {}))) {
            lab.serveAt(8081);
            RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP)
                    .with(others());
            lab.plane().apply(table);
            List<Change> changes =
                    IntStream.range(0, CHANGES).mapToObj(this::change).toList();
            try (SteadyClients clients = clients(lab)) {
                clients.awaitAnswers(40);
                long before = clients.answers();
                table = storm(lab.plane(), table, changes);
                long during = clients.answers() - before;
                clients.awaitAnswers(40);
                System.out.println(during + " answers meanwhile");
                assertThat(clients.failures()).as("of %d", during).isEmpty();
            }
            holds(lab.node().namespace(), table);
        }
    }

    /** Ten changes each millisecond, all that are due at once, as the agent does. */
    private static RouteTable storm(DataPlane plane, RouteTable from, List<Change> changes) throws Exception {
        RouteTable table = from;
        long began = System.nanoTime();
        int batches = 0;
        for (int done = 0; done < changes.size(); batches++) {
            long due = (System.nanoTime() - began) * changes.size() / A_SECOND;
            int now = (int) Math.min(changes.size(), due);
            if (now == done) {
                LockSupport.parkNanos(A_SECOND / changes.size()); // the pace of the changes
                continue;
            }
            table = table.with(changes.subList(done, now).toArray(Change[]::new));
            plane.apply(table);
            done = now;
        }
        System.out.println(changes.size() + " changes in " + (System.nanoTime() - began) / 1_000_000 + " ms, " + batches
                + " batches");
        return table;
    }

    /** Deleted and made in one transaction, about one table in a hundred met a connection at the wrong moment here. */
    @Test
    void aTableThatIsMadeAnewMissesNoConnection() throws Exception {
        try (PlaneLab lab = new PlaneLab(node ->
                new PlaneLab.Carrying(NftablesPlane.in(node.namespace(), NAME, Ruleset.Options.USUAL), () -> {}))) {
            RouteTable some = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
            RouteTable masqueraded = FlowsContract.table(
                    PlaneLab.SETTINGS.withMasqueradeAll(true), "", FlowsContract.UP, FlowsContract.UP);
            lab.plane().apply(some);
            try (SteadyClients clients = clients(lab)) {
                clients.awaitAnswers(40);
                for (int i = 0; i < MADE_ANEW; i++) {
                    lab.plane().apply(i % 2 == 0 ? masqueraded : some);
                }
                clients.awaitAnswers(40);
                assertThat(clients.failures()).isEmpty();
            }
            holds(lab.node().namespace(), some);
        }
    }

    @Test
    void whatTheKernelSaysMayBeLost() throws Exception {
        System.out.println("seed " + seed);
        try (Namespace namespace = Namespace.create("overrun");
                Nftables stranger = Nftables.in(namespace);
                NftablesPlane plane = NftablesPlane.shared(
                        Nftables.in(namespace, 1), Conntrack.in(namespace), NAME, Ruleset.Options.USUAL)) {
            RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP)
                    .with(others())
                    .with(IntStream.range(0, OTHERS).mapToObj(this::moved).toArray(Change[]::new));
            plane.apply(table);
            holds(namespace, table);
            for (int i = 0; i < 3; i++) {
                stranger.commit("delete it", new Transaction(TABLE).deleteTable());
                // each of these changes is refused, and there is room for a few refusals only
                table = table.with(
                        random.ints(OTHERS / 5, 0, OTHERS).mapToObj(this::moved).toArray(Change[]::new));
                plane.apply(table);
                holds(namespace, table);
            }
        }
    }

    /** The Service gets four other endpoints. */
    private Change moved(int service) {
        int first = 1 + random.nextInt(200);
        return slice(
                "other-" + service,
                IntStream.range(first, first + 4)
                        .mapToObj(host -> "10.244.9." + host)
                        .toList(),
                80);
    }

    /** Reads the kernel back: it holds what the table says, and no more than that takes. */
    private static void holds(Namespace namespace, RouteTable table) {
        FakeKernel planned = new FakeKernel();
        planned.carryOut(Layout.of(table, MASQUERADE));
        FakeKernel real = new FakeKernel();
        try (Nftables nftables = Nftables.in(namespace)) {
            for (NamedSet set : nftables.sets(TABLE)) {
                if (!set.dynamic()) {
                    nftables.elements(TABLE, set.name()).forEach(element -> real.put(set.name(), element));
                }
            }
        }
        real.agrees(table, MASQUERADE, "read back");
        assertThat(real.size()).as("elements").isEqualTo(planned.size());
    }

    private static SteadyClients clients(PlaneLab lab) {
        Host pod = lab.host(lab.sources().get("pod").getFirst().ip());
        Host outside = lab.host(lab.sources().get("outside").getFirst().ip());
        return new SteadyClients()
                .newConnections(pod, Inet.address(IpAddress.of("10.96.0.1")))
                .newConnections(pod, Inet.address(IpAddress.of("fd00:10:96::1")))
                .newConnections(outside, Inet.address(IpAddress.of("203.0.113.1")))
                .oneConnection(pod, Inet.address(IpAddress.of("10.96.0.1")))
                .oneConnection(outside, Inet.address(IpAddress.of("2001:db8::7")));
    }

    private static Change[] others() {
        return IntStream.range(0, OTHERS)
                .mapToObj(id -> new Change.ServicePut(Service.from(new Tree(Map.of(
                        "metadata",
                        Map.of("namespace", "shop", "name", "other-" + id),
                        "spec",
                        Map.of(
                                "clusterIP",
                                "10.96.1." + id % 250,
                                "clusterIPs",
                                List.of("10.96.1." + id % 250),
                                "ports",
                                List.of(Map.of("name", "http", "port", 1000L + id))))))))
                .toArray(Change[]::new);
    }

    /** Some Service gets other endpoints; one in ten times it is the one that is asked, which gets more beside its own. */
    private Change change(int number) {
        if (number % 10 == 0) {
            List<String> more = new ArrayList<>(List.of("10.244.1.2", "10.244.2.2"));
            more.removeIf(any -> random.nextBoolean());
            return slice("web", more, 8081);
        }
        List<String> endpoints = IntStream.range(0, 12)
                .filter(any -> random.nextBoolean())
                .mapToObj(host -> "10.244.9." + host)
                .toList();
        return slice("other-" + random.nextInt(OTHERS), endpoints, 80);
    }

    private static Change slice(String service, List<String> addresses, long port) {
        List<Object> endpoints = new ArrayList<>();
        addresses.forEach(
                address -> endpoints.add(Map.of("addresses", List.of(address), "conditions", Map.of("ready", true))));
        return new Change.SlicePut(EndpointSlice.from(new Tree(Map.of(
                "metadata",
                Map.of(
                        "namespace",
                        "shop",
                        "name",
                        service + "-more",
                        "labels",
                        Map.of("kubernetes.io/service-name", service)),
                "addressType",
                "IPv4",
                "ports",
                List.of(Map.of("name", "http", "port", port)),
                "endpoints",
                endpoints))));
    }
}
