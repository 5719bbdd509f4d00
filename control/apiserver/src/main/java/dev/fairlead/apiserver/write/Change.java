// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Guard;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Changes objects: PUT and PATCH, of the object and of its subresources. Both are a function from what is stored to what
 * shall be; when somebody else was faster, the function is applied again to what is stored now, unless the client named the
 * resourceVersion it started from.
 */
public final class Change {
    private static final int RACES = 64;

    private final Store store;
    private final Decoder decoder;
    private final Patcher patcher;
    private final Admission admission;
    private final Creation creation;
    private final Ownership ownership;
    private final Forms forms;
    private final Guard guard;
    private final Authorizer authorizer;

    /** Changes objects in {@code store}. */
    public Change(
            Store store,
            Decoder decoder,
            Patcher patcher,
            Admission admission,
            Creation creation,
            Ownership ownership,
            Forms forms,
            Guard guard,
            Authorizer authorizer) {
        this.store = store;
        this.decoder = decoder;
        this.patcher = patcher;
        this.admission = admission;
        this.creation = creation;
        this.ownership = ownership;
        this.forms = forms;
        this.guard = guard;
        this.authorizer = authorizer;
    }

    /** The whole object that shall be, given the one that is. */
    private interface Wish {
        Decoder.Decoded of(Map<String, Object> old);
    }

    /** Replaces an object by the one in the request's body; some kinds are created so, too. */
    public Reply put(Call call) {
        Decoder.Decoded body = decoder.object(call);
        Metadata.named(call, AtRest.metadata(body.object()));
        Metadata.place(call, AtRest.metadata(body.object()));
        boolean there = store.get(call.target().key()).isPresent();
        if (!there
                && call.target().itself()
                && Admission.rules(call.resource()).traits().createOnUpdate()) {
            return make(call, body);
        }
        Facet facet = facet(call);
        return change(
                call,
                old -> body.with(facet.merge(call, Draft.copyOf(body.object()).tree(), old)));
    }

    /** Applies the patch in the request's body. */
    public Reply patch(Call call) {
        if (Patcher.applies(call)) {
            return apply(call);
        }
        Patcher.Reading patch = patcher.read(call);
        Facet facet = facet(call);
        return change(call, old -> {
            Decoder.Decoded patched = patch.apply(facet.show(call, old));
            return patched.with(facet.merge(call, patched.object(), old));
        });
    }

    /** Applies the object in the request's body, which is made if it is not there. */
    private Reply apply(Call call) {
        Decoder.Decoded wished = decoder.object(call);
        Map<String, Object> metadata = AtRest.metadata(wished.object());
        boolean there = store.get(call.target().key()).isPresent();
        if (!there && call.target().itself()) {
            Metadata.named(call, metadata);
            return make(call, wished);
        }
        Metadata.place(call, metadata);
        return change(
                call, old -> wished.with(ownership.apply(call, Draft.copyOf(old).tree(), wished.object())));
    }

    /** Makes the object that is not there. */
    private Reply make(Call call, Decoder.Decoded wished) {
        mayCreate(call);
        Metadata.unborn(call, AtRest.metadata(wished.object()));
        return creation.create(call, wished);
    }

    private static Facet facet(Call call) {
        return Facet.of(call.target().subresource());
    }

    /** Who may write an object that is there may not make it for that reason alone. */
    private void mayCreate(Call call) {
        Resource resource = call.resource();
        String name = call.target().name();
        String namespace =
                resource.qualified().equals("namespaces") ? name : call.target().namespace();
        authorizer.require(
                call.user(),
                new Act.OnObject("create", resource.group(), resource.plural(), namespace, name),
                resource);
    }

    /** How many there shall be of an object. */
    public Reply scale(Call call) {
        Entry entry = store.get(call.target().key())
                .orElseThrow(
                        () -> Refusal.notFound(call.resource(), call.target().name()));
        Map<String, Object> scale = Scale.of(call.resource(), AtRest.tree(call.resource(), entry));
        if (call.choice().form() == Accept.Form.OBJECT) {
            return Answers.json(200, scale);
        }
        Form form = forms.of(call.choice(), call.query(), Scale.RESOURCE);
        return Answers.typed(200, form.mediaType(), form.one(Json.write(scale), entry.modRevision()));
    }

    private Reply change(Call call, Wish wish) {
        for (int races = 0; races < RACES; races++) {
            Entry entry = store.get(call.target().key())
                    .orElseThrow(() ->
                            Refusal.notFound(call.resource(), call.target().name()));
            try {
                return change(call, wish, entry);
            } catch (ConflictException lost) {
                // somebody else was faster: again, from what is there now
            }
        }
        throw Refusal.unavailable("too many writes at once; try again").retryAfter(1);
    }

