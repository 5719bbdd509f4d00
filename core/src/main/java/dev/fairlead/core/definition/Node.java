// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;

/**
 * A node as routing and scheduling see it.
 *
 * @param internalIps the addresses of type InternalIP, primary first
 * @param ready whether the Ready condition is True
 * @param unschedulable whether new pods are kept away
 */
public record Node(
        ObjectMeta meta, List<IpAddress> internalIps, List<Cidr> podCidrs, boolean ready, boolean unschedulable) {
    /** The label that names a node's zone. */
    public static final String ZONE = "topology.kubernetes.io/zone";

    /** Reads a node. */
    public static Node from(Tree object) {
        Tree status = object.tree("status");
        return new Node(
                ObjectMeta.from(object),
                status.trees("addresses").stream()
                        .filter(address -> address.text("type", "").equals("InternalIP"))
                        .flatMap(address -> IpAddress.parse(address.text("address", "")).stream())
                        .toList(),
                object.tree("spec").texts("podCIDRs").stream()
                        .flatMap(text -> Cidr.parse(text).stream())
                        .toList(),
                status.trees("conditions").stream()
                        .anyMatch(condition -> condition.text("type", "").equals("Ready")
                                && condition.text("status", "").equals("True")),
                object.tree("spec").truth("unschedulable", false));
    }

    /** The node's name. */
    public String name() {
        return meta.name();
    }

    /** The node's zone; empty when it has none. */
    public String zone() {
        return meta.labels().getOrDefault(ZONE, "");
    }
}
