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
 * Which Services select a pod. Each Service is filed under one label of its selector, the one that fewest selectors had
 * when it came, so that a pod asks only the Services filed under its own labels: the work grows with those that select
 * it, not with the cluster, even where all Services share a label. One thread at a time changes and asks it.
 */
public final class ServiceIndex {
    private record Label(String namespace, String key, String value) {}

    private record Filed(Map<String, String> selector, Label under) {}

    private final Map<ObjectName, Filed> services = new HashMap<>();
    private final Map<Label, Integer> uses = new HashMap<>();
    private final Map<Label, Set<ObjectName>> files = new HashMap<>();

    /** Files a Service anew; a selector that is null or empty selects nothing. */
    public void put(ObjectName service, @Nullable Map<String, String> selector) {
        remove(service);
        Label rarest = null;
        int fewest = Integer.MAX_VALUE;
        for (Map.Entry<String, String> one :
                selector == null ? Set.<Map.Entry<String, String>>of() : selector.entrySet()) {
            Label label = new Label(service.namespace(), one.getKey(), one.getValue());
            int used = uses.merge(label, 1, Integer::sum);
            if (used < fewest) {
                rarest = label;
                fewest = used;
            }
        }
        if (selector != null && rarest != null) {
            services.put(service, new Filed(selector, rarest));
            files.computeIfAbsent(rarest, any -> new LinkedHashSet<>()).add(service);
        }
    }

    /** Forgets a Service. */
    public void remove(ObjectName service) {
        Filed filed = services.remove(service);
        if (filed == null) {
            return;
        }
        filed.selector.forEach((key, value) -> uses.computeIfPresent(
                new Label(service.namespace(), key, value), (any, many) -> many == 1 ? null : many - 1));
        files.computeIfPresent(filed.under, (any, names) -> {
            names.remove(service);
            return names.isEmpty() ? null : names;
        });
    }

    /** The Services of {@code namespace} whose selectors match {@code labels}, sorted. */
    public Set<ObjectName> selecting(String namespace, Map<String, String> labels) {
        Set<ObjectName> matching = new TreeSet<>();
        labels.forEach((key, value) -> files.getOrDefault(new Label(namespace, key, value), Set.of())
                .forEach(service -> {
                    Filed filed = services.get(service);
                    if (filed != null && matches(filed.selector, labels)) {
                        matching.add(service);
                    }
                }));
        return matching;
    }

    /** Whether a selector, which is not empty, matches labels. */
    public static boolean matches(Map<String, String> selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
