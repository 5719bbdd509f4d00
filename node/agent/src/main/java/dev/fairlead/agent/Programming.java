// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the data plane and the names after Services and slices. One thread owns the table: changes queue up, all that
 * are there are worked in together, the data plane follows, and then, and only then, their revision counts as programmed.
 */
final class Programming implements AutoCloseable {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Item AGAIN = new Item(null, null, 0);
    private static final System.Logger LOG = System.getLogger(Programming.class.getName());

    /** A change, or (without one) the news that slices are known through a revision. */
    private record Item(@Nullable Change change, @Nullable ObjectName service, long revision) {}

    /** Who is told how it goes. */
    interface Watcher {
        /** A change waits. */
        void queued(Change change);

        /** Changes taken from the queue at {@code taken} ({@link Time#nanos}) are programmed, which {@code took} so long. */
        void programmed(List<Change> changes, RouteTable now, long taken, Duration took);
    }

    private final Informer<Service> services;
    private final Index<ObjectName, EndpointSlice> slices;
    private final DataPlane plane;
    private final NameTable names;
    private final Progress progress;
    private final Watcher watcher;
    private final Time time;
    private final Consumer<List<DataPlane.Problem>> problems;
    private final LinkedBlockingQueue<Item> queue = new LinkedBlockingQueue<>();
    private volatile RouteTable table;
    private volatile @Nullable Thread thread;
    private List<DataPlane.Problem> lastProblems = List.of();

    Programming(
            Informer<Service> services,
            Informer<EndpointSlice> slices,
            RouteTable table,
            DataPlane plane,
            NameTable names,
            Progress progress,
            Watcher watcher,
            Time time,
            Consumer<List<DataPlane.Problem>> problems) {
        this.services = services;
        this.slices = slices.index(slice -> List.of(slice.service()));
        this.plane = plane;
        this.names = names;
        this.progress = progress;
        this.watcher = watcher;
        this.time = time;
        this.problems = problems;
        this.table = table;
        services.handle((name, old, now, revision) ->
                put(new Item(now == null ? new Change.ServiceRemoved(name) : new Change.ServicePut(now), name, 0)));
        slices.handle(new Handler<>() {
            @Override
            public void changed(
                    ObjectName name, @Nullable EndpointSlice old, @Nullable EndpointSlice now, long revision) {
                Change change = now == null ? new Change.SliceRemoved(name) : new Change.SlicePut(now);
                if (old != null && now != null && !old.service().equals(now.service())) {
                    queue.add(new Item(null, old.service(), 0));
                }
                put(new Item(change, now != null ? now.service() : old == null ? null : old.service(), 0));
            }

            @Override
            public void reached(long revision) {
                queue.add(new Item(null, null, revision));
            }
        });
    }

    private void put(Item item) {
        if (item.change != null) {
            watcher.queued(item.change);
        }
        queue.add(item);
    }

    /** Takes note of this node's labels and addresses. */
    void node(Node node) {
        put(new Item(new Change.NodePut(node), null, 0));
    }

    /** Begins to program; to be called once everything there was at the start is in the queue. */
    void start() {
        thread = Thread.ofPlatform().daemon().name("programming").start(this::run);
    }

    /** The table as it is programmed. */
    RouteTable table() {
        return table;
    }

    private void run() {
        List<Item> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch);
                try {
                    program(batch);
                    batch.clear();
                } catch (RuntimeException refused) {
                    // nothing of the batch is lost: it is worked in with the next, and there will be a next
                    LOG.log(Level.ERROR, "changes of the routes were not programmed; trying again in 1 s", refused);
                    time.schedule(RETRY, () -> queue.add(AGAIN));
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void program(List<Item> batch) throws InterruptedException {
        long taken = time.nanos();
        List<Change> changes = new ArrayList<>();
        RouteTable next = table;
        long revision = 0;
        Set<ObjectName> touched = new LinkedHashSet<>();
        for (Item item : batch) {
            if (item.change != null) {
                next = next.with(item.change);
                changes.add(item.change);
            }
            revision = Math.max(revision, item.revision);
            if (item.service != null) {
                touched.add(item.service);
            }
        }
        List<DataPlane.Problem> now = plane.apply(next);
        table = next;
        name(touched);
        names.markSynced();
        if (revision > 0) {
            progress.programmed(revision);
        }
        if (!changes.isEmpty()) {
            watcher.programmed(changes, next, taken, Duration.ofNanos(time.nanos() - taken));
        }
        if (!now.equals(lastProblems)) {
            lastProblems = now;
            problems.accept(now);
        }
    }

    private void name(Set<ObjectName> touched) {
        if (touched.isEmpty()) {
            return;
        }
        Map<ObjectName, List<Binding>> bound = plane.bindings().stream()
                .filter(binding -> touched.contains(binding.service()))
                .collect(Collectors.groupingBy(Binding::service));
        for (ObjectName service : touched) {
            Service known = services.get(service);
            if (known == null) {
                names.remove(service);
            } else {
                names.put(BoundPorts.shown(bound.getOrDefault(service, List.of()), known), slices.get(service));
            }
        }
    }

    @Override
    public void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
