// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.garbage;

import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who belongs to whom, by uid. Fed by several informers, read by the collector's workers. */
final class Graph {
    /** An object of the graph. */
    record Item(Resource resource, ObjectMeta meta) {}

    /** So many objects that are gone are remembered; some that come late may still name them. */
    private static final int REMEMBERED = 1 << 16;

    private final Map<String, Item> items = new HashMap<>();
    private final LinkedHashSet<String> gone = new LinkedHashSet<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /** Takes an object as it is now; false, and nothing is taken, when it is gone for good. */
    synchronized boolean put(Item item) {
        if (gone.contains(item.meta.uid())) {
            return false;
        }
        Item old = items.put(item.meta.uid(), item);
        Set<String> before = old == null ? Set.of() : owners(old.meta);
        Set<String> after = owners(item.meta);
        for (String owner : after) {
            dependents.computeIfAbsent(owner, uid -> new HashSet<>(2)).add(item.meta.uid());
        }
        for (String owner : before) {
            if (!after.contains(owner)) {
                drop(owner, item.meta.uid());
            }
        }
        return true;
    }

    /** Forgets an object but for this: that it is gone. No other one ever gets its uid. */
    synchronized void end(String uid) {
        remove(uid);
        if (gone.add(uid) && gone.size() > REMEMBERED) {
            gone.removeFirst();
        }
    }

    /** Whether the object is known to be gone. */
    synchronized boolean isGone(String uid) {
        return gone.contains(uid);
    }

    /** Forgets an object. */
    synchronized void remove(String uid) {
        Item old = items.remove(uid);
        if (old != null) {
            owners(old.meta).forEach(owner -> drop(owner, uid));
        }
    }

    private void drop(String owner, String uid) {
        Set<String> set = dependents.get(owner);
        if (set != null && set.remove(uid) && set.isEmpty()) {
            dependents.remove(owner);
        }
    }

    private static Set<String> owners(ObjectMeta meta) {
        if (meta.ownerReferences().isEmpty()) {
            return Set.of();
        }
        Set<String> owners = new HashSet<>();
        meta.ownerReferences().forEach(owner -> owners.add(owner.uid()));
        return owners;
    }

    synchronized @Nullable Item get(String uid) {
        return items.get(uid);
    }

    /** The objects of a kind, in whatever version they were seen. */
    synchronized List<Item> of(Resource kind) {
        return items.values().stream()
                .filter(item -> item.resource.group().equals(kind.group())
                        && item.resource.plural().equals(kind.plural()))
                .toList();
    }

    /** The objects that name {@code uid} as an owner. */
    synchronized List<Item> dependents(String uid) {
        List<Item> found = new ArrayList<>();
        for (String dependent : dependents.getOrDefault(uid, Set.of())) {
            Item item = items.get(dependent);
            if (item != null) {
                found.add(item);
            }
        }
        return found;
    }

    /** The objects that name an owner of that kind. */
    synchronized List<Item> ownedBy(String group, String kind) {
        return items.values().stream()
                .filter(item -> item.meta.ownerReferences().stream()
                        .anyMatch(owner ->
                                owner.kind().equals(kind) && owner.apiVersion().startsWith(group + "/")))
                .toList();
    }

    /** Whether the owner's foreground deletion waits for the dependent. */
    static boolean blocks(Item dependent, String owner) {
        return dependent.meta.ownerReferences().stream()
                .filter(reference -> reference.uid().equals(owner))
                .anyMatch(OwnerReference::blockOwnerDeletion);
    }
}
