// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.store.disk.DiskStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Slices and Endpoints of 1,000 Services of 10 pods in a store on disk: all of them from cold, round after round in one
 * process, and then from one pod's status to its slice.
 */
final class SliceWrites {
    private static final int SERVICES = 1_000;
    private static final int PODS = 10;
    private static final int ROUNDS = 5;
    private static final double GOAL_COLD = 1.5;
    private static final double GOAL_MEDIAN = 2;
    private static final double GOAL_TAIL = 5;

    private SliceWrites() {}

    static void run(int changes) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Sample cold = new Sample();
        Sample work = new Sample();
        double first = 0;
        double firstWork = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (SeededPlane plane = plane(scratch, round)) {
                double before = Conditions.processorSeconds();
                double seconds = plane.startControllers();
                double worked = Conditions.processorSeconds() - before;
                if (round == 0) {
                    first = seconds;
                    firstWork = worked;
                } else {
                    cold.add(seconds);
                    work.add(worked);
                }
            }
        }
        System.out.println("\n| all slices and Endpoints from cold | n | median s | min | max | processor s |");
        System.out.println("|---|--:|--:|--:|--:|--:|");
        System.out.printf(Locale.ROOT, "| in a new process | 1 | %.2f | | | %.2f |%n", first, firstWork);
        System.out.printf(
                Locale.ROOT,
                "| again in the same process | %d | %s | %.2f |%n",
                cold.size(),
                cold.spread("%.2f"),
                work.median());
        Sample fsync = new Sample();
        try (SeededPlane plane = plane(scratch, ROUNDS);
                Disk disk = new Disk(scratch)) {
            plane.startControllers();
            SliceFlips flips = SliceFlips.run(plane, SERVICES, PODS, changes, () -> disk.measure(1, fsync));
            System.out.println("\n| one pod's readiness | n | p50 ms | p99 ms | max ms |");
            System.out.println("|---|--:|--:|--:|--:|");
            row("the write is answered → slice event", flips.answered);
            row("the write is sent → slice event", flips.sent);
            row("one 4 KiB write and fdatasync", fsync);
        }
        System.out.printf(
                Locale.ROOT,
                "%ngoals: from cold %.1f s; answered → slice event p50 %.0f ms and p99 %.0f ms, each plus one fsync: %.2f and %.2f ms%n",
                GOAL_COLD,
                GOAL_MEDIAN,
                GOAL_TAIL,
                GOAL_MEDIAN + fsync.median(),
                GOAL_TAIL + fsync.at(0.99));
        Conditions.print("\nend");
        Conditions.delete(scratch);
    }

    private static SeededPlane plane(Path scratch, int round) throws IOException {
        return new SeededPlane(DiskStore.open(Files.createDirectory(scratch.resolve("store" + round))), SERVICES, PODS);
    }

    private static void row(String what, Sample sample) {
        System.out.println("| " + what + " | " + sample.size() + " | " + sample.tail("%.2f") + " |");
    }
}
