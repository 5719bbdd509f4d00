// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.node;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which objects the pods of each node refer to, as of the newest revision. Nothing is known before somebody asks; from then on
 * who asks takes what a cursor over the pods has new, as the policy does with roles.
 */
final class PodReferences implements AutoCloseable {
    private final Store store;
    private final Resource pods;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Bound> bound = new HashMap<>();
    private final Map<Use, Integer> uses = new HashMap<>();
    private @Nullable Watch watch;
    private boolean closed;

    /** A pod on a node, and what it refers to. */
    private record Bound(String node, Set<Reference> references) {}

    private record Reference(String kind, String namespace, String name) {}

    private record Use(String node, Reference reference) {}

    PodReferences(Store store, Resource pods) {
        this.store = store;
        this.pods = pods;
    }

    /** Whether a pod bound to {@code node} refers to that object. */
    boolean uses(String node, String kind, String namespace, String name) {
        lock.lock();
        try {
            follow();
            return uses.containsKey(new Use(node, new Reference(kind, namespace, name)));
        } finally {
            lock.unlock();
        }
    }

    /** Whether that pod is bound to {@code node}. */
    boolean runs(String node, String namespace, String name) {
        return store.get(pods.key(namespace, name))
                .map(entry -> node.equals(node(new Tree(Json.object(entry.value())))))
                .orElse(true); // what is not there is told as such
    }

    private static String node(Tree pod) {
        return pod.tree("spec").text("nodeName", "");
    }

    private void follow() {
        Watch cursor = watch;
        if (closed) {
            return;
        }
        if (cursor == null) {
            list();
            return;
        }
        try {
            for (List<Event> news = cursor.look(); !news.isEmpty(); news = cursor.look()) {
                for (Event event : news) {
                    put(event.key(), event instanceof Event.Put put ? bound(put.entry()) : null);
                }
            }
        } catch (CompactedException slept) {
            cursor.close();
            watch = null;
            list();
        }
    }

    private void list() {
        Range range = store.prefix(pods.storePrefix(), 0, 0);
        bound.clear();
        uses.clear();
        for (Entry entry : range.entries()) {
            put(entry.key(), bound(entry));
        }
        watch = store.watch(pods.storePrefix(), range.revision());
    }

    private void put(String key, @Nullable Bound now) {
        Bound before = now == null ? bound.remove(key) : bound.put(key, now);
        if (before != null && now != null && before.equals(now)) {
            return;
        }
        if (before != null) {
            before.references.forEach(reference -> uses.computeIfPresent(
                    new Use(before.node, reference), (_, count) -> count == 1 ? null : count - 1));
        }
        if (now != null) {
            now.references.forEach(reference -> uses.merge(new Use(now.node, reference), 1, Integer::sum));
        }
    }

    private static @Nullable Bound bound(Entry entry) {
        Tree pod = new Tree(Json.object(entry.value()));
        String node = node(pod);
        return node.isEmpty() ? null : new Bound(node, references(pod));
    }

    private static Set<Reference> references(Tree pod) {
        String namespace = pod.tree("metadata").text("namespace", "");
        Tree spec = pod.tree("spec");
        Set<Reference> all = new HashSet<>();
        add(all, "ServiceAccount", namespace, spec.text("serviceAccountName", "default"));
        spec.trees("imagePullSecrets").forEach(secret -> add(all, "Secret", namespace, secret.text("name", "")));
        for (Tree volume : spec.trees("volumes")) {
            add(all, "Secret", namespace, volume.tree("secret").text("secretName", ""));
            add(all, "ConfigMap", namespace, volume.tree("configMap").text("name", ""));
            for (Tree source : volume.tree("projected").trees("sources")) {
                add(all, "Secret", namespace, source.tree("secret").text("name", ""));
                add(all, "ConfigMap", namespace, source.tree("configMap").text("name", ""));
            }
        }
        for (String field : List.of("initContainers", "containers", "ephemeralContainers")) {
            for (Tree container : spec.trees(field)) {
                for (Tree each : container.trees("envFrom")) {
                    add(all, "Secret", namespace, each.tree("secretRef").text("name", ""));
                    add(all, "ConfigMap", namespace, each.tree("configMapRef").text("name", ""));
                }
                for (Tree each : container.trees("env")) {
                    Tree from = each.tree("valueFrom");
                    add(all, "Secret", namespace, from.tree("secretKeyRef").text("name", ""));
                    add(
                            all,
                            "ConfigMap",
                            namespace,
                            from.tree("configMapKeyRef").text("name", ""));
                }
            }
        }
        return Set.copyOf(all);
    }

    private static void add(Set<Reference> all, String kind, String namespace, String name) {
        if (!name.isEmpty()) {
            all.add(new Reference(kind, namespace, name));
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (watch != null) {
                watch.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
