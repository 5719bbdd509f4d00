// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.Entry;
import org.jspecify.annotations.Nullable;

/** What a key had from one revision on, and before that: a chain from new to old, cut where history is forgotten. */
final class Version {
    final long revision;

    /** Null if the key was deleted. */
    final @Nullable Entry entry;

    private volatile @Nullable Version older;

    Version(long revision, @Nullable Entry entry, @Nullable Version older) {
        this.revision = revision;
        this.entry = entry;
        this.older = older;
    }

    /** The entry at a revision, looked for from {@code newest} on; null if there was none. */
    static @Nullable Entry at(long revision, @Nullable Version newest) {
        Version version = newest;
        while (version != null && version.revision > revision) {
            version = version.older;
        }
        return version == null ? null : version.entry;
    }

    void forgetOlder() {
        older = null;
    }
}
