// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forgets events an hour after they last happened. */
public final class Expiry implements AutoCloseable {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int BATCH = 500;
    private static final System.Logger LOG = System.getLogger(Expiry.class.getName());

    private final Store store;
    private final String prefix;
    private final Time time;
    private Time.@Nullable Timer timer;
    private boolean closed;

    /** @param events the kind Event */
    public Expiry(Store store, Resource events, Time time) {
        this.store = store;
        this.prefix = events.prefix("");
        this.time = time;
    }

    /** Looks every minute from now on. */
    public synchronized void start() {
        if (!closed) {
            timer = time.schedule(PAUSE, this::run);
        }
    }

    private void run() {
        try {
            expire();
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "could not remove old events: " + e.getMessage());
        }
        start();
    }

    private void expire() {
        List<Write> writes = new ArrayList<>();
        for (Entry entry : store.prefix(prefix, 0, 0).entries()) {
            if (last(new Tree(Json.object(entry.value()))).plus(LIFE).isBefore(time.now())) {
                writes.add(Write.delete(entry.key(), Expect.revision(entry.modRevision())));
            }
        }
        for (int from = 0; from < writes.size(); from += BATCH) {
            try {
                store.commit(writes.subList(from, Math.min(from + BATCH, writes.size())));
            } catch (ConflictException happenedAgain) {
                // the next round takes the others of this batch
            }
        }
    }

    private static Instant last(Tree event) {
        Instant last = Instant.EPOCH;
        for (String text : new String[] {
            event.tree("metadata").text("creationTimestamp", ""),
            event.text("lastTimestamp", ""),
            event.text("eventTime", ""),
            event.tree("series").text("lastObservedTime", "")
        }) {
            try {
                Instant one = text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
                last = one.isAfter(last) ? one : last;
            } catch (DateTimeParseException notATime) {
                // the others count
            }
        }
        return last;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
