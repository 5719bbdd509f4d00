// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.balance.Balancer;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.dataplane.socket.Admission;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries traffic by a relay in this process, as {@link RouteTable#trace} says:
 *
 * <ul>
 *   <li>forward: a listening socket, whose connections are passed on to a backend;
 *   <li>reject: no socket, so that the kernel refuses (TCP reset, ICMP port unreachable);
 *   <li>drop: a socket that hears nobody, or not those who are not to be heard: they get no answer at all.
 * </ul>
 */
public final class UserspacePlane implements DataPlane {
    private static final int[] OTHER_PORTS = {8000, 20_000, 30_000}; // added to the right one

    private final Loop loop;
    private final @Nullable Loop door;
    private final Surroundings surroundings;
    private final Choice choice;
    private final RandomGenerator random;
    private final RouteStates states;
    private final Map<Frontend, Serving> served = new HashMap<>();
    private final Map<IpAddress, Integer> claims = new HashMap<>();
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
        this.states = new RouteStates(time);
    }

    @Override
    public synchronized List<Problem> apply(RouteTable table) throws InterruptedException {
        RouteTable before = last;
        Origins origins = Origins.of(table);
        Application application = new Application(origins);
        if (before == null || !Origins.of(before).equals(origins)) {
            if (before != null) {
                Difference.between(before, table).removed().forEach(application::remove);
            }
            table.entrances().forEach(application::put);
        } else {
            Difference difference = Difference.between(before, table);
            difference.removed().forEach(application::remove);
            difference.added().forEach(application::put);
            difference.changed().forEach(changed -> application.put(changed.after()));
        }
        last = table;
        application.carryOut();
        states.forget();
        return List.copyOf(problems.values());
    }

    @Override
    public String mode() {
        return "userspace";
    }

    @Override
    public synchronized List<Binding> bindings() {
        return List.copyOf(bindings.values());
    }

    /** What passed through a route's backend, counted since its first connection; empty if it had none, or is gone. */
    public synchronized Optional<Traffic> traffic(Route.Key route, IpAddress address, int port) {
        return states.find(route, address, port);
    }

    /** How many backends are counted: those that had a connection, but for those gone that carry none any more. */
    public synchronized int counted() {
        return states.size();
    }

    @Override
    public synchronized List<Seen> seen(ObjectName service) {
        if (last == null) {
            return List.of();
        }
        Traffic none = new Traffic();
        Set<Seen> seen = new LinkedHashSet<>(); // all entrances of a port share its endpoints
        for (Entrance entrance : last.entrances(service)) {
            for (Backend backend : entrance.route().endpoints()) {
                Traffic traffic = states.find(entrance.route().key(), backend.address(), backend.port())
                        .orElse(none);
                seen.add(new Seen(backend.address(), backend.port(), traffic));
            }
        }
        return List.copyOf(seen);
    }

    @Override
    public synchronized List<Passed> passed() {
        return states.passed();
    }

    @Override
    public long failures() {
        return states.failures();
    }

    @Override
    public synchronized List<Seen> failing(int most) {
        return states.failing(most);
    }

    @Override
    public void close() {
        loop.close();
        if (door != null) {
            door.close();
        }
    }

    /** One application of a table. */
    private final class Application {
        private final Origins origins;
        private final Batch inside = new Batch();
        private final Batch atTheDoor = new Batch();
        private final List<IpAddress> released = new ArrayList<>();

        Application(Origins origins) {
            this.origins = origins;
        }

        void put(Entrance entrance) {
            Frontend frontend = entrance.frontend();
            if (!surroundings.carries(frontend)) {
                return;
            }
            problems.remove(frontend);
            if (frontend.protocol() == Protocol.SCTP) {
                problem(entrance, "the relay carries TCP and UDP, and this platform gives it no SCTP sockets");
                return;
            }
            Serving serving = served.get(frontend);
            states.enter(entrance.route().key());
            if (serving == null) {
                serving = new Serving(new Balancer(choice, random), entrance);
                served.put(frontend, serving);
                claim(entrance);
            } else {
                states.leave(serving.entrance().route().key());
                serving.entrance(entrance);
            }
            Admission before = serving.balancer().admission();
            serving.balancer().replace(backends(entrance));
            states.retain(entrance.route());
            boolean changed = frontend.protocol() == Protocol.UDP
                    || !before.equals(serving.balancer().admission());
            boolean open = open(entrance);
            if (!open) {
                bindings.remove(frontend);
            }
            Set<dev.fairlead.dataplane.relay.Frontend> wanted = bindings.containsKey(frontend)
                    ? Set.copyOf(serving.sockets(false)) // what is bound elsewhere stays there
                    : sockets(frontend, addresses(frontend));
            inside.move(serving, false, open ? wanted : Set.of(), changed);
            if (door != null) {
                boolean atDoor = open && frontend.scope() instanceof Scope.NodePorts;
                atTheDoor.move(serving, true, atDoor ? sockets(frontend, surroundings.doors()) : Set.of(), changed);
            }
        }

        void remove(Entrance entrance) {
            Frontend frontend = entrance.frontend();
            problems.remove(frontend);
            bindings.remove(frontend);
            Serving serving = served.remove(frontend);
            if (serving != null) {
                states.leave(serving.entrance().route().key());
                inside.move(serving, false, Set.of(), false);
                atTheDoor.move(serving, true, Set.of(), false);
                if (frontend.scope() instanceof Scope.At(IpAddress address)) {
                    released.add(address);
                }
            }
        }

        private void claim(Entrance entrance) {
            if (entrance.frontend().scope() instanceof Scope.At(IpAddress address)
                    && claims.merge(address, 1, Integer::sum) == 1) {
                try {
                    surroundings.claim(address);
                } catch (IOException refused) {
                    claims.remove(address); // the socket cannot be opened then, which says so again
                    problem(entrance, String.valueOf(refused.getMessage()));
                }
            }
        }

        private void release(IpAddress address) {
            Integer left = claims.computeIfPresent(address, (any, count) -> count - 1);
            if (left != null && left == 0) {
                claims.remove(address);
                surroundings.release(address);
            }
        }

        private Balancer.Backends backends(Entrance entrance) {
            return new Balancer.Backends(
                    new Offer(
                            entrance,
                            origins,
                            surroundings,
                            states.counters(entrance.route().key())),
                    rejects(entrance) ? Admission.EVERYBODY : origins.admission(entrance),
                    states.affinity(entrance.route()));
        }

        private boolean rejects(Entrance entrance) {
            return entrance.treatment(Origin.ELSEWHERE, origins.settings()).rejects();
        }

        /** A socket that hears nobody makes sense only where strangers can be left without an answer. */
        private boolean open(Entrance entrance) {
            boolean somebody = !entrance.treatment(Origin.POD, origins.settings())
                            .backends()
                            .isEmpty()
                    || !entrance.backends().isEmpty();
            return somebody || !rejects(entrance) && loop.filters();
        }

        private List<IpAddress> addresses(Frontend frontend) {
            return switch (frontend.scope()) {
                case Scope.At(IpAddress address) -> List.of(address);
                case Scope.NodePorts any -> surroundings.nodePorts(origins.nodePorts());
            };
        }

        private static Set<dev.fairlead.dataplane.relay.Frontend> sockets(
                Frontend frontend, List<IpAddress> addresses) {
            Set<dev.fairlead.dataplane.relay.Frontend> sockets = new LinkedHashSet<>();
            for (IpAddress address : addresses) {
                if (address.family() == frontend.scope().family()) {
                    sockets.add(new dev.fairlead.dataplane.relay.Frontend(
                            Inet.socketAddress(address, frontend.port()), frontend.protocol() == Protocol.UDP));
                }
            }
            return sockets;
        }

        void carryOut() throws InterruptedException {
            refused(inside.carryOut(loop), loop, false);
            if (door != null) {
                refused(atTheDoor.carryOut(door), door, true);
            }
            released.forEach(this::release);
        }

        private void refused(List<Batch.Refusal> refusals, Loop where, boolean atDoor) throws InterruptedException {
            for (Batch.Refusal refusal : refusals) {
                refusal.serving().sockets(atDoor).remove(refusal.socket());
                if (!surroundings.otherPorts() || !bindElsewhere(refusal, where, atDoor)) {
                    problem(
                            refusal.serving().entrance(),
                            String.valueOf(refusal.reason().getMessage()));
                }
            }
        }

        /** The same address with another port: one derived from the right one first, so that it is stable. */
        private boolean bindElsewhere(Batch.Refusal refusal, Loop where, boolean atDoor) throws InterruptedException {
            InetSocketAddress wanted = refusal.socket().at();
            Entrance entrance = refusal.serving().entrance();
            for (int further : OTHER_PORTS) {
                int port = wanted.getPort() + further;
                if (port > 65_535) {
                    continue;
                }
                dev.fairlead.dataplane.relay.Frontend other = new dev.fairlead.dataplane.relay.Frontend(
                        new InetSocketAddress(wanted.getAddress(), port),
                        refusal.socket().datagrams());
                Map<dev.fairlead.dataplane.relay.Frontend, Upstream> open =
                        Map.of(other, refusal.serving().balancer());
                if (where.change(new Loop.Changes(open, List.of(), List.of())).isEmpty()) {
                    refusal.serving().sockets(atDoor).add(other);
                    bindings.put(
                            entrance.frontend(),
                            new Binding(entrance.route().service(), entrance.frontend(), other.at()));
                    return true;
                }
            }
            return false;
        }

        private void problem(Entrance entrance, String reason) {
            Problem problem = new Problem(entrance.frontend(), entrance.route().service(), reason);
            problems.putIfAbsent(entrance.frontend(), problem);
        }
    }
}
