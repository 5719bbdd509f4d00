// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.queue;

import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A queue of keys and the workers that take them; see the package for its contract.
 *
 * <p>{@snippet :
 * var queue = new WorkQueue<ObjectName>("slices", 4, time, random, Backoff.OF_KEYS, controller::work);
 * pods.handle((key, old, now, revision) -> queue.add(key));
 * queue.start();
 * }
 *
 * @param <K> keys; equal keys are one piece of work
 */
public final class WorkQueue<K> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkQueue.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What is done with a key. */
    @FunctionalInterface
    public interface Worker<K> {
        /**
         * Brings the world in line with {@code key}. Runs on a virtual thread and may block.
         *
         * @throws IOException when the API refused or could not be reached; counts as {@link Outcome.Retry}
         * @throws InterruptedException when the queue was closed meanwhile
         */
        Outcome work(K key) throws IOException, InterruptedException;
    }

    private record Delayed(long due, Time.Timer timer) {}

    private final String name;
    private final Time time;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final Worker<K> worker;
    private final List<Thread> threads = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final Waiting<K> waiting = new Waiting<>();
    private final Map<K, Delayed> delayed = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private boolean closed;

    /**
     * A queue whose workers start with {@link #start}.
     *
     * @param name for threads and the log
     * @param workers how many keys may be worked on at once, at least 1
     * @param random of this queue alone; used under its lock
     */
    public WorkQueue(String name, int workers, Time time, RandomGenerator random, Backoff backoff, Worker<K> worker) {
        if (workers < 1) {
            throw new IllegalArgumentException("a queue needs at least one worker, not " + workers);
        }
        this.name = name;
        this.time = time;
        this.random = random;
        this.backoff = backoff;
        this.worker = worker;
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofVirtual().name(name + "-" + i).unstarted(this::run));
        }
    }

    /** Starts the workers; keys may have been added before. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** Adds a key now. Nothing happens once the queue is closed. */
    public void add(K key) {
        lock.lock();
        try {
            if (!closed && waiting.add(key)) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds a key after {@code delay}, unless the key has an earlier timer. A delay of zero or less means now. */
    public void addAfter(K key, Duration delay) {
        if (delay.isNegative() || delay.isZero()) {
            add(key);
            return;
        }
        lock.lock();
        try {
            later(key, delay);
        } finally {
            lock.unlock();
        }
    }

    /** How often the key failed in a row. */
    public int failures(K key) {
        lock.lock();
        try {
            return failures.getOrDefault(key, 0);
        } finally {
            lock.unlock();
        }
    }

    /** How many keys wait for a worker; timers do not count. */
    public int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no key waits or runs; timers do not count. False when {@code patience} ran out first. */
    public boolean drain(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!waiting.idle()) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more keys, drops those that wait, lets running ones finish (interrupting them after 10 s). */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            delayed.values().forEach(one -> one.timer.cancel());
            delayed.clear();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        long end = time.nanos() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            interrupted |= !join(thread, end - time.nanos());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean join(Thread thread, long nanos) {
        try {
            if (thread.getState() != Thread.State.NEW
                    && thread.threadId() != Thread.currentThread().threadId()
                    && !thread.join(Duration.ofNanos(Math.max(nanos, 1)))) {
                thread.interrupt();
            }
            return true;
        } catch (InterruptedException told) {
            thread.interrupt();
            return false;
        }
    }

    private void run() {
        try {
            for (K key = next(); key != null; key = next()) {
                boolean finished = false;
                try {
                    Outcome outcome = work(key);
                    finished = true;
                    finish(key, outcome);
                } finally {
                    if (!finished) {
                        finish(key, Outcome.done()); // interrupted or an Error: leave no key running for ever
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable K next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                K key = waiting.take();
                if (key != null) {
                    Delayed timer = delayed.remove(key);
                    if (timer != null) {
                        timer.timer.cancel();
                    }
                    return key;
                }
                work.await();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private Outcome work(K key) throws InterruptedException {
        try {
            return worker.work(key);
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, () -> name + ": " + key + ": " + refused.getMessage());
            return Outcome.retry(String.valueOf(refused.getMessage()));
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, name + ": this is a bug, please report it; " + key + " will be tried again", bug);
            return Outcome.retry("a bug: " + bug);
        }
    }

    private void finish(K key, Outcome outcome) {
        lock.lock();
        try {
            switch (outcome) {
                case Outcome.Done() -> failures.remove(key);
                case Outcome.Refused(String why) -> {
                    failures.remove(key);
                    LOG.log(Level.DEBUG, () -> name + ": " + key + " waits for a change: " + why);
                }
                case Outcome.Retry(Duration after, String _)
                when after != null -> {
                    failures.remove(key);
                    later(key, after);
                }
                case Outcome.Retry(Duration _, String why) -> {
                    int count = failures.merge(key, 1, Integer::sum);
                    if (count == 8) {
                        LOG.log(Level.WARNING, () -> name + ": " + key + " has failed 8 times in a row: " + why);
                    }
                    later(key, backoff.after(count, random));
                }
            }
            if (waiting.finish(key)) {
                work.signal();
            }
            if (waiting.idle()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sets the key's timer unless an earlier one is set. */
    private void later(K key, Duration delay) {
        if (closed) {
            return;
        }
        long due = time.nanos() + delay.toNanos();
        Delayed set = delayed.get(key);
        if (set != null && set.due - due <= 0) {
            return;
        }
        if (set != null) {
            set.timer.cancel();
        }
        delayed.put(key, new Delayed(due, time.schedule(delay, () -> fire(key, due))));
    }

    private void fire(K key, long due) {
        lock.lock();
        try {
            Delayed set = delayed.get(key);
            if (set == null || set.due != due) {
                return; // replaced by a run or by an earlier timer
            }
            delayed.remove(key);
            if (!closed && waiting.add(key)) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
