// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.ObjectName;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which Services select a pod. Each Service is filed under one label of its selector, so that a pod asks only the Services
 * filed under its own labels: the work grows with those, not with the cluster. One thread changes and asks it.
 */
public final class ServiceIndex {
    private record Label(String namespace, String key, String value) {}

    private final Map<ObjectName, Map<String, String>> selectors = new HashMap<>();
    private final Map<Label, Set<ObjectName>> filed = new HashMap<>();

    /** Files a Service anew; a selector that is null or empty selects nothing. */
    public void put(ObjectName service, @Nullable Map<String, String> selector) {
        remove(service);
        if (selector != null && !selector.isEmpty()) {
            selectors.put(service, selector);
            filed.computeIfAbsent(label(service, selector), any -> new LinkedHashSet<>())
                    .add(service);
        }
    }

    /** Forgets a Service. */
    public void remove(ObjectName service) {
        Map<String, String> selector = selectors.remove(service);
        if (selector != null) {
            Label label = label(service, selector);
            filed.computeIfPresent(label, (any, services) -> {
                services.remove(service);
                return services.isEmpty() ? null : services;
            });
        }
    }

    /** The Services of {@code namespace} whose selectors match {@code labels}, sorted. */
    public Set<ObjectName> selecting(String namespace, Map<String, String> labels) {
        Set<ObjectName> matching = new TreeSet<>();
        labels.forEach((key, value) -> filed.getOrDefault(new Label(namespace, key, value), Set.of())
                .forEach(service -> {
                    Map<String, String> selector = selectors.get(service);
                    if (selector != null && labels.entrySet().containsAll(selector.entrySet())) {
                        matching.add(service);
                    }
                }));
        return matching;
    }

    /** The label that a Service is filed under: the longest one, as most selective. */
    private static Label label(ObjectName service, Map<String, String> selector) {
        Label chosen = null;
        for (Map.Entry<String, String> entry : selector.entrySet()) {
            Label label = new Label(service.namespace(), entry.getKey(), entry.getValue());
            if (chosen == null || label.toString().length() > chosen.toString().length()) {
                chosen = label;
            }
        }
        if (chosen == null) {
            throw new IllegalStateException("an empty selector is not filed");
        }
        return chosen;
    }
}
