// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.time.Duration;
import java.util.List;

/**
 * A cursor over the changes below a prefix. It holds no events of its own: a slow reader delays only itself, and is told
 * so by {@link CompactedException} once the store had to forget what it has not read. For one reading thread at a time;
 * {@link #revision()} and {@link #close()} are for anybody.
 */
public interface Watch extends AutoCloseable {
    /**
     * The next changes in the order of their revisions, waiting for one if need be. All events that a commit has below the
     * prefix come in one list; a list may hold several commits.
     *
     * @param timeout how long to wait at most
     * @return the events; empty if the time passed
     * @throws CompactedException if the next events are forgotten: list again and watch from there
     * @throws ClosedException once this watch or its store is closed
     */
    List<Event> next(Duration timeout) throws InterruptedException;

    /** The same without waiting: empty when there is nothing new. */
    List<Event> look();

    /**
     * Has {@code bell} rung whenever {@link #look} may have something to say, an exception too: for a reader who does not wait.
     * It is rung on the thread that commits, so it must be quick; twice rather than not at all. Set it before the first look.
     * What it throws is logged and changes nothing for the one who commits or for other watches.
     */
    void ring(Runnable bell);

    /**
     * How far this cursor is: every change below the prefix up to this revision has been returned by {@link #next}. Grows
     * also while nothing happens below the prefix, at each call of {@code next}; this is what a bookmark may say.
     */
    long revision();

    /** Ends the watch; a thread waiting in {@link #next} wakes with {@link ClosedException}. */
    @Override
    void close();
}
