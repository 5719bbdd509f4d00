// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.FutureRevisionException;
import dev.fairlead.store.Range;
import dev.fairlead.store.Retention;
import dev.fairlead.store.Watch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All keys at all kept revisions, in memory.
 *
 * <p>How this works. Each key has a chain of versions from new to old. Publishing a commit puts new versions at the heads
 * of their chains, puts the commit into the window, and then, by one volatile write, moves the visible revision to it: a
 * reader first takes the visible revision and skips newer versions, so it sees commits whole and takes no lock. When the
 * window forgets a commit, the versions which that commit replaced go with it: nobody may read at a revision that old any
 * more, and a reader who was just doing so notices, because the bound of the window moves first, and starts again.
 *
 * <p>Example, with a window of two commits:
 *
 * <pre>
 *   commit        a's chain              b's chain        readable revisions
 *   2: put a=x    a2:x                                    1 to 2
 *   3: put a=y    a3:y → a2:x                             1 to 3
 *   4: put b=z    a3:y → a2:x            b4:z             2 to 4   forgot commit 2, which replaced nothing
 *   5: delete b   a3:y                   b5:- → b4:z      3 to 5   forgot commit 3, which replaced a2
 * </pre>
 */
public final class History {
    private final ConcurrentNavigableMap<String, Version> keys = new ConcurrentSkipListMap<>();
    private final Window window;

    /** Held to publish, to forget, and to open and close watches. Never by readers. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Audiences audiences = new Audiences();
    private volatile long revision;
    private volatile boolean closed;

    /** The history that starts with {@code entries} being all there is at {@code revision}. */
    public History(Retention retention, long revision, List<Entry> entries) {
        this.window = new Window(retention, revision);
        this.revision = revision;
        for (Entry entry : entries) {
            keys.put(entry.key(), new Version(entry.modRevision(), entry, null));
        }
    }

    /** The visible revision. */
    public long revision() {
        return revision;
    }

    /** The oldest revision that can be read at and watched after. */
    public long oldestRevision() {
        return window.oldest();
    }

    /** See {@link dev.fairlead.store.Store#get}. */
    public Optional<Entry> get(String key) {
        requireOpen();
        while (true) {
            long at = revision;
            Entry entry = Version.at(at, keys.get(key));
            if (window.oldest() <= at) {
                return Optional.ofNullable(entry);
            }
        }
    }

    /** See {@link dev.fairlead.store.Store#range}. */
    public Range range(String from, String toExclusive, long atRevision, int limit) {
        requireOpen();
        if (atRevision < 0 || limit < 0) {
            throw new IllegalArgumentException(
                    "revision and limit must not be negative: %d, %d".formatted(atRevision, limit));
        }
        while (true) {
            long newest = revision;
            long at = atRevision == 0 ? newest : atRevision;
            if (at > newest) {
                throw new FutureRevisionException(at, newest);
            }
            Range range = scan(between(from, toExclusive), at, limit == 0 ? Integer.MAX_VALUE : limit);
            if (window.oldest() <= at) {
                return range;
            }
            if (atRevision != 0) {
                throw new CompactedException(at, window.oldest());
            }
        }
    }

    /** See {@link dev.fairlead.store.Store#watch}. */
    public Watch watch(String prefix, long afterRevision) {
        lock.lock();
        try {
            requireOpen();
            if (afterRevision > revision) {
                throw new FutureRevisionException(afterRevision, revision);
            }
            if (afterRevision < window.oldest()) {
                throw new CompactedException(afterRevision, window.oldest());
            }
            return new Cursor(this, audiences, prefix, afterRevision);
        } finally {
            lock.unlock();
        }
    }

    /** See {@link dev.fairlead.store.Store#compact}. */
    public void compact(long upTo) {
        lock.lock();
        try {
            requireOpen();
            if (upTo > revision) {
                throw new FutureRevisionException(upTo, revision);
            }
            while (window.oldest() < upTo) {
                forgetOldest();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes commits visible, in order, and wakes who watches them. Their revisions must follow the visible one. */
    public void publish(List<Commit> commits) {
        Set<Audience> told = new HashSet<>();
        lock.lock();
        try {
            for (Commit commit : commits) {
                publish(commit, told);
            }
        } finally {
            lock.unlock();
        }
        for (Audience audience : told) {
            audience.wake();
        }
    }

    /** Ends all watches; nothing can be read any more. */
    public void close() {
        List<Audience> told;
        lock.lock();
        try {
            closed = true;
            told = List.copyOf(audiences.all());
        } finally {
            lock.unlock();
        }
        // Not under the lock: a bell may close its watch, which leaves its audience.
        told.forEach(Audience::wake);
    }

    /** Throws {@link ClosedException} after {@link #close}. */
    public void requireOpen() {
        if (closed) {
            throw new ClosedException("the store");
        }
    }

    boolean closed() {
        return closed;
    }

    /** The published entry, visible or about to be; null if there is none. Only for the thread that publishes. */
    @Nullable
    Entry newest(String key) {
        return Version.at(Long.MAX_VALUE, keys.get(key));
    }

    @Nullable
    Commit commit(long revision) {
        return window.at(revision);
    }

    void leave(String prefix, Cursor cursor) {
        lock.lock();
        try {
            audiences.leave(prefix, cursor);
        } finally {
            lock.unlock();
        }
    }

    /** What the key of an event has after it; null if nothing. */
    static @Nullable Entry entryAfter(Event event) {
        return switch (event) {
            case Event.Put put -> put.entry();
            case Event.Delete _ -> null;
        };
    }

    private void publish(Commit commit, Set<Audience> told) {
        if (commit.revision() != revision + 1) {
            throw new IllegalStateException("commit %d published after %d".formatted(commit.revision(), revision));
        }
        List<Version> versions = new ArrayList<>(commit.events().size());
        for (Event event : commit.events()) {
            String key = event.key();
            Version version = new Version(event.revision(), entryAfter(event), keys.get(key));
            keys.put(key, version);
            versions.add(version);
            audiences.changed(key, event.revision(), told);
        }
        window.add(new Window.Kept(commit, versions));
        revision = commit.revision();
        while (window.overfull()) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        Window.Kept kept = window.forgetOldest();
        List<Event> events = kept.commit().events();
        for (int i = 0; i < events.size(); i++) {
            Version version = kept.versions().get(i);
            version.forgetOlder();
            if (version.entry == null) {
                // Only if the deletion is still the newest version; a newer one points at it and forgets it in time.
                keys.remove(events.get(i).key(), version);
            }
        }
    }

    private ConcurrentNavigableMap<String, Version> between(String from, String toExclusive) {
        if (toExclusive.isEmpty()) {
            return keys.tailMap(from, true);
        }
        // The map refuses bounds the wrong way round; as a range they are just empty.
        String to = toExclusive.compareTo(from) < 0 ? from : toExclusive;
        return keys.subMap(from, true, to, false);
    }

    private static Range scan(ConcurrentNavigableMap<String, Version> versions, long at, int limit) {
        List<Entry> entries = new ArrayList<>();
        long remaining = 0;
        for (Version newest : versions.values()) {
            Entry entry = Version.at(at, newest);
            if (entry != null && entries.size() < limit) {
                entries.add(entry);
            } else if (entry != null) {
                remaining++;
            }
        }
        return new Range(entries, at, remaining);
    }
}
