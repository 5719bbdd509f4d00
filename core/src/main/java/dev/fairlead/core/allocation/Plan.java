// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@link ServiceAllocation} decided about one write. */
public sealed interface Plan {
    /**
     * The write can go on.
     *
     * @param service the Service with all allocated values filled in, to be validated and stored; the caller's to change
     * @param reserve ClusterIPs to reserve for it, in order
     * @param release ClusterIPs it gives back
     * @param reservePorts node ports to reserve for it
     * @param releasePorts node ports it gives back
     */
    record Accepted(
            Map<String, Object> service,
            List<IpAddress> reserve,
            List<IpAddress> release,
            Set<Integer> reservePorts,
            Set<Integer> releasePorts)
            implements Plan {}

    /** The author asked for something that cannot be (HTTP 422). */
    record Refused(List<Invalid> errors) implements Plan {}

    /**
     * Nothing is left to give (HTTP 500, reason InternalError).
     *
     * @param message what ran out
     */
    record Exhausted(String message) implements Plan {}
}
