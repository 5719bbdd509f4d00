// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The user that it is. */
    public User known(String uid, Map<String, List<String>> extra) {
        Set<String> all = new LinkedHashSet<>(groups());
        all.add(Identities.EVERYBODY);
        return new User(user(), Collections.unmodifiableSet(all), uid, extra);
    }
}
