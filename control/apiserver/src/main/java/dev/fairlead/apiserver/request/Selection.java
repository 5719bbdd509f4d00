// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.select.FieldSelector;
import dev.fairlead.wire.select.LabelSelector;
import dev.fairlead.wire.select.SelectorException;
import java.util.Objects;

/** Which objects a list or watch is about, beyond kind and namespace. */
public record Selection(LabelSelector labels, FieldSelector fields) {
    /**
     * Reads {@code labelSelector} and {@code fieldSelector}.
     *
     * @throws Refusal 400 when they cannot be read, or the kind cannot be selected by a field
     */
    public static Selection of(Query query, Resource resource) {
        try {
            FieldSelector fields = FieldSelector.parse(query.text("fieldSelector"));
            for (FieldSelector.Term term : fields.terms()) {
                if (!SelectableFields.has(resource, term.path())) {
                    throw Refusal.badRequest("field label not supported: " + term.path());
                }
            }
            return new Selection(LabelSelector.parse(query.text("labelSelector")), fields);
        } catch (SelectorException broken) {
            throw Refusal.badRequest(String.valueOf(broken.getMessage()));
        }
    }

    /** Whether it takes everything, so that no object need be decoded. */
    public boolean everything() {
        return labels.requirements().isEmpty() && fields.terms().isEmpty();
    }

    /** The one name that is asked for; empty when it is not just one. */
    public String name() {
        return Objects.requireNonNullElse(fields.required("metadata.name"), "");
    }

    /** Whether the encoded object is one of them. */
    public boolean has(byte[] object) {
        return everything() || has(new Tree(Json.object(object)));
    }

    private boolean has(Tree object) {
        return fields.matches(path -> SelectableFields.read(object, path))
                && labels.matches(object.tree("metadata").textMap("labels"));
    }
}
