// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import dev.fairlead.dataplane.layout.Slot;

/** What an entry says. */
public sealed interface Value {
    /** A frontend's clients are of this node itself. */
    int NODE = 1;

    /** They are pods. */
    int PODS = 2;

    /**
     * Where a door leads to.
     *
     * @param pool a route's number times two, plus one for its Local policy
     * @param size how many places the pool has; 0: connections are refused
     * @param affinitySeconds how long a client stays with its endpoint, 0 for not at all
     * @param whom {@link #NODE}, {@link #PODS} or both; others go by the data plane below
     */
    record Leads(int pool, int size, int affinitySeconds, int whom) implements Value {}

    /** An endpoint. */
    record To(Slot endpoint) implements Value {}

    /** That there is such an entry is all. */
    record There() implements Value {}
}
