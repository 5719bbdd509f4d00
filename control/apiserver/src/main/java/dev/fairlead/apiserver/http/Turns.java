// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.wire.exchange.Request.User;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * How many requests are being answered at one time, in all and of each user. One too many is turned away at once, before it
 * costs anything, so that one user's storm leaves room for others. Streams count until they have begun. Members of {@code
 * system:masters} are always answered: who has to mend an overloaded cluster must get in.
 */
final class Turns {
    private final int most;
    private final int mostOfUser;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<String, AtomicInteger> users = new ConcurrentHashMap<>();

    /** Down to a proxied Service, pod or node, and anything behind it. */
    private static final Pattern PROXIED =
            Pattern.compile("/+api/+v1/+(namespaces/+[^/]+/+(services|pods)|nodes)/+[^/]+/+proxy(/.*)?");

    private static final Pattern HEALTH = Pattern.compile("/(healthz|livez|readyz)(/.*)?");

    Turns(Limits limits) {
        this.most = limits.requests();
        this.mostOfUser = limits.userRequests();
    }

    /**
     * Whether requests to {@code path} take turns. Who asks for the server's health must hear that it is busy, not be turned
     * away as by one that is dead; and a proxied call lasts as long as its pod likes, at little cost here.
     */
    static boolean counts(String path) {
        return !HEALTH.matcher(path).matches() && !proxied(path);
    }

    /** Whether {@code path} leads on through a proxy. */
    static boolean proxied(String path) {
        return PROXIED.matcher(path).matches();
    }

    /** Whether one more request of {@code user} may be answered now; then {@link #end} has to follow. */
    boolean begin(User user) {
        if (Authorizer.master(user)) {
            return true;
        }
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return false;
        }
        boolean[] taken = {false};
        users.compute(user.name(), (_, count) -> {
            AtomicInteger now = count == null ? new AtomicInteger() : count;
            if (now.get() < mostOfUser) {
                now.incrementAndGet();
                taken[0] = true;
            }
            return now;
        });
        if (!taken[0]) {
            all.decrementAndGet();
        }
        return taken[0];
    }

    /** A request that has begun is answered. */
    void end(User user) {
        if (!Authorizer.master(user)) {
            all.decrementAndGet();
            users.computeIfPresent(user.name(), (_, count) -> count.decrementAndGet() == 0 ? null : count);
        }
    }
}
