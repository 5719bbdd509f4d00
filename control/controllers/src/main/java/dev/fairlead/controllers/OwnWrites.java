// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a controller from deciding again before it sees what it wrote itself: counting pods in a cache that lacks the one
 * just created would create it twice.
 *
 * <p>How this works: each write tells its revision; a key is {@link #unseen} until the informer of the written kind has
 * reached that revision, and then comes back through {@code again}. No counting, so nothing can be left over when a
 * create fails or an event is merged with another.
 *
 * @param <T> the records of the written kind
 */
public final class OwnWrites<T> implements Handler<T> {
    private final Informer<T> informer;
    private final Consumer<ObjectName> again;
    private final Map<ObjectName, Long> newest = new HashMap<>();

    /** Watches the kind that is written; {@code again} is told each key whose writes have been seen. */
    public OwnWrites(Informer<T> informer, Consumer<ObjectName> again) {
        this.informer = informer;
        this.again = again;
        informer.handle(this);
    }

    /** {@code key} led to a write at {@code revision}. */
    public void wrote(ObjectName key, long revision) {
        synchronized (newest) {
            if (revision > informer.revision()) {
                newest.merge(key, revision, Math::max);
            }
        }
    }

    /** Whether the cache still lacks something written for {@code key}; it will come back by itself. */
    public boolean unseen(ObjectName key) {
        synchronized (newest) {
            return newest.containsKey(key);
        }
    }

    @Override
    public void changed(ObjectName name, @Nullable T old, @Nullable T now, long revision) {}

    @Override
    public void reached(long revision) {
        synchronized (newest) {
            if (!newest.isEmpty()) {
                newest.entrySet().removeIf(entry -> {
                    boolean seen = entry.getValue() <= revision;
                    if (seen) {
                        again.accept(entry.getKey());
                    }
                    return seen;
                });
            }
        }
    }
}
