// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Guard;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates objects. */
public final class Creation {
    /** How often a generated name may turn out to be taken. */
    private static final int NAMES = 8;
    /** How often a race may be lost before the client is asked to come again; each loss means that others got on. */
    private static final int RACES = 64;

    private final Store store;
    private final Decoder decoder;
    private final Admission admission;
    private final Namespaces namespaces;
    private final Identity identity;
    private final Ownership ownership;
    private final Forms forms;
    private final Guard guard;

    /** Creates objects in {@code store}. */
    public Creation(
            Store store,
            Decoder decoder,
            Admission admission,
            Namespaces namespaces,
            Identity identity,
            Ownership ownership,
            Forms forms,
            Guard guard) {
        this.store = store;
        this.decoder = decoder;
        this.admission = admission;
        this.namespaces = namespaces;
        this.identity = identity;
        this.ownership = ownership;
        this.forms = forms;
        this.guard = guard;
    }

    /** Creates the object in the request's body. */
    public Reply create(Call call) {
        return create(call, decoder.object(call));
    }

    /** Creates {@code decoded}, be it posted or put. */
    Reply create(Call call, Decoder.Decoded decoded) {
        Resource resource = call.resource();
        Map<String, Object> given = Draft.copyOf(decoded.object()).tree();
        Map<String, Object> metadata = AtRest.metadata(given);
        Metadata.place(call, metadata);
        if (!Tree.of(metadata).text("resourceVersion", "").isEmpty()) {
            throw Refusal.of(500, "", "resourceVersion should not be set on objects to be created");
        }
        String base = Tree.of(metadata).text("generateName", "");
        boolean generated = Tree.of(metadata).text("name", "").isEmpty();
        if (generated && base.isEmpty()) {
            throw Refusal.invalid(
                    resource, "", List.of(Invalid.required("metadata.name", "name or generateName is required")));
        }
        Metadata.fresh(metadata);
        guard.check(call, given, Map.of());
        int names = 0;
        for (int races = 0; races < RACES; races++) {
            if (generated) {
                metadata.put("name", identity.name(base));
            }
            try {
                return store(call, given, decoded.warnings());
            } catch (ConflictException lost) {
                String name = Tree.of(metadata).text("name", "");
                boolean taken = lost.key().equals(resource.key(Tree.of(metadata).text("namespace", ""), name));
                if (taken && (!generated || ++names == NAMES)) {
                    Refusal refusal = Refusal.alreadyExists(resource, name);
                    throw generated ? refusal.retryAfter(1) : refusal;
                }
            }
        }
        throw Refusal.unavailable("too many writes at once; try again").retryAfter(1);
    }

    private Reply store(Call call, Map<String, Object> given, List<String> warnings) throws ConflictException {
        Resource resource = call.resource();
        Map<String, Object> marked = Draft.copyOf(given).tree();
        Map<String, Object> metadata = AtRest.metadata(marked);
        identity.mark(metadata);
        String namespace = Tree.of(metadata).text("namespace", "");
        String name = Tree.of(metadata).text("name", "");
        List<Write> open = namespaces.open(resource, namespace, name);
        String key = resource.key(namespace, name);
        boolean taken = store.get(key).isPresent();
        if (taken) {
            // Before allocation, so that a name that is taken is what its author hears of.
            throw new ConflictException(
                    0, Write.check(key, Expect.absent()), store.get(key).orElse(null));
        }
        Admission.Admitted admitted = admission.create(resource, marked, call.dryRun());
        ownership.created(call, given, admitted.object());
        byte[] bytes = AtRest.bytes(resource, admitted.object());
        List<String> said = new ArrayList<>(warnings);
        said.addAll(admitted.warnings());
        if (call.dryRun()) {
            return Answers.warning(Answers.json(201, bytes), said);
        }
        List<Write> writes = new ArrayList<>();
        writes.add(Write.put(key, bytes, Expect.absent()));
        writes.addAll(open);
        writes.addAll(admitted.more());
        long revision = store.commit(writes);
        Form form = forms.of(call.choice(), call.query(), resource);
        return Answers.warning(Answers.typed(201, form.mediaType(), form.one(bytes, revision)), said);
    }
}
