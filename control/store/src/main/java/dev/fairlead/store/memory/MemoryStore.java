// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.memory;

import dev.fairlead.store.Retention;
import dev.fairlead.store.Store;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.JournaledStore;
import java.util.List;

/** A store in this process' memory: as durable as the process is. */
public final class MemoryStore {
    private MemoryStore() {}

    /** An empty store that keeps {@link Retention#STANDARD} history. */
    public static Store open() {
        return open(Retention.STANDARD);
    }

    /** An empty store. */
    public static Store open(Retention retention) {
        History history = new History(retention, 1, List.of());
        return new JournaledStore(history, new MemoryJournal(history));
    }
}
