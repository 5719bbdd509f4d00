// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.apiserver.request.Selection;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.time.Time;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One watch, pulled by its reader: first what was there, then every change, bookmarks in between, an ERROR event if the
 * store has forgotten what comes next, and the end when its time is over. It holds no queue: the store's cursor is where
 * a slow reader waits.
 *
 * <p>A change of an object is told by whether the selection has it before and after: in and in is MODIFIED, out and in
 * ADDED, in and out DELETED, out and out nothing. The object of DELETED is the last one the reader could see.
 */
final class WatchStream implements Signalled {
    /** A piece ends with the event that fills it: what a slow reader keeps in memory is one piece and some events. */
    private static final int PIECE = 64 << 10;

    /** How many events one poll looks at: who selects few of many must not keep an event loop from its other connections. */
    private static final int LOOKED_AT = 128;

    /** How long before its end a watch tells once more how far it is, so that its client can go on from there. */
    private static final long BEFORE_END = Duration.ofSeconds(2).toNanos();

    private static final byte[] NOTHING = {};

    /** Where events come from: what was there, then a cursor. */
    record Source(List<Entry> there, Watch watch) {}

    /**
     * When things are due.
     *
     * @param start on the monotonic clock, nanoseconds
     * @param life when the watch ends; some years at most
     * @param period how often an idle watch looks by itself, which moves it on in the history, so that the store does not
     *     forget what it would ask for next
     * @param bookmarks whether it tells then how far it is, and once more shortly before its end
     */
    record Pace(long start, Duration life, Duration period, boolean bookmarks) {}

    private final Watch watch;
    private final Selection selection;
    private final Form form;
    private final Encodings encodings;
    private final Time time;
    private final Pace pace;
    private final LongAdder told;
    private final long ends;
    private List<Entry> there;
    private List<Event> come = List.of();
    private boolean endOfThere;
    /** Whether the last look gave events: there may be more, for which no bell has rung. */
    private boolean behind;

    private long nextLook;
    private boolean over;

    WatchStream(
            Source source,
            Selection selection,
            Form form,
            Encodings encodings,
            Time time,
            Pace pace,
            LongAdder told,
            boolean tellEndOfThere) {
        this.there = source.there();
        this.watch = source.watch();
        this.selection = selection;
        this.form = form;
        this.encodings = encodings;
        this.time = time;
        this.pace = pace;
        this.told = told;
        this.endOfThere = tellEndOfThere;
        this.ends = pace.start() + pace.life().toNanos();
        this.nextLook = lookAfter(pace.start());
    }

    private long lookAfter(long now) {
        long usual = now + pace.period().toNanos();
        long last = ends - BEFORE_END;
        return pace.bookmarks() && last - now > 0 && last - usual < 0 ? last : usual;
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
        byte[] piece = poll();
        while (piece != null && piece.length == 0) {
            try {
                if (!behind) {
                    come = watch.next(patience());
                    behind = !come.isEmpty();
                }
            } catch (CompactedException forgotten) {
                return forgotten(forgotten);
            } catch (ClosedException closed) {
                over = true;
            }
            piece = poll();
        }
        return piece;
    }

    @Override
    public byte @Nullable [] poll() {
        if (over) {
            return null;
        }
        if (!there.isEmpty()) {
            return some();
        }
        if (endOfThere) {
            endOfThere = false;
            return bookmark(Map.of("k8s.io/initial-events-end", "true"));
        }
        try {
            return changes();
        } catch (CompactedException forgotten) {
            return forgotten(forgotten);
        } catch (ClosedException closed) {
            over = true;
            return null;
        }
    }

    @Override
    public Duration patience() {
        long now = time.nanos();
        return behind ? Duration.ZERO : Duration.ofNanos(Math.max(0, Math.min(ends - now, nextLook - now)));
    }

    @Override
    public Duration left() {
        return Duration.ofNanos(Math.max(0, ends - time.nanos()));
    }

    @Override
    public void signal(Runnable bell) {
        watch.ring(bell);
    }

    private byte[] forgotten(CompactedException forgotten) {
        close();
        Refusal expired =
                Refusal.expired("too old resource version: " + forgotten.requested() + " (" + forgotten.oldest() + ")");
        return form.event("ERROR", form.status(expired.status()));
    }

    private byte[] some() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int sent = 0;
        while (sent < there.size() && out.size() < PIECE) {
            Entry entry = there.get(sent++);
            out.writeBytes(form.event("ADDED", form.watched(entry.value(), entry.modRevision())));
        }
        there = there.subList(sent, there.size());
        return out.toByteArray();
    }

    private byte @Nullable [] changes() {
        if (come.isEmpty()) {
            long now = time.nanos();
            if (now - ends >= 0) {
                close();
                return null;
            }
            come = watch.look();
            behind = !come.isEmpty();
            if (!behind) {
                return idle(now);
            }
        }
        return encode();
    }

    /** A bookmark, if it is time for one. Only when there is nothing to tell: it says that all up to it was sent. */
    private byte[] idle(long now) {
        if (now - nextLook < 0) {
            return NOTHING;
        }
        nextLook = lookAfter(now);
        return pace.bookmarks() ? bookmark(Map.of()) : NOTHING;
    }

    /** Takes events that came until a piece is full or enough were looked at; empty if the reader is to see none of them. */
    private byte[] encode() {
        byte[] first = NOTHING;
        ByteArrayOutputStream more = null;
        int taken = 0;
        while (taken < Math.min(come.size(), LOOKED_AT) && (more == null || more.size() < PIECE)) {
            byte[] bytes = encode(come.get(taken++));
            if (bytes.length > 0) {
                told.increment();
            }
            if (first.length == 0) {
                first = bytes;
            } else if (bytes.length > 0) {
                if (more == null) {
                    more = new ByteArrayOutputStream(first.length + 2 * bytes.length);
                    more.writeBytes(first);
                }
                more.writeBytes(bytes);
            }
        }
        come = come.subList(taken, come.size());
        return more == null ? first : more.toByteArray();
    }

    private byte[] encode(Event event) {
        Entry before = event.previous();
        boolean was = before != null && selection.has(before.value());
        return switch (event) {
            case Event.Put put
            when selection.has(put.entry().value()) ->
                encodings.of(event, was ? "MODIFIED" : "ADDED", put.entry().value(), form);
            case Event.Put _ -> was && before != null ? encodings.of(event, "DELETED", before.value(), form) : NOTHING;
            case Event.Delete gone ->
                was ? encodings.of(event, "DELETED", gone.previous().value(), form) : NOTHING;
        };
    }

    private byte[] bookmark(Map<String, Object> annotations) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", Long.toString(watch.revision()));
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        return form.event("BOOKMARK", form.bookmark(metadata));
    }

    @Override
    public void close() {
        over = true;
        watch.close();
    }
}
