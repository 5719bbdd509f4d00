// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * What matters of this node: heartbeats and most labels do not.
 *
 * @param zone empty when it has none
 * @param internal its InternalIPs, primary first
 * @param interfaces what its interfaces were last seen to have
 */
record Here(String name, String zone, List<IpAddress> internal, List<IpAddress> interfaces) {
    static Here of(Node node) {
        return new Here(node.name(), node.zone(), List.copyOf(node.internalIps()), List.of());
    }

    /** After the Node object changed. */
    Here with(Node node) {
        return new Here(node.name(), node.zone(), List.copyOf(node.internalIps()), interfaces);
    }

    /** After the interfaces' addresses changed. */
    Here with(List<IpAddress> seen) {
        return new Here(name, zone, internal, List.copyOf(seen));
    }

    /** Its first InternalIP of each family. */
    List<IpAddress> primary() {
        List<IpAddress> primary = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            internal.stream()
                    .filter(address -> address.family() == family)
                    .findFirst()
                    .ifPresent(primary::add);
        }
        return List.copyOf(primary);
    }

    /** Every known address of it, sorted. */
    List<IpAddress> addresses() {
        List<IpAddress> all = new ArrayList<>(internal);
        all.addAll(interfaces);
        return all.stream().distinct().sorted().toList();
    }
}
