// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import java.util.List;

/** What becomes of a packet, with the reasons in the order they counted. */
public sealed interface Verdict {
    /** Why, in words for people. */
    List<String> because();

    /**
     * It goes to one of these.
     *
     * @param sourceKept whether the backend sees the client's own address
     * @param affinitySeconds how long the client stays with the backend it got; 0 for not at all
     */
    record Forward(
            RouteKey route, List<Backend> backends, boolean sourceKept, int affinitySeconds, List<String> because)
            implements Verdict {}

    /** The sender is told that nobody is there. */
    record Reject(List<String> because) implements Verdict {}

    /** Nobody is told anything. */
    record Drop(List<String> because) implements Verdict {}

    /** Its destination is no Service's: the packet goes its way. */
    record NotAService(List<String> because) implements Verdict {}
}
