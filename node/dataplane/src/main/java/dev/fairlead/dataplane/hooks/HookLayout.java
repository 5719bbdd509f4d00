// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.persistent.PersistentMap;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.core.routes.Treatment;
import dev.fairlead.dataplane.layout.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which entries a RouteTable has in the maps, as far as it depends on history: numbers of routes, slots of endpoints. An
 * unchanging value; a plan that is not carried out leaves it as it was.
 *
 * <p>Order of a plan: endpoints that come, then doors, then endpoints that go, so whoever draws while it is carried out finds
 * an endpoint of the table before or of the table after, or (a slot that has just gone) draws once more.
 */
public final class HookLayout {
    /**
     * What holds for the programs at hand.
     *
     * @param listeners addresses at which a program of ours answers, Service or not
     * @param refuses whether a program can refuse a connection by its right error
     */
    public record Options(Set<IpAddress> listeners, boolean refuses) {}

    private record Placed(int number, SortedMap<Frontend, Entrance> entrances, Map<Key, Value> entries) {}

    /** A layout and how to get there. */
    public record Plan(HookLayout layout, List<Operation> operations) {}

    private final Options options;
    private final int next;
    private final PersistentMap<Route.Key, Placed> routes;

    private HookLayout(Options options, int next, PersistentMap<Route.Key, Placed> routes) {
        this.options = options;
        this.next = next;
        this.routes = routes;
    }

    /** Everything for a table; all operations are puts. */
    public static Plan of(RouteTable table, Options options) {
        HookLayout nothing = new HookLayout(options, 0, PersistentMap.empty());
        Step step = nothing.new Step(table.settings());
        step.own(List.of(), table.nodePortAddresses());
        return step.plan(List.of(), table.entrances());
    }

    /**
     * From this layout, which must be that of {@code before}, to one of {@code after}. Both have the same settings.
     *
     * @param difference between the two
     */
    public Plan plan(RouteTable before, RouteTable after, Difference difference) {
        Step step = new Step(after.settings());
        if (difference.nodePortAddresses()) {
            step.own(before.nodePortAddresses(), after.nodePortAddresses());
        }
        List<Entrance> gone = new ArrayList<>(difference.removed());
        List<Entrance> come = new ArrayList<>(difference.added());
        difference.changed().forEach(change -> {
            gone.add(change.before());
            come.add(change.after());
        });
        return step.plan(gone, come);
    }

    /** The routes by the numbers that their pools are made of. */
    public Map<Integer, Route.Key> numbers() {
        Map<Integer, Route.Key> numbers = new HashMap<>();
        routes.forEach((key, placed) -> numbers.put(placed.number, key));
        return numbers;
    }

    /** How many routes have entries, or could have. */
    public int size() {
        return routes.size();
    }

    private final class Step {
        private final Settings settings;
        private final Map<Key, Value> come = new LinkedHashMap<>();
        private final Map<Key, Value> doors = new LinkedHashMap<>();
        private final Set<Key> doorsGone = new LinkedHashSet<>();
        private final Set<Key> gone = new LinkedHashSet<>();
        private int unused = next;
        private PersistentMap<Route.Key, Placed> now = routes;

        Step(Settings settings) {
            this.settings = settings;
        }

        void own(List<IpAddress> before, List<IpAddress> after) {
            before.stream()
                    .filter(address -> !after.contains(address))
                    .forEach(address -> gone.add(new Key.Own(address)));
            after.stream()
                    .filter(address -> !before.contains(address))
                    .forEach(address -> come.put(new Key.Own(address), new Value.There()));
        }

        Plan plan(List<Entrance> removed, List<Entrance> added) {
            Map<Route.Key, SortedMap<Frontend, Entrance>> touched = new LinkedHashMap<>();
            removed.forEach(entrance -> entrances(touched, entrance).remove(entrance.frontend()));
            added.forEach(entrance -> entrances(touched, entrance).put(entrance.frontend(), entrance));
            touched.forEach(this::lay);
            List<Operation> operations = new ArrayList<>();
            come.forEach((key, value) -> operations.add(new Operation.Put(key, value)));
            doors.forEach((key, value) -> operations.add(new Operation.Put(key, value)));
            doorsGone.stream()
                    .filter(key -> !doors.containsKey(key)) // it passed from one route to another
                    .forEach(key -> operations.add(new Operation.Remove(key)));
            gone.forEach(key -> operations.add(new Operation.Remove(key)));
            return new Plan(new HookLayout(options, unused, now), List.copyOf(operations));
        }

