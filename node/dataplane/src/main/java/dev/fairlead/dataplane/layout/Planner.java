// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.persistent.PersistentMap;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.core.routes.Treatment;
import dev.fairlead.dataplane.layout.Layout.Placed;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Element;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One step from a layout to the next: route by route, what it was against what it is to be.
 *
 * <p>Order: newcomers' slots first, then the doors that go, the doors that come, then the slots that are too many; so a door
 * never names a class with slots that are not there yet, and one that names too large a class for a moment only draws
 * again. A door may pass from one route to another, so all that go are taken away before any comes.
 */
final class Planner {
    /** A class with affinity. */
    record Held(IpFamily family, int seconds, int power) {}

    /** Where an element lies. */
    private record Place(String set, Bytes key, @Nullable Bytes to) {}

    private final Words words;
    private final Layout.Remembered remembered;
    private final Settings settings;
    private final List<Operation> first = new ArrayList<>();
    private final List<Operation> doorsGone = new ArrayList<>();
    private final List<Operation> doorsCome = new ArrayList<>();
    private final List<Operation> last = new ArrayList<>();
    private int next;
    private PersistentMap<Route.Key, Placed> routes;
    private PersistentMap<IpAddress, Integer> own;
    private PersistentMap<Held, Boolean> held;

    Planner(Layout from, Layout.Remembered remembered, Settings settings) {
        this.words = from.words;
        this.remembered = remembered;
        this.settings = settings;
        this.next = from.next;
        this.routes = from.routes;
        this.own = from.own;
        this.held = from.held;
    }

    void nodeAddresses(List<IpAddress> before, List<IpAddress> after) {
        for (IpAddress address : before) {
            if (!after.contains(address)) {
                remove(Maps.of(address.family()).node(), Element.of(Maps.address(address)));
            }
        }
        for (IpAddress address : after) {
            if (!before.contains(address)) {
                put(Maps.of(address.family()).node(), Element.of(Maps.address(address)));
            }
        }
    }

    void clusterIps(List<IpAddress> gone, List<IpAddress> come) {
        for (IpAddress address : gone) {
            last.add(new Operation.Remove(Maps.of(address.family()).addresses(), Element.of(Maps.address(address))));
        }
        for (IpAddress address : come) {
            put(Maps.of(address.family()).addresses(), Element.of(Maps.address(address)));
        }
    }

    Layout.Plan plan(List<Entrance> gone, List<Entrance> come) {
        Map<Route.Key, SortedMap<Frontend, Entrance>> touched = new LinkedHashMap<>();
        for (Entrance entrance : gone) {
            entrances(touched, entrance.route().key()).remove(entrance.frontend());
        }
        for (Entrance entrance : come) {
            entrances(touched, entrance.route().key()).put(entrance.frontend(), entrance);
        }
        touched.forEach(this::lay);
        List<Operation> operations = new ArrayList<>(first);
        operations.addAll(doorsGone);
        operations.addAll(doorsCome);
        operations.addAll(last);
        return new Layout.Plan(new Layout(words, next, routes, own, held), List.copyOf(operations));
    }

    private SortedMap<Frontend, Entrance> entrances(
            Map<Route.Key, SortedMap<Frontend, Entrance>> touched, Route.Key route) {
        return touched.computeIfAbsent(route, key -> {
            Placed placed = routes.get(key);
            return placed == null ? new TreeMap<>() : new TreeMap<>(placed.entrances());
        });
    }

    private void lay(Route.Key key, SortedMap<Frontend, Entrance> entrances) {
        Placed before = routes.get(key);
        Placed after = placed(key, before, entrances);
        Maps maps = Maps.of(key.family());
        count(before, after);
        Map<Place, Element> old = before == null ? Map.of() : doors(maps, before);
        Map<Place, Element> now = doors(maps, after);
        for (TrafficPolicy policy : TrafficPolicy.values()) {
            slots(maps, words.pool(after.number(), policy), before, after, policy);
        }
        old.forEach((place, element) -> {
            if (!element.equals(now.get(place))) {
                doorsGone.add(new Operation.Remove(place.set, element));
            }
        });
        now.forEach((place, element) -> {
            if (!element.equals(old.get(place))) {
                doorsCome.add(new Operation.Put(place.set, element));
            }
        });
        routes = entrances.isEmpty() ? routes.without(key) : routes.with(key, after);
    }

    private Placed placed(Route.Key key, @Nullable Placed before, SortedMap<Frontend, Entrance> entrances) {
        int number = before == null ? number(key) : before.number();
        return new Placed(
                number,
                entrances,
                pool(number, before, entrances, TrafficPolicy.CLUSTER),
                pool(number, before, entrances, TrafficPolicy.LOCAL));
    }

    private List<Slot> pool(
            int number, @Nullable Placed before, SortedMap<Frontend, Entrance> entrances, TrafficPolicy policy) {
        List<Backend> wanted = List.of();
        for (Entrance entrance : entrances.values()) {
            if (here(entrance).policy() == policy || far(entrance).policy() == policy) {
                wanted = entrance.route().under(policy);
            }
        }
        List<Slot> was = before == null ? remembered.slots(number, policy) : before.slots(policy);
        return Slot.moved(was, wanted.subList(0, Math.min(wanted.size(), Words.LARGEST)));
    }

