// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.math.BigDecimal;
import java.util.List;

/**
 * A node as routing and scheduling see it.
 *
 * @param internalIps the addresses of type InternalIP, primary first
 * @param ready whether the Ready condition is True
 * @param unschedulable whether new pods are kept away
 * @param cpuMillis thousandths of a processor that pods may use (status.allocatable.cpu); 0 when unknown
 * @param goes whether an autoscaler is about to take it away
 */
public record Node(
        ObjectMeta meta,
        List<IpAddress> internalIps,
        List<Cidr> podCidrs,
        boolean ready,
        boolean unschedulable,
        long cpuMillis,
        boolean goes) {
    /** The label that names a node's zone. */
    public static final String ZONE = "topology.kubernetes.io/zone";

    private static final String GOES = "ToBeDeletedByClusterAutoscaler";

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
                object.tree("spec").truth("unschedulable", false),
                millis(status.tree("allocatable").text("cpu", "")),
                object.tree("spec").trees("taints").stream()
                        .anyMatch(taint -> taint.text("key", "").equals(GOES)));
    }

    /** A quantity of processors, {@code 4}, {@code 1.5} or {@code 3920m}, in thousandths; 0 when it is none of these. */
    private static long millis(String quantity) {
        boolean thousandths = quantity.endsWith("m");
        String number = thousandths ? quantity.substring(0, quantity.length() - 1) : quantity;
        try {
            BigDecimal millis = new BigDecimal(number).movePointRight(thousandths ? 0 : 3);
            return millis.signum() < 0 || millis.precision() - millis.scale() > 15 ? 0 : millis.longValue();
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }

    /** Whether new traffic may be sent to it from outside: not when it is about to go. */
    public boolean eligible() {
        return !meta.deleting() && !goes;
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
