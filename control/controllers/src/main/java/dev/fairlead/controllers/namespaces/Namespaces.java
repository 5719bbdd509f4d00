// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.namespaces;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Ends namespaces: deletes the pods in them and waits until those are gone, then everything else, then takes the
 * finalizer {@code kubernetes} off. Nothing can be created meanwhile, the API server sees to that.
 */
public final class Namespaces {
    private static final String FINALIZER = "kubernetes";
    private static final Duration SOON = Duration.ofMillis(500);

    private final ApiClient client;
    private final Observed seen;
    private final WorkQueue<ObjectName> queue;
    private final Supplier<Kinds> kinds;

    /** Makes the loop. */
    public Namespaces(ApiClient client, Observed seen, Supplier<Kinds> kinds, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.kinds = kinds;
        this.queue = queues.queue("namespaces", this::work);
        seen.namespaces.handle((name, old, now, revision) -> {
            if (now != null && now.meta().deleting()) {
                queue.add(name);
            }
        });
        seen.pods.handle((name, old, now, revision) -> {
            if (now == null) {
                Observed.Namespace home = seen.namespaces.get(new ObjectName("", name.namespace()));
                if (home != null && home.meta().deleting()) {
                    queue.add(home.meta().objectName());
                }
            }
        });
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Observed.Namespace namespace = seen.namespaces.get(name);
        if (namespace == null
                || !namespace.meta().deleting()
                || !namespace.specFinalizers().contains(FINALIZER)) {
            return Outcome.done();
        }
        int pods = empty(Resources.PODS, name.name());
        if (pods > 0) {
            return Outcome.retry(SOON, pods + " pods are still ending");
        }
        int left = 0;
        for (Resource kind : kinds()) {
            left += empty(kind, name.name());
        }
        if (left > 0) {
            return Outcome.retry(SOON, left + " objects are still there");
        }
        return finish(name);
    }

    /** Every kind whose objects live in namespaces, in one of its versions. */
    private Collection<Resource> kinds() {
        Map<String, Resource> found = new LinkedHashMap<>();
        for (Resource kind : kinds.get().all()) {
            if (kind.namespaced()
                    && kind.verbs().contains("delete")
                    && kind.verbs().contains("list")
                    && !kind.group().equals("events.k8s.io")) { // the core group's events again
                found.putIfAbsent(kind.qualified(), kind);
            }
        }
        return found.values();
    }

    /** Asks for the end of everything of a kind; how many objects are left. */
    private int empty(Resource kind, String namespace) throws IOException, InterruptedException {
        int left = 0;
        for (Tree object : client.list(kind, Selection.in(namespace)).items()) {
            Tree meta = object.tree("metadata");
            if (!meta.has("deletionTimestamp")) {
                client.deleteIfThere(
                        kind, new ObjectName(namespace, meta.text("name", "")), Deletion.of(meta.text("uid", "")));
            }
            left++;
        }
        return left == 0
                ? 0
                : client.list(kind, Selection.in(namespace)).items().size();
    }

    private Outcome finish(ObjectName name) throws IOException, InterruptedException {
        Tree found = client.find(Resources.NAMESPACES, name);
        if (found == null) {
            return Outcome.done();
        }
        List<Object> left = new ArrayList<>(found.tree("spec").texts("finalizers"));
        left.remove(FINALIZER);
        Map<String, Object> object = new LinkedHashMap<>(found.fields());
        Map<String, Object> spec = new LinkedHashMap<>(found.tree("spec").fields());
        spec.put("finalizers", left);
        object.put("spec", spec);
        try {
            client.update(Resources.NAMESPACES, "finalize", object);
        } catch (ApiError error) {
            if (!error.isNotFound()) {
                throw error;
            }
        }
        return Outcome.done();
    }
}
