// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What every store is: reads and watches are answered by the history, commits go through the journal. */
public final class JournaledStore implements Store {
    private final History history;
    private final Journal journal;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The store of {@code history}, to which {@code journal} alone publishes. */
    public JournaledStore(History history, Journal journal) {
        this.history = history;
        this.journal = journal;
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        return journal.commit(Staging.distinct(writes)).revisionOrThrow();
    }

    @Override
    public long revision() {
        return history.revision();
    }

    @Override
    public long oldestRevision() {
        return history.oldestRevision();
    }

    @Override
    public Optional<Entry> get(String key) {
        return history.get(key);
    }

    @Override
    public Range range(String from, String toExclusive, long atRevision, int limit) {
        return history.range(from, toExclusive, atRevision, limit);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return history.watch(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        history.compact(revision);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                journal.close();
            } finally {
                history.close();
            }
        }
    }
}
