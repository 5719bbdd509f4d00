// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which names are taken in each group: plural, singular and short names are one set, kinds and their lists another. Whoever
 * was created first has them; so every server comes to the same end without asking the others.
 */
final class AcceptedNames {
    /** Why a definition does not get its names; {@code reason} is empty when it does. */
    record Verdict(String reason, String message) {
        static final Verdict ACCEPTED = new Verdict("", "");

        boolean accepted() {
            return reason.isEmpty();
        }
    }

    private final Map<String, Set<String>> resources = new HashMap<>();
    private final Map<String, Set<String>> kinds = new HashMap<>();

    /** The names that built-in kinds have. */
    AcceptedNames(Kinds builtIn) {
        for (Resource each : builtIn.all()) {
            Set<String> names = names(each.group());
            names.add(each.plural());
            names.add(each.singular());
            names.addAll(each.shortNames());
            kindsOf(each.group()).addAll(List.of(each.kind(), each.listKind()));
        }
    }

    private Set<String> names(String group) {
        return resources.computeIfAbsent(group, _ -> new HashSet<>());
    }

    private Set<String> kindsOf(String group) {
        return kinds.computeIfAbsent(group, _ -> new HashSet<>());
    }

    /** Gives a definition its names if they are free. */
    Verdict take(Tree definition) {
        Tree spec = definition.tree("spec");
        Tree names = spec.tree("names");
        Set<String> taken = names(spec.text("group", ""));
        Set<String> takenKinds = kindsOf(spec.text("group", ""));
        String plural = names.text("plural", "");
        String kind = names.text("kind", "");
        String singular = names.text("singular", kind.toLowerCase(Locale.ROOT));
        String listKind = names.text("listKind", kind + "List");
        if (taken.contains(plural)) {
            return inUse("PluralConflict", plural);
        }
        if (taken.contains(singular)) {
            return inUse("SingularConflict", singular);
        }
        for (String name : names.texts("shortNames")) {
            if (taken.contains(name)) {
                return inUse("ShortNamesConflict", name);
            }
        }
        if (takenKinds.contains(kind)) {
            return inUse("KindConflict", kind);
        }
        if (takenKinds.contains(listKind)) {
            return inUse("ListKindConflict", listKind);
        }
        taken.add(plural);
        taken.add(singular);
        taken.addAll(names.texts("shortNames"));
        takenKinds.addAll(List.of(kind, listKind));
        return Verdict.ACCEPTED;
    }

    private static Verdict inUse(String reason, String name) {
        return new Verdict(reason, "\"" + name + "\" is already in use");
    }
}
