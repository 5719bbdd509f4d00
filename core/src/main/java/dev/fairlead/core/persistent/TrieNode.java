// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.persistent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node of the trie below {@link PersistentMap}; {@code shift} is how many bits of the hash its parents used. */
sealed interface TrieNode<K, V> {
    /** The bits of a hash that one level uses. */
    int BITS = 5;

    @Nullable
    V get(int hash, int shift, K key);

    TrieNode<K, V> put(Leaf<K, V> leaf, int shift);

    @Nullable
    TrieNode<K, V> remove(int hash, int shift, K key);

    void leaves(Consumer<? super Leaf<K, V>> action);

    /** One key; {@code hash} is spread. */
    record Leaf<K, V>(int hash, K key, V value) implements TrieNode<K, V> {
        @Override
        public @Nullable V get(int wantedHash, int shift, K wanted) {
            return hash == wantedHash && key.equals(wanted) ? value : null;
        }

        @Override
        public TrieNode<K, V> put(Leaf<K, V> leaf, int shift) {
            if (leaf.hash == hash && leaf.key.equals(key)) {
                return leaf;
            }
            return leaf.hash == hash
                    ? new Collision<>(List.of(this, leaf))
                    : new Branch<K, V>(slot(hash, shift), List.of(this)).put(leaf, shift);
        }

        @Override
        public @Nullable TrieNode<K, V> remove(int wantedHash, int shift, K wanted) {
            return hash == wantedHash && key.equals(wanted) ? null : this;
        }

        @Override
        public void leaves(Consumer<? super Leaf<K, V>> action) {
            action.accept(this);
        }
    }

    /** Keys whose hashes are the same in all bits; at least two. Like a leaf, it stands as high as it is alone. */
    record Collision<K, V>(List<Leaf<K, V>> same) implements TrieNode<K, V> {
        @Override
        public @Nullable V get(int hash, int shift, K key) {
            for (Leaf<K, V> leaf : same) {
                V value = leaf.get(hash, shift, key);
                if (value != null) {
                    return value;
                }
            }
            return null;
        }

        @Override
        public TrieNode<K, V> put(Leaf<K, V> leaf, int shift) {
            int hash = same.getFirst().hash;
            if (leaf.hash != hash) {
                return new Branch<K, V>(slot(hash, shift), List.of(this)).put(leaf, shift);
            }
            List<Leaf<K, V>> next = others(leaf.key);
            next.add(leaf);
            return new Collision<>(List.copyOf(next));
        }

        @Override
        public TrieNode<K, V> remove(int hash, int shift, K key) {
            List<Leaf<K, V>> next = others(key);
            return next.size() == 1 ? next.getFirst() : new Collision<>(List.copyOf(next));
        }

        private List<Leaf<K, V>> others(K key) {
            List<Leaf<K, V>> others = new ArrayList<>(same);
            others.removeIf(leaf -> leaf.key.equals(key));
            return others;
        }

        @Override
        public void leaves(Consumer<? super Leaf<K, V>> action) {
            same.forEach(action);
        }

        /** The order in which colliding keys came means nothing. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Collision<?, ?> collision
                    && new HashSet<>(same).equals(new HashSet<>(collision.same));
        }

        @Override
        public int hashCode() {
            return new HashSet<>(same).hashCode();
        }
    }

    /** Children by the next {@link #BITS} bits of the hash: bit {@code n} of {@code bitmap} says that slot n has one. */
    record Branch<K, V>(int bitmap, List<TrieNode<K, V>> children) implements TrieNode<K, V> {
        @Override
        public @Nullable V get(int hash, int shift, K key) {
            int bit = slot(hash, shift);
            return (bitmap & bit) == 0 ? null : children.get(index(bit)).get(hash, shift + BITS, key);
        }