    private Reply change(Call call, Wish wish, Entry entry) throws ConflictException {
        Resource resource = call.resource();
        Map<String, Object> old = AtRest.tree(resource, entry);
        Facet facet = facet(call);
        Decoder.Decoded wished = wish.of(old);
        Map<String, Object> object = wished.object();
        Map<String, Object> metadata = AtRest.metadata(object);
        Metadata.place(call, metadata);
        Object told = metadata.get("managedFields");
        sameVersion(call, Tree.of(metadata).text("resourceVersion", ""), entry);
        Metadata.keep(resource, metadata, Tree.of(old.get("metadata")));
        AtRest.metadata(old).remove("resourceVersion");
        metadata.remove("resourceVersion");
        guard.check(call, object, old);
        Admission.Admitted admitted = switch (facet) {
            case STATUS -> admission.status(resource, object, old);
            case FINALIZE -> new Admission.Admitted(object, List.of(), List.of());
            case MAIN, SCALE -> admission.update(resource, object, old, call.dryRun());
        };
        if (Patcher.applies(call)) {
            ownership.keep(told, admitted.object());
        } else {
            ownership.updated(
                    call,
                    told,
                    old,
                    facet == Facet.MAIN ? given(resource, object, old) : admitted.object(),
                    admitted.object());
        }
        List<String> warnings = new ArrayList<>(wished.warnings());
        warnings.addAll(admitted.warnings());
        return Answers.warning(stored(call, facet, entry, old, admitted), warnings);
    }

    /** What the client gave, with defaults: what the server makes of it besides belongs to nobody. */
    private static Map<String, Object> given(Resource resource, Map<String, Object> object, Map<String, Object> old) {
        Map<String, Object> given = Admission.rules(resource).defaulted(object);
        if (!resource.hasSubresource("status")) {
            return given; // it is a field like any other
        }
        if (old.containsKey("status")) {
            given.put("status", old.get("status"));
        } else {
            given.remove("status");
        }
        return given;
    }

    private Reply stored(Call call, Facet facet, Entry entry, Map<String, Object> old, Admission.Admitted admitted)
            throws ConflictException {
        Resource resource = call.resource();
        Map<String, Object> object = admitted.object();
        AtRest.metadata(object).remove("resourceVersion");
        long revision = entry.modRevision();
        byte[] bytes = entry.value();
        boolean same = object.equals(old);
        boolean goes = Metadata.mayGo(resource, new Tree(object));
        if (!same || goes) {
            bytes = AtRest.bytes(resource, object);
            if (!call.dryRun()) {
                revision = store.commit(writes(call, entry, bytes, object, admitted, goes));
            }
        }
        if (facet == Facet.SCALE) {
            AtRest.metadata(object).put("resourceVersion", Long.toString(revision));
            return Answers.json(200, facet.show(call, object));
        }
        Form form = forms.of(call.choice(), call.query(), resource);
        return Answers.typed(200, form.mediaType(), form.one(bytes, revision));
    }

    private List<Write> writes(
            Call call,
            Entry entry,
            byte[] bytes,
            Map<String, Object> object,
            Admission.Admitted admitted,
            boolean goes) {
        String key = call.target().key();
        Expect unchanged = Expect.revision(entry.modRevision());
        List<Write> writes = new ArrayList<>();
        if (goes) {
            writes.add(Write.delete(key, unchanged));
            writes.addAll(admission.release(call.resource(), object));
        } else {
            writes.add(Write.put(key, bytes, unchanged));
            writes.addAll(admitted.more());
        }
        return writes;
    }

    /** Refuses what was made of another version than the one that is there, or, where that matters, of nobody knows which. */
    private static void sameVersion(Call call, String version, Entry entry) {
        Resource resource = call.resource();
        String name = call.target().name();
        boolean blind = version.isEmpty() || version.equals("0");
        if (blind
                && call.target().itself()
                && !Admission.rules(resource).traits().unconditionalUpdate()) {
            throw Refusal.invalid(
                    resource.group(),
                    resource.plural(),
                    name,
                    List.of(Invalid.invalid("metadata.resourceVersion", 0L, "must be specified for an update")));
        }
        if (!blind && !version.equals(Long.toString(entry.modRevision()))) {
            throw Refusal.modified(resource, name);
        }
    }
}
