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
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Encoded;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One watch, pulled by its reader: first what was there, then every change, bookmarks in between, an ERROR event if the
 * store has forgotten what comes next, and the end when its time is over. It holds no queue: the store's cursor is where
 * a slow reader waits.
 *
 * <p>A change of an object is told by whether the selection has it before and after: in and in is MODIFIED, out and in
 * ADDED, in and out DELETED, out and out nothing. The object of DELETED is the last one the reader could see.
 */
final class WatchStream implements Stream {
    /** How many of the objects that were there are sent at once. */
    private static final int BATCH = 256;

    /** Where events come from: what was there, then a cursor. */
    record Source(List<Entry> there, Watch watch) {}

    /**
     * When things are due.
     *
     * @param start on the monotonic clock, nanoseconds
     * @param life when the watch ends
     * @param bookmarks how often a bookmark is sent; zero for never
     */
    record Pace(long start, Duration life, Duration bookmarks) {}

    private final Watch watch;
    private final Selection selection;
    private final Form form;
    private final Time time;
    private final Pace pace;
    private final long ends;
    private List<Entry> there;
    private boolean endOfThere;
    private long nextBookmark;
    private boolean over;

    WatchStream(Source source, Selection selection, Form form, Time time, Pace pace, boolean tellEndOfThere) {
        this.there = source.there();
        this.watch = source.watch();
        this.selection = selection;
        this.form = form;
        this.time = time;
        this.pace = pace;
        this.endOfThere = tellEndOfThere;
        this.ends = pace.start() + pace.life().toNanos();
        this.nextBookmark = pace.start() + pace.bookmarks().toNanos();
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
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
            close();
            Refusal expired = Refusal.expired(
                    "too old resource version: " + forgotten.requested() + " (" + forgotten.oldest() + ")");
            return Encoded.event("ERROR", Json.write(expired.status()));
        } catch (ClosedException closed) {
            over = true;
            return null;
        }
    }

    private byte[] some() {
        List<Entry> batch = there.subList(0, Math.min(BATCH, there.size()));
        there = there.subList(batch.size(), there.size());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Entry entry : batch) {
            out.writeBytes(Encoded.event("ADDED", form.watched(entry.value(), entry.modRevision())));
        }
        return out.toByteArray();
    }

    private byte @Nullable [] changes() throws InterruptedException {
        while (true) {
            long now = time.nanos();
            if (now - ends >= 0) {
                close();
                return null;
            }
            boolean takesBookmarks = !pace.bookmarks().isZero();
            if (takesBookmarks && now - nextBookmark >= 0) {
                nextBookmark = now + pace.bookmarks().toNanos();
                return bookmark(Map.of());
            }
            long wait = takesBookmarks ? Math.min(ends - now, nextBookmark - now) : ends - now;
            byte[] events = encode(watch.next(Duration.ofNanos(wait)));
            if (events.length > 0) {
                return events;
            }
        }
    }

    private byte[] encode(List<Event> events) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Event event : events) {
            Entry before = event.previous();
            boolean was = before != null && selection.has(before.value());
            switch (event) {
                case Event.Put put -> {
                    Entry entry = put.entry();
                    boolean is = selection.has(entry.value());
                    if (is) {
                        String type = was ? "MODIFIED" : "ADDED";
                        out.writeBytes(Encoded.event(type, form.watched(entry.value(), entry.modRevision())));
                    } else if (was && before != null) {
                        out.writeBytes(Encoded.event("DELETED", form.watched(before.value(), entry.modRevision())));
                    }
                }
                case Event.Delete(long revision, Entry last) -> {
                    if (was) {
                        out.writeBytes(Encoded.event("DELETED", form.watched(last.value(), revision)));
                    }
                }
            }
        }
        return out.toByteArray();
    }

    private byte[] bookmark(Map<String, Object> annotations) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", Long.toString(watch.revision()));
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        return Encoded.event("BOOKMARK", form.bookmark(metadata));
    }

    @Override
    public void close() {
        over = true;
        watch.close();
    }
}
