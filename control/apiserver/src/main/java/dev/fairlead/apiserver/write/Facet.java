// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Through which side an object is changed. */
enum Facet {
    /** The object itself. */
    MAIN,
    /** Its status. */
    STATUS,
    /** How many of it there shall be. */
    SCALE,
    /** A namespace's own finalizers. */
    FINALIZE;

    /** The facet a subresource is. */
    static Facet of(Subresource subresource) {
        return switch (subresource) {
            case ITSELF -> MAIN;
            case STATUS -> STATUS;
            case SCALE -> SCALE;
            case FINALIZE -> FINALIZE;
            case ATTACH, EVICTION, EXEC, EXPLAIN, LOG, PORTFORWARD, PROXY, TOKEN -> throw Refusal.notAllowed();
        };
    }

    /** What a client sees of an object through this facet; a tree of its own. */
    Map<String, Object> show(Call call, Map<String, Object> object) {
        return this == SCALE
                ? Scale.of(call.resource(), object)
                : Draft.copyOf(object).tree();
    }

    /** The whole object, given what a client wants to see through this facet. */
    Map<String, Object> merge(Call call, Map<String, Object> wished, Map<String, Object> old) {
        return switch (this) {
            case MAIN, STATUS -> wished;
            case SCALE -> scaled(call, wished, old);
            case FINALIZE -> finalized(wished, old);
        };
    }

    /**
     * The part of the object that is written by applying {@code wished} through this facet: nothing but the status, how many
     * there shall be, or all else. Of a kind that has no facet for it, the status is a field like any other.
     */
    Map<String, Object> own(Resource resource, Map<String, Object> wished) {
        if (this == SCALE) {
            return Scale.part(resource, wished);
        }
        Map<String, Object> own = new LinkedHashMap<>(wished);
        if (this == STATUS) {
            own.keySet().retainAll(List.of("apiVersion", "kind", "metadata", "status"));
        } else if (resource.hasSubresource("status")) {
            own.remove("status");
        }
        return own;
    }

    private static Map<String, Object> scaled(Call call, Map<String, Object> wished, Map<String, Object> old) {
        Draft object = Draft.copyOf(old);
        Scale.set(call.resource(), object, Scale.wanted(wished));
        String version = Tree.of(wished.get("metadata")).text("resourceVersion", "");
        AtRest.metadata(object.tree()).put("resourceVersion", version);
        return object.tree();
    }

    private static Map<String, Object> finalized(Map<String, Object> wished, Map<String, Object> old) {
        Draft object = Draft.copyOf(old);
        List<String> finalizers = Tree.of(wished.get("spec")).texts("finalizers");
        if (finalizers.isEmpty()) {
            object.child("spec").remove("finalizers");
        } else {
            object.child("spec").set("finalizers", List.copyOf(finalizers));
        }
        Map<String, Object> metadata = AtRest.metadata(object.tree());
        metadata.put("resourceVersion", Tree.of(wished.get("metadata")).text("resourceVersion", ""));
        return new LinkedHashMap<>(object.tree());
    }
}
