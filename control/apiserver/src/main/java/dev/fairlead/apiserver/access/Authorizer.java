// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;

/** Decides what a user may do. */
public interface Authorizer {
    /** The group whose members may do everything. */
    String MASTERS = "system:masters";

    /**
     * Something somebody wants to do.
     *
     * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch}, {@code delete},
     *     {@code deletecollection}
     * @param group the API group of the kind
     * @param resource the plural, with {@code /subresource} if there is one
     * @param namespace empty for the whole cluster
     * @param name empty for all
     */
    record Act(String verb, String group, String resource, String namespace, String name) {}

    /** Whether {@code user} may do {@code act}. */
    boolean allows(User user, Act act);

    /** Members of {@link #MASTERS} may do everything, others nothing. */
    static Authorizer mastersOnly() {
        return (user, _) -> user.groups().contains(MASTERS);
    }
}
