// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.repair;

import dev.fairlead.core.allocation.Audit;
import dev.fairlead.core.allocation.Reservation;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * When repairs are made: everything at the start and every three minutes, an address as soon as somebody changes or
 * deletes its IPAddress. One thread watches, one repairs.
 */
public final class Repairs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Repairs.class.getName());
    private static final Duration INTERVAL = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMinutes(1);

    private final Repair repair;
    private final Store store;
    private final Resource services;
    private final Resource addresses;
    private final Time time;
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Thread worker;
    private final Thread watcher;
    private Time.@Nullable Timer timer;
    private volatile boolean closed;
    private volatile boolean begun;

    /** Repairs of what {@code parts} name. */
    public Repairs(Repair repair, Repair.Parts parts) {
        this.repair = repair;
        this.store = parts.store();
        this.services = parts.services();
        this.addresses = parts.addresses();
        this.time = parts.time();
        this.worker = Thread.ofVirtual().name("repairs").unstarted(this::work);
        long from = store.revision(); // what is changed before the thread runs is seen too
        this.watcher = Thread.ofVirtual().name("repairs-watch").unstarted(() -> watch(from));
    }

    /** Repairs everything once, then whatever needs it. */
    public void start() {
        queue.add(repair::all);
        queue.add(() -> begun = true);
        worker.start();
        watcher.start();
        again();
    }

    /** Whether everything has been looked at once. */
    public boolean begun() {
        return begun;
    }

    private synchronized void again() {
        if (!closed) {
            timer = time.schedule(INTERVAL, () -> {
                queue.add(repair::all);
                again();
            });
        }
    }

    private void work() {
        try {
            while (!closed) {
                Runnable next = queue.take();
                try {
                    next.run();
                } catch (ClosedException stopping) {
                    return;
                } catch (StoreException refused) {
                    LOG.log(System.Logger.Level.WARNING, "a repair failed: " + refused.getMessage());
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(long revision) {
        long from = revision;
        while (!closed) {
            try (Watch changes = store.watch(addresses.prefix(""), from)) {
                while (!closed) {
                    changes.next(POLL).forEach(this::changed);
                }
            } catch (CompactedException behind) {
                from = store.revision();
                queue.add(repair::all);
            } catch (ClosedException stopping) {
                return;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void changed(Event event) {
        String name = event.key().substring(addresses.prefix("").length());
        switch (event) {
            case Event.Put(Entry entry, Entry previous) -> {
                if (previous != null || !sameCommit(entry)) {
                    queue.add(() -> repair.address(name));
                    // One that was made before its Service is looked at again when its time is over.
                    Duration pause = Audit.GRACE.plusSeconds(1);
                    time.schedule(pause, () -> queue.add(() -> repair.address(name)));
                }
            }
            case Event.Delete(long revision, Entry previous) -> {
                Reservation gone = Reservation.from(new Tree(Json.object(previous.value())));
                Entry service = service(gone);
                if (service != null && service.modRevision() < revision) {
                    queue.add(() -> repair.service(gone.parent()));
                }
            }
        }
    }

    /** Whether the Service was written together with its reservation, as the server does it. */
    private boolean sameCommit(Entry entry) {
        Entry service = service(Reservation.from(new Tree(Json.object(entry.value()))));
        return service != null && service.modRevision() >= entry.modRevision();
    }

    private @Nullable Entry service(Reservation reservation) {
        String key = services.key(
                reservation.parent().namespace(), reservation.parent().name());
        return store.get(key).orElse(null);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (timer != null) {
                timer.cancel();
            }
        }
        worker.interrupt();
        watcher.interrupt();
    }
}
