// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.wire.time.Time;
import java.time.Duration;

/** Through which revision this node is programmed, and a place to wait for more. */
final class Progress {
    private final Time time;
    private long programmed;
    private Runnable listener = () -> {};

    Progress(Time time) {
        this.time = time;
    }

    void programmed(long revision) {
        Runnable told;
        synchronized (this) {
            programmed = Math.max(programmed, revision);
            notifyAll();
            told = listener;
        }
        told.run();
    }

    /** Calls {@code told} whenever more is programmed, on the thread that programmed it. */
    synchronized void listen(Runnable told) {
        listener = told;
    }

    synchronized long programmed() {
        return programmed;
    }

    /** Something else that somebody may wait for has changed. */
    synchronized void changed() {
        notifyAll();
    }

    /** What is waited for; asked again after every change. */
    interface Condition {
        boolean holds();
    }

    /** Waits until {@code condition} holds, at most for {@code bound}; whether it does. */
    synchronized boolean await(Condition condition, Duration bound) throws InterruptedException {
        long end = time.nanos() + bound.toNanos();
        Time.Timer alarm = time.schedule(bound, this::changed);
        try {
            while (!condition.holds()) {
                if (time.nanos() - end >= 0) {
                    return false;
                }
                wait();
            }
            return true;
        } finally {
            alarm.cancel();
        }
    }
}
