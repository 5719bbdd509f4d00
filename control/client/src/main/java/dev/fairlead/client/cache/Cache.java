// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.client.Revisions;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of an informer and the rule by which lists and events become changes. One writer.
 *
 * <p>A list is applied as it is read, page by page: an object whose revision is the one known is skipped, and what the
 * list did not name at its end is gone. Objects are told apart by name and, over time, by uid (kept as 64 bits).
 */
final class Cache<T> {
    record Entry<T>(T value, long revision, long identity) {}

    private final Function<Tree, T> slim;
    private final Change<T> change;
    final Map<ObjectName, Entry<T>> entries = new ConcurrentHashMap<>();

    /** Told of each change, after it is in the map. */
    interface Change<T> {
        void changed(ObjectName name, @Nullable T old, @Nullable T now, long revision);
    }

    Cache(Function<Tree, T> slim, Change<T> change) {
        this.slim = slim;
        this.change = change;
    }

    /** Begins to apply a list. */
    Listing list() {
        return new Listing(entries.isEmpty() ? null : new HashSet<>(entries.size() * 2));
    }

    /** A list that is being applied. */
    final class Listing {
        private final @Nullable Set<ObjectName> seen;

        private Listing(@Nullable Set<ObjectName> seen) {
            this.seen = seen;
        }

        void item(Tree object) {
            ObjectName name = put(object, Revisions.of(object), true);
            if (seen != null) {
                seen.add(name);
            }
        }

        /** The list is at its end: what it did not name is gone. */
        void end(long revision) {
            if (seen == null) {
                return;
            }
            Iterator<Map.Entry<ObjectName, Entry<T>>> all = entries.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<ObjectName, Entry<T>> one = all.next();
                if (!seen.contains(one.getKey())) {
                    all.remove();
                    change.changed(one.getKey(), one.getValue().value, null, revision);
                }
            }
        }
    }

    /** An object as it is now; known revisions change nothing. */
    ObjectName put(Tree object, long revision, boolean listed) {
        Tree meta = object.tree("metadata");
        ObjectName name = new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
        long identity = identity(meta.text("uid", ""));
        Entry<T> old = entries.get(name);
        if (old != null && old.identity == identity && known(old.revision, revision, listed)) {
            return name;
        }
        T now = slim.apply(object);
        T before = old == null ? null : old.value;
        if (old != null && old.identity != identity) {
            entries.remove(name);
            change.changed(name, old.value, null, revision);
            before = null;
        }
        entries.put(name, new Entry<>(now, revision, identity));
        change.changed(name, before, now, revision);
        return name;
    }

    /** An event may come twice, after a reconnection; a list is right even if the API went back in time. */
    private static boolean known(long had, long came, boolean listed) {
        return came != 0 && (listed ? had == came : had >= came);
    }

    /** An object that is gone. */
    void remove(Tree object, long revision) {
        Tree meta = object.tree("metadata");
        ObjectName name = new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
        Entry<T> old = entries.get(name);
        if (old != null && old.identity == identity(meta.text("uid", ""))) {
            entries.remove(name);
            change.changed(name, old.value, null, revision);
        }
    }

    /** 64 bits of a uid, FNV-1a: enough to tell an object from the next of its name. */
    private static long identity(String uid) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < uid.length(); i++) {
            hash = (hash ^ uid.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
