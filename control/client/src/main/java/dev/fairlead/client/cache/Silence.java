// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.wire.time.Time;
import java.time.Duration;

/** Acts once when nothing was heard for too long. One timer, set anew only when it fires, so hearing costs nothing. */
final class Silence implements AutoCloseable {
    private final Time time;
    private final Duration longest;
    private final Runnable act;
    private volatile long heard;
    private volatile boolean over;
    private Time.Timer timer;

    Silence(Time time, Duration longest, Runnable act) {
        this.time = time;
        this.longest = longest;
        this.act = act;
        this.heard = time.nanos();
        this.timer = time.schedule(longest, this::look);
    }

    void heard() {
        heard = time.nanos();
    }

    private synchronized void look() {
        if (over) {
            return;
        }
        Duration left = longest.minusNanos(time.nanos() - heard);
        if (left.isPositive()) {
            timer = time.schedule(left, this::look);
        } else {
            over = true;
            act.run();
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        timer.cancel();
    }
}
