// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.Event;
import dev.fairlead.store.Retention;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest commits, a ring that revisions index: revisions have no gaps, so the commit of revision r is in slot r modulo
 * the length or nowhere. One thread at a time adds and forgets; any may look.
 */
final class Window {
    /** About what an event costs besides its previous value: event, version, entry and their share of the lists. */
    private static final int EVENT_BYTES = 160;

    private final Retention retention;
    private final AtomicReferenceArray<@Nullable Kept> slots;
    private volatile long oldest;
    private long newest;
    private long bytes;

    /** A commit with the versions it made, so that forgetting it finds them without a search. */
    record Kept(Commit commit, List<Version> versions) {
        long bytes() {
            long sum = 0;
            for (Event event : commit.events()) {
                var previous = event.previous();
                sum += EVENT_BYTES + (previous == null ? 0 : previous.value().length);
            }
            return sum;
        }
    }

    /** Empty, as if everything up to {@code revision} had been forgotten. */
    Window(Retention retention, long revision) {
        this.retention = retention;
        // One more than is kept: a commit is added before the oldest one has to leave.
        this.slots = new AtomicReferenceArray<>(retention.commits() + 1);
        this.oldest = revision;
        this.newest = revision;
    }

    /** The commits after this revision are here. Read it after using what was found, to know whether it was whole. */
    long oldest() {
        return oldest;
    }

    /** The commit that made a revision; null if it is forgotten or not there yet. */
    @Nullable
    Commit at(long revision) {
        Kept kept = slots.get(slot(revision));
        return kept != null && kept.commit().revision() == revision ? kept.commit() : null;
    }

    void add(Kept kept) {
        newest = kept.commit().revision();
        bytes += kept.bytes();
        slots.set(slot(newest), kept);
    }

    boolean overfull() {
        long commits = newest - oldest;
        return commits > retention.commits() || (commits > 1 && bytes > retention.bytes());
    }

    /** Removes the oldest commit, which must exist. The bound moves first, so nobody trusts what is being taken away. */
    Kept forgetOldest() {
        long revision = oldest + 1;
        oldest = revision;
        Kept kept = slots.getAndSet(slot(revision), null);
        if (kept == null || kept.commit().revision() != revision) {
            throw new IllegalStateException("no commit of revision " + revision + " in the window");
        }
        bytes -= kept.bytes();
        return kept;
    }

    private int slot(long revision) {
        return (int) (revision % slots.length());
    }
}
