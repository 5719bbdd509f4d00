// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Event;
import dev.fairlead.store.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A watch: a position in the history, and a bell to be woken by. */
final class Cursor implements Watch {
    private static final System.Logger LOG = System.getLogger(Cursor.class.getName());

    /** A list of events ends with the commit that reaches this many, so that a late reader gets its work in portions. */
    private static final int PORTION = 512;

    private final History history;
    private final String prefix;
    private final Audience audience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition bell = lock.newCondition();
    private volatile long position;
    private volatile boolean closed;
    private volatile Runnable ringing = () -> {};

    /** For {@link History}, which holds its lock meanwhile. */
    Cursor(History history, Audiences audiences, String prefix, long position) {
        this.history = history;
        this.prefix = prefix;
        this.position = position;
        this.audience = audiences.join(prefix, this, history.revision());
    }

    @Override
    public List<Event> look() {
        requireOpen();
        return read();
    }

    @Override
    public void ring(Runnable bell) {
        ringing = bell;
    }

    @Override
    public List<Event> next(Duration timeout) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        while (true) {
            List<Event> events = look();
            if (!events.isEmpty() || nanos <= 0) {
                return events;
            }
            nanos = await(nanos);
        }
    }

    @Override
    public long revision() {
        return position;
    }

    @Override
    public void close() {
        if (closed) {
            return; // a bell may close its watch, and closing rings
        }
        closed = true;
        history.leave(prefix, this);
        wake();
    }

    /** Never throws: what goes wrong in one reader's bell is no matter of who commits, nor of the other readers. */
    void wake() {
        lock.lock();
        try {
            bell.signal();
        } finally {
            lock.unlock();
        }
        try {
            ringing.run();
        } catch (RuntimeException | Error broken) {
            LOG.log(System.Logger.Level.ERROR, "bug: the bell of a watch of " + prefix + " threw", broken);
        }
    }

    private List<Event> read() {
        long newest = history.revision(); // before asking the audience: see there
        if (audience.changed() <= position) {
            // The newest revision never goes back, but this may be an older look at it than the last one.
            position = Math.max(position, newest);
            return List.of();
        }
        List<Event> found = new ArrayList<>();
        long at = position;
        while (at < newest && found.size() < PORTION) {
            Commit commit = history.commit(at + 1);
            if (commit == null) {
                throw new CompactedException(at, history.oldestRevision());
            }
            for (Event event : commit.events()) {
                if (event.key().startsWith(prefix)) {
                    found.add(event);
                }
            }
            at++;
        }
        position = at;
        return found;
    }

    /** Waits until there may be something to read; returns how many nanoseconds are left. */
    private long await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !closed && !history.closed() && !changed()) {
                left = bell.awaitNanos(left);
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    private boolean changed() {
        return history.revision() > position && audience.changed() > position;
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("the watch");
        }
        history.requireOpen();
    }
}
