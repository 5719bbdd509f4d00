// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one kind, applied by whoever stores objects. The order for a write is: {@link #defaulted}, then
 * {@link #forCreate}, {@link #forUpdate} or {@link #forStatus}, then (for Services) allocation, then the validation of that
 * name. The trees given are never changed; the ones returned are mutable and belong to the caller. Defaults are also
 * applied to what is read from elsewhere. What the API machinery itself owns (uid, resourceVersion, timestamps) is filled
 * in before validation by the caller; an update keeps what the stored object has of it.
 */
public interface Definition {
    /** How objects of this kind behave when written. */
    Traits traits();

    /** The object with every default of its kind filled in; doing it again changes nothing. */
    default Map<String, Object> defaulted(Map<String, Object> object) {
        return Draft.copyOf(object).tree();
    }

    /** A new object as it may be created: without a status, in its first generation. */
    default Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object).remove("status");
        draft.child("metadata").set("generation", traits().generation() == Traits.Generation.NONE ? null : 1L);
        return draft.tree();
    }

    /** An object that replaces {@code old} through the main resource: the status stays, the generation moves on. */
    default Map<String, Object> forUpdate(Map<String, Object> object, Map<String, Object> old) {
        Draft draft = Draft.copyOf(object);
        Object status = old.get("status");
        draft.set("status", status == null ? null : Draft.copy(status));
        MetaValidation.keepOwned(draft.child("metadata"), new Tree(old).tree("metadata"));
        draft.child("metadata").set("generation", generation(draft.tree(), old));
        return draft.tree();
    }

    /** An object that replaces {@code old} through {@code /status}: all but status and metadata stays. */
    default Map<String, Object> forStatus(Map<String, Object> object, Map<String, Object> old) {
        Draft draft = Draft.copyOf(old).remove("status").remove("metadata");
        for (String name : List.of("metadata", "status")) {
            Object value = object.get(name);
            draft.set(name, value == null ? null : Draft.copy(value));
        }
        Tree meta = new Tree(old).tree("metadata");
        MetaValidation.keepOwned(draft.child("metadata"), meta);
        draft.child("metadata").set("generation", meta.value("generation"));
        return draft.tree();
    }

    /** What is wrong with a new object. */
    default List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return MetaValidation.create(new Tree(object), traits().name());
    }

    /** What is wrong with an object that would replace {@code old}. */
    default List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return MetaValidation.update(new Tree(object), new Tree(old));
    }

    /** What is wrong with a status that would replace that of {@code old}. */
    default List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return MetaValidation.update(new Tree(object), new Tree(old));
    }

    /**
     * What the author should be told although the object is accepted.
     *
     * @param old what it replaces; an empty tree at creation
     */
    default List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        return List.of();
    }

    /** The generation of {@code object}, which replaces {@code old}; null when the kind has none. */
    private @Nullable Object generation(Map<String, Object> object, Map<String, Object> old) {
        if (traits().generation() == Traits.Generation.NONE) {
            return new Tree(old).tree("metadata").value("generation");
        }
        long generation = new Tree(old).tree("metadata").whole("generation", 1);
        return generation + (changed(object, old) ? 1 : 0);
    }

    private boolean changed(Map<String, Object> object, Map<String, Object> old) {
        Set<String> ours = Set.of("apiVersion", "kind", "metadata", "status");
        if (!Fields.without(object, ours).equals(Fields.without(old, ours))) {
            return true;
        }
        return switch (traits().generation()) {
            case NONE, SPEC -> false;
            case SPEC_AND_LABELS -> changed("labels", object, old);
            case SPEC_AND_ANNOTATIONS -> changed("annotations", object, old);
        };
    }

    private static boolean changed(String field, Map<String, Object> object, Map<String, Object> old) {
        Tree now = new Tree(object).tree("metadata");
        return !now.textMap(field).equals(new Tree(old).tree("metadata").textMap(field));
    }
}
