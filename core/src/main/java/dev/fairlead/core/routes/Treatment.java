// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.TrafficPolicy;
import java.util.List;

/**
 * What becomes of a new connection at an entrance, for clients of one {@link Origin}. All that a data plane needs to know:
 * it chooses among the backends, and decides nothing else.
 *
 * @param policy the policy that holds for these clients
 * @param backends who may serve, each as likely as the others unless affinity holds the client to one; sorted
 * @param whenEmpty what happens while {@code backends} is empty
 * @param masqueraded whether the backend shall see an address of this node instead of the client's; a backend that is its
 *     own client always does
 */
public record Treatment(TrafficPolicy policy, List<Backend> backends, Route.WhenEmpty whenEmpty, boolean masqueraded) {
    /** Whether connections are refused, so that the client knows at once. */
    public boolean rejects() {
        return backends.isEmpty() && whenEmpty == Route.WhenEmpty.REJECT;
    }

    /** Whether connections are discarded silently. */
    public boolean drops() {
        return backends.isEmpty() && whenEmpty == Route.WhenEmpty.DROP;
    }
}
