// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.answer.Answers;
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
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Encoded.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers gets and lists. */
public final class Reader {
    private static final int PIECE = 500;

    private final Store store;
    private final Forms forms;

    /** Reads from {@code store}. */
    public Reader(Store store, Forms forms) {
        this.store = store;
        this.forms = forms;
    }

    /** One object. */
    public Reply get(Call call) {
        notInTheFuture(ListOptions.revision(call.query()));
        Entry entry = store.get(call.target().key())
                .orElseThrow(
                        () -> Refusal.notFound(call.resource(), call.target().name()));
        Form form = form(call, Accept.Form.METADATA_LIST, "PartialObjectMetadataList", "is not a list");
        return Answers.typed(200, form.mediaType(), form.one(entry.value(), entry.modRevision()));
    }

    /** A list, or a page of it. */
    public Reply list(Call call) {
        ListOptions options = ListOptions.of(call.query(), false);
        notInTheFuture(options.revision());
        Selection selection = Selection.of(call.query(), call.resource());
        Found found = find(call, selection, options);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", Long.toString(found.revision()));
        if (found.next() != null) {
            metadata.put("continue", found.next().token());
            if (selection.everything()) {
                metadata.put("remainingItemCount", found.remaining());
            }
        }
        Form form = form(call, Accept.Form.METADATA, "PartialObjectMetadata", "is a list");
        return Answers.typed(200, form.mediaType(), form.list(metadata, items(found.entries())));
    }

    private Form form(Call call, Accept.Form unfit, String asked, String why) {
        if (call.choice().form() == unfit) {
            throw Refusal.notAcceptable("you requested " + asked + ", but the requested object " + why);
        }
        return forms.of(call.choice(), call.query(), call.resource());
    }

    /** Every entry a call selects, now: what a collection's deletion is about. */
    public List<Entry> all(Call call) {
        Selection selection = Selection.of(call.query(), call.resource());
        return find(call, selection, ListOptions.of(call.query(), false)).entries();
    }

    private record Found(
            List<Entry> entries, long revision, @Nullable Page next, long remaining) {}

    private Found find(Call call, Selection selection, ListOptions options) {
        Bounds bounds = Bounds.of(call.target(), selection);
        Page page = options.page();
        String from = page == null ? bounds.from() : page.from();
        if (!from.startsWith(bounds.prefix())) {
            throw Refusal.badRequest("continue key is not valid: it belongs to another list");
        }
        long at = page != null ? page.revision() : options.exact() ? options.revision() : ListOptions.NEWEST;
        try {
            return collect(from, bounds.to(), Math.max(at, 0), selection, options.limit());
        } catch (CompactedException forgotten) {
            throw page == null
                    ? Refusal.expired("The resourceVersion for the provided list is too old: " + forgotten.getMessage())
                    : Refusal.expiredPages(new Page(ListOptions.NEWEST, page.from()).token());
        } catch (FutureRevisionException notYet) {
            throw Refusal.futureRevision(notYet.requested(), notYet.current());
        }
    }

    /** Reads on, all at one revision, until the limit is met by objects that are selected. */
    private Found collect(String start, String to, long at, Selection selection, int limit) {
        // With a selector most entries may be passed over, so they are read in pieces that do not shrink with the
        // limit.
        int piece = limit == 0 || selection.everything() ? limit : Math.max(limit, PIECE);
        List<Entry> chosen = new ArrayList<>();
        Range range = store.range(start, to, at, piece);
        while (true) {
            List<Entry> entries = range.entries();
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                if (selection.has(entry.value())) {
                    chosen.add(entry);
                }
                long left = entries.size() - i - 1 + range.remaining();
                if (limit > 0 && chosen.size() == limit && left > 0) {
                    return new Found(chosen, range.revision(), new Page(range.revision(), entry.key() + '\0'), left);
                }
            }
            if (!range.more()) {
                return new Found(chosen, range.revision(), null, 0);
            }
            range = store.range(range.nextFrom(), to, range.revision(), piece);
        }
    }

    private void notInTheFuture(long revision) {
        if (revision > store.revision()) {
            throw Refusal.futureRevision(revision, store.revision());
        }
    }

    private static List<Item> items(List<Entry> entries) {
        return entries.stream()
                .map(entry -> new Item(entry.value(), entry.modRevision()))
                .toList();
    }
}
