// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.ServiceShape;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Set;

/**
 * What a stored Service holds.
 *
 * @param clusterIps the addresses as they are written; none for ExternalName and headless Services
 * @param ports its node ports, the health check's included
 */
public record Holdings(ObjectName service, String uid, List<String> clusterIps, Set<Integer> ports) {
    /** Reads a stored Service. */
    public static Holdings from(Tree service) {
        ObjectMeta meta = ObjectMeta.from(service);
        ServiceShape shape = new ServiceShape(service);
        return new Holdings(
                meta.objectName(),
                meta.uid(),
                shape.hasClusterIps() ? shape.clusterIps() : List.of(),
                Set.copyOf(shape.reservedPorts()));
    }

    /** Whether it has this ClusterIP, in whatever form it is written. */
    public boolean has(IpAddress address) {
        return clusterIps.stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .anyMatch(address::equals);
    }
}
