// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.time.testing;

import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Time that stands still until a test moves it; due tasks then run on the test's own thread, in order of their time. */
public final class FakeTime implements Time {
    private record Task(Instant due, long order, Runnable run) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparingLong(Task::order));
    private Instant now;
    private Duration skew = Duration.ZERO;
    private long order;

    /** Starts at {@code now}. */
    public FakeTime(Instant now) {
        this.now = now;
    }

    @Override
    public synchronized Instant now() {
        return now.plus(skew);
    }

    @Override
    public synchronized long nanos() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable run) {
        Task task = new Task(now.plus(delay), order++, run);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Sets the clock forth or back, as people and NTP do. {@link #nanos} and what is scheduled know nothing of it. */
    public synchronized void setClock(Duration by) {
        skew = skew.plus(by);
    }

    /** Moves time on by {@code step}, running each task that falls due at its own instant. */
    public void advance(Duration step) {
        Instant end;
        synchronized (this) {
            end = now.plus(step);
        }
        for (Task task = next(end); task != null; task = next(end)) {
            task.run.run();
        }
        synchronized (this) {
            now = end;
        }
    }

    /** How many tasks wait. */
    public synchronized int waiting() {
        return tasks.size();
    }

    private synchronized @Nullable Task next(Instant end) {
        Task head = tasks.peek();
        if (head == null || head.due.isAfter(end)) {
            return null;
        }
        tasks.remove(head);
        now = head.due.isAfter(now) ? head.due : now;
        return head;
    }
}
