// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An object that names each of its owners once: what is the same reference again is left out, and its author is told.
 * References to one owner that differ in anything stay.
 *
 * @param object the object; the one given when nothing is left out
 * @param warnings what its author should know
 */
public record UniqueOwners(Map<String, Object> object, List<String> warnings) {
    private static final String FIELD = "ownerReferences";

    /** Of an object as it was given; it is not changed. */
    public static UniqueOwners of(Map<String, Object> given) {
        List<Tree> owners = new Tree(given).tree("metadata").trees(FIELD);
        Set<Map<String, Object>> once = new LinkedHashSet<>();
        List<String> again = new ArrayList<>();
        for (Tree owner : owners) {
            if (!once.add(owner.fields())) {
                again.add(owner.text("uid", ""));
            }
        }
        if (again.isEmpty()) {
            return new UniqueOwners(given, List.of());
        }
        Draft draft = Draft.copyOf(given);
        draft.child("metadata").set(FIELD, new ArrayList<>(once));
        return new UniqueOwners(
                draft.tree(),
                List.of(".metadata.ownerReferences contains duplicate entries; API server dedups owner references in"
                        + " 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate"
                        + " UID(s) observed: " + String.join(", ", again)));
    }

    /** These warnings, and then {@code more}. */
    public List<String> warningsAnd(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return all;
    }
}
