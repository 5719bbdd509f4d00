// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.persistent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An unchanging hash map whose versions share structure.
 *
 * <p>How this works: keys are spread by 5 bits of their hash a level; a branch holds only the children it has. {@link
 * #with} and {@link #without} copy the branches on the way to one key, about four small arrays for 100,000 keys. A branch
 * never has a lone leaf as its only child, and keys with the same hash share a node below all bits of it, so that equal
 * maps have equal shapes whatever their history was.
 *
 * <p>Iteration follows hashes: callers that show or compare an order sort.
 *
 * @param <K> keys with {@code equals} and {@code hashCode}
 * @param <V> values
 */
public final class PersistentMap<K, V> {
    private final @Nullable TrieNode<K, V> root;
    private final int size;

    private PersistentMap(@Nullable TrieNode<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    /** The map without entries. */
    public static <K, V> PersistentMap<K, V> empty() {
        return new PersistentMap<>(null, 0);
    }

    /** How many keys there are. */
    public int size() {
        return size;
    }

    /** The value under {@code key}, or null. */
    public @Nullable V get(K key) {
        return root == null ? null : root.get(TrieNode.spread(key), 0, key);
    }

    /** The value under {@code key}, or {@code fallback}. */
    public V get(K key, V fallback) {
        V value = get(key);
        return value == null ? fallback : value;
    }

    /** This map with {@code value} under {@code key}; this very map when an equal value is there. */
    public PersistentMap<K, V> with(K key, V value) {
        TrieNode.Leaf<K, V> leaf = new TrieNode.Leaf<>(TrieNode.spread(key), key, value);
        if (root == null) {
            return new PersistentMap<>(leaf, 1);
        }
        V before = get(key);
        if (value.equals(before)) {
            return this;
        }
        return new PersistentMap<>(root.put(leaf, 0), before == null ? size + 1 : size);
    }

    /** This map without {@code key}; this very map when it is not there. */
    public PersistentMap<K, V> without(K key) {
        if (root == null || get(key) == null) {
            return this;
        }
        return new PersistentMap<>(root.remove(TrieNode.spread(key), 0, key), size - 1);
    }

    /** Gives every entry to {@code action}, in no order that means anything. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        if (root != null) {
            root.leaves(leaf -> action.accept(leaf.key(), leaf.value()));
        }
    }

    /** The keys, in no order that means anything. */
    public List<K> keys() {
        List<K> keys = new ArrayList<>(size);
        forEach((key, _) -> keys.add(key));
        return keys;
    }

    /** The values, in no order that means anything. */
    public List<V> values() {
        List<V> values = new ArrayList<>(size);
        forEach((_, value) -> values.add(value));
        return values;
    }

    /** What was put, replaced or taken away. */
    @FunctionalInterface
    public interface Differences<K, V> {
        /** One key with different values; exactly one of the two may be null, meaning absent. */
        void differs(K key, @Nullable V before, @Nullable V after);
    }

    /** Reports every key whose value differs between {@code before} and this; shared parts cost nothing. */
    public void differencesFrom(PersistentMap<K, V> before, Differences<K, V> report) {
        TrieNode.compare(before.root, root, 0, report);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // shared parts are the same objects: that is the point
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof PersistentMap<?, ?> map) || map.size != size) {
            return false;
        }
        if (root == null || map.root == null) {
            return root == map.root;
        }
        return root == map.root || root.equals(map.root);
    }

    @Override
    public int hashCode() {
        int[] sum = {0};
        forEach((key, value) -> sum[0] += 31 * key.hashCode() ^ value.hashCode());
        return sum[0];
    }

    /** The entries in braces, in no order that means anything. */
    @Override
    public String toString() {
        List<String> entries = new ArrayList<>(size);
        forEach((key, value) -> entries.add(key + "=" + value));
        return "{" + String.join(", ", entries) + "}";
    }
}
