// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.endpoints.EndpointsPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the legacy Endpoints objects, which some readers still want. Only a fingerprint of the subsets is cached: the
 * slices hold the same facts already.
 */
public final class LegacyEndpoints {
    private final ApiClient client;
    private final Observed seen;
    private final Selecting selecting;
    private final Informer<Known> endpoints;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<Known> writes;

    /** What is kept of an Endpoints object. */
    public record Known(ObjectMeta meta, int subsets) {
        /** Reads an Endpoints object. */
        public static Known from(Tree object) {
            return new Known(ObjectMeta.from(object), object.trees("subsets").hashCode());
        }
    }

    /** Makes the loop over {@code endpoints}, an informer of all Endpoints. */
    public LegacyEndpoints(
            ApiClient client,
            Observed seen,
            Selecting selecting,
            Informer<Known> endpoints,
            ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.selecting = selecting;
        this.endpoints = endpoints;
        this.queue = queues.queue("endpoints", this::work);
        this.writes = new OwnWrites<>(endpoints, queue::add);
        seen.services.handle((name, old, now, revision) -> queue.add(name));
        endpoints.handle((name, old, now, revision) -> queue.add(name));
        seen.pods.handle((name, old, now, revision) -> {
            if (old != null && now != null && Slices.same(old, now)) {
                return;
            }
            if (old != null) {
                selecting.services(old).forEach(service -> queue.add(service.name()));
            }
            if (now != null) {
                selecting.services(now).forEach(service -> queue.add(service.name()));
            }
        });
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        if (writes.unseen(name)) {
            return Outcome.done();
        }
        Service service = seen.services.get(name);
        Known known = endpoints.get(name);
        if (service == null) {
            if (known != null && known.meta.labels().containsKey("endpoints.kubernetes.io/managed-by")) {
                client.deleteIfThere(Resources.ENDPOINTS, name, Deletion.of(known.meta.uid()));
            }
            return Outcome.done();
        }
        EndpointsPlan plan = EndpointsPlan.of(service, selecting.pods(service));
        if (plan == null || service.meta().deleting()) {
            return Outcome.done();
        }
        Map<String, Object> object = object(service, plan);
        int subsets = Tree.of(object).trees("subsets").hashCode();
        if (known != null
                && known.subsets == subsets
                && known.meta.labels().equals(plan.labels())
                && known.meta.annotations().containsKey(EndpointsPlan.OVER_CAPACITY) == plan.truncated()) {
            return Outcome.done();
        }
        try {
            Tree written = known == null
                    ? client.create(Resources.ENDPOINTS, object)
                    : client.update(Resources.ENDPOINTS, object);
            writes.wrote(name, Revisions.of(written));
        } catch (ApiError error) {
            if (error.isNamespaceTerminating()) {
                return Outcome.done();
            }
            throw error;
        }
        return Outcome.done();
    }

    private static Map<String, Object> object(Service service, EndpointsPlan plan) {
        Map<String, Object> metadata = Values.object(
                "namespace",
                service.meta().namespace(),
                "name",
                service.meta().name(),
                "labels",
                new LinkedHashMap<>(plan.labels()));
        if (plan.truncated()) {
            metadata.put("annotations", Values.object(EndpointsPlan.OVER_CAPACITY, "truncated"));
        }
        List<Object> subsets = new ArrayList<>(plan.subsets());
        return Values.object("apiVersion", "v1", "kind", "Endpoints", "metadata", metadata, "subsets", subsets);
    }
}
