// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Nftables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A process that takes over its namespace's table (with a cgroup, its sockets too) and then changes it without a pause, until it is
 * killed. The Service {@code web} keeps its endpoints and gets others beside them, which answer too; Services around it come and go.
 */
final class ChangingPlane {
    /** More bytes than any table here needs. */
    static final long PLENTY = 1 << 24;

    private static final int OTHERS = 30;

    private ChangingPlane() {}

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[0]));
        long atOnce = Long.parseLong(arguments[1]);
        try (Namespace here = Namespace.own();
                DataPlane plane = arguments.length > 2 ? sockets(here, Path.of(arguments[2])) : plane(here, atOnce)) {
            for (int i = 0; ; i++) {
                boolean anew = atOnce < PLENTY && i % 2 == 1; // other settings replace the table
                plane.apply(table(random, PlaneLab.SETTINGS.withMasqueradeAll(anew)));
                System.out.println("applied " + i);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** A plane whose transactions are of so many bytes at most. */
    static NftablesPlane plane(Namespace namespace, long atOnce) {
        return NftablesPlane.in(
                Nftables.sendingAtMost(namespace, atOnce), namespace, "fairlead", Ruleset.Options.USUAL);
    }

    /** One with room, and above it programs at the sockets of a cgroup. */
    static SocketPlane sockets(Namespace node, Path cgroup) {
        return sockets(plane(node, PLENTY), node, cgroup);
    }

    /** Programs above a plane. */
    static SocketPlane sockets(DataPlane below, Namespace node, Path cgroup) {
        return SocketPlane.over(below, new SocketPlane.Options(cgroup, node, true, Set.of()));
    }

    /** Some table of those that are applied in turn. */
    static RouteTable table(Random random) {
        return table(random, PlaneLab.SETTINGS);
    }

    private static RouteTable table(Random random, Settings settings) {
        List<Service> services = new ArrayList<>(List.of(FlowsContract.service("")));
        List<EndpointSlice> slices = new ArrayList<>(List.of(
                FlowsContract.slice("IPv4", FlowsContract.UP, FlowsContract.UP),
                FlowsContract.slice("IPv6", FlowsContract.UP, FlowsContract.UP)));
        if (random.nextBoolean()) {
            slices.add(slice("web-more", "web", List.of("10.244.1.2", "10.244.2.2"), 8081));
        }
        for (int i = 0; i < OTHERS; i++) {
            if (random.nextBoolean()) {
                String name = "other-" + i;
                services.add(Service.from(PlaneLab.tree("{metadata: {namespace: shop, name: " + name
                        + "}, spec: {clusterIP: 10.96.1." + i + ", clusterIPs: [10.96.1." + i
                        + "], ports: [{name: http, port: 80}]}}")));
                slices.add(slice(name + "-x", name, List.of("10.244.9." + random.nextInt(9)), 80));
            }
        }
        return RouteTable.of(services, slices, PlaneLab.NODE, settings);
    }

    private static EndpointSlice slice(String name, String service, List<String> addresses, int port) {
        List<String> endpoints = addresses.stream()
                .map(address -> "{addresses: ['" + address + "'], conditions: {ready: true}}")
                .toList();
        return EndpointSlice.from(PlaneLab.tree("{metadata: {namespace: shop, name: " + name
                + ", labels: {kubernetes.io/service-name: " + service + "}}, addressType: IPv4, ports: [{name: http,"
                + " port: " + port + "}], endpoints: [" + String.join(", ", endpoints) + "]}"));
    }
}
