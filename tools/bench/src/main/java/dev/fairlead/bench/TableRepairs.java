// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.Guard;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * How long what somebody else does to a table that everybody may change stays undone: from the acknowledgement of the damage
 * to the next change of nftables, which is the repair.
 */
final class TableRepairs {
    private static final String NAME = "bench";
    private static final Table TABLE = Table.shared(Family.INET, NAME);
    private static final List<Integer> SIZES = List.of(10, 1000, 10_000);
    private static final Map<String, UnaryOperator<Transaction>> DAMAGES = new TreeMap<>(Map.of(
            "the table is deleted", Transaction::deleteTable,
            "a chain is emptied", change -> change.clearChain("postrouting"),
            "a map is emptied", change -> change.clearSet("internal4")));
    private static final long REST = 30_000_000; // ns
    private static final long STILL = 300_000_000;
    private static final long TICK = 50_000;
    private static final long PATIENCE = 30_000_000_000L;

    private TableRepairs() {}

    static void run(int times) throws IOException {
        Conditions.print("begin");
        System.out.println("\n| Services of 10 endpoints | damage | n | p50 ms | p99 ms | max ms |");
        System.out.println("|--:|---|--:|--:|--:|--:|");
        try (SystemTime time = new SystemTime()) {
            for (int size : SIZES) {
                measure(size, times, time);
            }
            LockSupport.parkNanos(REST); // the last guard sees that its plane is closed
        }
        System.out.println("\naim: 100 ms");
        Conditions.print("end");
    }

    private static void measure(int size, int times, SystemTime time) throws IOException {
        try (Namespace namespace = Namespace.create("bench");
                Nftables stranger = Nftables.in(namespace);
                NftablesPlane plane = NftablesPlane.shared(namespace, NAME, Ruleset.Options.USUAL)) {
            plane.apply(table(size));
            Guard.over(plane, time);
            for (Map.Entry<String, UnaryOperator<Transaction>> damage : DAMAGES.entrySet()) {
                Sample repairs = new Sample();
                for (int i = -times / 4; i < times; i++) { // warm by then
                    long took = repair(stranger, damage.getValue());
                    if (i >= 0) {
                        repairs.addNanos(took);
                    }
                    LockSupport.parkNanos(REST + i % 7 * 3_000_000L);
                }
                System.out.println(
                        "| " + size + " | " + damage.getKey() + " | " + times + " | " + repairs.tail("%.1f") + " |");
            }
        }
    }

    private static long repair(Nftables stranger, UnaryOperator<Transaction> damage) throws IOException {
        stranger.commit("damage it", damage.apply(new Transaction(TABLE)));
        long began = System.nanoTime();
        int damaged = stranger.generation();
        while (stranger.generation() == damaged) {
            if (System.nanoTime() - began > PATIENCE) {
                throw new IOException("nobody repaired the table");
            }
            LockSupport.parkNanos(TICK);
        }
        long took = System.nanoTime() - began;
        rest(stranger);
        return took;
    }

    /** A table that is made anew leaves in steps after the one that repairs it: waits until nothing changes any more. */
    private static void rest(Nftables nftables) {
        int last;
        do {
            last = nftables.generation();
            LockSupport.parkNanos(STILL);
        } while (nftables.generation() != last);
    }

    private static RouteTable table(int size) {
        List<Service> services = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            services.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, 10, 0));
        }
        return RouteTable.of(services, slices, ManyServices.NODE, Settings.DEFAULT);
    }
}
