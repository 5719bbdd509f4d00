// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rules of Namespaces. A Namespace begins Active, labelled with its own name, and held by the finalizer
 * {@code kubernetes} in its specification until everything in it is gone; that finalizer goes through {@code /finalize}.
 */
final class NamespaceDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.LABEL, Traits.Generation.NONE, false, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft meta = draft.child("metadata");
        String name = meta.view().text("name", "");
        if (!name.isEmpty()) {
            meta.child("labels").set("kubernetes.io/metadata.name", name);
        }
        draft.child("spec");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(Definition.super.forCreate(object));
        List<String> finalizers = draft.view().tree("spec").texts("finalizers");
        if (!finalizers.contains("kubernetes")) {
            List<Object> all = new ArrayList<>(finalizers);
            all.add("kubernetes");
            draft.child("spec").set("finalizers", all);
        }
        draft.child("status").set("phase", "Active");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forUpdate(Map<String, Object> object, Map<String, Object> old) {
        Draft draft = Draft.copyOf(Definition.super.forUpdate(object, old));
        Object finalizers = new Tree(old).tree("spec").value("finalizers");
        draft.child("spec").set("finalizers", finalizers == null ? null : Draft.copy(finalizers));
        return draft.tree();
    }
}