        @Override
        public TrieNode<K, V> put(Leaf<K, V> leaf, int shift) {
            int bit = slot(leaf.hash, shift);
            int index = index(bit);
            List<TrieNode<K, V>> next = new ArrayList<>(children.size() + 1);
            next.addAll(children);
            if ((bitmap & bit) == 0) {
                next.add(index, leaf);
            } else {
                next.set(index, children.get(index).put(leaf, shift + BITS));
            }
            return new Branch<>(bitmap | bit, List.copyOf(next));
        }

        @Override
        public @Nullable TrieNode<K, V> remove(int hash, int shift, K key) {
            int bit = slot(hash, shift);
            int index = index(bit);
            TrieNode<K, V> child = children.get(index).remove(hash, shift + BITS, key);
            List<TrieNode<K, V>> next = new ArrayList<>(children);
            int bits = bitmap;
            if (child == null) {
                next.remove(index);
                bits &= ~bit;
            } else {
                next.set(index, child);
            }
            if (next.isEmpty()) {
                return null;
            }
            // A lone leaf moves up: equal maps have equal shapes.
            boolean lone = next.size() == 1 && !(next.getFirst() instanceof Branch<K, V>);
            return lone ? next.getFirst() : new Branch<>(bits, List.copyOf(next));
        }

        @Override
        public void leaves(Consumer<? super Leaf<K, V>> action) {
            children.forEach(child -> child.leaves(action));
        }

        private int index(int bit) {
            return Integer.bitCount(bitmap & (bit - 1));
        }

        private @Nullable TrieNode<K, V> child(int bit) {
            return (bitmap & bit) == 0 ? null : children.get(index(bit));
        }
    }

    /** Spreads a key's hash, because those of records differ mostly in their lower bits. */
    static int spread(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    /** The one bit that stands for the slot of {@code hash}. */
    private static int slot(int hash, int shift) {
        return 1 << (hash >>> shift & 31);
    }

    /** Reports the keys on which two subtrees at the same place differ. */
    @SuppressWarnings("ReferenceEquality") // shared parts are the same objects: that is the point
    static <K, V> void compare(
            @Nullable TrieNode<K, V> before,
            @Nullable TrieNode<K, V> after,
            int shift,
            PersistentMap.Differences<K, V> report) {
        if (before == after) {
            return;
        }
        if (before == null || after == null) {
            if (before != null) {
                before.leaves(leaf -> report.differs(leaf.key, leaf.value, null));
            }
            if (after != null) {
                after.leaves(leaf -> report.differs(leaf.key, null, leaf.value));
            }
        } else if (before instanceof Branch<K, V> || after instanceof Branch<K, V>) {
            Branch<K, V> old = branch(before, shift);
            Branch<K, V> now = branch(after, shift);
            for (int slots = old.bitmap | now.bitmap; slots != 0; slots &= slots - 1) {
                int bit = Integer.lowestOneBit(slots);
                compare(old.child(bit), now.child(bit), shift + BITS, report);
            }
        } else {
            compareLeaves(before, after, shift, report);
        }
    }

    private static <K, V> Branch<K, V> branch(TrieNode<K, V> node, int shift) {
        return switch (node) {
            case Branch<K, V> branch -> branch;
            case Leaf<K, V> leaf -> new Branch<>(slot(leaf.hash, shift), List.of(leaf));
            case Collision<K, V> collision ->
                new Branch<>(slot(collision.same.getFirst().hash, shift), List.of(collision));
        };
    }

    private static <K, V> void compareLeaves(
            TrieNode<K, V> before, TrieNode<K, V> after, int shift, PersistentMap.Differences<K, V> report) {
        before.leaves(leaf -> {
            V now = after.get(leaf.hash, shift, leaf.key);
            if (!leaf.value.equals(now)) {
                report.differs(leaf.key, leaf.value, now);
            }
        });
        after.leaves(leaf -> {
            if (before.get(leaf.hash, shift, leaf.key) == null) {
                report.differs(leaf.key, null, leaf.value);
            }
        });
    }
}
