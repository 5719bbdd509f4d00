// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * One pod at a time is made unready, and ready again, by writing its status through the API in this process; the clock
 * runs until a watch of all slices sees the endpoint change.
 */
final class SliceFlips {
    private static final int WARM_UP = 200;
    private static final Duration REST = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** From the write's answer, and from its sending. */
    final Sample answered = new Sample();

    final Sample sent = new Sample();
    /** Processor time of the whole process for one change, on average, in milliseconds. */
    private double processorMillis;

    private SliceFlips() {}

    /** Flips {@code changes} pods of a plane, each back too; {@code between} runs after each change. */
    static SliceFlips run(SeededPlane plane, int services, int pods, int changes, Between between)
            throws IOException, InterruptedException {
        SliceFlips flips = new SliceFlips();
        Population population = plane.population();
        try (SliceWatch watch = new SliceWatch(plane.client())) {
            double processor = 0;
            for (int change = -WARM_UP; change < changes; change++) {
                int pair = Math.floorDiv(change, 2);
                int service = Math.floorMod(pair * 7, services);
                int pod = Math.floorMod(pair, pods);
                boolean ready = Math.floorMod(change, 2) == 1;
                watch.expect(population.address(service, pod), ready);
                if (change == 0) {
                    processor = Conditions.processorSeconds();
                }
                long began = System.nanoTime();
                population.writeReady(service, pod, ready);
                long acknowledged = System.nanoTime();
                long seen = watch.seen(PATIENCE);
                Thread.sleep(REST); // what the change leads to besides is paid for too
                if (change >= 0) {
                    flips.answered.addNanos(Math.max(0, seen - acknowledged));
                    flips.sent.addNanos(seen - began);
                    between.after();
                }
            }
            flips.processorMillis = (Conditions.processorSeconds() - processor) * 1e3 / changes;
        }
        return flips;
    }

    double processorMillis() {
        return processorMillis;
    }

    /** Something to do after each change that counts. */
    @FunctionalInterface
    interface Between {
        void after() throws IOException;
    }
}
