// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.cache.Index;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which pods a Service selects, and which Services select a pod, by indexes: a pod is under each of its labels, a Service
 * under one pair of its selector, so that neither question looks at all of the other.
 */
public final class Selecting {
    private record Label(String namespace, String key, String value) {}

    private final Index<Label, Pod> podsByLabel;
    private final Index<String, Pod> podsByNamespace;
    private final Index<Label, Service> servicesByLabel;

    /** Indexes what is observed. */
    public Selecting(Observed seen) {
        podsByLabel =
                seen.pods.index(pod -> labels(pod.meta().namespace(), pod.meta().labels()));
        podsByNamespace = seen.pods.index(pod -> List.of(pod.meta().namespace()));
        servicesByLabel = seen.services.index(service -> selects(service)
                ? labels(service.meta().namespace(), selector(service)).subList(0, 1)
                : List.of());
    }

    /** Whether the Service's endpoints follow from its selector. */
    static boolean selects(Service service) {
        return service.type() != ServiceType.EXTERNAL_NAME && !selector(service).isEmpty();
    }

    private static Map<String, String> selector(Service service) {
        Map<String, String> selector = service.selector();
        return selector == null ? Map.of() : selector;
    }

    private static List<Label> labels(String namespace, Map<String, String> labels) {
        List<Label> all = new ArrayList<>();
        new TreeMap<>(labels).forEach((key, value) -> all.add(new Label(namespace, key, value)));
        return all;
    }

    /** The pods that the Service's selector matches. */
    List<Pod> pods(Service service) {
        Map<String, String> selector = selector(service);
        return labels(service.meta().namespace(), selector).stream()
                .min(java.util.Comparator.comparingInt(podsByLabel::count))
                .map(fewest -> podsByLabel.get(fewest).stream()
                        .filter(pod -> pod.meta().labels().entrySet().containsAll(selector.entrySet()))
                        .toList())
                .orElse(List.of());
    }

    /** The pods of a namespace. */
    List<Pod> podsIn(String namespace) {
        return podsByNamespace.get(namespace);
    }

    /** The Services whose selectors match the pod. */
    Set<Service> services(Pod pod) {
        Set<Service> found = new LinkedHashSet<>();
        for (Label label : labels(pod.meta().namespace(), pod.meta().labels())) {
            for (Service service : servicesByLabel.get(label)) {
                if (pod.meta().labels().entrySet().containsAll(selector(service).entrySet())) {
                    found.add(service);
                }
            }
        }
        return found;
    }
}
