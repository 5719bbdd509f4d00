// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.custom.CustomKinds;
import dev.fairlead.apiserver.custom.Keeper;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.read.Reader;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Traits;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Encoded.Item;
import dev.fairlead.wire.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes objects. One that somebody has to let go first (finalizers, a namespace's content, a pod that runs) is only marked
 * with its deletionTimestamp; it goes with the write that takes away the last reason to stay. For pods that is the node's
 * agent, which deletes with a grace period of 0 once the pod has ended.
 */
public final class Deletion {
    private static final int RACES = 64;
    /** So many objects are held at once where all of a kind are deleted. */
    private static final int PAGE = 500;

    private static final long USUAL_GRACE = 30;
    /** Kinds of which the deleted object is sent back, as Kubernetes does. */
    private static final Set<String> SHOWN = Set.of("services", "pods", "serviceaccounts");

    private final Store store;
    private final Decoder decoder;
    private final Reader reader;
    private final Admission admission;
    private final Identity identity;
    private final Forms forms;

    /** Deletes from {@code store}. */
    public Deletion(Store store, Decoder decoder, Reader reader, Admission admission, Identity identity, Forms forms) {
        this.store = store;
        this.decoder = decoder;
        this.reader = reader;
        this.admission = admission;
        this.identity = identity;
        this.forms = forms;
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares these
    private record Gone(byte[] object, long revision, boolean removed) {}

    /** Deletes one object. */
    public Reply delete(Call call) {
        Resource resource = call.resource();
        String name = call.target().name();
        DeleteOptions options = DeleteOptions.of(decoder.options(call.request()), call.query());
        Gone gone = delete(resource, call.target().key(), name, options);
        if (gone.removed() && !SHOWN.contains(resource.qualified())) {
            Tree metadata = new Tree(Json.object(gone.object())).tree("metadata");
            return Answers.json(200, Answers.success(resource, name, metadata.text("uid", "")));
        }
        Form form = forms.of(call.choice(), call.query(), resource);
        return Answers.typed(200, form.mediaType(), form.one(gone.object(), gone.revision()));
    }

    /**
     * Deletes a pod as somebody asks who only wants it elsewhere ({@code policy/v1 Eviction}). There are no disruption budgets
     * here that could refuse it.
     */
    public Reply evict(Call call) {
        Tree eviction = new Tree(decoder.object(call).object());
        String name = call.target().name();
        String named = eviction.tree("metadata").text("name", name);
        if (!named.equals(name)) {
            throw Refusal.badRequest("name in URL does not match name in Eviction object: " + name + " and " + named);
        }
        Map<String, Object> said =
                eviction.has("deleteOptions") ? eviction.tree("deleteOptions").fields() : null;
        delete(call.resource(), call.target().key(), name, DeleteOptions.of(said, call.query()));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Success");
        status.put("code", 201L);
        return Answers.json(201, status);
    }

    /** Deletes every object that a list with the same parameters would give. */
    public Reply collection(Call call) {
        Resource resource = call.resource();
        DeleteOptions options = DeleteOptions.of(decoder.options(call.request()), call.query());
        List<Item> items = new ArrayList<>();
        for (Entry entry : reader.all(call)) {
            String name =
                    new Tree(AtRest.tree(resource, entry)).tree("metadata").text("name", "");
            try {
                Gone gone = delete(resource, entry.key(), name, options);
                items.add(new Item(gone.object(), gone.revision()));
            } catch (Refusal gone) {
                if (gone.code() != 404) {
                    throw gone;
                }
            }
        }
        Form form = forms.of(call.choice(), call.query(), resource);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", Long.toString(store.revision()));
        return Answers.typed(200, form.mediaType(), form.list(metadata, items));
    }

    /** Deletes every object of a kind, page by page, as {@link #collection} does; the kind need not be served. */
    public void every(Resource resource) {
        String end = Store.endOfPrefix(resource.prefix(""));
        String from = resource.prefix("");
        for (boolean more = true; more; ) {
            Range page = store.range(from, end, 0, PAGE);
            for (Entry entry : page.entries()) {
                Tree metadata = new Tree(AtRest.tree(resource, entry)).tree("metadata");
                try {
                    delete(resource, entry.key(), metadata.text("name", ""), DeleteOptions.USUAL);
                } catch (Refusal gone) {
                    if (gone.code() != 404) {
                        throw gone;
                    }
                }
            }
            more = page.more();
            from = more ? page.nextFrom() : from;
        }
    }

    private Gone delete(Resource resource, String key, String name, DeleteOptions options) {
        Namespaces.endable(resource, name);
        for (int races = 0; races < RACES; races++) {
            Entry entry = store.get(key).orElseThrow(() -> Refusal.notFound(resource, name));
            Map<String, Object> object = AtRest.tree(resource, entry);
            checkPreconditions(resource, name, options, new Tree(object).tree("metadata"));
            try {
                return step(resource, entry, object, options);
            } catch (ConflictException lost) {
                // somebody changed it meanwhile: look again
            }
        }
        throw Refusal.unavailable("too many writes at once; try again").retryAfter(1);
    }

    private Gone step(Resource resource, Entry entry, Map<String, Object> object, DeleteOptions options)
            throws ConflictException {
        Map<String, Object> marked = marked(resource, object, options);
        Expect unchanged = Expect.revision(entry.modRevision());
        AtRest.metadata(object).remove("resourceVersion");
        if (Metadata.mayGo(resource, new Tree(marked))) {
            List<Write> writes = new ArrayList<>();
            writes.add(Write.delete(entry.key(), unchanged));
            writes.addAll(admission.release(resource, object));
            long revision = options.dryRun() ? entry.modRevision() : store.commit(writes);
            return new Gone(AtRest.bytes(resource, marked), revision, true);
        }
        if (marked.equals(object)) {
            return new Gone(entry.value(), entry.modRevision(), false);
        }
        byte[] bytes = AtRest.bytes(resource, marked);
        long revision = options.dryRun()
                ? entry.modRevision()
                : store.commit(List.of(Write.put(entry.key(), bytes, unchanged)));
        return new Gone(bytes, revision, false);
    }

    /** The object with its end asked for. */
    private Map<String, Object> marked(Resource resource, Map<String, Object> object, DeleteOptions options) {
        Draft draft = Draft.copyOf(object);
        Draft metadata = draft.child("metadata").remove("resourceVersion");
        Tree now = metadata.view();
        long grace = grace(resource, draft.view(), options);
        boolean first = !now.has("deletionTimestamp");
        if (first || grace < now.whole("deletionGracePeriodSeconds", 0)) {
            metadata.set("deletionTimestamp", identity.after(Duration.ofSeconds(grace)));
            metadata.set("deletionGracePeriodSeconds", grace);
        }
        String finalizer = options.finalizer();
        List<String> finalizers = new ArrayList<>(now.texts("finalizers"));
        if (!finalizer.isEmpty() && !finalizers.contains(finalizer)) {
            finalizers.add(finalizer);
            metadata.set("finalizers", List.copyOf(finalizers));
        }
        if (first && Admission.rules(resource).traits().generation() != Traits.Generation.NONE) {
            metadata.set("generation", now.whole("generation", 0) + 1);
        }
        if (first && CustomKinds.areDefinedBy(resource)) {
            Keeper.mark(draft, identity.now());
        }
        if (Namespaces.are(resource)) {
            draft.child("status").set("phase", "Terminating");
        }
        return draft.tree();
    }

    /** Only pods that are on a node and not over have time for their end. */
    private static long grace(Resource resource, Tree object, DeleteOptions options) {
        if (!resource.qualified().equals("pods")) {
            return 0;
        }
        String phase = object.tree("status").text("phase", "");
        boolean over = phase.equals("Succeeded") || phase.equals("Failed");
        if (over || object.tree("spec").text("nodeName", "").isEmpty()) {
            return 0;
        }
        Long asked = options.grace();
        return asked != null ? asked : object.tree("spec").whole("terminationGracePeriodSeconds", USUAL_GRACE);
    }

    private static void checkPreconditions(Resource resource, String name, DeleteOptions options, Tree metadata) {
        String uid = metadata.text("uid", "");
        if (!options.uid().isEmpty() && !options.uid().equals(uid)) {
            throw Refusal.conflict(
                    resource,
                    name,
                    "Precondition failed: UID in precondition: " + options.uid() + ", UID in object meta: " + uid);
        }
        String version = metadata.text("resourceVersion", "");
        if (!options.version().isEmpty() && !options.version().equals(version)) {
            throw Refusal.conflict(
                    resource,
                    name,
                    "Precondition failed: ResourceVersion in precondition: " + options.version()
                            + ", ResourceVersion in object meta: " + version);
        }
    }
}
