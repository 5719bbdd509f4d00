// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The flows, carried by the relay. */
class UserspaceFlowsTest extends FlowsContract {
    @Override
    PlaneLab.Carrier carrier() {
        return RelayCarrier.lookingForSockets();
    }

    private UserspacePlane plane() {
        return (UserspacePlane) lab().plane();
    }

    @Test
    void theSameWhereTheKernelCannotLookForSockets() throws Exception {
        rebuild(RelayCarrier.markingSockets());
        everythingAgrees(table(PlaneLab.SETTINGS, ", externalTrafficPolicy: Local", UP, UP), ADDRESSES);
        rebuild(carrier());
    }

    @Test
    void sctpIsAcceptedAndSaidNotToBeCarried() throws Exception {
        Service service = Service.from(PlaneLab.tree("{metadata: {namespace: shop, name: web}, spec: {"
                + " clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1],"
                + " ports: [{name: http, port: 80}, {name: signals, port: 80, protocol: SCTP}]}}"));
        RouteTable table =
                RouteTable.of(List.of(service), List.of(slice("IPv4", UP, UP)), PlaneLab.NODE, PlaneLab.SETTINGS);
        assertThat(plane().apply(table)).singleElement().satisfies(problem -> {
            assertThat(problem.frontend()).hasToString("10.96.0.1:80/sctp");
            assertThat(problem.reason()).contains("SCTP");
        });
        for (Packet packet : packets(List.of("10.96.0.1"))) {
            if (packet.protocol() == Protocol.TCP) {
                lab().agrees(table, packet);
            }
        }
        assertThat(plane().apply(RouteTable.empty(PlaneLab.NODE, PlaneLab.SETTINGS)))
                .isEmpty();
    }

    @Test
    void countersOfBackendsThatAreGoneGoWithTheirLastConnection() throws Exception {
        awaitNoneCounted(RouteTable.empty(PlaneLab.NODE, PlaneLab.SETTINGS)); // tests before this one had connections
        plane().apply(table(PlaneLab.SETTINGS, "", UP, UP));
        assertThat(plane().counted()).as("nobody has connected yet").isZero();
        Packet.From client = lab().sources().get("pod").getFirst();
        Packet packet = new Packet(client, Protocol.TCP, IpAddress.of("10.96.0.1"), 80);
        try (AutoCloseable held = lab().hold(packet, "a")) {
            plane().apply(table(PlaneLab.SETTINGS, "", "", UP));
            assertThat(plane().counted()).as("one connection is held").isEqualTo(1);
            assertThat(held).isNotNull();
        }
        awaitNoneCounted(table(PlaneLab.SETTINGS, "", "", UP));
        plane().apply(RouteTable.empty(PlaneLab.NODE, PlaneLab.SETTINGS));
        assertThat(plane().counted()).isZero();
    }

    /** Applies the table until the last connections of backends that it does not have are over. */
    private void awaitNoneCounted(RouteTable table) throws InterruptedException {
        PlaneLab.await("the connections' end", () -> {
            try {
                plane().apply(table);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
            return plane().counted() == 0;
        });
    }

    @Test
    void unknownPortsAreRefusedAndFreedAddressesNoServices() throws Exception {
        RouteTable table = table(PlaneLab.SETTINGS, "", UP, UP);
        plane().apply(table);
        for (Packet packet : packets(List.of("10.96.0.1", "fd00:10:96::1", "10.200.0.1"))) {
            lab().agrees(table, new Packet(packet.from(), packet.protocol(), packet.destination(), 81));
        }
        int routes = lab().node().network().routes().size();
        RouteTable without = table.with(new Change.ServiceRemoved(service("").name()));
        plane().apply(without);
        assertThat(lab().node().network().routes())
                .as("four external addresses are given back")
                .hasSize(routes - 4);
        for (Packet packet : packets(List.of("10.96.0.1", "10.200.0.1"))) {
            lab().agrees(without, packet);
        }
        awaitNoneCounted(without);
    }
}
