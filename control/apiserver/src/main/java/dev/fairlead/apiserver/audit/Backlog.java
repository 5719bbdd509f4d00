// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Events that wait for the disk, bounded by the memory they hold together. */
final class Backlog {
    private final long most;
    private final AtomicLong held = new AtomicLong();
    private final LinkedBlockingQueue<AuditEvent> events = new LinkedBlockingQueue<>();

    /** @param most bytes */
    Backlog(long most) {
        this.most = most;
    }

    /** Takes an event in, unless that would be too much; never waits. */
    boolean offer(AuditEvent event) {
        long weight = event.weight();
        if (held.addAndGet(weight) > most) {
            held.addAndGet(-weight);
            return false;
        }
        return events.add(event);
    }

    /** The next event, or null when none comes for so long; it counts until it is {@link #done}. */
    @Nullable
    AuditEvent poll(long millis) throws InterruptedException {
        return events.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** Nobody holds this event any more. */
    void done(AuditEvent event) {
        held.addAndGet(-event.weight());
    }

    boolean isEmpty() {
        return events.isEmpty();
    }
}
