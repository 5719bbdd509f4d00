// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.endpoints.SlicePlan;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps the EndpointSlices of every Service that has a selector; see {@link SlicePlan} for what they should be. */
public final class Slices {
    private final ApiClient client;
    private final Observed seen;
    private final Selecting selecting;
    private final WorkQueue<ObjectName> queue;
    private final OwnWrites<EndpointSlice> writes;
    private final Index<ObjectName, EndpointSlice> byService;
    private final Index<String, Pod> podsByNode;
    private final Matchless matchless;
    private final PodEnds ends;

    /** Makes the loop, and with it what tells of pods' ends and of selectors that match nothing. */
    public Slices(
            ApiClient client, Observed seen, Selecting selecting, Time time, Events events, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.selecting = selecting;
        this.matchless = new Matchless(client, time, events);
        this.queue = queues.queue("endpoint-slices", this::work);
        this.byService = seen.slices.index(
                slice -> SlicePlan.CONTROLLER.equals(slice.meta().labels().get(EndpointSlice.MANAGED_BY))
                        ? List.of(slice.service())
                        : List.of());
        this.podsByNode = seen.pods.index(pod -> List.of(pod.nodeName()));
        this.writes = new OwnWrites<>(seen.slices, queue::add);
        seen.services.handle((name, old, now, revision) -> {
            if (now == null && old != null) {
                matchless.forget(old);
            }
            queue.add(name);
        });
        seen.slices.handle((name, old, now, revision) -> {
            EndpointSlice slice = now == null ? old : now;
            if (slice != null
                    && SlicePlan.CONTROLLER.equals(slice.meta().labels().get(EndpointSlice.MANAGED_BY))) {
                queue.add(slice.service());
            }
        });
        seen.pods.handle((name, old, now, revision) -> pod(old, now));
        seen.nodes.handle((name, old, now, revision) -> node(old, now));
        this.ends = new PodEnds(client, seen, selecting, queues);
    }

    private void pod(@Nullable Pod old, @Nullable Pod now) {
        if (old != null && now != null && same(old, now)) {
            return;
        }
        if (old != null) {
            selecting.services(old).forEach(service -> queue.add(service.name()));
        }
        if (now != null
                && (old == null || !old.meta().labels().equals(now.meta().labels()))) {
            selecting.services(now).forEach(service -> queue.add(service.name()));
        }
    }

    /** Whether a change of a pod can change no slice. */
    static boolean same(Pod old, Pod now) {
        return old.meta().uid().equals(now.meta().uid())
                && old.ready() == now.ready()
                && old.meta().deleting() == now.meta().deleting()
                && old.terminal() == now.terminal()
                && old.podIps().equals(now.podIps())
                && old.nodeName().equals(now.nodeName())
                && old.hostname().equals(now.hostname())
                && old.subdomain().equals(now.subdomain())
                && old.meta().labels().equals(now.meta().labels());
    }

    private void node(@Nullable Node old, @Nullable Node now) {
        Node node = now == null ? old : now;
        boolean same = old != null && now != null && old.zone().equals(now.zone());
        if (node != null && !same) {
            for (Pod pod : podsByNode.get(node.name())) {
                selecting.services(pod).forEach(service -> queue.add(service.name()));
            }
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Service service = seen.services.get(name);
        if (service == null || service.meta().deleting() || !Selecting.selects(service) || writes.unseen(name)) {
            return Outcome.done();
        }
        List<Pod> pods = selecting.pods(service);
        List<EndpointSlice> slices = byService.get(name);
        long newest = slices.stream()
                .mapToLong(slice -> slice.meta().resourceVersion())
                .max()
                .orElse(0);
        SlicePlan plan = SlicePlan.of(
                service, pods, node -> seen.nodes.get(new ObjectName("", node)), slices, SlicePlan.USUAL_MAXIMUM, null);
        try {
            newest = Math.max(newest, write(name, plan));
        } catch (ApiError error) {
            if (error.isNamespaceTerminating()) {
                return Outcome.done();
            }
            throw error;
        }
        for (Pod pod : pods) {
            if (pod.meta().deleting()) {
                ends.processed(service, pod, newest);
            }
        }
        Duration wait = matchless.look(
                service, !pods.isEmpty(), () -> selecting.podsIn(service.meta().namespace()));
        return wait == null ? Outcome.done() : Outcome.retry(wait, "pods may come");
    }

    /** Makes the writes; the newest revision written, 0 for none. */
    private long write(ObjectName name, SlicePlan plan) throws IOException, InterruptedException {
        long newest = 0;
        for (Map<String, Object> slice : plan.create()) {
            newest = Math.max(newest, Revisions.of(client.create(Resources.ENDPOINT_SLICES, slice)));
            writes.wrote(name, newest);
        }
        for (Map<String, Object> slice : plan.update()) {
            newest = Math.max(newest, Revisions.of(client.update(Resources.ENDPOINT_SLICES, slice)));
            writes.wrote(name, newest);
        }
        for (EndpointSlice slice : plan.delete()) {
            client.deleteIfThere(
                    Resources.ENDPOINT_SLICES,
                    slice.meta().objectName(),
                    Deletion.of(Objects.requireNonNull(slice.meta().uid())));
        }
        return newest;
    }
}
