// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import java.util.List;

/** One observed change of what routes are decided from. */
public sealed interface Change {
    /** A Service is new or changed. */
    record ServicePut(Service service) implements Change {}

    /** A Service is gone. */
    record ServiceRemoved(ObjectName name) implements Change {}

    /** A slice is new or changed. */
    record SlicePut(EndpointSlice slice) implements Change {}

    /** A slice is gone. */
    record SliceRemoved(ObjectName name) implements Change {}

    /** This node changed; free unless its name, zone or addresses did. */
    record NodePut(Node node) implements Change {}

    /** The addresses of this node's interfaces, all of them; they matter where node ports are accepted on others than the first. */
    record AddressesPut(List<IpAddress> addresses) implements Change {}
}
