// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Route;
import dev.fairlead.dataplane.balance.Affinity;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the changes of a route, for all its frontends: which endpoint each client had last, and what passed to
 * each backend that ever had a connection. Forgotten with the route, and a backend's counters once it is gone and its last
 * connection is over.
 */
final class RouteStates {
    /** A backend of a route. */
    private record Place(IpAddress address, int port) {
        static Place of(Backend backend) {
            return new Place(backend.address(), backend.port());
        }
    }

    /** The counters of a route's backends. Loops ask for them while the table changes. */
    static final class Counters {
        private final Map<Place, Traffic> traffic = new ConcurrentHashMap<>(4);
        private final LongAdder failures;

        private Counters(LongAdder failures) {
            this.failures = failures;
        }

        /** Those of a backend, new ones if it had none. */
        Traffic of(Backend backend) {
            return traffic.computeIfAbsent(Place.of(backend), any -> new Traffic(failures));
        }
    }

    private static final class State {
        private final Counters counters;
        private @Nullable Affinity affinity;
        private int frontends;

        State(LongAdder failures) {
            counters = new Counters(failures);
        }
    }

    private final Time time;
    private final Map<Route.Key, State> states = new HashMap<>();
    private final Map<Route.Key, Map<Place, Traffic>> leaving = new HashMap<>();
    private final LongAdder failures = new LongAdder();

    RouteStates(Time time) {
        this.time = time;
    }

    /** One more frontend leads to the route. */
    void enter(Route.Key route) {
        states.computeIfAbsent(route, any -> new State(failures)).frontends++;
    }

    /** One frontend less does. */
    void leave(Route.Key route) {
        State state = states.get(route);
        if (state != null && --state.frontends == 0) {
            states.remove(route);
            leave(route, state.counters.traffic);
        }
    }

    private void leave(Route.Key route, Map<Place, Traffic> gone) {
        if (!gone.isEmpty()) {
            leaving.computeIfAbsent(route, any -> new HashMap<>()).putAll(gone);
        }
    }

    /** Follows the route's own timeout; null when it has no affinity. */
    @Nullable
    Affinity affinity(Route route) {
        State state = state(route.key());
        if (route.affinitySeconds() == 0) {
            state.affinity = null;
            return null;
        }
        Duration timeout = Duration.ofSeconds(route.affinitySeconds());
        Affinity affinity = state.affinity;
        if (affinity == null) {
            affinity = new Affinity(timeout, time);
            state.affinity = affinity;
        }
        affinity.timeout(timeout);
        return affinity;
    }

    /** The counters of a route that frontends lead to. */
    Counters counters(Route.Key route) {
        return state(route).counters;
    }

    /** Backends that the route has no longer are on their way out; those it has again are back. */
    void retain(Route route) {
        Map<Place, Traffic> counted = state(route.key()).counters.traffic;
        Map<Place, Traffic> left = leaving.remove(route.key());
        if (left != null) {
            counted.putAll(left);
        }
        if (counted.isEmpty()) {
            return;
        }
        Set<Place> known = new HashSet<>();
        route.endpoints().forEach(backend -> known.add(Place.of(backend)));
        Map<Place, Traffic> gone = new HashMap<>(counted);
        gone.keySet().removeAll(known);
        counted.keySet().removeAll(gone.keySet());
        leave(route.key(), gone);
    }

    /** Forgets those that left and carry nothing any more. */
    void forget() {
        leaving.values().removeIf(gone -> {
            gone.values().removeIf(traffic -> traffic.open() == 0);
            return gone.isEmpty();
        });
    }

    /** What passed to a backend that ever had a connection and is known, or still carries one. */
    Optional<Traffic> find(Route.Key route, IpAddress address, int port) {
        Place place = new Place(address, port);
        State state = states.get(route);
        Traffic counted = state == null ? null : state.counters.traffic.get(place);
        return Optional.ofNullable(
                counted != null
                        ? counted
                        : leaving.getOrDefault(route, Map.of()).get(place));
    }

    /** Connections by route and backend, without those that nobody tried. */
    List<DataPlane.Passed> passed() {
        List<DataPlane.Passed> passed = new ArrayList<>();
        states.forEach((route, state) -> state.counters.traffic.forEach((place, traffic) -> {
            long opened = traffic.opened();
            if (opened > 0 || traffic.failed() > 0) {
                passed.add(new DataPlane.Passed(route, place.address, place.port, opened, traffic));
            }
        }));
        passed.sort(DataPlane.Passed.ORDER);
        return passed;
    }

    /** How many attempts have failed, at all backends. */
    long failures() {
        return failures.sum();
    }

    /** At most that many backends that did not take the latest connection, each address and port once. */
    List<DataPlane.Seen> failing(int most) {
        Map<String, DataPlane.Seen> failing = new TreeMap<>();
        for (State state : states.values()) {
            state.counters.traffic.forEach((place, traffic) -> {
                if (traffic.failing() && failing.size() < most) {
                    failing.putIfAbsent(
                            place.address + " " + place.port, new DataPlane.Seen(place.address, place.port, traffic));
                }
            });
        }
        return List.copyOf(failing.values());
    }

    /** How many backends have counters. */
    int size() {
        return leaving.values().stream().mapToInt(Map::size).sum()
                + states.values().stream()
                        .mapToInt(state -> state.counters.traffic.size())
                        .sum();
    }

    private State state(Route.Key route) {
        State state = states.get(route);
        if (state == null) {
            throw new IllegalStateException("no frontend leads to " + route);
        }
        return state;
    }
}
