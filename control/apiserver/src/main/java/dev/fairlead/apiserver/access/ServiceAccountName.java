// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.core.definition.ObjectName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service account, which is a user, too: {@code system:serviceaccount:NAMESPACE:NAME}. */
public record ServiceAccountName(String namespace, String name) {
    private static final String PREFIX = "system:serviceaccount:";

    /** The account that a user's name stands for; null when it stands for none. */
    static @Nullable ServiceAccountName of(String user) {
        if (!user.startsWith(PREFIX)) {
            return null;
        }
        int colon = user.indexOf(':', PREFIX.length());
        return colon < 0 || user.indexOf(':', colon + 1) >= 0 || colon == user.length() - 1
                ? null
                : new ServiceAccountName(user.substring(PREFIX.length(), colon), user.substring(colon + 1));
    }

    /** The name as a user's. */
    public String user() {
        return PREFIX + namespace + ":" + name;
    }

    /** The groups that it is in, besides that of everybody who is known. */
    List<String> groups() {
        return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
    }

    ObjectName object() {
        return new ObjectName(namespace, name);
    }
}
