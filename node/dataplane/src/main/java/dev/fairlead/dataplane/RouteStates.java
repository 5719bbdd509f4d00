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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the changes of a route, for all its frontends: which endpoint each client had last, and what passed to
 * each backend. Forgotten with the route, and a backend's counters once it is gone and its last connection is over.
 */
final class RouteStates {
    /** A backend of a route. */
    private record Place(Route.Key route, IpAddress address, int port) {}

    private static final class State {
        private final Map<Place, Traffic> traffic = new HashMap<>();
        private @Nullable Affinity affinity;
        private int frontends;
    }

    private final Time time;
    private final Map<Route.Key, State> states = new HashMap<>();
    private final Map<Place, Traffic> leaving = new HashMap<>();
    private final LongAdder failures = new LongAdder();

    RouteStates(Time time) {
        this.time = time;
    }

    /** One more frontend leads to the route. */
    void enter(Route.Key route) {
        states.computeIfAbsent(route, any -> new State()).frontends++;
    }

    /** One frontend less does. */
    void leave(Route.Key route) {
        State state = states.get(route);
        if (state != null && --state.frontends == 0) {
            states.remove(route);
            leaving.putAll(state.traffic);
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

    /** The counters of a backend. */
    Traffic traffic(Route.Key route, Backend backend) {
        Place place = new Place(route, backend.address(), backend.port());
        return state(route).traffic.computeIfAbsent(place, any -> {
            Traffic returned = leaving.remove(place);
            return returned == null ? new Traffic(failures) : returned;
        });
    }

    /** Backends that the route has no longer are on their way out. */
    void retain(Route route) {
        State state = state(route.key());
        Set<Place> known = new HashSet<>();
        route.endpoints().forEach(backend -> known.add(new Place(route.key(), backend.address(), backend.port())));
        Iterator<Map.Entry<Place, Traffic>> each = state.traffic.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Place, Traffic> entry = each.next();
            if (!known.contains(entry.getKey())) {
                leaving.put(entry.getKey(), entry.getValue());
                each.remove();
            }
        }
    }

    /** Forgets those that left and carry nothing any more. */
    void forget() {
        leaving.values().removeIf(traffic -> traffic.open() == 0);
    }

    /** What passed to a backend that is known or still carries connections. */
    Optional<Traffic> find(Route.Key route, IpAddress address, int port) {
        Place place = new Place(route, address, port);
        State state = states.get(route);
        Traffic counted = state == null ? null : state.traffic.get(place);
        return Optional.ofNullable(counted != null ? counted : leaving.get(place));
    }

    /** Connections by route and backend, without those that nobody tried. */
    List<DataPlane.Passed> passed() {
        List<DataPlane.Passed> passed = new ArrayList<>();
        for (State state : states.values()) {
            state.traffic.forEach((place, traffic) -> {
                long opened = traffic.opened();
                if (opened > 0 || traffic.failed() > 0) {
                    passed.add(new DataPlane.Passed(place.route, place.address, place.port, opened, traffic));
                }
            });
        }
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
            state.traffic.forEach((place, traffic) -> {
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
        return leaving.size()
                + states.values().stream()
                        .mapToInt(state -> state.traffic.size())
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
