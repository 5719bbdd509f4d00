// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Selection;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.FutureRevisionException;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.select.FieldSelector;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Starts watches. */
public final class Watcher {
    /** How long a watch lasts when the client names no end: this, up to twice this, so that not all end together. */
    private static final Duration LIFE = Duration.ofMinutes(30);

    /** The longest a client may ask for: more than a clock's nanoseconds can count is no time. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final List<String> STREAMED =
            List.of("application/json;stream=watch", Protobuf.MEDIA_TYPE + ";stream=watch");

    private final Store store;
    private final Forms forms;
    private final Time time;
    private final RandomGenerator random;
    private final Duration bookmarks;
    private final Encodings encodings = new Encodings();
    private final CustomWatches custom;
    private final Counter told;

    /**
     * Sends a bookmark every {@code bookmarks}, which is positive, to those that take them; {@code kinds} are those that are
     * served now.
     */
    public Watcher(
            Store store,
            Forms forms,
            Time time,
            RandomGenerator random,
            Duration bookmarks,
            Metrics metrics,
            Supplier<Kinds> kinds) {
        this.store = store;
        this.forms = forms;
        this.time = time;
        this.random = random;
        this.bookmarks = bookmarks;
        this.custom = new CustomWatches(kinds);
        this.told = metrics.counter(
                "apiserver_watch_events_total", "Changes told to watchers.", "group", "resource", "version");
    }

    /** Starts a watch of what a list with the same parameters would give. */
    public Reply watch(Call call) {
        ListOptions options = ListOptions.of(call.query(), true);
        Selection selection = selection(call);
        if (call.choice().encoding() == Accept.Encoding.YAML) {
            throw Refusal.notAcceptable(STREAMED); // YAML has no end between one event and the next
        }
        Form form = forms.of(call.choice(), call.query(), call.resource());
        Bounds bounds = Bounds.of(call.target(), selection);
        boolean takesBookmarks = call.query().truth("allowWatchBookmarks");
        var pace = new WatchStream.Pace(time.nanos(), life(call), bookmarks, takesBookmarks);
        LongAdder counter = told.of(
                call.resource().group(),
                call.resource().plural(),
                call.resource().version());
        // Last: whatever refuses the watch must do so before there is a cursor, which nobody would close.
        WatchStream stream = new WatchStream(
                open(call, bounds, selection, options),
                selection,
                form,
                encodings,
                time,
                pace,
                counter,
                takesBookmarks && Boolean.TRUE.equals(options.initialEvents()));
        return new Reply.Streamed(200, Map.of("content-type", form.mediaType() + ";stream=watch"), stream);
    }

    /** To be called when the kinds that are served have changed: ends the watches of those that are not as they were. */
    public void settle() {
        custom.settle();
    }

    private static Selection selection(Call call) {
        Selection selection = Selection.of(call.query(), call.resource());
        if (!call.target().one()) {
            return selection;
        }
        List<FieldSelector.Term> terms = new ArrayList<>(selection.fields().terms());
        terms.add(new FieldSelector.Term("metadata.name", true, call.target().name()));
        return new Selection(selection.labels(), new FieldSelector(List.copyOf(terms)));
    }

    /** What is there first, and the cursor over what comes after it. */
    private WatchStream.Source open(Call call, Bounds bounds, Selection selection, ListOptions options) {
        long after = options.revision();
        // Revision 0 means "any": the newest is as good as any, and the client has seen nothing yet.
        boolean any = after <= 0;
        boolean fresh = options.initialEvents() == null ? any : options.initialEvents();
        try {
            if (!fresh) {
                return new WatchStream.Source(List.of(), watch(call, bounds, any ? store.revision() : after));
            }
            if (after > store.revision()) {
                throw Refusal.futureRevision(after, store.revision());
            }
            Range range = store.range(bounds.from(), bounds.to(), 0, 0);
            List<Entry> there = range.entries().stream()
                    .filter(entry -> selection.has(entry.value()))
                    .toList();
            return new WatchStream.Source(there, watch(call, bounds, range.revision()));
        } catch (CompactedException forgotten) {
            throw Refusal.expired("too old resource version: " + after + " (" + forgotten.oldest() + ")");
        } catch (FutureRevisionException notYet) {
            throw Refusal.futureRevision(notYet.requested(), notYet.current());
        }
    }

    /** A watch of one key is one of all keys that start like it; the selection leaves out the others. */
    private Watch watch(Call call, Bounds bounds, long after) {
        return custom.of(call.resource(), store.watch(bounds.from(), after));
    }

    private Duration life(Call call) {
        Long seconds = call.query().whole("timeoutSeconds");
        return seconds == null || seconds <= 0
                ? LIFE.plus(LIFE.multipliedBy(random.nextInt(1000)).dividedBy(1000))
                : Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
    }
}
