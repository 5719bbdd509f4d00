// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes as users: {@code system:node:NAME} in the group {@code system:nodes}. */
public final class NodeUser {
    /** The group of all nodes. */
    public static final String GROUP = "system:nodes";

    private static final String PREFIX = "system:node:";

    private NodeUser() {}

    /** The user that stands for the node {@code name}. */
    public static User of(String name) {
        return new User(PREFIX + name, Set.of(GROUP, Identities.EVERYBODY));
    }

    /** Which node {@code user} stands for; null for everybody else, and empty for a node that does not say which it is. */
    public static @Nullable String name(User user) {
        if (!user.groups().contains(GROUP) || Authorizer.master(user)) {
            return null;
        }
        return user.name().startsWith(PREFIX) ? user.name().substring(PREFIX.length()) : "";
    }
}
