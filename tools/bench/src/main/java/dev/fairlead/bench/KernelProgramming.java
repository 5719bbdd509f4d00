// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What programming the kernel costs: a whole table, one endpoint of it, and taking it over after a restart. In a namespace
 * of its own, by netlink; a change counts from the slice in hand to the kernel's acknowledgement, routes and plan included.
 */
final class KernelProgramming {
    private static final int SERVICES = 10_000;
    private static final int EACH = 10;
    private static final int LOADS = 7;

    private KernelProgramming() {}

    static void run(int changes) throws IOException {
        Conditions.print("begin");
        List<Service> services = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 0; id < SERVICES; id++) {
            services.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, EACH, 0));
        }
        RouteTable table = RouteTable.of(services, slices, ManyServices.NODE, Settings.DEFAULT);
        Sample loads = new Sample();
        Sample takeOvers = new Sample();
        Sample ones = new Sample();
        long slab = 0;
        try (Namespace namespace = Namespace.create("bench")) {
            for (int i = 0; i < LOADS; i++) {
                long before = slab();
                try (NftablesPlane plane = NftablesPlane.in(namespace, "bench", Ruleset.Options.USUAL)) {
                    loads.addNanos(timed(() -> plane.apply(table)));
                    slab = slab() - before;
                }
                try (NftablesPlane plane = NftablesPlane.in(namespace, "bench", Ruleset.Options.USUAL)) {
                    takeOvers.addNanos(timed(() -> plane.apply(table)));
                    if (i + 1 < LOADS) {
                        plane.remove();
                    } else {
                        one(plane, table, changes / 10, new Sample()); // warms up
                        one(plane, table, changes, ones);
                        plane.remove();
                    }
                }
            }
        }
        System.out.println();
        System.out.println("| " + SERVICES + " Services of " + EACH + " endpoints | n | median | min | max |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| whole table into the kernel, ms | " + loads.size() + " | " + loads.spread("%.0f") + " |");
        System.out.println("| the same table taken over after a restart, ms | " + takeOvers.size() + " | "
                + takeOvers.spread("%.0f") + " |");
        System.out.println();
        System.out.println("| one endpoint changes | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| slice in hand → kernel acknowledged | " + ones.size() + " | " + ones.tail("%.4f") + " |");
        System.out.printf(Locale.ROOT, "%nkernel slab for the table: %.1f MiB%n%n", slab / 1024.0);
        Conditions.print("end");
    }

    private static void one(NftablesPlane plane, RouteTable start, int changes, Sample sample) {
        Random random = new Random(20261121);
        RouteTable table = start;
        plane.apply(table);
        for (int i = 0; i < changes; i++) {
            EndpointSlice slice = ManyServices.slice(random.nextInt(SERVICES), EACH, 1 + i % 2);
            long begin = System.nanoTime();
            table = table.with(new Change.SlicePut(slice));
            plane.apply(table);
            sample.addNanos(System.nanoTime() - begin);
        }
        plane.apply(start);
    }

    private static long timed(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return System.nanoTime() - begin;
    }

    /** Kernel memory in slabs, in KiB; of the whole machine. */
    private static long slab() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("Slab:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