        private SortedMap<Frontend, Entrance> entrances(
                Map<Route.Key, SortedMap<Frontend, Entrance>> touched, Entrance entrance) {
            return touched.computeIfAbsent(entrance.route().key(), key -> {
                Placed placed = routes.get(key);
                return placed == null ? new TreeMap<>() : new TreeMap<>(placed.entrances);
            });
        }

        private void lay(Route.Key key, SortedMap<Frontend, Entrance> entrances) {
            Placed before = routes.get(key);
            Map<Key, Value> old = before == null ? Map.of() : before.entries;
            int number = before == null ? unused++ : before.number;
            Map<Key, Value> wanted = entries(number, entrances.values().stream().toList(), old);
            wanted.forEach((place, value) -> {
                if (!value.equals(old.get(place))) {
                    (place instanceof Key.Door ? doors : come).put(place, value);
                }
            });
            for (Key place : old.keySet()) {
                if (!wanted.containsKey(place)) {
                    (place instanceof Key.Door ? doorsGone : gone).add(place);
                }
            }
            now = entrances.isEmpty() ? now.without(key) : now.with(key, new Placed(number, entrances, wanted));
        }

        private Map<Key, Value> entries(int number, List<Entrance> entrances, Map<Key, Value> old) {
            Map<Key, Value> entries = new LinkedHashMap<>();
            int whom = entrances.isEmpty() || entrances.getFirst().route().affinitySeconds() == 0
                    ? Value.NODE | Value.PODS
                    : entrances.stream().mapToInt(this::whom).reduce(Value.NODE | Value.PODS, (a, b) -> a & b);
            for (Entrance entrance : entrances) {
                int carried = whom(entrance) & whom;
                if (carried != 0) {
                    Route route = entrance.route();
                    Treatment treatment = entrance.treatment(Origin.POD, settings);
                    int pool = number << 1 | (treatment.policy() == TrafficPolicy.LOCAL ? 1 : 0);
                    int size = pool(entries, pool, route, treatment.backends(), old);
                    entries.put(
                            new Key.Door(entrance.frontend()),
                            new Value.Leads(pool, size, route.affinitySeconds(), carried));
                }
            }
            return entries;
        }

        /** Adds the pool, unless it is there; how many places it has. */
        private int pool(Map<Key, Value> entries, int pool, Route route, List<Backend> backends, Map<Key, Value> old) {
            if (!backends.isEmpty() && !entries.containsKey(new Key.Place(pool, 0))) {
                List<Slot> slots = Slot.moved(slots(old, pool), backends);
                boolean goesBack = route.affinitySeconds() > 0 || route.protocol() == Protocol.UDP;
                for (int i = 0; i < slots.size(); i++) {
                    entries.put(new Key.Place(pool, i), new Value.To(slots.get(i)));
                    if (goesBack) {
                        entries.put(new Key.Live(pool, slots.get(i)), new Value.There());
                    }
                }
            }
            return backends.size();
        }

        private static List<Slot> slots(Map<Key, Value> entries, int pool) {
            List<Slot> slots = new ArrayList<>();
            while (entries.get(new Key.Place(pool, slots.size())) instanceof Value.To(Slot slot)) {
                slots.add(slot);
            }
            return slots;
        }

        /** Whose connections can be decided at the socket as the table decides them. */
        private int whom(Entrance entrance) {
            Route route = entrance.route();
            boolean elsewhere = entrance.frontend().scope() instanceof Scope.At(IpAddress address)
                    && options.listeners.contains(address);
            if (elsewhere || !entrance.sourceRanges().isEmpty() || route.protocol() == Protocol.SCTP) {
                return 0;
            }
            Treatment pods = entrance.treatment(Origin.POD, settings);
            Treatment node = entrance.treatment(Origin.NODE, settings);
            if (pods.drops() || pods.policy() != node.policy()) {
                return 0;
            }
            if (pods.rejects()) {
                // a refused datagram is told by ICMP, to the send that comes next: as below
                return options.refuses && route.protocol() == Protocol.TCP ? Value.NODE | Value.PODS : 0;
            }
            // what leaves the node has its address anyway
            return pods.masqueraded() ? Value.NODE : Value.NODE | Value.PODS;
        }
    }
}
