// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.junit.ClusterClock;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The machine's time, ahead of it by what was added, standing still when told so.
 *
 * <p>How this works: one thread waits for the task that is due next. {@link #advance} goes from one due task to the next, each at
 * its own instant, and lets each run before it goes on, so that what renews a lease comes before what finds it expired. Most tasks
 * only wake somebody who then does the work and schedules the next: so after each, it waits until as many tasks of that
 * task's class (one for each place in the code that schedules) wait as before. A class that often does not come again is
 * not waited for.
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

    /** How long whoever was woken may take to schedule the next task; less where that was in vain before. */
    private static final Duration AGAIN = Duration.ofMillis(250);
    /** So often at least a class of tasks must not have come again to be thought of as not coming again. */
    private static final int MISSES = 2;

    /** The tasks scheduled at one place in the code. */
    private static final class Site {
        private int waiting;
        private int again;
        private int misses;

        /** How long it is worth to wait for the next. */
        Duration patience() {
            boolean comesAgain = misses < MISSES || again > misses;
            return comesAgain ? AGAIN.dividedBy((1L + misses) * (1 + misses)) : Duration.ZERO;
        }
    }

    private final Map<Class<?>, Site> sites = new HashMap<>();
    private final List<Runnable> whenMoved = new CopyOnWriteArrayList<>();
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
        site(task).waiting++;
        if (thread == null && !closed) {
            thread = Thread.ofPlatform().daemon().name("cluster-time").start(this::run);
        }
        notifyAll();
        return () -> cancel(task);
    }

    /** As {@link #schedule}; what it gives cancels the task. */
    Runnable later(Duration delay, Runnable run) {
        return schedule(delay, run)::cancel;
    }

    private synchronized void cancel(Task task) {
        if (tasks.remove(task)) {
            site(task).waiting--;
        }
    }

    private Site site(Task task) {
        return sites.computeIfAbsent(task.run.getClass(), place -> new Site());
    }

    private @Nullable Task poll() {
        Task head = tasks.poll();
        if (head != null) {
            site(head).waiting--;
        }
        return head;
    }

    /** Has {@code listener} called after each {@link #advance}. */
    void whenMoved(Runnable listener) {
        whenMoved.add(listener);
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
                return poll();
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
            for (Due due = taken(end); due != null; due = taken(end)) {
                start(due.task).join(PATIENCE);
                awaitNext(due);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        moveTo(end);
        whenMoved.forEach(Runnable::run);
    }

    /** Waits until there is again a task of the class of the one that ran, if there usually is. */
    private synchronized void awaitNext(Due ran) throws InterruptedException {
        Site site = ran.site;
        Duration patience = site.patience();
        if (patience.isZero()) {
            return;
        }
        long until = System.nanoTime() + patience.toNanos();
        while (site.waiting < ran.waited && !closed) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                site.misses++;
                return;
            }
            wait(left / 1_000_000 + 1);
        }
        site.again++;
    }

    /** A task that is due, and how many of its class waited with it. */
    private record Due(Task task, Site site, int waited) {}

    private synchronized @Nullable Due taken(long end) {
        Task head = tasks.peek();
        if (head == null || head.due > end) {
            return null;
        }
        moveTo(head.due);
        Site site = site(head);
        Due due = new Due(head, site, site.waiting);
        poll();
        return due;
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
