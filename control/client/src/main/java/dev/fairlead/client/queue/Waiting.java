// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.queue;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys wait, which are worked on, and which must run again. Plain values without threads: the owner holds a lock.
 *
 * <p>A key is in one of four states: unknown, queued, running, running-and-dirty. {@code queued} holds exactly the keys
 * of {@code order}; {@code again} is a part of {@code running}.
 */
final class Waiting<K> {
    private final ArrayDeque<K> order = new ArrayDeque<>();
    private final Set<K> queued = new HashSet<>();
    private final Set<K> running = new HashSet<>();
    private final Set<K> again = new HashSet<>();

    /** Whether a worker should be woken. */
    boolean add(K key) {
        if (running.contains(key)) {
            again.add(key);
            return false;
        }
        if (!queued.add(key)) {
            return false;
        }
        order.add(key);
        return true;
    }

    /** The next key, now running; null when none waits. */
    @Nullable
    K take() {
        K key = order.poll();
        if (key != null) {
            queued.remove(key);
            running.add(key);
        }
        return key;
    }

    /** Whether the key waits again at once. */
    boolean finish(K key) {
        running.remove(key);
        return again.remove(key) && add(key);
    }

    boolean idle() {
        return order.isEmpty() && running.isEmpty();
    }

    /** Keys that wait. */
    int size() {
        return order.size();
    }

    void clear() {
        order.clear();
        queued.clear();
        again.clear();
    }
}
