// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open watches of one prefix, and the newest revision that changed something below it. */
final class Audience {
    private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();

    /**
     * Set before its revision becomes visible. So who reads the visible revision first and then this, and finds this no
     * newer than what it has read, has missed nothing up to that visible revision, without looking at a single commit.
     */
    private volatile long changed;

    /** {@code revision} is the visible one: what changed before this audience existed is not known, so assume it did. */
    Audience(long revision) {
        this.changed = revision;
    }

    long changed() {
        return changed;
    }

    void changedAt(long revision) {
        changed = revision;
    }

    void join(Cursor cursor) {
        cursors.add(cursor);
    }

    /** Returns whether nobody is left. */
    boolean leave(Cursor cursor) {
        cursors.remove(cursor);
        return cursors.isEmpty();
    }

    void wake() {
        for (Cursor cursor : cursors) {
            cursor.wake();
        }
    }
}
