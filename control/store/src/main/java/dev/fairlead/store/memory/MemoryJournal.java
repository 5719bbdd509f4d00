// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.memory;

import dev.fairlead.store.ClosedException;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.Journal;
import dev.fairlead.store.history.Outcome;
import dev.fairlead.store.history.Staging;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Publishes each commit at once. */
final class MemoryJournal implements Journal {
    private final History history;
    private final Staging staging;
    private final ReentrantLock committing = new ReentrantLock();
    private boolean closed;

    MemoryJournal(History history) {
        this.history = history;
        this.staging = new Staging(history);
    }

    @Override
    public Outcome commit(List<Write> writes) {
        committing.lock();
        try {
            if (closed) {
                throw new ClosedException("the store");
            }
            Outcome outcome = staging.stage(writes);
            history.publish(staging.take());
            return outcome;
        } finally {
            committing.unlock();
        }
    }

    @Override
    public void close() {
        committing.lock();
        try {
            closed = true;
        } finally {
            committing.unlock();
        }
    }
}
