// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.apiserver.custom.CustomKinds.Known;
import dev.fairlead.apiserver.request.Self;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Empties the definitions that are to go: their objects are deleted first, then the finalizer is taken off. On a thread of
 * its own, for it may take long. Every server may do it, what is done twice does no harm.
 *
 * <p>How this works: objects are deleted once. Some stay for their own finalizers; then only the first one left is looked
 * at, less and less often. One that was not told to go, because a server made it that had not heard of the end, makes all
 * be deleted again.
 */
public final class Endings implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Endings.class.getName());
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration RARELY = Duration.ofSeconds(5);

    private final CustomKinds kinds;
    private final Store store;
    private final Self self;
    private final Consumer<Resource> emptying;
    private final Time time;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Looks after the definitions that {@code kinds} has read.
     *
     * @param emptying deletes all objects of a kind, served or not
     */
    public Endings(CustomKinds kinds, Store store, Self self, Consumer<Resource> emptying, Time time) {
        this.kinds = kinds;
        this.store = store;
        this.self = self;
        this.emptying = emptying;
        this.time = time;
        this.thread = Thread.ofVirtual().name("custom-kinds-endings").unstarted(this::run);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /** Looks at the table soon; the caller does not wait for it. */
    public void look() {
        if (kinds.known().stream().anyMatch(Endings::isEnding)) {
            news.release();
        }
    }

    private static boolean isEnding(Known known) {
        Tree metadata = known.definition().tree("metadata");
        return metadata.has("deletionTimestamp") && metadata.texts("finalizers").contains(Keeper.FINALIZER);
    }

    private void run() {
        Duration wait = SOON;
        Time.@Nullable Timer next = null;
        try {
            while (!closed) {
                news.acquire();
                news.drainPermits();
                if (next != null) {
                    next.cancel();
                }
                boolean left = round();
                wait = left ? longer(wait) : SOON;
                next = left ? time.schedule(wait, news::release) : null;
            }
        } catch (ClosedException | InterruptedException over) {
            // the store or this is closed
        } finally {
            if (next != null) {
                next.cancel();
            }
        }
    }

    private static Duration longer(Duration wait) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(RARELY) < 0 ? twice : RARELY;
    }

    /** Looks at every definition once; whether one has to be looked at again. */
    private boolean round() {
        boolean left = false;
        for (Known known : kinds.known()) {
            if (!closed && isEnding(known)) {
                left |= !ended(known);
            }
        }
        return left;
    }

    private boolean ended(Known known) {
        try {
            Resource objects = kinds.stored(known);
            return (objects == null || isEmpty(objects)) && released(known);
        } catch (ClosedException over) {
            throw over;
        } catch (RuntimeException failed) {
            LOG.log(System.Logger.Level.ERROR, "cannot empty " + known.name() + "; trying on", failed);
            return false;
        }
    }

    private boolean isEmpty(Resource objects) {
        Entry first = first(objects);
        if (first != null && !isGoing(first)) {
            emptying.accept(objects);
            first = first(objects);
        }
        return first == null;
    }

    private @Nullable Entry first(Resource objects) {
        List<Entry> entries = store.prefix(objects.prefix(""), 0, 1).entries();
        return entries.isEmpty() ? null : entries.getFirst();
    }

    private static boolean isGoing(Entry object) {
        return Json.object(object.value()).get("metadata") instanceof Map<?, ?> metadata
                && metadata.containsKey("deletionTimestamp");
    }

    /** Takes the finalizer off, unless somebody changed the definition meanwhile. */
    private boolean released(Known known) {
        List<Object> left = new ArrayList<>(known.definition().tree("metadata").texts("finalizers"));
        left.remove(Keeper.FINALIZER);
        String version = Long.toString(known.entry().modRevision());
        String path = kinds.definitions().path("", known.name());
        int status = self.patch(path, Map.of("metadata", Map.of("finalizers", left, "resourceVersion", version)));
        kinds.refresh();
        return status == 200 || status == 404;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
