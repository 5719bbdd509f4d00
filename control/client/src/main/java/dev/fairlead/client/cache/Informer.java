// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Selection;
import dev.fairlead.client.Watch;
import dev.fairlead.client.queue.Backoff;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a slim record of every object of a kind (or of a selection of them) and tells handlers what changed.
 *
 * <p>How this works: list, page by page, then watch from the list's revision. A watch that ends is taken up again from the
 * last revision told; one that breaks too, after a wait that grows; when that revision is no longer kept (410), list
 * again and tell the difference. A watch that stays silent longer than bookmarks may be apart is given up as dead.
 *
 * <p>{@snippet :
 * var pods = new Informer<>(client, Resources.PODS, Selection.ALL, Pod::from, time, random);
 * var byNode = pods.index(pod -> List.of(pod.nodeName()));
 * pods.handle((name, old, now, revision) -> queue.add(name));
 * pods.start();
 * pods.awaitSynced(Duration.ofSeconds(10));
 * }
 *
 * @param <T> the record kept of an object; must hold on to no tree
 */
public final class Informer<T> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Informer.class.getName());
    /** A watch ends after so many seconds, and up to as many more: reconnections of many clients spread. */
    private static final int WATCH_SECONDS = 300;
    /** Bookmarks come about every minute; three missing ones mean a dead connection. */
    private static final Duration SILENCE = Duration.ofSeconds(200);
    /** A watch that ends sooner and empty is no watch: wait before the next. */
    private static final Duration HASTY = Duration.ofSeconds(1);

    private final ApiClient client;
    private final Resource resource;
    private final Selection selection;
    private final Time time;
    private final RandomGenerator random;
    private final Cache<T> cache;
    private final List<Handler<? super T>> handlers = new ArrayList<>();
    private final List<Index<?, T>> indexes = new ArrayList<>();
    private final CountDownLatch synced = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable Watch current;
    private volatile long revision;
    /** The newest revision in the cache: ahead of {@code revision} amid events that came together. */
    private long applied;
    /** Failures in a row; the informer's thread alone. */
    private int failures;

    /**
     * An informer that starts with {@link #start}.
     *
     * @param slim makes the record of an object; runs on the informer's thread and must not fail
     * @param random of this informer alone
     */
    public Informer(
            ApiClient client,
            Resource resource,
            Selection selection,
            Function<Tree, T> slim,
            Time time,
            RandomGenerator random) {
        this.client = client;
        this.resource = resource;
        this.selection = selection;
        this.time = time;
        this.random = random;
        this.cache = new Cache<>(slim, this::tell);
        this.thread = Thread.ofVirtual().name("informer-" + resource.plural()).unstarted(this::run);
    }

    /** Adds a handler; only before {@link #start}. */
    public void handle(Handler<? super T> handler) {
        requireNew();
        handlers.add(handler);
    }

    /** Adds an index; only before {@link #start}. */
    public <I> Index<I, T> index(Function<T, ? extends Collection<I>> keys) {
        requireNew();
        Index<I, T> index = new Index<>(this, keys);
        indexes.add(index);
        return index;
    }

    private void requireNew() {
        if (thread.getState() != Thread.State.NEW) {
            throw new IllegalStateException("handlers and indexes are added before the informer is started");
        }
    }

    /** Starts to list and watch. */
    public void start() {
        thread.start();
    }

    /** Waits until the first list was told. False when {@code patience} ran out first. */
    public boolean awaitSynced(Duration patience) throws InterruptedException {
        return synced.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether the first list was told. */
    public boolean synced() {
        return synced.getCount() == 0;
    }

    /** Everything up to this revision is in the cache; 0 before the first list. */
    public long revision() {
        return revision;
    }

    /** The record of that object, or null. */
    public @Nullable T get(ObjectName name) {
        Cache.Entry<T> entry = cache.entries.get(name);
        return entry == null ? null : entry.value();
    }

    /** All records, in no order. */
    public List<T> all() {
        List<T> all = new ArrayList<>(cache.entries.size());
        cache.entries.values().forEach(entry -> all.add(entry.value()));
        return all;
    }

    /** How many records there are. */
    public int size() {
        return cache.entries.size();
    }

    /** The kind that is watched. */
    public Resource resource() {
        return resource;
    }

    /** Ends the watch and the thread; what was told stays readable. */
    @Override
    public void close() {
        closed.set(true);
        thread.interrupt();
        Watch watch = current;
        if (watch != null) {
            watch.close();
        }
    }

    private void run() {
        boolean known = false;
        while (!closed.get() && !Thread.currentThread().isInterrupted()) {
            try {
                if (!known) {
                    list();
                    known = true;
                }
                watch();
                failures = 0;
                continue;
            } catch (ApiError refused) {
                known &= !refused.isGone() && refused.code() != 504; // 504: that revision is ahead of the API
                warn(refused);
            } catch (IOException broken) {
                warn(broken);
            } catch (InterruptedException ended) {
                return;
            } catch (RuntimeException bug) {
                failures++;
                known = false;
                LOG.log(Level.ERROR, resource + ": this is a bug, please report it; listing again", bug);
            }
            pause();
        }
    }

    private void warn(IOException why) {
        failures++;
        if (closed.get()) {
            return;
        }
        Level level = failures == 3 ? Level.WARNING : Level.DEBUG;
        LOG.log(level, () -> "cannot follow " + resource + ": " + why.getMessage() + "; trying on");
    }

    private void list() throws IOException, InterruptedException {
        Cache<T>.Listing listing = cache.list();
        long at = client.list(resource, selection, listing::item);
        listing.end(at);
        if (!synced()) {
            handlers.forEach(Handler::synced);
        }
        reached(at);
        synced.countDown();
    }

    /** Follows until the server ends the watch. */
    private void watch() throws IOException, InterruptedException {
        int seconds = WATCH_SECONDS + random.nextInt(WATCH_SECONDS);
        boolean brought = false;
        try (Watch watch = client.watch(resource, selection, applied, seconds)) {
            current = watch;
            long began = time.nanos();
            try (Silence guard = new Silence(time, SILENCE, watch::close)) {
                for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
                    brought = true;
                    guard.heard();
                    apply(event);
                }
            } finally {
                current = null;
            }
            if (!brought && time.nanos() - began < HASTY.toNanos()) {
                throw new IOException("the API ended a watch at once");
            }
        }
    }

    private void apply(Watch.Event event) {
        long at = event.revision();
        switch (event.type()) {
            case ADDED, MODIFIED -> cache.put(event.object(), at, false);
            case DELETED -> cache.remove(event.object(), at);
            case BOOKMARK -> {}
        }
        failures = 0;
        applied = Math.max(applied, at);
        if (event.last()) {
            reached(applied);
        }
    }

    private void reached(long at) {
        applied = at;
        revision = at;
        for (Handler<? super T> handler : handlers) {
            handler.reached(at);
        }
    }

    private void tell(ObjectName name, @Nullable T old, @Nullable T now, long at) {
        for (Index<?, T> index : indexes) {
            index.move(name, old, now);
        }
        for (Handler<? super T> handler : handlers) {
            handler.changed(name, old, now, at);
        }
    }

    private void pause() {
        if (closed.get()) {
            return;
        }
        CountDownLatch due = new CountDownLatch(1);
        Time.Timer timer = time.schedule(Backoff.OF_CONNECTIONS.after(failures, random), due::countDown);
        try {
            due.await();
        } catch (InterruptedException ended) {
            timer.cancel();
            Thread.currentThread().interrupt();
        }
    }
}
