// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * One API at several addresses. All requests go to one of them; when that cannot be reached the request fails, as it may
 * have been carried out, and the next request goes to the next address. Close it to drop all connections.
 */
public final class SeveralServers implements Api, AutoCloseable {
    private final Connection connection;
    private final Map<URI, HttpsApi> doors = new HashMap<>();
    private List<URI> servers;
    private URI current;

    /**
     * Connects with the first request.
     *
     * @param connection to the first server; the others are talked to in the same way
     * @param others where the API may be too
     */
    public SeveralServers(Connection connection, List<URI> others) {
        this.connection = connection;
        this.current = connection.server();
        this.servers = List.of(current);
        learn(others);
    }

    /** From now on these are the others; the server that is used now stays so while it answers. */
    public synchronized void learn(List<URI> others) {
        LinkedHashSet<URI> all = new LinkedHashSet<>(List.of(connection.server()));
        all.addAll(others);
        servers = List.copyOf(all);
    }

    /** Where the next request goes. */
    public synchronized URI current() {
        return current;
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        URI server = current();
        try {
            return door(server).call(request);
        } catch (IOException unreachable) {
            leave(server);
            throw unreachable;
        }
    }

    private synchronized HttpsApi door(URI server) throws IOException {
        HttpsApi door = doors.get(server);
        if (door == null) {
            door = new HttpsApi(connection.at(server));
            doors.put(server, door);
        }
        return door;
    }

    private synchronized void leave(URI server) {
        if (server.equals(current)) {
            current = servers.get((servers.indexOf(server) + 1) % servers.size());
        }
    }

    @Override
    public void close() {
        List<HttpsApi> open;
        synchronized (this) {
            open = new ArrayList<>(doors.values());
            doors.clear();
        }
        open.forEach(HttpsApi::close);
    }
}
