// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.ownership.Owner.Who;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was applied would change fields that others own. */
public final class ApplyConflict extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Cause> causes;
    private final transient FieldSet fields;

    /**
     * One field.
     *
     * @param message whose it is
     * @param field where it lies
     */
    public record Cause(String message, String field) {}

    ApplyConflict(Map<Who, FieldSet> others) {
        super(message(others));
        this.causes = others.entrySet().stream()
                .flatMap(other -> other.getValue().paths().stream()
                        .map(path -> new Cause("conflict with " + other.getKey().text(), path)))
                .toList();
        this.fields = others.values().stream().reduce(FieldSet.NONE, FieldSet::plus);
    }

    /** Each field. */
    public List<Cause> causes() {
        return causes;
    }

    FieldSet fields() {
        return fields;
    }

    private static String message(Map<Who, FieldSet> others) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        others.forEach((who, set) ->
                fields.computeIfAbsent(who.text(), any -> new ArrayList<>()).addAll(set.paths()));
        int count = fields.values().stream().mapToInt(List::size).sum();
        if (count == 1) {
            Map.Entry<String, List<String>> only = fields.entrySet().iterator().next();
            return "Apply failed with 1 conflict: conflict with " + only.getKey() + ": "
                    + only.getValue().getFirst();
        }
        return "Apply failed with " + count + " conflicts: "
                + fields.entrySet().stream()
                        .map(other -> "conflicts with " + other.getKey() + ":\n"
                                + other.getValue().stream()
                                        .map(path -> "- " + path)
                                        .collect(Collectors.joining("\n")))
                        .collect(Collectors.joining("\n"));
    }
}
