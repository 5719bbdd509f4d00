// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.balance.Affinity;
import dev.fairlead.dataplane.balance.Balancer;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries traffic by a relay in this process. A frontend with backends is a listening socket; one without is closed, so
 * that the kernel refuses its clients. What policy would drop is refused too: a closed port answers.
 */
public final class UserspacePlane implements DataPlane {
    /** How the plane meets its surroundings. */
    public interface Surroundings {
        /** Whether a client is a pod of this node, or the node. */
        Predicate<InetAddress> here();

        /** Whether backends shall see the client's own address. */
        boolean keepSource();

        /** Whether another port may be bound where the right one cannot be had. */
        boolean otherPorts();

        /** Addresses on which node ports are open besides the node's own; bound by the door loop. */
        List<IpAddress> doors();
    }

    /** A frontend of the table, and the sockets open for it. */
    private static final class Served {
        private final Balancer balancer;
        private final List<dev.fairlead.dataplane.relay.Frontend> open = new ArrayList<>();
        private final List<dev.fairlead.dataplane.relay.Frontend> doors = new ArrayList<>();
        private boolean listening;

        Served(Balancer balancer) {
            this.balancer = balancer;
        }
    }

    private record TrafficKey(Route.Key route, IpAddress address, int port) {}

    private final Loop loop;
    private final @Nullable Loop door;
    private final Surroundings surroundings;
    private final Choice choice;
    private final RandomGenerator random;
    private final Time time;
    private final Map<Frontend, Served> served = new HashMap<>();
    private final Map<Route.Key, Affinity> affinities = new HashMap<>();
    private final Map<TrafficKey, Traffic> traffic = new HashMap<>();
    private final Map<Frontend, Problem> problems = new TreeMap<>();
    private final Map<Frontend, Binding> bindings = new TreeMap<>();
    private @Nullable RouteTable last;

    /**
     * A plane over running loops, which it closes.
     *
     * @param door the loop that listens on the host where that is outside, or null
     * @param random safe for several threads
     */
    public UserspacePlane(
            Loop loop,
            @Nullable Loop door,
            Surroundings surroundings,
            Choice choice,
            RandomGenerator random,
            Time time) {
        this.loop = loop;
        this.door = door;
        this.surroundings = surroundings;
        this.choice = choice;
        this.random = random;
        this.time = time;
    }

    @Override
    public synchronized List<Problem> apply(RouteTable table) throws InterruptedException {
        Batch batch = new Batch();
        for (Entrance entrance : added(table)) {
            batch.put(entrance, table);
        }
        RouteTable before = last;
        if (before != null) {
            Difference difference = Difference.between(before, table);
            difference.changed().forEach(changed -> batch.put(changed.after(), table));
            difference.removed().forEach(batch::remove);
        }
        last = table;
        batch.carryOut();
        return List.copyOf(problems.values());
    }

    private List<Entrance> added(RouteTable table) {
        return last == null
                ? table.entrances()
                : Difference.between(last, table).added();
    }

    @Override
    public synchronized List<Binding> bindings() {
        return List.copyOf(bindings.values());
    }

    /** What passed through a route's backend, counted since it was first seen; empty if it never was. */
    public synchronized Optional<Traffic> traffic(Route.Key route, IpAddress address, int port) {
        return Optional.ofNullable(traffic.get(new TrafficKey(route, address, port)));
    }

    @Override
    public void close() {
        loop.close();
        if (door != null) {
            door.close();
        }
    }

    /** The changes of one application, gathered for the loops. */
    private final class Batch {
        private final Map<dev.fairlead.dataplane.relay.Frontend, Upstream> open = new LinkedHashMap<>();
        private final Map<dev.fairlead.dataplane.relay.Frontend, Upstream> openDoors = new LinkedHashMap<>();
        private final List<dev.fairlead.dataplane.relay.Frontend> close = new ArrayList<>();
        private final List<dev.fairlead.dataplane.relay.Frontend> closeDoors = new ArrayList<>();
        private final List<dev.fairlead.dataplane.relay.Frontend> refresh = new ArrayList<>();
        private final Map<dev.fairlead.dataplane.relay.Frontend, Entrance> opening = new HashMap<>();

        void put(Entrance entrance, RouteTable table) {
            Frontend frontend = entrance.frontend();
            if (frontend.protocol() == Protocol.SCTP) {
                problems.put(frontend, problem(entrance, "the relay carries TCP and UDP, not SCTP"));
                return;
            }
            Served at = served.computeIfAbsent(frontend, any -> new Served(new Balancer(choice, random)));
            Balancer.Backends backends = backends(entrance);
            at.balancer.replace(backends);
            if (backends.isEmpty()) {
                shut(frontend, at);
            } else if (at.listening) {
                if (frontend.protocol() == Protocol.UDP) {
                    refresh.addAll(at.open);
                }
            } else {
                listen(entrance, table, at);
            }
        }

        void remove(Entrance entrance) {
            Served at = served.remove(entrance.frontend());
            problems.remove(entrance.frontend());
            if (at != null) {
                shut(entrance.frontend(), at);
            }
        }

        private void shut(Frontend frontend, Served at) {
            close.addAll(at.open);
            closeDoors.addAll(at.doors);
            at.open.clear();
            at.doors.clear();
            at.listening = false;
            bindings.remove(frontend);
        }

