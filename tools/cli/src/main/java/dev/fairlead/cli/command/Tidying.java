// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.wire.time.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Has the heap collected whole once it has grown and the process has nothing else to do. The serial collector lets the old
 * generation grow until the heap's limit before it looks at it, so that after a burst of work a multiple of what is alive would
 * stay with the process for as long as it runs. Collecting takes some tenths of a second in a large cluster, in which nothing is
 * answered: so only after some quiet seconds, and not again before the heap has grown by an eighth.
 */
final class Tidying implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);

    /** How much of a processor, at most, somebody uses who has nothing to do. */
    private static final double QUIET = 0.1;

    /** How many looks in a row must be quiet. */
    private static final int LOOKS = 2;

    private static final long GROWN_BYTES = 8 << 20;

    private final Machine machine;
    private final Time time;
    private Duration used;
    private long looked;
    private long least;
    private int quiet;
    private Time.@Nullable Timer timer;
    private boolean closed;

    /** What is looked at, and done. */
    interface Machine {
        /** How much processor time the process has used. */
        Duration used();

        /** How much memory the heap takes. */
        long heapBytes();

        /** Collects all of it and gives back what is free. */
        void collect();

        /** This process. */
        Machine THIS = new Machine() {
            @Override
            public Duration used() {
                return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
            }

            @Override
            public long heapBytes() {
                return Runtime.getRuntime().totalMemory();
            }

            @Override
            public void collect() {
                System.gc();
            }
        };
    }

    Tidying(Machine machine, Time time) {
        this.machine = machine;
        this.time = time;
        this.used = machine.used();
        this.looked = time.nanos();
        this.least = machine.heapBytes();
        again();
    }

    private synchronized void again() {
        if (!closed) {
            timer = time.schedule(INTERVAL, this::look);
        }
    }

    private void look() {
        long now = time.nanos();
        Duration usedNow = machine.used();
        boolean idle = usedNow.minus(used).toNanos() < QUIET * (now - looked);
        used = usedNow;
        looked = now;
        quiet = idle ? quiet + 1 : 0;
        if (quiet >= LOOKS && machine.heapBytes() > least + Math.max(least / 8, GROWN_BYTES)) {
            machine.collect();
            least = machine.heapBytes();
            quiet = 0;
            used = machine.used();
            looked = time.nanos();
        }
        again();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
