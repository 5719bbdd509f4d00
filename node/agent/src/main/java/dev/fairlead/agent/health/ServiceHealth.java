// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.HealthCheck;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers on the health-check port of every Service with external policy Local: 200 while this node has a ready endpoint
 * of it and the data plane keeps up, else 503; any path. On the addresses that accept node ports. One thread changes it.
 */
public final class ServiceHealth implements AutoCloseable {
    /** Makes listening sockets where the node's are. */
    @FunctionalInterface
    public interface Listening {
        /** A bound socket in blocking mode. */
        ServerSocketChannel at(InetSocketAddress address) throws IOException;
    }

    /** A port that could not be opened. */
    public record Failure(ObjectName service, InetSocketAddress at, String reason) {}

    private record Place(IpAddress address, int port) {}

    private final Listening listening;
    private final Freshness freshness;
    private final Time time;
    private final Map<Integer, HealthCheck> checks = new ConcurrentHashMap<>();
    private final Map<Place, PlainHttp> servers = new HashMap<>();
    private @Nullable RouteTable last;

    /** Answers nothing yet. */
    public ServiceHealth(Listening listening, Freshness freshness, Time time) {
        this.listening = listening;
        this.freshness = freshness;
        this.time = time;
    }

    /**
     * Answers as {@code table} says from now on.
     *
     * @return what could not be opened, if anything changed; tried again at the next change
     */
    public synchronized List<Failure> follow(RouteTable table) {
        RouteTable before = last;
        last = table;
        if (before != null
                && before.sameHealthChecks(table)
                && before.nodePortAddresses().equals(table.nodePortAddresses())) {
            return List.of();
        }
        Map<Integer, HealthCheck> wanted = new TreeMap<>();
        table.healthChecks().forEach(check -> wanted.putIfAbsent(check.port(), check));
        checks.keySet().retainAll(wanted.keySet());
        checks.putAll(wanted);
        servers.entrySet().removeIf(server -> {
            boolean gone = !wanted.containsKey(server.getKey().port)
                    || !table.nodePortAddresses().contains(server.getKey().address);
            if (gone) {
                server.getValue().close();
            }
            return gone;
        });
        List<Failure> failures = new ArrayList<>();
        for (HealthCheck check : wanted.values()) {
            for (IpAddress address : table.nodePortAddresses()) {
                open(check, new Place(address, check.port()), failures);
            }
        }
        return failures;
    }

    private void open(HealthCheck check, Place place, List<Failure> failures) {
        if (servers.containsKey(place)) {
            return;
        }
        InetSocketAddress at = Inet.socketAddress(place.address, place.port);
        try {
            servers.put(place, PlainHttp.serve(listening.at(at), any -> answer(place.port), time));
        } catch (IOException refused) {
            failures.add(new Failure(check.service(), at, String.valueOf(refused.getMessage())));
        }
    }

    private Answer answer(int port) {
        HealthCheck check = checks.get(port);
        if (check == null) {
            return Answer.notFound(); // it is being closed
        }
        return of(check, freshness.state().healthy());
    }

    /** The answer for a Service. */
    static Answer of(HealthCheck check, boolean healthy) {
        String body = """
            {
            \t"service": {
            \t\t"namespace": "%s",
            \t\t"name": "%s"
            \t},
            \t"localEndpoints": %d,
            \t"serviceProxyHealthy": %b
            }\
            """.formatted(check.service().namespace(), check.service().name(), check.localReady(), healthy);
        Answer answer = Answer.of(healthy && check.localReady() > 0 ? 200 : 503, "application/json", body);
        answer.headers().put("X-Load-Balancing-Endpoint-Weight", Integer.toString(check.localReady()));
        return answer;
    }

    @Override
    public synchronized void close() {
        servers.values().forEach(PlainHttp::close);
        servers.clear();
    }
}
