// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What passed through a Service since it was made.
 *
 * @param connections to each pod, by its name (its address once it is gone)
 * @param served requests that handlers answered, or connections that servers of the test took, by the pod's name
 * @param failed attempts to connect that a pod did not take, each followed by another pod's turn; by name
 */
public record Traffic(
        String service, Map<String, Long> connections, Map<String, Long> served, Map<String, Long> failed) {
    public Traffic {
        connections = Map.copyOf(connections);
        served = Map.copyOf(served);
        failed = Map.copyOf(failed);
    }

    /** All connections. */
    public long total() {
        return connections.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Connections and requests that one pod got. */
    public long servedBy(String pod) {
        return served.getOrDefault(pod, 0L);
    }

    /** {@code svc/backend: backend-0 12 connections, 12 served; backend-1 …}. */
    @Override
    public String toString() {
        TreeMap<String, Long> pods = new TreeMap<>(connections);
        served.keySet().forEach(pod -> pods.putIfAbsent(pod, 0L));
        return "svc/" + service + ": "
                + (pods.isEmpty()
                        ? "nothing yet"
                        : pods.entrySet().stream()
                                .map(pod -> pod.getKey() + " " + pod.getValue() + " connections, "
                                        + servedBy(pod.getKey()) + " served"
                                        + (failed.getOrDefault(pod.getKey(), 0L) > 0
                                                ? ", " + failed.get(pod.getKey()) + " refused"
                                                : ""))
                                .collect(Collectors.joining("; ")));
    }
}
