// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * One pod at a time is made unready, and ready again, by writing its status through the API in this process; the clock
 * runs until a watch of all slices sees the endpoint change.
 */
final class SliceFlips {
    private static final int WARM_UP = 200;
    private static final Duration REST = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** From the write's answer; from its sending; processor time of the whole process for one change. */
    final Sample answered = new Sample();

    final Sample sent = new Sample();
    final Sample cpu = new Sample();

    private SliceFlips() {}

    /** Flips {@code changes} pods of a plane, each back too; {@code between} runs after each change. */
    static SliceFlips run(SeededPlane plane, int services, int pods, int changes, Between between)
            throws IOException, InterruptedException {
        SliceFlips flips = new SliceFlips();
        Population population = plane.population();
        try (SliceWatch watch = new SliceWatch(plane.client())) {
            for (int change = -WARM_UP; change < changes; change++) {
                int service = Math.floorMod(change / 2 * 7, services);
                int pod = Math.floorMod(change / 2, pods);
                boolean ready = Math.floorMod(change, 2) == 1;
                watch.expect(population.address(service, pod), ready);
                long processor = processorNanos();
                long began = System.nanoTime();
                population.writeReady(service, pod, ready);
                long acknowledged = System.nanoTime();
                long seen = watch.seen(PATIENCE);
                Thread.sleep(REST); // what the change leads to besides is paid for too
                if (change >= 0) {
                    flips.answered.addNanos(Math.max(0, seen - acknowledged));
                    flips.sent.addNanos(seen - began);
                    flips.cpu.addNanos(processorNanos() - processor);
                    between.after();
                }
            }
        }
        return flips;
    }

    /** Something to do after each change that counts. */
    @FunctionalInterface
    interface Between {
        void after() throws IOException;
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }
}
