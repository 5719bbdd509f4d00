// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A set of fields of an object, as a tree of steps: {@code f:name} for a field, <code>k:{"port":80}</code> for the item of a list
 * with those keys, {@code v:"x"} for the item that is that value. A set may hold a field, fields within it, or both.
 */
public final class FieldSet {
    /** No field. */
    public static final FieldSet NONE = new FieldSet(false, new TreeMap<>());

    static final FieldSet ITSELF = new FieldSet(true, new TreeMap<>());

    private static final String SELF = ".";

    private final boolean itself;
    private final SortedMap<String, FieldSet> within;

    private FieldSet(boolean itself, SortedMap<String, FieldSet> within) {
        this.itself = itself;
        this.within = within;
    }

    /** The set with what is held at this place itself, or not, and within it; steps without any field are left out. */
    static FieldSet of(boolean itself, Map<String, FieldSet> within) {
        SortedMap<String, FieldSet> full = new TreeMap<>();
        within.forEach((step, set) -> {
            if (!set.isEmpty()) {
                full.put(step, set);
            }
        });
        return new FieldSet(itself, full);
    }

    /**
     * The set that a {@code fieldsV1} tells of.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static FieldSet read(Map<?, ?> fieldsV1) {
        SortedMap<String, FieldSet> within = new TreeMap<>();
        boolean itself = fieldsV1.isEmpty();
        for (Map.Entry<?, ?> entry : fieldsV1.entrySet()) {
            String step = (String) entry.getKey();
            if (step.equals(SELF)) {
                itself = true;
            } else if (entry.getValue() instanceof Map<?, ?> inner && Step.isStep(step)) {
                within.put(Step.normal(step), read(inner));
            } else {
                throw new IllegalArgumentException(
                        "\"" + step + "\" is no step to a field (f:name, k:{keys}, v:value, i:index)");
            }
        }
        return new FieldSet(itself, within);
    }

    /** The root of a set: nothing holds an object as a whole. */
    static FieldSet readRoot(Map<?, ?> fieldsV1) {
        return new FieldSet(false, read(fieldsV1).within);
    }

    /** As {@code fieldsV1}. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = LinkedHashMap.newLinkedHashMap(within.size() + 1);
        if (itself && !within.isEmpty()) {
            tree.put(SELF, new LinkedHashMap<String, Object>());
        }
        within.forEach((step, set) -> tree.put(step, set.tree()));
        return tree;
    }

    /** Whether it holds nothing. */
    public boolean isEmpty() {
        return !itself && within.isEmpty();
    }

    /** Whether it holds the place itself. */
    boolean itself() {
        return itself;
    }

    /** What it holds behind a step. */
    FieldSet at(String step) {
        return within.getOrDefault(step, NONE);
    }

    /** The fields of both. */
    public FieldSet plus(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        Map<String, FieldSet> all = new TreeMap<>(within);
        other.within.forEach((step, set) -> all.merge(step, set, FieldSet::plus));
        return of(itself || other.itself, all);
    }

    /** Without the fields of the other; fields within those stay. */
    public FieldSet minus(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        Map<String, FieldSet> rest = new TreeMap<>();
        within.forEach((step, set) -> rest.put(step, set.minus(other.at(step))));
        return of(itself && !other.itself, rest);
    }

    /** The fields in both. */
    public FieldSet and(FieldSet other) {
        Map<String, FieldSet> both = new TreeMap<>();
        within.forEach((step, set) -> both.put(step, set.and(other.at(step))));
        return of(itself && other.itself, both);
    }

    /** With every place that lies on the way to a field. */
    FieldSet withPlaces() {
        Map<String, FieldSet> places = new TreeMap<>();
        within.forEach((step, set) -> places.put(step, set.withPlaces()));
        return of(!isEmpty(), places);
    }

    /** Without a field and all within it. */
    FieldSet without(String step) {
        if (!within.containsKey(step)) {
            return this;
        }
        SortedMap<String, FieldSet> rest = new TreeMap<>(within);
        rest.remove(step);
        return new FieldSet(itself, rest);
    }

    /** With what is held behind a step replaced. */
    FieldSet with(String step, FieldSet changed) {
        Map<String, FieldSet> all = new TreeMap<>(within);
        all.put(step, changed);
        return of(itself, all);
    }

    /** The fields as people read them: {@code .spec.ports[port=80,protocol="TCP"].name}, in order. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        collect("", paths);
        return paths;
    }

    private void collect(String path, List<String> into) {
        if (itself) {
            into.add(path);
        }
        within.forEach((step, set) -> set.collect(path + Step.text(step), into));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set && set.itself == itself && set.within.equals(within);
    }

    @Override
    public int hashCode() {
        return 31 * within.hashCode() + Boolean.hashCode(itself);
    }

    @Override
    public String toString() {
        return String.join(" ", paths());
    }
}
