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
import dev.fairlead.controllers.Reports;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
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
 * finalizer {@code kubernetes} off. Nothing can be created meanwhile, the API server sees to that. What is left is told
 * in the namespace's conditions after each look.
 */
public final class Namespaces {
    private static final String FINALIZER = "kubernetes";
    private static final Duration SOON = Duration.ofMillis(500);

    private final ApiClient client;
    private final Observed seen;
    private final Time time;
    private final WorkQueue<ObjectName> queue;
    private final Supplier<Kinds> kinds;

    /** Makes the loop. */
    public Namespaces(ApiClient client, Observed seen, Time time, Supplier<Kinds> kinds, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.time = time;
        this.kinds = kinds;
        this.queue = queues.queue("namespaces", this::work);
        seen.namespaces.handle((name, old, now, revision) -> {
            // Its conditions are of our own writing: no reason to look again.
            if (now != null
                    && now.meta().deleting()
                    && (old == null
                            || !old.meta().deleting()
                            || !old.specFinalizers().equals(now.specFinalizers()))) {
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
        Remains remains = new Remains();
        empty(Resources.PODS, name.name(), remains);
        boolean podsLeft = !remains.text().isEmpty();
        if (!podsLeft) {
            for (Resource kind : kinds()) {
                empty(kind, name.name(), remains);
            }
        }
        report(namespace, remains);
        String left = remains.text();
        return left.isEmpty() ? finish(name) : Outcome.retry(SOON, "still there: " + left);
    }

    private void report(Observed.Namespace namespace, Remains remains) throws IOException, InterruptedException {
        List<Condition> conditions = remains.conditions(namespace.conditions(), time.now());
        if (!conditions.equals(namespace.conditions())) {
            Map<String, Object> status = Values.object("conditions", Values.conditions(conditions));
            Reports.status(client, Resources.NAMESPACES, namespace.meta(), status);
        }
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

    /** Asks for the end of everything of a kind, and notes what is left then. One kind's trouble stops no other. */
    private void empty(Resource kind, String namespace, Remains remains) throws IOException, InterruptedException {
        try {
            List<Tree> found = client.list(kind, Selection.in(namespace)).items();
            for (Tree object : found) {
                Tree meta = object.tree("metadata");
                if (!meta.has("deletionTimestamp")) {
                    client.deleteIfThere(
                            kind, new ObjectName(namespace, meta.text("name", "")), Deletion.of(meta.text("uid", "")));
                }
            }
            if (!found.isEmpty()) {
                remains.left(kind, client.list(kind, Selection.in(namespace)).items());
            }
        } catch (ApiError error) {
            if (!error.isNotFound()) { // a kind may go while we look
                remains.failed(String.valueOf(error.getMessage()));
            }
        }
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
