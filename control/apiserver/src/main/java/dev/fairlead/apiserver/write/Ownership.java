// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.ownership.ApplyConflict;
import dev.fairlead.wire.ownership.Owner.Operation;
import dev.fairlead.wire.ownership.Owner.Who;
import dev.fairlead.wire.ownership.Owners;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which fields of what is written ({@code metadata.managedFields}, KEP-555). Objects that the cluster's own parts
 * make (users {@code system:…}) have no owners until somebody else writes them: they are many, and nobody applies them.
 */
public final class Ownership {
    private static final String MANAGED_FIELDS = "managedFields";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final int LONGEST_NAME = 128;

    private final Schema schema;
    private final Identity identity;

    /** Owners of fields as {@code schema} tells them apart. */
    public Ownership(Schema schema, Identity identity) {
        this.schema = schema;
        this.identity = identity;
    }

    /** Marks an object that is created from {@code given}, which is what was sent: who does not apply owns the defaults, too. */
    void created(Call call, Map<String, Object> given, Map<String, Object> object) {
        Owners owners;
        if (Patcher.applies(call)) {
            owners = applied(call, Map.of(), Facet.MAIN.own(call.resource(), given))
                    .owners();
        } else if (tracks(call, Owners.NONE)) {
            Map<String, Object> defaulted = Admission.rules(call.resource()).defaulted(given);
            owners = Owners.NONE.updated(
                    type(call), Map.of(), Facet.MAIN.own(call.resource(), defaulted), who(call), identity.now());
        } else {
            return;
        }
        put(object, owners);
    }

    /**
     * Marks an object that replaces {@code old} by anything but apply.
     *
     * @param told the managedFields that the client sent, null if none: it may edit them
     * @param given what the client wants, with defaults
     */
    void updated(
            Call call,
            @Nullable Object told,
            Map<String, Object> old,
            Map<String, Object> given,
            Map<String, Object> object) {
        Object before = AtRest.metadata(old).get(MANAGED_FIELDS);
        Object base = told == null || told.equals(before) ? before : told;
        Owners owners = Owners.read(base);
        if (owners == null) {
            boolean reset = List.of(Map.of()).equals(base);
            base = reset ? null : before;
            owners = reset ? Owners.NONE : known(before);
        }
        Owners after = owners;
        if (tracks(call, owners)) {
            after = owners.updated(type(call), unmarked(old), unmarked(given), who(call), identity.now());
        }
        if (after == owners && base != null) {
            AtRest.metadata(object).put(MANAGED_FIELDS, base);
        } else {
            put(object, after);
        }
    }

    /** What applying {@code wished} makes of {@code live}, marked. */
    Map<String, Object> apply(Call call, Map<String, Object> live, Map<String, Object> wished) {
        if (AtRest.metadata(wished).containsKey(MANAGED_FIELDS)) {
            throw Refusal.badRequest("metadata.managedFields must be nil");
        }
        Owners.Applied applied =
                applied(call, live, Facet.of(call.target().subresource()).own(call.resource(), wished));
        Map<String, Object> object = Draft.copyOf(applied.object()).tree();
        put(object, applied.owners());
        return object;
    }

    /** Gives an object back the mark that {@link #apply} gave it. */
    void keep(@Nullable Object mark, Map<String, Object> object) {
        if (mark != null) {
            AtRest.metadata(object).put(MANAGED_FIELDS, mark);
        }
    }

    private Owners.Applied applied(Call call, Map<String, Object> live, Map<String, Object> wished) {
        if (call.query().text("fieldManager").isEmpty()) {
            throw Refusal.invalid(
                    "meta.k8s.io",
                    "PatchOptions",
                    "",
                    List.of(Invalid.required("fieldManager", "is required for apply patch")));
        }
        Tree metadata = Tree.of(live.get("metadata"));
        Owners owners = known(metadata.value(MANAGED_FIELDS));
        Map<String, Object> bare = live.isEmpty() ? live : unmarked(live);
        try {
            return owners.apply(
                    type(call),
                    bare,
                    wished,
                    who(call),
                    identity.now(),
                    call.query().truth("force"),
                    lastApplied(call, metadata));
        } catch (ApplyConflict conflict) {
            throw Refusal.applyConflict(conflict);
        }
    }

    /** What kubectl applied last on the client's side: of that it takes over the fields without asking. */
    private static Map<String, Object> lastApplied(Call call, Tree metadata) {
        String text = metadata.textMap("annotations").getOrDefault(LAST_APPLIED, "");
        if (text.isEmpty() || !call.query().text("fieldManager").equals("kubectl")) {
            return Map.of();
        }
        try {
            return Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (SyntaxException edited) {
            return Map.of();
        }
    }

    private static Owners known(@Nullable Object managedFields) {
        Owners owners = Owners.read(managedFields);
        return owners == null ? Owners.NONE : owners;
    }

    private static boolean tracks(Call call, Owners owners) {
        return !owners.isEmpty() || !call.user().name().startsWith("system:");
    }

    private ObjectType type(Call call) {
        return schema.require(call.resource());
    }

    private static Who who(Call call) {
        String manager = call.query().text("fieldManager");
        if (manager.length() > LONGEST_NAME || manager.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid(
                    "meta.k8s.io",
                    call.options(),
                    "",
                    List.of(Invalid.invalid(
                            "fieldManager", manager, "may not be longer than 128 printable characters")));
        }
        if (manager.isEmpty()) {
            String agent = call.request().header("user-agent");
            manager = agent == null || agent.isEmpty() ? "unknown" : agent.split("/", 2)[0];
            manager = manager.substring(0, Math.min(manager.length(), LONGEST_NAME));
        }
        Operation operation = Patcher.applies(call) ? Operation.Apply : Operation.Update;
        return new Who(
                manager,
                operation,
                call.resource().apiVersion(),
                call.target().subresource().text());
    }

    private static Map<String, Object> unmarked(Map<String, Object> object) {
        if (!AtRest.metadata(object).containsKey(MANAGED_FIELDS)) {
            return object;
        }
        Draft draft = Draft.copyOf(object);
        draft.child("metadata").remove(MANAGED_FIELDS);
        return draft.tree();
    }

    private static void put(Map<String, Object> object, Owners owners) {
        if (owners.isEmpty()) {
            AtRest.metadata(object).remove(MANAGED_FIELDS);
        } else {
            AtRest.metadata(object).put(MANAGED_FIELDS, owners.tree());
        }
    }
}
