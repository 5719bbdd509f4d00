// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When the things last changed that a Service's endpoints follow from; by comparing two of them one finds what a write
 * answers to, which readers use to measure how long endpoints take to arrive.
 *
 * @param service when the Service was created
 * @param pods when each pod's Ready condition last changed, by the pod's name
 */
public record TriggerTimes(@Nullable Instant service, Map<String, Instant> pods) {
    /** The annotation that names the time, on slices and Endpoints. */
    public static final String ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    /** As they are now. */
    public static TriggerTimes of(Service service, Collection<Pod> pods) {
        Map<String, Instant> times = HashMap.newHashMap(pods.size());
        for (Pod pod : pods) {
            if (pod.readySince() != null) {
                times.put(pod.meta().name(), pod.readySince());
            }
        }
        return new TriggerTimes(service.meta().creationTimestamp(), times);
    }

    /**
     * The earliest of the times that moved on since {@code before}; null when none did. Where nothing is known of before,
     * the Service's creation.
     */
    public @Nullable Instant since(@Nullable TriggerTimes before) {
        if (before == null) {
            return service;
        }
        Instant earliest = later(service, before.service) ? service : null;
        for (Map.Entry<String, Instant> pod : pods.entrySet()) {
            Instant time = pod.getValue();
            if (later(time, before.pods.get(pod.getKey())) && (earliest == null || time.isBefore(earliest))) {
                earliest = time;
            }
        }
        return earliest;
    }

    private static boolean later(@Nullable Instant now, @Nullable Instant before) {
        return now != null && (before == null || now.isAfter(before));
    }
}
