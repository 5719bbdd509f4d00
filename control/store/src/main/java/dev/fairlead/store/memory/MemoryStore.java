// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.memory;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Retention;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.Outcome;
import dev.fairlead.store.history.Staging;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** A store in this process' memory: as durable as the process is. */
public final class MemoryStore implements Store {
    private final History history;
    private final Staging staging;
    private final ReentrantLock committing = new ReentrantLock();

    /** An empty store that keeps {@link Retention#STANDARD} history. */
    public MemoryStore() {
        this(Retention.STANDARD);
    }

    /** An empty store. */
    public MemoryStore(Retention retention) {
        history = new History(retention, 1, List.of());
        staging = new Staging(history);
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        List<Write> distinct = Staging.distinct(writes);
        Outcome outcome;
        committing.lock();
        try {
            history.requireOpen();
            outcome = staging.stage(distinct);
            history.publish(staging.take());
        } finally {
            committing.unlock();
        }
        return outcome.revisionOrThrow();
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
        committing.lock();
        try {
            history.close();
        } finally {
            committing.unlock();
        }
    }
}
