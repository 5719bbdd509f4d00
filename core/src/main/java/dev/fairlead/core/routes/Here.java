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
 * @param primary its first InternalIP of each family
 */
record Here(String name, String zone, List<IpAddress> primary) {
    static Here of(Node node) {
        List<IpAddress> primary = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            node.internalIps().stream()
                    .filter(address -> address.family() == family)
                    .findFirst()
                    .ifPresent(primary::add);
        }
        return new Here(node.name(), node.zone(), List.copyOf(primary));
    }
}
