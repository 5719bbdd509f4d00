// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the node of an ending pod how long to wait: the annotation {@value #ANNOTATION} names the newest revision of the
 * slices that took the pod out of rotation, once every Service that selects it has been worked on; {@code 0} when none
 * does. The pod's process is stopped only after all nodes have programmed that revision.
 */
final class PodEnds {
    /** A slice revision, decimal; {@code 0} when nobody need wait. */
    static final String ANNOTATION = "fairlead.dev/endpoints-revision";

    private final ApiClient client;
    private final Observed seen;
    private final Selecting selecting;
    private final WorkQueue<ObjectName> queue;
    /** For each ending pod (uid) the Services (uid) that have been worked on, and the revision of their slices. */
    private final Map<String, Map<String, Long>> done = new ConcurrentHashMap<>();

    PodEnds(ApiClient client, Observed seen, Selecting selecting, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.selecting = selecting;
        this.queue = queues.queue("pod-ends", this::work);
        seen.pods.handle((name, old, now, revision) -> {
            if (now == null) {
                if (old != null) {
                    done.remove(old.meta().uid());
                }
            } else if (waits(now)) {
                queue.add(name);
            }
        });
    }

    private static boolean waits(Pod pod) {
        return pod.meta().deleting() && !pod.meta().annotations().containsKey(ANNOTATION);
    }

    /** The slices of {@code service}, at {@code revision}, show that the pod is ending. */
    void processed(Service service, Pod pod, long revision) {
        if (waits(pod)) {
            done.computeIfAbsent(pod.meta().uid(), uid -> new ConcurrentHashMap<>())
                    .put(service.meta().uid(), revision);
            queue.add(pod.name());
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Pod pod = seen.pods.get(name);
        if (pod == null || !waits(pod)) {
            return Outcome.done();
        }
        Map<String, Long> processed = done.getOrDefault(pod.meta().uid(), Map.of());
        long newest = 0;
        for (Service service : selecting.services(pod)) {
            Long revision = processed.get(service.meta().uid());
            if (revision == null) {
                return Outcome.retry("Service " + service.meta().name() + " still has to let the pod go");
            }
            newest = Math.max(newest, revision);
        }
        Map<String, Object> metadata = Values.object(
                "uid", pod.meta().uid(), "annotations", Values.object(ANNOTATION, String.valueOf(newest)));
        try {
            client.patch(Resources.PODS, name, new Patch.Merge(Values.object("metadata", metadata)));
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error;
            }
        }
        done.remove(pod.meta().uid());
        return Outcome.done();
    }
}
