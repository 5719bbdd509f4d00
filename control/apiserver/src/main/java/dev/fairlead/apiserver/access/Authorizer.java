// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request.User;
import java.util.List;

/** Decides what a user may do. */
public interface Authorizer {
    /** The group whose members may do everything. */
    String MASTERS = "system:masters";

    /** Whether {@code user} may do {@code act}, and why. */
    Decision decide(User user, Act act);

    /** Everything that {@code user} may do in {@code namespace}; empty: in all of the cluster. */
    List<Rule> rules(User user, String namespace);

    /** Whether {@code user} may do {@code act}. */
    default boolean allows(User user, Act act) {
        return decide(user, act).allowed();
    }

    /**
     * Lets pass what {@code user} may do.
     *
     * @throws Refusal 403 for the rest
     */
    default void require(User user, Act.OnObject act, Resource resource) {
        Decision decision = decide(user, act);
        if (!decision.allowed()) {
            throw Refusal.forbidden(resource, act.name(), act.refused(user, decision));
        }
    }

    /** Whether {@code user} may do everything, whatever the rules say. */
    static boolean master(User user) {
        return user.groups().contains(MASTERS);
    }
}
