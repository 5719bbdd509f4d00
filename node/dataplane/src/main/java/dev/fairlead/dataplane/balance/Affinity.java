// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import dev.fairlead.wire.time.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which backend each client of one Service port had last, for as long as its timeout since its last new connection. Shared
 * by all frontends of the port: a client may come by the ClusterIP and by a node port.
 */
public final class Affinity {
    /** Clients remembered for one port; more are balanced like any others. */
    private static final int CAPACITY = 100_000;

    private record Last(InetSocketAddress backend, long since) {}

    private final Time time;
    private final ConcurrentHashMap<InetAddress, Last> clients = new ConcurrentHashMap<>();
    private volatile long timeout;

    /** Remembers nothing yet. */
    public Affinity(Duration timeout, Time time) {
        this.time = time;
        this.timeout = timeout.toNanos();
    }

    /** Changes the timeout, for clients already known too. */
    public void timeout(Duration changed) {
        timeout = changed.toNanos();
    }

    @Nullable
    InetSocketAddress last(InetAddress client) {
        Last last = clients.get(client);
        if (last == null) {
            return null;
        }
        if (time.nanos() - last.since > timeout) {
            clients.remove(client, last);
            return null;
        }
        return last.backend;
    }

    void remember(InetAddress client, InetSocketAddress backend) {
        if (clients.size() >= CAPACITY) {
            long now = time.nanos();
            clients.values().removeIf(last -> now - last.since > timeout);
        }
        if (clients.size() < CAPACITY || clients.containsKey(client)) {
            clients.put(client, new Last(backend, time.nanos()));
        }
    }
}
