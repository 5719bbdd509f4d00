// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.environment.ServiceLinks;
import java.util.List;

/** Knows the Services whose addresses a new process finds in its environment. */
public interface ServiceSource {
    /** Knows none. */
    ServiceSource NONE = (namespace, links) -> List.of();

    /**
     * The Services with an address, as clients on this node reach them.
     *
     * @param namespace the pod's
     * @param links whether those of the namespace are wanted; {@code kubernetes} of {@code default} always is
     */
    List<ServiceLinks.Link> services(String namespace, boolean links);
}
