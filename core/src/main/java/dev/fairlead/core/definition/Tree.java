// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reading view on one object of a value tree. Reading is lenient: what is absent or of another type reads as null,
 * empty or the given fallback, because types were checked where bytes became a tree.
 *
 * @param fields the object's fields; never changed through this view
 */
public record Tree(Map<String, Object> fields) {
    /** The object without fields. */
    public static final Tree EMPTY = new Tree(Map.of());

    /** A view on {@code value} if it is an object, else on the object without fields. */
    @SuppressWarnings("unchecked") // keys of a value tree are strings
    public static Tree of(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new Tree((Map<String, Object>) map) : EMPTY;
    }

    /** Whether there is a field of that name. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** The field as it is, or null. */
    public @Nullable Object value(String name) {
        return fields.get(name);
    }

    /** The object under {@code name}; without fields when absent. */
    public Tree tree(String name) {
        return of(fields.get(name));
    }

    /** The text under {@code name}, or null. */
    public @Nullable String text(String name) {
        return fields.get(name) instanceof String text ? text : null;
    }

    /** The text under {@code name}, or {@code fallback}. */
    public String text(String name, String fallback) {
        return fields.get(name) instanceof String text ? text : fallback;
    }

    /** The whole number under {@code name}, or {@code fallback}. */
    public long whole(String name, long fallback) {
        return fields.get(name) instanceof Number number ? number.longValue() : fallback;
    }

    /** The whole number under {@code name}, or null. */
    public @Nullable Integer number(String name) {
        return fields.get(name) instanceof Number number ? Integer.valueOf(number.intValue()) : null;
    }

    /** The truth value under {@code name}, or {@code fallback}. */
    public boolean truth(String name, boolean fallback) {
        return fields.get(name) instanceof Boolean truth ? truth : fallback;
    }

    /** The truth value under {@code name}, or empty when absent. */
    public Optional<Boolean> truth(String name) {
        return fields.get(name) instanceof Boolean truth ? Optional.of(truth) : Optional.empty();
    }

    /** The objects in the list under {@code name}; empty when absent. */
    public List<Tree> trees(String name) {
        if (!(fields.get(name) instanceof List<?> list)) {
            return List.of();
        }
        List<Tree> trees = new ArrayList<>(list.size());
        for (Object item : list) {
            trees.add(of(item));
        }
        return List.copyOf(trees);
    }

    /** The texts in the list under {@code name}; empty when absent. */
    public List<String> texts(String name) {
        if (!(fields.get(name) instanceof List<?> list)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            if (item instanceof String text) {
                texts.add(text);
            }
        }
        return List.copyOf(texts); // of one or two texts it is smaller than what a stream makes
    }

    /** The text fields of the object under {@code name}, in their order: labels, annotations, a selector. */
    public Map<String, String> textMap(String name) {
        Map<String, Object> map = tree(name).fields;
        if (map.isEmpty()) {
            return Map.of();
        }
        return TextMap.of(map);
    }
}
