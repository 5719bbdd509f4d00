// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object of a value tree while a function works on its own copy of it. Like {@link Tree} it reads leniently; what has
 * another type than expected is left alone for validation to find.
 */
public final class Draft {
    private final Map<String, Object> fields;

    private Draft(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** A deep copy of {@code tree} to work on. */
    public static Draft copyOf(Map<String, Object> tree) {
        return new Draft(copyMap(tree));
    }

    /** The draft's own tree, live. */
    public Map<String, Object> tree() {
        return fields;
    }

    /** A reading view, live. */
    public Tree view() {
        return new Tree(fields);
    }

    /** The object under {@code name}, made empty when absent; a scratch object when something else is there. */
    public Draft child(String name) {
        Object value = fields.computeIfAbsent(name, absent -> new LinkedHashMap<String, Object>());
        return value instanceof Map<?, ?> map ? new Draft(cast(map)) : new Draft(new LinkedHashMap<>());
    }

    /** The object under {@code name}; a scratch object, not part of the tree, when absent. */
    public Draft existing(String name) {
        return fields.get(name) instanceof Map<?, ?> map ? new Draft(cast(map)) : new Draft(new LinkedHashMap<>());
    }

    /** The objects of the list under {@code name}. */
    public List<Draft> children(String name) {
        List<Draft> drafts = new ArrayList<>();
        if (fields.get(name) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    drafts.add(new Draft(cast(map)));
                }
            }
        }
        return drafts;
    }

    /** Whether the field is there. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** Sets the field; null removes it. */
    public Draft set(String name, @Nullable Object value) {
        if (value == null) {
            fields.remove(name);
        } else {
            fields.put(name, value instanceof Integer number ? Long.valueOf(number) : value);
        }
        return this;
    }

    /** Sets the field if it is absent. */
    public Draft fill(String name, Object value) {
        return has(name) ? this : set(name, value);
    }

    /** Sets the text field if it is absent or empty. */
    public Draft fillText(String name, String value) {
        return has(name) && !"".equals(fields.get(name)) ? this : set(name, value);
    }

    /** Sets the number field if it is absent or 0. */
    public Draft fillNumber(String name, long value) {
        return fields.get(name) instanceof Number number && number.longValue() == 0 || !has(name)
                ? set(name, value)
                : this;
    }

    /** Removes the field. */
    public Draft remove(String name) {
        fields.remove(name);
        return this;
    }

    /** A deep copy of a value. */
    static Object copy(Object value) {
        return switch (value) {
            case Map<?, ?> map -> copyMap(map);
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(copy(Objects.requireNonNull(item))));
                yield items;
            }
            default -> value;
        };
    }

    private static Map<String, Object> copyMap(Map<?, ?> map) {
        Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, value) -> copy.put((String) key, copy(value)));
        return copy;
    }

    @SuppressWarnings("unchecked") // keys of a value tree are strings
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
