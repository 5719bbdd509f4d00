// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What deciding routes costs: the whole table, the difference of one changed slice, and the heap for it. */
final class RoutesBench {
    private RoutesBench() {}

    /** Measures a table of {@code count} Services with {@code each} endpoints. */
    static void run(int count, int each) {
        List<Service> services = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            services.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, each, 0));
        }
        RouteTable table = RouteTable.empty(ManyServices.NODE, Settings.DEFAULT);
        for (int round = 0; round < 5; round++) {
            long start = System.nanoTime();
            table = RouteTable.of(services, slices, ManyServices.NODE);
            System.out.printf(
                    Locale.ROOT,
                    "build %d: %d Services of %d endpoints: %.1f ms%n",
                    round,
                    count,
                    each,
                    (System.nanoTime() - start) / 1e6);
        }
        changes(table, count, each, 20_000); // warms up
        long[] nanos = changes(table, count, each, 20_000);
        System.out.printf(
                Locale.ROOT,
                "one endpoint: with + Difference.between: p50 %.1f us, p99 %.1f us, worst %.1f us%n",
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3);
        long with = used();
        System.out.printf(Locale.ROOT, "frontends %d%n", table.entrances().size());
        table = RouteTable.empty(ManyServices.NODE, Settings.DEFAULT);
        System.out.printf(
                Locale.ROOT,
                "heap: %.1f MB beyond the objects it was decided from (%d)%n",
                (with - used()) / 1e6,
                services.size() + slices.size() + table.entrances().size());
    }

    private static long[] changes(RouteTable start, int count, int each, int rounds) {
        Random random = new Random(20261121);
        RouteTable table = start;
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            EndpointSlice slice = ManyServices.slice(random.nextInt(count), each, 1 + i % 2);
            long before = System.nanoTime();
            RouteTable next = table.with(new Change.SlicePut(slice));
            Difference difference = Difference.between(table, next);
            nanos[i] = System.nanoTime() - before;
            if (difference.changed().size() > 2) {
                throw new IllegalStateException("one slice changed more than its Service: " + difference);
            }
            table = next;
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
