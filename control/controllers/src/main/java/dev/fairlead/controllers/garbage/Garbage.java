// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.garbage;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Ownership;
import dev.fairlead.controllers.Values;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects all of whose owners are gone, and finishes deletions that were asked for in the foreground (dependents
 * first) or as orphaning (dependents stay).
 *
 * <p>An owner counts as gone only when the API itself says so: not there, or there with another uid, or it told that it was deleted. Caches of different
 * kinds may run apart, and a mistake here cannot be taken back.
 */
public final class Garbage {
    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    private final ApiClient client;
    private final Supplier<Kinds> kinds;
    private final Graph graph = new Graph();
    /** Kinds whose definitions are gone; the API is asked for their objects all the same. */
    private final Set<Resource> past = ConcurrentHashMap.newKeySet();

    private final WorkQueue<String> queue;

    /** Makes a queue of uids. */
    @FunctionalInterface
    public interface Queues {
        /** A queue whose keys {@code worker} works on. */
        WorkQueue<String> queue(WorkQueue.Worker<String> worker);
    }

    /** Makes the loop; {@link #follow} tells it what to look at. */
    public Garbage(ApiClient client, Supplier<Kinds> kinds, Queues queues) {
        this.client = client;
        this.kinds = kinds;
        this.queue = queues.queue(this::work);
    }

    /** Collects objects of a kind, and knows them as owners. */
    public <T> void follow(Informer<T> informer, Function<T, ObjectMeta> meta) {
        Resource resource = informer.resource();
        informer.handle(new Handler<T>() {
            @Override
            public void changed(ObjectName name, @Nullable T old, @Nullable T now, long revision) {
                if (now != null) {
                    changedTo(new Graph.Item(resource, meta.apply(now)), old == null ? null : meta.apply(old));
                } else if (old != null) {
                    gone(meta.apply(old));
                }
            }
        });
    }

    /** Looks again at what names owners of a kind that has only become known now. */
    public void learned(Resource kind) {
        past.removeIf(old -> old.group().equals(kind.group()) && old.kind().equals(kind.kind()));
        lookAtThoseOwnedBy(kind);
    }

    private void lookAtThoseOwnedBy(Resource kind) {
        for (Graph.Item item : graph.ownedBy(kind.group(), kind.kind())) {
            queue.add(item.meta().uid());
        }
    }

    /**
     * Counts all objects of a kind as gone: its definition is, which goes only after them. Nobody follows or knows the kind
     * any more, so what was not heard of till now will not be heard. Of owners that were not even listed before, the API is
     * asked.
     */
    public void ended(Resource kind) {
        past.add(kind);
        graph.of(kind).forEach(item -> gone(item.meta()));
        lookAtThoseOwnedBy(kind);
    }

    /** Forgets the objects of a kind, which is about to be listed anew: some may be gone by then. */
    public void relisted(Resource kind) {
        for (Graph.Item item : graph.of(kind)) {
            List<Graph.Item> dependents = graph.dependents(item.meta().uid());
            graph.remove(item.meta().uid());
            dependents.forEach(dependent -> queue.add(dependent.meta().uid()));
        }
    }

    private void changedTo(Graph.Item item, @Nullable ObjectMeta old) {
        if (!graph.put(item)) {
            return;
        }
        ObjectMeta now = item.meta();
        if (past.contains(item.resource())) {
            gone(now); // the last words of an informer that is closed
            return;
        }
        boolean owned = !now.ownerReferences().isEmpty()
                && (old == null || !old.ownerReferences().equals(now.ownerReferences()));
        if (owned || now.deleting() && !now.finalizers().isEmpty()) {
            queue.add(now.uid());
        }
    }

    private void gone(ObjectMeta last) {
        List<Graph.Item> dependents = graph.dependents(last.uid());
        graph.end(last.uid());
        dependents.forEach(dependent -> queue.add(dependent.meta().uid()));
        last.ownerReferences().forEach(owner -> waiting(owner.uid()));
    }

    /** An owner that waits for its dependents has one less. */
    private void waiting(String owner) {
        Graph.Item item = graph.get(owner);
        if (item != null && item.meta().finalizers().contains(FOREGROUND)) {
            queue.add(owner);
        }
    }

