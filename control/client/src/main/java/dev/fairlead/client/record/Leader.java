// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import dev.fairlead.client.ApiClient;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Does something as long as it holds a lease that several processes want: at most one of them works, and when that one
 * stops, or is not heard of for {@link #LASTS}, another begins.
 *
 * <p>How this works: every {@link #RENEWED} the lease is renewed or asked for. A term ends when the lease is seen in other
 * hands, or when it could not be renewed for {@link #TRIED}, which is sooner than it runs out for the others. A leader that
 * closes ends its term first and then gives the lease up.
 */
public final class Leader implements AutoCloseable {
    /** After how long without renewal another may take the lease. */
    public static final Duration LASTS = Duration.ofSeconds(15);

    private static final Duration TRIED = Duration.ofSeconds(10);
    private static final Duration RENEWED = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger(Leader.class.getName());

    /** What is done while this process leads. */
    @FunctionalInterface
    public interface Work {
        /** Begins a term without waiting for anything; closing the result ends it. */
        Term begin();
    }

    /** A time of leading. */
    @FunctionalInterface
    public interface Term extends AutoCloseable {
        @Override
        void close();
    }

    private final Lease lease;
    private final Time time;
    private final ObjectName name;
    private final Work work;
    private final Thread thread = Thread.ofVirtual().name("leader").unstarted(this::run);
    private volatile boolean leading;
    private @Nullable Term term;
    private long renewed;

    /**
     * One who would lead.
     *
     * @param name of the lease
     * @param holder who this is; unique among those who want it
     */
    public Leader(ApiClient client, Time time, ObjectName name, String holder, Work work) {
        this.lease = new Lease(client, time, name, holder, LASTS);
        this.time = time;
        this.name = name;
        this.work = work;
    }

    /** Begins to ask for the lease. */
    public void start() {
        thread.start();
    }

    /** Whether a term is on. */
    public boolean leading() {
        return leading;
    }

    /** Ends the term, if one is on, and gives the lease up. */
    @Override
    public void close() {
        thread.interrupt();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                step();
                rest();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            if (term != null) {
                end("it stops");
                release();
            }
        }
    }

    private void step() throws InterruptedException {
        try {
            if (lease.hold()) {
                renewed = time.nanos();
                if (term == null) {
                    LOG.log(Level.INFO, "leads: {0}", name);
                    term = work.begin();
                    leading = true;
                }
            } else if (term != null) {
                end("another holds the lease");
            }
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, () -> "the lease " + name + " cannot be asked for: " + refused.getMessage());
            if (term != null && time.nanos() - renewed > TRIED.toNanos()) {
                end("the lease could not be renewed: " + refused.getMessage());
            }
        }
    }

    private void end(String why) {
        LOG.log(Level.INFO, "leads no more: {0}, because {1}", name, why);
        Term ended = term;
        term = null;
        leading = false;
        if (ended != null) {
            ended.close();
        }
    }

    /** After the end of a term, so that two never work at once. */
    private void release() {
        boolean interrupted = Thread.interrupted();
        try {
            lease.release();
        } catch (IOException unreachable) {
            LOG.log(Level.DEBUG, () -> "the lease " + name + " runs out by itself: " + unreachable.getMessage());
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest() throws InterruptedException {
        CountDownLatch due = new CountDownLatch(1);
        Time.Timer timer = time.schedule(RENEWED, due::countDown);
        try {
            due.await();
        } finally {
            timer.cancel();
        }
    }
}
