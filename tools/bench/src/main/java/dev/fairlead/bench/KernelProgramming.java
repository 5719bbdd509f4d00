// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Layout;
import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What programming the kernel costs: a whole table, one endpoint of it, many at once, and taking it over after a restart. In
 * a namespace of its own, by netlink.
 */
final class KernelProgramming {
    private static final int EACH = 10;
    private static final int BATCH = 1000;

    private final int services;

    private KernelProgramming(int services) {
        this.services = services;
    }

    static void run(int changes, int services) throws IOException, InterruptedException {
        Conditions.print("begin");
        new KernelProgramming(services).measure(changes, services > 10_000 ? 3 : 15);
        Conditions.print("end");
    }

    private RouteTable table() {
        List<Service> all = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 0; id < services; id++) {
            all.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, EACH, 0));
        }
        return RouteTable.of(all, slices, ManyServices.NODE, Settings.DEFAULT);
    }

    private void measure(int changes, int count) throws IOException, InterruptedException {
        RouteTable table = table();
        Sample loads = new Sample();
        Sample plans = new Sample();
        Sample encodings = new Sample();
        Sample takeOvers = new Sample();
        Sample slabs = new Sample();
        Sample heaps = new Sample();
        try (Namespace namespace = Namespace.create("bench")) {
            for (int i = 0; i < count; i++) {
                plan(table, plans, encodings);
                System.gc();
                long before = slab();
                try (NftablesPlane plane = NftablesPlane.in(namespace, "bench", Ruleset.Options.USUAL)) {
                    loads.addNanos(timed(() -> plane.apply(table)));
                    slabs.add((slab() - before) / 1024.0);
                    System.gc();
                    heaps.add((Runtime.getRuntime().totalMemory()
                                    - Runtime.getRuntime().freeMemory())
                            / 1048576.0);
                }
                try (NftablesPlane plane = NftablesPlane.in(namespace, "bench", Ruleset.Options.USUAL)) {
                    takeOvers.addNanos(timed(() -> plane.apply(table)));
                    plane.remove();
                }
            }
            System.out.println();
            System.out.println("| " + services + " Services of " + EACH + " endpoints | n | median | min | max |");
            System.out.println("|---|--:|--:|--:|--:|");
            row("whole table into the kernel, ms", loads);
            row("of it planning, measured by itself, ms", plans);
            row("of it encoding, measured by itself, ms", encodings);
            row("the same table taken over after a restart, ms", takeOvers);
            row("kernel memory, MiB", slabs);
            row("heap of this process: objects, routes, layout, MiB", heaps);
            try (NftablesPlane plane = NftablesPlane.in(namespace, "bench", Ruleset.Options.USUAL)) {
                single(plane, table, changes);
                batched(plane, table);
                plane.remove();
            }
        }
    }

    private static void row(String what, Sample sample) {
        System.out.println("| " + what + " | " + sample.size() + " | " + sample.spread("%.1f") + " |");
    }

    private static void plan(RouteTable table, Sample plans, Sample encodings) {
        long begin = System.nanoTime();
        Layout.Plan plan = Layout.of(table, Ruleset.Options.USUAL.masquerade());
        plans.addNanos(System.nanoTime() - begin);
        begin = System.nanoTime();
        Transaction transaction = new Transaction(Table.shared(Family.INET, "bench"));
        for (Operation operation : plan.operations()) {
            if (operation instanceof Operation.Put(String set, Element element)) {
                transaction.put(set, element);
            }
        }
        encodings.addNanos(System.nanoTime() - begin);
    }

    /** One endpoint after another becomes unready, and ready again. */
    private void single(NftablesPlane plane, RouteTable start, int changes) {
        plane.apply(start);
        Random random = new Random(20261121);
        RouteTable table = start;
        Sample whole = new Sample();
        Sample alone = new Sample();
        for (int i = 0; i < changes + changes / 4; i++) {
            EndpointSlice slice = ManyServices.slice(random.nextInt(services), EACH, 1 + i % 2);
            long begin = System.nanoTime();
            table = table.with(new Change.SlicePut(slice));
            long routed = System.nanoTime();
            plane.apply(table);
            long end = System.nanoTime();
            if (i >= changes / 4) { // warm by then
                whole.addNanos(end - begin);
                alone.addNanos(end - routed);
            }
        }
        plane.apply(start);
        System.out.println();
        System.out.println("| one endpoint changes | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| slice in hand → kernel acknowledged | " + changes + " | " + whole.tail("%.4f") + " |");
        System.out.println("| of it the data plane | " + changes + " | " + alone.tail("%.4f") + " |");
    }

    /** One endpoint each of many Services at once, for a while. */
    private void batched(NftablesPlane plane, RouteTable start) {
        RouteTable table = start;
        Sample rates = new Sample();
        Sample whole = new Sample();
        for (int round = 0; round < 200; round++) {
            Change[] changes = new Change[BATCH];
            for (int i = 0; i < BATCH; i++) {
                // the one that was out comes back, another goes: one element changes its endpoint
                changes[i] = new Change.SlicePut(
                        ManyServices.slice((round / 9 * BATCH + i) % services, EACH, 1 + round % 9));
            }
            long begin = System.nanoTime();
            table = table.with(changes);
            long routed = System.nanoTime();
            plane.apply(table);
            long end = System.nanoTime();
            if (round >= 50) {
                rates.add(BATCH * 1e9 / (end - routed));
                whole.add(BATCH * 1e9 / (end - begin));
            }
        }
        plane.apply(start);
        System.out.println();
        System.out.println("| one endpoint each of " + BATCH + " Services at once | n | median | min | max |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| changes/s, data plane | " + rates.size() + " | " + rates.spread("%.0f") + " |");
        System.out.println("| changes/s, with routes | " + whole.size() + " | " + whole.spread("%.0f") + " |");
        System.out.println();
    }

    private static long timed(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return System.nanoTime() - begin;
    }

    /**
     * Kernel memory, in KiB, of the whole machine, once it has settled: what was freed is so after a while. Elements are in
     * slabs, the tables of hashes that lead to them in vmalloc when they are large.
     */
    private static long slab() throws IOException, InterruptedException {
        long last = Long.MAX_VALUE;
        for (int still = 0; still < 3; ) {
            Thread.sleep(100);
            long now = slabNow();
            still = Math.abs(now - last) < 64 ? still + 1 : 0;
            last = now;
        }
        return last;
    }

    private static long slabNow() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("Slab:") || line.startsWith("VmallocUsed:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }
}