    private int number(Route.Key key) {
        int known = remembered.number(key);
        return known >= 0 ? known : next++;
    }

    /** For this node and pods; whether the node is masqueraded, the rules know. */
    private Treatment here(Entrance entrance) {
        return entrance.treatment(Origin.POD, settings);
    }

    private Treatment far(Entrance entrance) {
        return entrance.treatment(Origin.ELSEWHERE, settings);
    }

    /** The elements that lead to a route, by place. */
    private Map<Place, Element> doors(Maps maps, Placed placed) {
        Map<Place, Element> doors = new LinkedHashMap<>();
        placed.entrances().forEach((frontend, entrance) -> {
            Bytes key = Maps.frontend(frontend);
            Treatment here = here(entrance);
            Treatment far = far(entrance);
            add(doors, maps.doors(entrance), Element.of(key, leads(placed, entrance, here)));
            if (far.policy() != here.policy()) {
                boolean port = frontend.scope() instanceof Scope.NodePorts;
                add(doors, port ? maps.portsFar() : maps.externalFar(), Element.of(key, leads(placed, entrance, far)));
            }
            if (!entrance.sourceRanges().isEmpty() && !here.rejects()) {
                add(doors, maps.guarded(), Element.of(key));
                entrance.sourceRanges().forEach(range -> add(doors, maps.admitted(), Maps.admitted(frontend, range)));
            }
        });
        return doors;
    }

    private static void add(Map<Place, Element> doors, String set, Element element) {
        doors.put(new Place(set, element.key(), element.to()), element);
    }

    private Bytes leads(Placed placed, Entrance entrance, Treatment treatment) {
        int size = placed.slots(treatment.policy()).size();
        int drawing = Words.drawing(entrance.route(), size);
        if (size > 0 && entrance.route().affinitySeconds() > 0) {
            hold(entrance.route(), Words.power(size));
        }
        int masquerade = treatment.masqueraded() ? words.masquerade() : 0;
        int word = words.pool(placed.number(), treatment.policy()) | masquerade;
        return Maps.two(word, drawing);
    }

    private void hold(Route route, int power) {
        Held chain = new Held(route.family(), route.affinitySeconds(), power);
        if (held.get(chain) == null) {
            held = held.with(chain, true);
            first.add(new Operation.Hold(Maps.of(route.family()), chain.seconds, power));
        }
    }

    private void slots(Maps maps, int pool, @Nullable Placed before, Placed after, TrafficPolicy policy) {
        List<Slot> old = before == null ? List.of() : before.slots(policy);
        List<Slot> now = after.slots(policy);
        boolean wasLive = before != null && held(before);
        boolean isLive = held(after);
        if (wasLive) {
            Set<Slot> stay = isLive ? Set.copyOf(now) : Set.of();
            old.stream()
                    .filter(slot -> !stay.contains(slot))
                    .forEach(slot -> remove(maps.live(), Element.of(Maps.live(pool, slot))));
        }
        for (int i = 0; i < now.size(); i++) {
            Slot was = i < old.size() ? old.get(i) : null;
            if (!now.get(i).equals(was)) {
                Bytes key = Maps.two(pool, i);
                if (was != null) {
                    remove(maps.endpoints(), Element.of(key, Maps.endpoint(was)));
                }
                put(maps.endpoints(), Element.of(key, Maps.endpoint(now.get(i))));
            }
        }
        for (int i = now.size(); i < old.size(); i++) {
            last.add(new Operation.Remove(maps.endpoints(), Element.of(Maps.two(pool, i), Maps.endpoint(old.get(i)))));
        }
        if (isLive) {
            Set<Slot> stayed = wasLive ? Set.copyOf(old) : Set.of();
            now.stream()
                    .filter(slot -> !stayed.contains(slot))
                    .forEach(slot -> put(maps.live(), Element.of(Maps.live(pool, slot))));
        }
    }

    private static boolean held(Placed placed) {
        Route route = placed.route();
        return route != null && route.affinitySeconds() > 0;
    }

    private void count(@Nullable Placed before, Placed after) {
        List<IpAddress> was = mine(before);
        List<IpAddress> is = mine(after);
        if (was.equals(is)) {
            return;
        }
        for (IpAddress address : is) {
            int count = own.get(address, 0);
            own = own.with(address, count + 1);
            if (count == 0) {
                put(Maps.of(address.family()).own(), Element.of(Maps.twice(address)));
            }
        }
        for (IpAddress address : was) {
            int count = own.get(address, 1) - 1;
            own = count == 0 ? own.without(address) : own.with(address, count);
            if (count == 0) {
                remove(Maps.of(address.family()).own(), Element.of(Maps.twice(address)));
            }
        }
    }

    private static List<IpAddress> mine(@Nullable Placed placed) {
        Route route = placed == null ? null : placed.route();
        return route == null
                ? List.of()
                : route.endpoints().stream()
                        .filter(Backend::local)
                        .map(Backend::address)
                        .distinct()
                        .toList();
    }

    private void put(String set, Element element) {
        first.add(new Operation.Put(set, element));
    }

    private void remove(String set, Element element) {
        first.add(new Operation.Remove(set, element));
    }
}
