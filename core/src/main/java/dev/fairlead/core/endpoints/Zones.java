// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Node;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The zones of a cluster and what can be computed in each, for sharing endpoints out among them.
 *
 * @param cpuMillis thousandths of a processor, by zone; empty when {@code why} says something
 * @param why why nothing can be shared out; empty when it can
 */
public record Zones(Map<String, Long> cpuMillis, String why) {
    /** Before any node was looked at. */
    public static final Zones UNKNOWN = new Zones(Map.of(), "no node is known");

    private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
    private static final String MASTER = "node-role.kubernetes.io/master";

    /** The zones of the nodes that are ready and not there for the control plane. */
    public static Zones of(Collection<Node> nodes) {
        SortedMap<String, Long> millis = new TreeMap<>();
        for (Node node : nodes) {
            if (!counts(node)) {
                continue;
            }
            if (node.zone().isEmpty()) {
                return new Zones(Map.of(), "node " + node.name() + " has no label " + Node.ZONE);
            }
            if (node.cpuMillis() == 0) {
                return new Zones(Map.of(), "node " + node.name() + " does not say its allocatable cpu");
            }
            millis.merge(node.zone(), node.cpuMillis(), Long::sum);
        }
        if (millis.size() < 2) {
            return new Zones(
                    Map.of(),
                    millis.isEmpty()
                            ? "no node is ready"
                            : "all nodes that are ready are in zone " + millis.firstKey());
        }
        return new Zones(java.util.Collections.unmodifiableSortedMap(millis), "");
    }

    /** Whether a node takes part. */
    public static boolean counts(Node node) {
        return node.ready()
                && !node.meta().labels().containsKey(CONTROL_PLANE)
                && !node.meta().labels().containsKey(MASTER);
    }
}
