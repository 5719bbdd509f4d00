// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Write;
import java.util.List;

/** A store whose process can be made to die at its next commit, before or after the commit has happened. */
final class FaultyStore extends PassingStore {
    /** Where it dies. */
    enum Fault {
        NONE,
        BEFORE,
        AFTER
    }

    private volatile Fault next = Fault.NONE;

    FaultyStore(Store real) {
        super(real);
    }

    void dieAt(Fault fault) {
        next = fault;
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        Fault fault = next;
        if (fault == Fault.NONE) {
            return super.commit(writes);
        }
        if (fault == Fault.AFTER) {
            next = Fault.BEFORE;
            super.commit(writes);
        }
        throw new StoreException("the process died", null);
    }
}
