// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says why a Service's selector matches no pod, in the words that events, conditions and explanations share. */
final class NearMiss {
    private NearMiss() {}

    /** The sentence: the selector, and what the pod that comes closest has instead. */
    static String sentence(Service service, List<Pod> namespacePods) {
        Map<String, String> selector = service.selector() == null ? Map.of() : service.selector();
        String start = "no pod in namespace " + service.meta().namespace() + " has the labels " + text(selector);
        if (namespacePods.isEmpty()) {
            return start + "; there are no pods in it";
        }
        Pod closest = namespacePods.stream()
                .max(Comparator.<Pod>comparingInt(pod -> matching(selector, pod))
                        .thenComparingInt(pod -> known(selector, pod))
                        .thenComparing(Pod::name, Comparator.reverseOrder()))
                .orElseThrow();
        if (known(selector, closest) == 0) {
            return start + "; its " + namespacePods.size() + " pods have none of these label names";
        }
        String instead = selector.entrySet().stream()
                .filter(label ->
                        !label.getValue().equals(closest.meta().labels().get(label.getKey())))
                .map(label -> has(label.getKey(), closest))
                .collect(Collectors.joining(" and "));
        return start + "; the closest, pod " + closest.meta().name() + ", has " + instead;
    }

    private static String has(String key, Pod pod) {
        String value = pod.meta().labels().get(key);
        return value == null ? "no " + key : key + "=" + value;
    }

    private static int matching(Map<String, String> selector, Pod pod) {
        return (int) selector.entrySet().stream()
                .filter(label -> label.getValue().equals(pod.meta().labels().get(label.getKey())))
                .count();
    }

    private static int known(Map<String, String> selector, Pod pod) {
        return (int) selector.keySet().stream()
                .filter(pod.meta().labels()::containsKey)
                .count();
    }

    private static String text(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    }
}
