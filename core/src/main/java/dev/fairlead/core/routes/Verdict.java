// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import java.util.List;

/** What happens to the first packet of a connection. */
public sealed interface Verdict {
    /** Why, in the order it was decided. */
    List<Because> because();

    /**
     * It goes to one of the backends, each as likely as the others unless affinity holds the client to one.
     *
     * @param affinitySeconds 0 means none
     * @param masqueraded whether the backend sees the node's address; a backend that is the client itself always does
     */
    record Forward(
            Route.Key route, List<Backend> backends, int affinitySeconds, boolean masqueraded, List<Because> because)
            implements Verdict {}

    /** It is refused: TCP reset, ICMP port unreachable. */
    record Reject(List<Because> because) implements Verdict {}

    /** It is discarded silently. */
    record Drop(List<Because> because) implements Verdict {}

    /** It is not for a Service; ordinary routing decides. */
    record NotAService(List<Because> because) implements Verdict {}
}
