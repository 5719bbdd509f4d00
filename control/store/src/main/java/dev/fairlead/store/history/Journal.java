// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.ClosedException;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Write;
import java.util.List;

/** Decides commits one after the other, makes them as durable as it can, and publishes them to its {@link History}. */
public interface Journal extends AutoCloseable {
    /**
     * Returns when it is known what became of {@code writes}; accepted ones are published by then.
     *
     * @param writes as {@link Staging#distinct} gives them
     * @throws ClosedException after {@link #close}
     */
    Outcome commit(List<Write> writes);

    /**
     * Accepts nothing more, answers what was accepted, and gives back what it holds. Called once.
     *
     * @throws StoreException if that fails; what was answered stays true
     */
    @Override
    void close();
}
