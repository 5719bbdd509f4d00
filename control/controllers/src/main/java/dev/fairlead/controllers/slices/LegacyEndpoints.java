// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.endpoints.EndpointsPlan;
import dev.fairlead.core.endpoints.TriggerTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the legacy Endpoints objects, which some readers still want. Only a fingerprint of the subsets is cached: the
 * slices hold the same facts already.
 *
 * <p>Endpoints go with their Service, whoever made them; those that never had one go when the controllers start, except
 * such as serve as a lock.
 */
public final class LegacyEndpoints {
    /** Slices carry the traffic, so their write goes first and does not wait for the disk behind that of Endpoints. */
    private static final Duration BEHIND = Duration.ofMillis(2);

    private final ApiClient client;
    private final Observed seen;
    private final Selecting selecting;
    private final Events events;
    private final Informer<Known> endpoints;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<Known> writes;
    private final Map<ObjectName, TriggerTimes> triggers = new ConcurrentHashMap<>();
    /** Endpoints that go if they have no Service. */
    private final Set<ObjectName> orphans = ConcurrentHashMap.newKeySet();

    /** What is kept of an Endpoints object. */
    public record Known(ObjectMeta meta, long subsets) {
        /** Reads an Endpoints object. */
        public static Known from(Tree object) {
            return new Known(ObjectMeta.from(object), EndpointsPlan.fingerprint(object));
        }

        private boolean locks() {
            return meta.annotations().containsKey(EndpointsPlan.LEADER);
        }
    }

    /** Makes the loop over {@code endpoints}, an informer of all Endpoints. */
    public LegacyEndpoints(
            ApiClient client,
            Observed seen,
            Selecting selecting,
            Events events,
            Informer<Known> endpoints,
            ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.selecting = selecting;
        this.events = events;
        this.endpoints = endpoints;
        this.queue = queues.queue("endpoints", this::work);
        seen.services.handle((name, old, now, revision) -> {
            if (now == null) {
                orphans.add(name);
            }
            queue.add(name);
        });
        endpoints.handle(new Handler<Known>() {
            private boolean listed;

            @Override
            public void changed(ObjectName name, @Nullable Known old, @Nullable Known now, long revision) {
                if (!listed && now != null && !now.locks()) {
                    orphans.add(name);
                }
            }

            @Override
            public void synced() {
                listed = true;
            }
        });
        this.writes = new OwnWrites<>(endpoints, known -> List.of(known.meta.objectName()), queue::add);
        seen.pods.handle((name, old, now, revision) ->
                selecting.affected(old, now).forEach(service -> queue.addAfter(service, BEHIND)));
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        return writes.work(name, this::decide);
    }

    private Outcome decide(ObjectName name) throws IOException, InterruptedException {
        Service service = seen.services.get(name);
        Known known = endpoints.get(name);
        if (service == null) {
            triggers.remove(name);
            boolean orphan = orphans.remove(name);
            if (known != null && (orphan || EndpointsPlan.manages(known.meta))) {
                client.deleteIfThere(Resources.ENDPOINTS, name, Deletion.of(known.meta.uid()));
            }
            return Outcome.done();
        }
        orphans.remove(name);
        List<Pod> pods = selecting.pods(service);
        EndpointsPlan plan = EndpointsPlan.of(service, pods);
        if (plan == null || service.meta().deleting() && known == null) {
            return Outcome.done();
        }
        TriggerTimes times = TriggerTimes.of(service, pods);
        if (known == null || !plan.isSaidBy(known.meta, known.subsets)) {
            ObjectMeta had = known == null ? null : known.meta;
            write(service, had, plan.tree(service.meta(), had, times.since(triggers.get(name))));
        }
        triggers.put(name, times);
        return Outcome.done();
    }

    private void write(Service service, @Nullable ObjectMeta had, Map<String, Object> object)
            throws IOException, InterruptedException {
        try {
            Tree written = had == null
                    ? client.create(Resources.ENDPOINTS, object)
                    : client.update(Resources.ENDPOINTS, object);
            writes.wrote(service.name(), Revisions.of(written));
        } catch (ApiError error) {
            if (error.isNamespaceTerminating()) {
                return;
            }
            if (error.isInvalid() || error.isForbidden()) {
                events.warning(
                        Told.about(service),
                        had == null ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint",
                        "the Endpoints could not be written: " + error.getMessage());
            }
            throw error;
        }
    }
}
