// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.OwnCgroup;
import dev.fairlead.wire.Inet;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients notice neither a restart nor a {@code kill -9} of whoever translates at their sockets: the programs end with it, and
 * nftables carries new connections until the next life attaches others. {@code -Dfairlead.restarts=50} is the campaign.
 */
class SocketKilledTest {
    private static final int RESTARTS = Integer.getInteger("fairlead.restarts", 3);
    private static final int BETWEEN = 40; // answers
    private static final InetAddress V4 = Inet.address(IpAddress.of("10.96.0.1"));
    private static final InetAddress V6 = Inet.address(IpAddress.of("fd00:10:96::1"));
    private static final int ASKED = 5;

    @TempDir
    private Path folder = Path.of("");

    private OwnCgroup group;

    @Test
    void clientsNoticeNoRestart() throws Exception {
        Probe probe = Probe.socketHooks();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (PlaneLab lab = new PlaneLab(node -> {
            group = OwnCgroup.enter("socket-killed");
            return new PlaneLab.Carrying(ChangingPlane.sockets(node.namespace(), group.path()), group, true);
        })) {
            lab.serveAt(8081);
            lab.plane().apply(ChangingPlane.table(random));
            lab.plane().close();
            try (SteadyClients clients = clients(lab)) {
                clients.awaitAnswers(BETWEEN);
                for (int i = 0; i < RESTARTS; i++) {
                    if (i % 3 == 1) {
                        try (SocketPlane next = ChangingPlane.sockets(lab.node().namespace(), group.path())) {
                            next.apply(ChangingPlane.table(random));
                            next.apply(ChangingPlane.table(random));
                            clients.awaitAnswers(BETWEEN);
                        }
                    } else {
                        try (PlaneProcess process = PlaneProcess.start(
                                lab.node(),
                                folder,
                                Long.toString(seed + i),
                                Long.toString(ChangingPlane.PLENTY),
                                group.path().toString())) {
                            process.awaitChange(random.nextInt(30));
                            clients.awaitAnswers(BETWEEN); // while it changes maps and table
                        }
                    }
                    clients.awaitAnswers(BETWEEN); // while nobody translates
                    assertThat(clients.failures()).as("restart %d", i).isEmpty();
                }
                System.out.println(RESTARTS + " restarts, " + clients.answers() + " answers");
            }
            onlyWhileSomebodyLives(lab, ChangingPlane.table(random));
        }
    }

    private static SteadyClients clients(PlaneLab lab) {
        Host pod = lab.client();
        return new SteadyClients()
                .newConnections(pod, V4)
                .newConnections(lab.node(), V4)
                .newConnections(pod, V6)
                .oneConnection(pod, V4)
                .oneConnection(lab.node(), V6)
                .newPorts(pod, V4)
                .onePort(pod, V4);
    }

    /** What is not translated is counted by the table: all of it after the end, nothing before. */
    private void onlyWhileSomebodyLives(PlaneLab lab, RouteTable table) throws Exception {
        NftablesPlane counting = ChangingPlane.plane(lab.node().namespace(), ChangingPlane.PLENTY);
        try (SocketPlane last = ChangingPlane.sockets(counting, lab.node().namespace(), group.path())) {
            last.apply(table);
            long before = connections(counting);
            ask(lab);
            assertThat(connections(counting)).as("translated").isEqualTo(before);
            assertThat(connections(last)).as("counted where it was").isEqualTo(before + ASKED);
        }
        try (NftablesPlane below = ChangingPlane.plane(lab.node().namespace(), ChangingPlane.PLENTY)) {
            below.apply(table);
            long before = connections(below);
            ask(lab);
            assertThat(connections(below)).as("not translated any more").isEqualTo(before + ASKED);
            below.remove();
        }
    }

    private static void ask(PlaneLab lab) throws Exception {
        for (int i = 0; i < ASKED; i++) {
            lab.client().ask(V4, 80, "hello");
        }
    }

    private static long connections(DataPlane plane) {
        return plane.passed().stream().mapToLong(DataPlane.Passed::connections).sum();
    }
}