        private void listen(Entrance entrance, RouteTable table, Served at) {
            Frontend frontend = entrance.frontend();
            at.listening = true;
            for (IpAddress address : addresses(frontend, table)) {
                dev.fairlead.dataplane.relay.Frontend socket = socket(address, frontend);
                at.open.add(socket);
                open.put(socket, at.balancer);
                opening.put(socket, entrance);
            }
            if (door != null && frontend.scope() instanceof Scope.NodePorts) {
                for (IpAddress address : surroundings.doors()) {
                    if (address.family() == frontend.scope().family()) {
                        dev.fairlead.dataplane.relay.Frontend socket = socket(address, frontend);
                        at.doors.add(socket);
                        openDoors.put(socket, at.balancer);
                        opening.put(socket, entrance);
                    }
                }
            }
        }

        private List<IpAddress> addresses(Frontend frontend, RouteTable table) {
            return switch (frontend.scope()) {
                case Scope.At(var address) -> List.of(address);
                case Scope.NodePorts(var family) ->
                    table.nodePortAddresses().stream()
                            .filter(address -> address.family() == family)
                            .toList();
            };
        }

        private dev.fairlead.dataplane.relay.Frontend socket(IpAddress address, Frontend frontend) {
            return new dev.fairlead.dataplane.relay.Frontend(
                    new InetSocketAddress(inet(address), frontend.port()), frontend.protocol() == Protocol.UDP);
        }

        void carryOut() throws InterruptedException {
            if (!open.isEmpty() || !close.isEmpty() || !refresh.isEmpty()) {
                refused(loop.change(new Loop.Changes(open, close, refresh)), loop);
            }
            if (door != null && (!openDoors.isEmpty() || !closeDoors.isEmpty())) {
                refused(door.change(new Loop.Changes(openDoors, closeDoors, List.of())), door);
            }
        }

        private void refused(Map<dev.fairlead.dataplane.relay.Frontend, IOException> failures, Loop where)
                throws InterruptedException {
            opening.forEach((socket, entrance) -> {
                if (!failures.containsKey(socket)) {
                    problems.remove(entrance.frontend());
                }
            });
            for (Map.Entry<dev.fairlead.dataplane.relay.Frontend, IOException> failure : failures.entrySet()) {
                Entrance entrance = opening.get(failure.getKey());
                if (entrance == null) {
                    continue;
                }
                Served at = served.get(entrance.frontend());
                if (at == null) {
                    continue;
                }
                at.open.remove(failure.getKey());
                at.doors.remove(failure.getKey());
                if (!surroundings.otherPorts() || !bindElsewhere(entrance, at, failure.getKey(), where)) {
                    problems.put(
                            entrance.frontend(),
                            problem(entrance, String.valueOf(failure.getValue().getMessage())));
                }
            }
        }

        /** The same address with another port: one derived from the right one first, so that it is stable. */
        private boolean bindElsewhere(
                Entrance entrance, Served at, dev.fairlead.dataplane.relay.Frontend wanted, Loop where)
                throws InterruptedException {
            int port = wanted.at().getPort();
            for (int candidate : new int[] {port + 8000, port + 20_000, port + 30_000}) {
                if (candidate > 65_535) {
                    continue;
                }
                dev.fairlead.dataplane.relay.Frontend other = new dev.fairlead.dataplane.relay.Frontend(
                        new InetSocketAddress(wanted.at().getAddress(), candidate), wanted.datagrams());
                boolean bound = where.change(new Loop.Changes(Map.of(other, at.balancer), List.of(), List.of()))
                        .isEmpty();
                if (bound) {
                    at.open.add(other);
                    bindings.put(
                            entrance.frontend(),
                            new Binding(entrance.route().service(), entrance.frontend(), other.at()));
                    return true;
                }
            }
            return false;
        }
    }

    private Balancer.Backends backends(Entrance entrance) {
        Route route = entrance.route();
        Affinity affinity = null;
        if (route.affinitySeconds() > 0) {
            Duration timeout = Duration.ofSeconds(route.affinitySeconds());
            affinity = affinities.computeIfAbsent(route.key(), any -> new Affinity(timeout, time));
            affinity.timeout(timeout);
        } else {
            affinities.remove(route.key());
        }
        return new Balancer.Backends(
                targets(route, entrance.backendsFromHere()),
                targets(route, entrance.backends()),
                surroundings.here(),
                client -> entrance.admits(IpAddress.of(client.getAddress())),
                affinity);
    }

    private List<Upstream.Target> targets(Route route, List<Backend> backends) {
        List<Upstream.Target> targets = new ArrayList<>(backends.size());
        for (Backend backend : backends) {
            Traffic counted = traffic.computeIfAbsent(
                    new TrafficKey(route.key(), backend.address(), backend.port()), any -> new Traffic());
            targets.add(new Upstream.Target(
                    new InetSocketAddress(inet(backend.address()), backend.port()),
                    surroundings.keepSource(),
                    counted));
        }
        return List.copyOf(targets);
    }

    private static Problem problem(Entrance entrance, String reason) {
        return new Problem(entrance.frontend(), entrance.route().service(), reason);
    }

    private static InetAddress inet(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 and 16 bytes are addresses", impossible);
        }
    }
}
