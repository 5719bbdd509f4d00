// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import dev.fairlead.store.memory.MemoryStore;

final class MemoryStoreTest implements StoreContract {
    @Override
    public Store open(Retention retention) {
        return MemoryStore.open(retention);
    }
}
