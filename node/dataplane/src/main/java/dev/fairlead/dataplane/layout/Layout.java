// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.persistent.PersistentMap;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel holds for a RouteTable, as far as it depends on history: which number a route has, in which slot an
 * endpoint lies. An unchanging value; a plan that is not carried out leaves it as it was.
 *
 * <p>{@link #plan} goes from one table to the next at the cost of the routes that changed. {@link #of} lays a whole table
 * out, keeping what {@link Remembered} knows of an earlier life, so that connections and clients stay where they are.
 */
public final class Layout {
    /**
     * One route as it is laid out.
     *
     * @param entrances those that lead to it here
     * @param cluster the slots of the Cluster policy's pool; empty when no entrance asks for it
     * @param local the same of the Local policy's
     */
    record Placed(int number, SortedMap<Frontend, Entrance> entrances, List<Slot> cluster, List<Slot> local) {
        List<Slot> slots(TrafficPolicy policy) {
            return policy == TrafficPolicy.LOCAL ? local : cluster;
        }

        /** The route itself, or null when nothing leads to it. */
        @Nullable
        Route route() {
            return entrances.isEmpty()
                    ? null
                    : entrances.firstEntry().getValue().route();
        }
    }

    /** What an earlier life left in the kernel. */
    public interface Remembered {
        /** The number a route had, or -1. */
        int number(Route.Key route);

        /** A number that was never used, nor any above it. */
        int unused();

        /** The slots of a route's pool, dense. */
        List<Slot> slots(Route.Key route, TrafficPolicy policy);
    }

    private static final Remembered NOTHING = new Remembered() {
        @Override
        public int number(Route.Key route) {
            return -1;
        }

        @Override
        public int unused() {
            return 0;
        }

        @Override
        public List<Slot> slots(Route.Key route, TrafficPolicy policy) {
            return List.of();
        }
    };

    /** This layout, as a table that is made anew is to keep it. */
    public Remembered remembered() {
        return new Remembered() {
            @Override
            public int number(Route.Key route) {
                Placed placed = routes.get(route);
                return placed == null ? -1 : placed.number();
            }

            @Override
            public int unused() {
                return next;
            }

            @Override
            public List<Slot> slots(Route.Key route, TrafficPolicy policy) {
                Placed placed = routes.get(route);
                return placed == null ? List.of() : placed.slots(policy);
            }
        };
    }

    /**
     * A layout and how to get there.
     *
     * @param operations to be carried out in this order, all at once: a packet that met the layout before in one map and
     *     this one in the next comes to endpoints of one of the two tables
     * @param counts how many of them
     */
    public record Plan(Layout layout, List<Operation> operations, Counts counts) {}

    /** How many elements are put into each set, and removed. */
    public record Counts(Map<String, Integer> puts, Map<String, Integer> removes) {}

    final Words words;
    final int next;
    final PersistentMap<Route.Key, Placed> routes;
    /** Endpoints of this node and in how many slots they are. */
    final PersistentMap<IpAddress, Integer> own;
    /** Classes with affinity that have chains. */
    final PersistentMap<Planner.Held, Boolean> held;

    Layout(
            Words words,
            int next,
            PersistentMap<Route.Key, Placed> routes,
            PersistentMap<IpAddress, Integer> own,
            PersistentMap<Planner.Held, Boolean> held) {
        this.words = words;
        this.next = next;
        this.routes = routes;
        this.own = own;
        this.held = held;
    }

    static Layout empty(Words words, int next) {
        return new Layout(words, next, PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());
    }

    /**
     * Everything for a table. All operations are puts.
     *
     * @param masquerade the mark's bit, not bit 0
     */
    public static Plan of(RouteTable table, int masquerade) {
        return of(table, masquerade, NOTHING);
    }

    /** The same, keeping what is remembered. */
    public static Plan of(RouteTable table, int masquerade, Remembered remembered) {
        Layout nothing = empty(new Words(masquerade), remembered.unused());
        Planner planner = new Planner(nothing, remembered, table.settings());
        planner.nodeAddresses(List.of(), table.nodePortAddresses());
        planner.clusterIps(List.of(), table.clusterIps());
        return planner.plan(List.of(), table.entrances());
    }

    /**
     * From this layout, which must be that of {@code before}, to one of {@code after}. Both have the same settings.
     *
     * @param difference between the two
     */
    public Plan plan(RouteTable before, RouteTable after, Difference difference) {
        Planner planner = new Planner(this, NOTHING, after.settings());
        if (difference.nodePortAddresses()) {
            planner.nodeAddresses(before.nodePortAddresses(), after.nodePortAddresses());
        }
        planner.clusterIps(difference.removedClusterIps(), difference.addedClusterIps());
        List<Entrance> gone = new ArrayList<>(difference.removed());
        List<Entrance> come = new ArrayList<>(difference.added());
        difference.changed().forEach(change -> {
            if (!change.before().route().key().equals(change.after().route().key())) {
                gone.add(change.before());
            }
            come.add(change.after());
        });
        return planner.plan(gone, come);
    }

    /** How many routes are laid out. */
    public int size() {
        return routes.size();
    }
}
