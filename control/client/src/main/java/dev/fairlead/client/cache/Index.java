// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.core.definition.ObjectName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds records by something they say. Written by the informer's thread, read by any; a reader may see a change a moment
 * before or after another index shows it.
 *
 * @param <I> what is looked up
 * @param <T> the records
 */
public final class Index<I, T> {
    private final Informer<T> informer;
    private final Function<T, ? extends Collection<I>> keys;
    private final Map<I, Set<ObjectName>> names = new ConcurrentHashMap<>();

    Index(Informer<T> informer, Function<T, ? extends Collection<I>> keys) {
        this.informer = informer;
        this.keys = keys;
    }

    /** The records under {@code key}, in no order. */
    public List<T> get(I key) {
        Set<ObjectName> found = names.get(key);
        if (found == null) {
            return List.of();
        }
        List<T> records = new ArrayList<>(found.size());
        for (ObjectName name : found) {
            T one = informer.get(name);
            if (one != null) {
                records.add(one);
            }
        }
        return records;
    }

    /** The names under {@code key}: a view that changes. */
    public Set<ObjectName> names(I key) {
        return names.getOrDefault(key, Set.of());
    }

    /** How many there are under {@code key}. */
    public int count(I key) {
        Set<ObjectName> found = names.get(key);
        return found == null ? 0 : found.size();
    }

    /** Moves an object from the keys of its old record to those of its new one. */
    void move(ObjectName name, @Nullable T old, @Nullable T now) {
        Collection<I> before = old == null ? List.of() : keys.apply(old);
        Collection<I> after = now == null ? List.of() : keys.apply(now);
        for (I key : after) {
            if (!before.contains(key)) {
                names.computeIfAbsent(key, k -> ConcurrentHashMap.newKeySet(4)).add(name);
            }
        }
        for (I key : before) {
            if (!after.contains(key)) {
                names.computeIfPresent(key, (k, set) -> set.remove(name) && set.isEmpty() ? null : set);
            }
        }
    }
}
