// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.junit.ClusterClock;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The machine's time, ahead of it by what was added, standing still when told so.
 *
 * <p>How this works: one thread waits for the task that is due next. {@link #advance} goes from one due task to the next, each at
 * its own instant, and lets each run before it goes on, so that what renews a lease comes before what finds it expired.
 */
final class ClusterTime implements Time, ClusterClock, AutoCloseable {
    private static final Duration LONGEST = Duration.ofDays(366);
    /** How long a task that is due may hold up an advance; tasks are to be quick, and one that is not goes on by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private record Task(long due, long order, Runnable run) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final long origin = System.nanoTime();
    private final Instant began = Instant.now();
    private long ahead;
    /** The reading at which it stands; meaningless while it goes. */
    private long standing;

    private boolean stands;
    private boolean closed;
    private long order;
    private @Nullable Thread thread;

    @Override
    public synchronized long nanos() {
        return stands ? standing : System.nanoTime() - origin + ahead;
    }

    @Override
    public Instant now() {
        return began.plusNanos(nanos());
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable run) {
        Task task = new Task(nanos() + delay.toNanos(), order++, run);
        tasks.add(task);
        if (thread == null && !closed) {
            thread = Thread.ofPlatform().daemon().name("cluster-time").start(this::run);
        }
        notifyAll();
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    private void run() {
        try {
            while (true) {
                Task due = next();
                if (due == null) {
                    return;
                }
                start(due);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread start(Task task) {
        return Thread.ofVirtual().name("timer-task").start(task.run);
    }

    private synchronized @Nullable Task next() throws InterruptedException {
        while (!closed) {
            Task head = tasks.peek();
            long wait = head == null || stands ? Long.MAX_VALUE : head.due - nanos();
            if (wait <= 0) {
                return tasks.poll();
            }
            wait(Math.min(wait / 1_000_000 + 1, Duration.ofHours(1).toMillis()));
        }
        return null;
    }

    @Override
    public void advance(Duration step) {
        if (step.isNegative() || step.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("advance(" + step + "): from nothing to " + LONGEST.toDays() + " days");
        }
        long end = nanos() + step.toNanos();
        try {
            for (Task due = taken(end); due != null; due = taken(end)) {
                start(due).join(PATIENCE);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        moveTo(end);
    }

    private synchronized @Nullable Task taken(long end) {
        Task head = tasks.peek();
        if (head == null || head.due > end) {
            return null;
        }
        moveTo(head.due);
        return tasks.poll();
    }

    private synchronized void moveTo(long reading) {
        long by = reading - nanos();
        if (by > 0) {
            ahead += by;
            standing += by;
            notifyAll();
        }
    }

    @Override
    public synchronized void stop() {
        standing = nanos();
        stands = true;
    }

    @Override
    public synchronized void resume() {
        if (stands) {
            ahead += standing - (System.nanoTime() - origin + ahead);
            stands = false;
            notifyAll();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        tasks.clear();
        notifyAll();
    }
}
