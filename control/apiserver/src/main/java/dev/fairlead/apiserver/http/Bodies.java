// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.wire.exchange.Request.User;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes wait in memory for the rest of their bodies, on each connection and in all. Clients that nobody knows get a
 * part of all, so that they cannot keep others from writing; members of {@code system:masters} are held to their connections'
 * share alone.
 */
final class Bodies {
    /** Strangers get one part in so many. */
    private static final int STRANGERS = 4;

    private final long most;
    private final long mostOfConnection;
    private final AtomicLong all = new AtomicLong();
    private final AtomicLong strangers = new AtomicLong();
    private final Map<Object, Long> connections = new ConcurrentHashMap<>();

    Bodies(Limits limits) {
        this.most = limits.bodies();
        this.mostOfConnection = limits.connectionBodies();
    }

    /**
     * Whether so many bytes more may wait; then {@link #give} has to follow.
     *
     * @param user null for one that nobody knows
     */
    boolean take(Object connection, @Nullable User user, long bytes) {
        long here = connections.merge(connection, bytes, Long::sum);
        long everywhere = all.addAndGet(bytes);
        boolean fits = here <= mostOfConnection;
        if (user == null) {
            fits &= strangers.addAndGet(bytes) <= most / STRANGERS;
        }
        fits &= everywhere <= most || user != null && Authorizer.master(user);
        if (!fits) {
            give(connection, user, bytes);
        }
        return fits;
    }

    /** So many bytes wait no longer. */
    void give(Object connection, @Nullable User user, long bytes) {
        connections.computeIfPresent(connection, (_, count) -> count == bytes ? null : count - bytes);
        all.addAndGet(-bytes);
        if (user == null) {
            strangers.addAndGet(-bytes);
        }
    }
}
