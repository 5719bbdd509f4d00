// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import java.util.List;
import java.util.Optional;

/** A store whose process can be made to die at its next commit, before or after the commit has happened. */
final class FaultyStore implements Store {
    /** Where it dies. */
    enum Fault {
        NONE,
        BEFORE,
        AFTER
    }

    private final Store real;
    private volatile Fault next = Fault.NONE;

    FaultyStore(Store real) {
        this.real = real;
    }

    void dieAt(Fault fault) {
        next = fault;
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        Fault fault = next;
        if (fault == Fault.NONE) {
            return real.commit(writes);
        }
        if (fault == Fault.AFTER) {
            next = Fault.BEFORE;
            real.commit(writes);
        }
        throw new StoreException("the process died", null);
    }

    @Override
    public long revision() {
        return real.revision();
    }

    @Override
    public long oldestRevision() {
        return real.oldestRevision();
    }

    @Override
    public Optional<Entry> get(String key) {
        return real.get(key);
    }

    @Override
    public Range range(String from, String toExclusive, long atRevision, int limit) {
        return real.range(from, toExclusive, atRevision, limit);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return real.watch(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        real.compact(revision);
    }

    @Override
    public void close() {
        real.close();
    }
}
