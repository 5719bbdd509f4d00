// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.core.definition.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes, on the informer's own thread: keep it short, add to a queue for anything that blocks.
 *
 * @param <T> the record kept of an object
 */
@FunctionalInterface
public interface Handler<T> {
    /**
     * One change. An object that was replaced by another of the same name is told as gone, then as new.
     *
     * @param old what was known before; null for a new object
     * @param now what is so now; null for an object that is gone
     * @param revision the change's own revision; of a list that found it, where it came with a list
     */
    void changed(ObjectName name, @Nullable T old, @Nullable T now, long revision);

    /**
     * Everything up to {@code revision} was told, and nothing that had arrived with it is left to tell: the place to act
     * on several changes at once, and the barrier to wait for. Bookmarks bring it without changes. Grows, except when
     * the API lost its history.
     */
    default void reached(long revision) {}

    /** The first list is told whole; comes once, before the first {@link #reached}. */
    default void synced() {}
}
