// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** How one pod feels: what a test did to it, over all starts of its containers, and what it has done so far. */
final class Mood {
    /** What becomes of connections. */
    enum Connections {
        SERVED,
        RESET,
        UNANSWERED
    }

    private final AtomicLong served = new AtomicLong();
    private final Set<CountDownLatch> late = ConcurrentHashMap.newKeySet();
    private volatile boolean unwilling;
    private volatile Duration delay = Duration.ZERO;
    private volatile Connections connections = Connections.SERVED;

    void served() {
        served.incrementAndGet();
    }

    long count() {
        return served.get();
    }

    boolean willing() {
        return !unwilling;
    }

    void willing(boolean yes) {
        unwilling = !yes;
    }

    Duration delay() {
        return delay;
    }

    void delay(Duration longer) {
        delay = longer;
        if (longer.isZero()) {
            hurry();
        }
    }

    /** Whoever waits for a late answer waits no longer. */
    void hurry() {
        late.forEach(CountDownLatch::countDown);
    }

    /** Waits until {@code over}, or until answers are no longer late. */
    void wait(CountDownLatch over) throws InterruptedException {
        late.add(over);
        try {
            if (!delay.isZero()) {
                over.await();
            }
        } finally {
            late.remove(over);
        }
    }

    Connections connections() {
        return connections;
    }

    void connections(Connections fate) {
        connections = fate;
    }
}
