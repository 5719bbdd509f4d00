// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients notice neither a restart nor a {@code kill -9} of whoever programs the kernel, though it is in the middle of
 * changes, or between the parts of a table that is made in several: no connection fails, none is reset. {@code -Dfairlead.restarts=50} is the campaign.
 */
class NftablesKilledTest {
    private static final int RESTARTS = Integer.getInteger("fairlead.restarts", 5);
    private static final int BETWEEN = 40; // answers

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest(name = "at most {0} bytes at once")
    @ValueSource(longs = {ChangingPlane.PLENTY, 1 << 16})
    void clientsNoticeNoRestart(long atOnce) throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (PlaneLab lab = new PlaneLab(node -> new PlaneLab.Carrying(plane(node, atOnce), () -> {}))) {
            lab.serveAt(8081);
            lab.plane().apply(ChangingPlane.table(random));
            lab.plane().close();
            try (SteadyClients clients = clients(lab)) {
                clients.awaitAnswers(BETWEEN);
                for (int i = 0; i < RESTARTS; i++) {
                    if (i % 3 == 0) {
                        killed(
                                lab.node(),
                                atOnce,
                                clients,
                                seed + i,
                                1 + random.nextInt(atOnce < ChangingPlane.PLENTY ? 5 : 30));
                    } else {
                        try (NftablesPlane next = plane(lab.node(), atOnce)) {
                            next.apply(ChangingPlane.table(random));
                            next.apply(ChangingPlane.table(random));
                        }
                    }
                    clients.awaitAnswers(BETWEEN); // while nobody programs the kernel
                    assertThat(clients.failures()).as("restart %d", i).isEmpty();
                }
                System.out.println(RESTARTS + " restarts, " + clients.answers() + " answers");
            }
            try (NftablesPlane last = plane(lab.node(), atOnce)) {
                RouteTable table = ChangingPlane.table(random);
                last.apply(table);
                assertThat(tables(lab.node())).containsExactly("fairlead");
                Packet.From client = lab.sources().get("pod").getFirst();
                lab.agrees(table, new Packet(client, Protocol.UDP, IpAddress.of("10.96.0.1"), 80));
                last.remove();
                assertThat(tables(lab.node())).isEmpty();
            }
        }
    }

    private static NftablesPlane plane(Host node, long atOnce) {
        return ChangingPlane.plane(node.namespace(), atOnce);
    }

    private static List<String> tables(Host node) {
        try (Nftables nftables = Nftables.in(node.namespace())) {
            return Stream.of("fairlead", "fairlead-next")
                    .filter(name -> nftables.table(Family.INET, name).isPresent())
                    .toList();
        }
    }

    private static SteadyClients clients(PlaneLab lab) {
        Host pod = lab.host(lab.sources().get("pod").getFirst().ip());
        Host outside = lab.host(lab.sources().get("outside").getFirst().ip());
        return new SteadyClients()
                .newConnections(pod, Inet.address(IpAddress.of("10.96.0.1")))
                .newConnections(outside, Inet.address(IpAddress.of("203.0.113.1")))
                .newConnections(pod, Inet.address(IpAddress.of("fd00:10:96::1")))
                .oneConnection(pod, Inet.address(IpAddress.of("10.96.0.1")))
                .oneConnection(outside, Inet.address(IpAddress.of("2001:db8::7")))
                .newPorts(outside, Inet.address(IpAddress.of("198.51.100.7")))
                .onePort(pod, Inet.address(IpAddress.of("10.96.0.1")));
    }

    /** Lets a process take over and make that many changes, and kills it then, wherever it is. */
    private void killed(Host node, long atOnce, SteadyClients clients, long seed, int changes) throws Exception {
        try (PlaneProcess process = PlaneProcess.start(node, folder, Long.toString(seed), Long.toString(atOnce))) {
            process.awaitChange(changes);
            clients.awaitAnswers(BETWEEN); // while it changes the table
            assertThat(process.read().contains("transactions, as the kernel takes little at once"))
                    .isEqualTo(atOnce < ChangingPlane.PLENTY);
        }
    }
}
