// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import java.util.List;
import java.util.Optional;

/** A store that passes everything on to another: what stands in the way of something overrides that. */
class PassingStore implements Store {
    private final Store real;

    PassingStore(Store real) {
        this.real = real;
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        return real.commit(writes);
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
