// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.core.definition.ObjectName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a controller from deciding again before it sees what it wrote itself: counting pods in a cache that lacks the one
 * just created would create it twice.
 *
 * <p>How this works: each write tells its revision; a key is {@link #unseen} until the informer of the written kind has
 * reached that revision, and if it was asked for meanwhile it then comes back through {@code again}. No counting, so
 * nothing can be left over when a create fails or an event is merged with another.
 *
 * <p>Where the keys of an object are known, {@code again} is also told of each change by others, and not of one's own: what
 * was just decided and written need not be decided once more. A change that comes while its key is worked on may be
 * either; which it is is known at the end of the work.
 *
 * @param <T> the records of the written kind
 */
public final class OwnWrites<T> implements Handler<T> {
    private final Informer<T> informer;
    private final Function<? super T, ? extends Collection<ObjectName>> keys;
    private final Consumer<ObjectName> again;
    /** The keys that are worked on or have unseen writes. */
    private final Map<ObjectName, Open> open = new HashMap<>();

    private static final class Open {
        /** Revisions that were written and are not in the cache yet. */
        private final Set<Long> unseen = new HashSet<>(4);
        /** Revisions that came while the key was worked on and are nobody's yet. */
        private final Set<Long> came = new HashSet<>(4);

        private boolean working;
        private boolean asked;
    }

    /** Watches the kind that is written; {@code again} is told each key that was asked for too early. */
    public OwnWrites(Informer<T> informer, Consumer<ObjectName> again) {
        this(informer, object -> List.of(), again);
    }

    /** The same, and {@code again} is told the {@code keys} of each object that others change. */
    public OwnWrites(
            Informer<T> informer,
            Function<? super T, ? extends Collection<ObjectName>> keys,
            Consumer<ObjectName> again) {
        this.informer = informer;
        this.keys = keys;
        this.again = again;
        informer.handle(this);
    }

    /** Works on {@code key} unless the cache lacks something written for it; then the key will come back by itself. */
    public Outcome work(ObjectName key, WorkQueue.Worker<ObjectName> worker) throws IOException, InterruptedException {
        if (unseen(key)) {
            return Outcome.done();
        }
        synchronized (open) {
            open.computeIfAbsent(key, any -> new Open()).working = true;
        }
        try {
            return worker.work(key);
        } finally {
            worked(key);
        }
    }

    private void worked(ObjectName key) {
        boolean asked = false;
        synchronized (open) {
            Open state = open.get(key);
            if (state != null) {
                state.working = false;
                state.asked |= !state.came.isEmpty();
                state.came.clear();
                asked = over(state) && state.asked;
                open.computeIfPresent(key, (any, one) -> over(one) ? null : one);
            }
        }
        if (asked) {
            again.accept(key);
        }
    }

    private static boolean over(Open state) {
        return !state.working && state.unseen.isEmpty();
    }

    /** {@code key} led to a write at {@code revision}. */
    public void wrote(ObjectName key, long revision) {
        synchronized (open) {
            Open state = open.computeIfAbsent(key, any -> new Open());
            if (!state.came.remove(revision) && revision > informer.revision()) {
                state.unseen.add(revision);
            }
            open.computeIfPresent(key, (any, one) -> over(one) ? null : one);
        }
    }

    /** Whether the cache still lacks something written for {@code key}; it will come back by itself. */
    public boolean unseen(ObjectName key) {
        synchronized (open) {
            Open state = open.get(key);
            if (state == null || state.unseen.isEmpty()) {
                return false;
            }
            state.asked = true;
            return true;
        }
    }

    @Override
    public void changed(ObjectName name, @Nullable T old, @Nullable T now, long revision) {
        Set<ObjectName> about = new LinkedHashSet<>();
        if (old != null) {
            about.addAll(keys.apply(old)); // of both: what says whose an object is may have been changed
        }
        if (now != null) {
            about.addAll(keys.apply(now));
        }
        for (ObjectName key : about) {
            if (byOthers(key, revision)) {
                again.accept(key);
            }
        }
    }

    /** Whether it is sure that the change was made by somebody else. */
    private boolean byOthers(ObjectName key, long revision) {
        synchronized (open) {
            Open state = open.get(key);
            if (state == null) {
                return true;
            }
            if (state.unseen.contains(revision)) {
                return false;
            }
            if (state.working) {
                state.came.add(revision);
                return false;
            }
            return true;
        }
    }

    @Override
    public void reached(long revision) {
        List<ObjectName> due = new ArrayList<>();
        synchronized (open) {
            open.entrySet().removeIf(entry -> {
                Open state = entry.getValue();
                state.unseen.removeIf(written -> written <= revision);
                if (over(state) && state.asked) {
                    due.add(entry.getKey());
                }
                return over(state);
            });
        }
        due.forEach(again);
    }
}
