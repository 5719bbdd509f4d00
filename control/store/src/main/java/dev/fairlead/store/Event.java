// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import org.jspecify.annotations.Nullable;

/** One change of one key, as a watch tells it. */
public sealed interface Event {
    /** The key that changed. */
    String key();

    /** The revision of the commit that changed it; events of one commit share it. */
    long revision();

    /** The entry before the commit; null if the key was absent. */
    @Nullable
    Entry previous();

    /** The key has a new entry. */
    record Put(Entry entry, @Nullable Entry previous) implements Event {
        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public long revision() {
            return entry.modRevision();
        }
    }

    /** The key has no entry any more. */
    record Delete(long revision, Entry previous) implements Event {
        @Override
        public String key() {
            return previous.key();
        }
    }
}
