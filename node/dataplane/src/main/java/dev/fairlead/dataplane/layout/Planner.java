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
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
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

    /**
     * Changes whose order among different sets does not matter. Those of one set come together, and what goes before what
     * comes: so they are few lists for the kernel.
     */
    private static final class Stage {
        private record Changes(List<Operation> gone, List<Operation> come) {}

        private final Map<String, Changes> bySet = new LinkedHashMap<>();

        void put(String set, Element element) {
            of(set).come.add(new Operation.Put(set, element));
        }

        void remove(String set, Element element) {
            of(set).gone.add(new Operation.Remove(set, element));
        }

        private Changes of(String set) {
            return bySet.computeIfAbsent(set, any -> new Changes(new ArrayList<>(), new ArrayList<>()));
        }

        void addTo(List<Operation> operations, Layout.Counts counts) {
            bySet.forEach((set, changes) -> {
                operations.addAll(changes.gone);
                operations.addAll(changes.come);
                counts.puts().merge(set, changes.come.size(), Integer::sum);
                counts.removes().merge(set, changes.gone.size(), Integer::sum);
            });
        }
    }

    /** A route, as it was and whose entrances are being changed. */
    private record Touched(@Nullable Placed before, SortedMap<Frontend, Entrance> entrances) {}

    private final Words words;
    private final Layout.Remembered remembered;
    private final Settings settings;
    private final List<Operation> chains = new ArrayList<>();
    private final Stage first = new Stage();
    private final Stage doorsGone = new Stage();
    private final Stage doorsCome = new Stage();
    private final Stage last = new Stage();
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
            last.remove(Maps.of(address.family()).addresses(), Element.of(Maps.address(address)));
        }
        for (IpAddress address : come) {
            put(Maps.of(address.family()).addresses(), Element.of(Maps.address(address)));
        }
    }

    Layout.Plan plan(List<Entrance> gone, List<Entrance> come) {
        Map<Route.Key, Touched> touched = new LinkedHashMap<>();
        for (Entrance entrance : gone) {
            entrances(touched, entrance).remove(entrance.frontend());
        }
        for (Entrance entrance : come) {
            entrances(touched, entrance).put(entrance.frontend(), entrance);
        }
        touched.forEach(this::lay);
        List<Operation> operations = new ArrayList<>(chains);
        Layout.Counts counts = new Layout.Counts(new HashMap<>(), new HashMap<>());
        for (Stage stage : List.of(first, doorsGone, doorsCome, last)) {
            stage.addTo(operations, counts);
        }
        return new Layout.Plan(
                new Layout(words, next, routes, own, held), Collections.unmodifiableList(operations), counts);
    }

    private SortedMap<Frontend, Entrance> entrances(Map<Route.Key, Touched> touched, Entrance entrance) {
        return touched.computeIfAbsent(entrance.route().key(), key -> {
                    Placed placed = routes.get(key);
                    return new Touched(placed, placed == null ? new TreeMap<>() : new TreeMap<>(placed.entrances()));
                })
                .entrances();
    }

    private void lay(Route.Key key, Touched touched) {
        Placed before = touched.before;
        SortedMap<Frontend, Entrance> entrances = touched.entrances;
        Placed after = placed(key, before, entrances);
        Maps maps = Maps.of(key.family());
        count(before, after);
        slots(maps, words.pool(after.number(), TrafficPolicy.CLUSTER), before, after, TrafficPolicy.CLUSTER);
        slots(maps, words.pool(after.number(), TrafficPolicy.LOCAL), before, after, TrafficPolicy.LOCAL);
        if (before == null) {
            doors(maps, after, doorsCome::put);
        } else if (!sameDoors(before, after)) {
            doors(maps, before, after);
        }
        routes = entrances.isEmpty() ? routes.without(key) : routes.with(key, after);
    }

    private void doors(Maps maps, Placed before, Placed after) {
        Map<Place, Element> old = new LinkedHashMap<>();
        Map<Place, Element> now = new LinkedHashMap<>();
        doors(maps, before, (set, element) -> old.put(new Place(set, element.key(), element.to()), element));
        doors(maps, after, (set, element) -> now.put(new Place(set, element.key(), element.to()), element));
        old.forEach((place, element) -> {
            if (!element.equals(now.get(place))) {
                doorsGone.remove(place.set, element);
            }
        });
        now.forEach((place, element) -> {
            if (!element.equals(old.get(place))) {
                doorsCome.put(place.set, element);
            }
        });
    }

    /** Whether all that doors say is as it was, as when only endpoints change within their class; spares making them. */
    private static boolean sameDoors(Placed before, Placed after) {
        if (before.entrances().size() != after.entrances().size()
                || Words.size(before.cluster().size())
                        != Words.size(after.cluster().size())
                || Words.size(before.local().size()) != Words.size(after.local().size())) {
            return false;
        }
        Iterator<Entrance> others = after.entrances().values().iterator();
        for (Entrance entrance : before.entrances().values()) {
            Entrance other = others.next();
            if (!entrance.frontend().equals(other.frontend())
                    || entrance.kind() != other.kind()
                    || !entrance.sourceRanges().equals(other.sourceRanges())
                    || !sameTreatment(entrance.route(), other.route())) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameTreatment(Route one, Route other) {
        return one.internalPolicy() == other.internalPolicy()
                && one.externalPolicy() == other.externalPolicy()
                && one.affinitySeconds() == other.affinitySeconds()
                && one.whenEmpty() == other.whenEmpty();
    }

    private Placed placed(Route.Key key, @Nullable Placed before, SortedMap<Frontend, Entrance> entrances) {
        int number = before == null ? number(key) : before.number();
        return new Placed(
                number,
                entrances,
                pool(key, before, entrances, TrafficPolicy.CLUSTER),
                pool(key, before, entrances, TrafficPolicy.LOCAL));
    }

    private List<Slot> pool(
            Route.Key key, @Nullable Placed before, SortedMap<Frontend, Entrance> entrances, TrafficPolicy policy) {
        List<Backend> wanted = List.of();
        for (Entrance entrance : entrances.values()) {
            if (here(entrance).policy() == policy || far(entrance).policy() == policy) {
                wanted = entrance.route().under(policy);
            }
        }
        List<Slot> was = before == null ? remembered.slots(key, policy) : before.slots(policy);
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

    /** The elements that lead to a route. */
    private void doors(Maps maps, Placed placed, BiConsumer<String, Element> doors) {
        placed.entrances().forEach((frontend, entrance) -> {
            Bytes key = Maps.frontend(frontend);
            Treatment here = here(entrance);
            Treatment far = far(entrance);
            doors.accept(maps.doors(entrance), Element.of(key, leads(placed, entrance, here)));
            if (far.policy() != here.policy()) {
                boolean port = frontend.scope() instanceof Scope.NodePorts;
                doors.accept(
                        port ? maps.portsFar() : maps.externalFar(), Element.of(key, leads(placed, entrance, far)));
            }
            if (!entrance.sourceRanges().isEmpty() && !here.rejects()) {
                doors.accept(maps.guarded(), Element.of(key));
                entrance.sourceRanges().forEach(range -> doors.accept(maps.admitted(), Maps.admitted(frontend, range)));
            }
        });
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
            chains.add(new Operation.Hold(Maps.of(route.family()), chain.seconds, power));
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
        boolean sameClass = Words.size(old.size()) == Words.size(now.size());
        for (int i = 0; i < now.size(); i++) {
            Slot was = sameClass && i < old.size() ? old.get(i) : null;
            if (!now.get(i).equals(was)) {
                String map = maps.endpoints(Words.power(now.size()));
                Bytes key = Maps.two(pool, i);
                if (was != null) {
                    remove(map, Element.of(key, Maps.endpoint(was)));
                }
                put(map, Element.of(key, Maps.endpoint(now.get(i))));
            }
        }
        for (int i = sameClass ? now.size() : 0; i < old.size(); i++) {
            String map = maps.endpoints(Words.power(old.size()));
            last.remove(map, Element.of(Maps.two(pool, i), Maps.endpoint(old.get(i))));
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
        if (route == null) {
            return List.of();
        }
        Set<IpAddress> mine = new LinkedHashSet<>(0);
        for (Backend backend : route.endpoints()) {
            if (backend.local()) {
                mine.add(backend.address());
            }
        }
        return List.copyOf(mine);
    }

    private void put(String set, Element element) {
        first.put(set, element);
    }

    private void remove(String set, Element element) {
        first.remove(set, element);
    }
}