    private Outcome work(String uid) throws IOException, InterruptedException {
        Graph.Item item = graph.get(uid);
        if (item == null) {
            return Outcome.done();
        }
        try {
            if (item.meta().deleting()) {
                return deleting(item);
            }
            return owned(item);
        } catch (ApiError error) {
            if (error.isNotFound()) {
                return Outcome.done();
            }
            throw error;
        }
    }

    private Outcome deleting(Graph.Item item) throws IOException, InterruptedException {
        ObjectMeta meta = item.meta();
        if (meta.finalizers().contains(ORPHAN)) {
            for (Graph.Item dependent : graph.dependents(meta.uid())) {
                Ownership.release(client, dependent.resource(), dependent.meta(), meta.uid());
            }
            return graph.dependents(meta.uid()).isEmpty()
                    ? finish(item, ORPHAN)
                    : Outcome.retry("dependents still name their owner");
        }
        if (!meta.finalizers().contains(FOREGROUND)) {
            return Outcome.done();
        }
        boolean blocked = false;
        for (Graph.Item dependent : graph.dependents(meta.uid())) {
            blocked |= Graph.blocks(dependent, meta.uid());
            if (!dependent.meta().deleting() && onlyOwner(dependent, meta.uid())) {
                delete(dependent, Deletion.Propagation.FOREGROUND);
            }
        }
        return blocked ? Outcome.done() : finish(item, FOREGROUND);
    }

    /** Whether nobody else keeps the object. */
    private boolean onlyOwner(Graph.Item item, String owner) throws IOException, InterruptedException {
        for (OwnerReference reference : item.meta().ownerReferences()) {
            if (!reference.uid().equals(owner) && there(item, reference)) {
                return false;
            }
        }
        return true;
    }

    private Outcome finish(Graph.Item item, String finalizer) throws IOException, InterruptedException {
        List<Object> left = new ArrayList<>(item.meta().finalizers());
        left.remove(finalizer);
        client.patch(
                item.resource(),
                item.meta().objectName(),
                new Patch.Merge(Values.object(
                        "metadata",
                        Values.object(
                                "uid",
                                item.meta().uid(),
                                "resourceVersion",
                                String.valueOf(item.meta().resourceVersion()),
                                "finalizers",
                                left))));
        return Outcome.done();
    }

    private Outcome owned(Graph.Item item) throws IOException, InterruptedException {
        List<OwnerReference> owners = item.meta().ownerReferences();
        if (owners.isEmpty()) {
            return Outcome.done();
        }
        List<OwnerReference> gone = new ArrayList<>();
        for (OwnerReference owner : owners) {
            if (!there(item, owner)) {
                gone.add(owner);
            }
        }
        if (gone.size() == owners.size()) {
            delete(item, Deletion.Propagation.BACKGROUND);
        } else if (!gone.isEmpty()) {
            Ownership.release(
                    client, item.resource(), item.meta(), gone.getFirst().uid());
        } else {
            owners.forEach(owner -> waiting(owner.uid()));
        }
        return Outcome.done();
    }

    private boolean there(Graph.Item item, OwnerReference owner) throws IOException, InterruptedException {
        if (graph.get(owner.uid()) != null) {
            return true;
        }
        if (graph.isGone(owner.uid())) {
            return false; // also when its kind is no longer known
        }
        Resource resource = kind(owner);
        if (resource == null) {
            return true; // a kind nobody here knows: leave it alone
        }
        String namespace = resource.namespaced() ? item.meta().namespace() : "";
        Tree found = client.find(resource, new ObjectName(namespace, owner.name()));
        return found != null && found.tree("metadata").text("uid", "").equals(owner.uid());
    }

    private @Nullable Resource kind(OwnerReference owner) {
        Resource known = kinds.get().byKind(owner.apiVersion(), owner.kind());
        return known != null
                ? known
                : past.stream()
                        .filter(kind -> kind.kind().equals(owner.kind())
                                && kind.apiVersion().equals(owner.apiVersion()))
                        .findAny()
                        .orElse(null);
    }

    private void delete(Graph.Item item, Deletion.Propagation propagation) throws IOException, InterruptedException {
        try {
            client.deleteIfThere(
                    item.resource(),
                    item.meta().objectName(),
                    new Deletion(propagation, null, item.meta().uid(), null));
        } catch (ApiError error) {
            if (!error.isConflict()) {
                throw error;
            }
        }
    }
}
