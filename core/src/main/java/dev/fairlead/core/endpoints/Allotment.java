// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ready endpoints shared out among zones in proportion to the zones' processors (topology mode Auto, KEP-2433).
 *
 * <p>How this works, for 6 endpoints, 5 in zone a and 1 in b, where a and b have the same processors: each zone wants 3
 * and needs at least 3 / 1.2, rounded up, so that no endpoint gets more than a fifth above its part. Every endpoint is for
 * its own zone at first; then zones with too many give to those with too few: first until nobody is below what it needs,
 * then as long as both sides are off by half an endpoint, and one of them by a whole one. Here a gives 2 to b. Endpoints
 * that were given to b the last time are given again, so that few slices change.
 *
 * @param zones the zone each endpoint is for; empty when {@code why} says something
 * @param why why there are no hints; empty when there are
 */
record Allotment(Map<Identity, String> zones, String why) {
    private static Allotment refused(String why) {
        return new Allotment(Map.of(), why);
    }

    /**
     * Shares out.
     *
     * @param ready the endpoints, in an order that does not change without need
     * @param before the zones they were for, as far as they were
     */
    static Allotment of(Collection<Endpoint> ready, Zones capacity, Map<Identity, String> before) {
        if (!capacity.why().isEmpty()) {
            return refused(capacity.why());
        }
        int zones = capacity.cpuMillis().size();
        if (zones > ready.size()) {
            return refused("there are fewer ready endpoints than zones: " + ready.size() + " of " + zones);
        }
        for (Endpoint endpoint : ready) {
            if (endpoint.zone() == null) {
                return refused("the node of endpoint " + endpoint.addresses().getFirst() + " is in no zone");
            }
        }
        Share share = new Share(ready, capacity.cpuMillis());
        return share.least > ready.size()
                ? refused(ready.size() + " ready endpoints cannot be shared out among " + zones
                        + " zones without overloading some")
                : new Allotment(share.out(ready, before), "");
    }

    /** A zone while endpoints are shared out; amounts of endpoints are in parts of {@code Share.unit}. */
    private static final class Zone {
        private final String name;
        private final long wanted;
        private final int least;
        private int has;

        Zone(String name, long wanted, int least) {
            this.name = name;
            this.wanted = wanted;
            this.least = least;
        }
    }

    private static final class Share {
        private final SortedMap<String, Zone> zones = new TreeMap<>();
        private final long unit;
        private int least;

        Share(Collection<Endpoint> ready, Map<String, Long> millis) {
            unit = millis.values().stream().mapToLong(Long::longValue).sum();
            millis.forEach((name, cpu) -> {
                long wanted = cpu * ready.size();
                int needed = Math.toIntExact(Math.ceilDiv(wanted * 5, unit * 6));
                zones.put(name, new Zone(name, Math.max(wanted, needed * unit), needed));
                least += needed;
            });
            for (Endpoint endpoint : ready) {
                // a zone without a node that counts wants nothing, and gives all
                zones.computeIfAbsent(String.valueOf(endpoint.zone()), name -> new Zone(name, 0, 0)).has++;
            }
        }

        private long need(Zone zone) {
            return zone.wanted - zone.has * unit;
        }

        Map<Identity, String> out(Collection<Endpoint> ready, Map<Identity, String> before) {
            Map<String, Map<String, Integer>> gifts = new HashMap<>();
            for (Zone poor = poorest(true); poor.has < poor.least; poor = poorest(true)) {
                give(richest(), poor, gifts);
            }
            for (Zone foreign : zones.values()) {
                while (foreign.wanted == 0 && foreign.has > 0) {
                    give(foreign, poorest(false), gifts);
                }
            }
            for (Zone rich = richest(), poor = poorest(false); worthIt(rich, poor); ) {
                give(rich, poor, gifts);
                rich = richest();
                poor = poorest(false);
            }
            return assigned(ready, before, gifts);
        }

        /** The zone that lacks most; of those below their least where there are any and {@code urgent} says so. */
        private Zone poorest(boolean urgent) {
            Comparator<Zone> order = Comparator.comparingLong(this::need);
            return zones.values().stream()
                    .max(
                            urgent
                                    ? Comparator.<Zone, Boolean>comparing(zone -> zone.has < zone.least)
                                            .thenComparing(order)
                                    : order)
                    .orElseThrow();
        }

        private Zone richest() {
            return zones.values().stream()
                    .filter(zone -> zone.has > zone.least)
                    .min(Comparator.comparingLong(this::need))
                    .orElseGet(() -> zones.values().iterator().next());
        }

        private boolean worthIt(Zone rich, Zone poor) {
            long surplus = -need(rich);
            long lack = need(poor);
            return 2 * surplus >= unit && 2 * lack >= unit && Math.max(surplus, lack) >= unit;
        }

        private static void give(Zone rich, Zone poor, Map<String, Map<String, Integer>> gifts) {
            rich.has--;
            poor.has++;
            gifts.computeIfAbsent(rich.name, any -> new TreeMap<>()).merge(poor.name, 1, Integer::sum);
        }

        private static Map<Identity, String> assigned(
                Collection<Endpoint> ready, Map<Identity, String> before, Map<String, Map<String, Integer>> gifts) {
            Map<Identity, String> zones = LinkedHashMap.newLinkedHashMap(ready.size());
            for (Endpoint endpoint : ready) {
                Identity identity = Identity.of(endpoint);
                String own = String.valueOf(endpoint.zone());
                String last = before.get(identity);
                zones.put(identity, last != null && taken(gifts.get(own), last) ? last : own);
            }
            List<Endpoint> fromTheEnd = new ArrayList<>(ready).reversed();
            for (Endpoint endpoint : fromTheEnd) {
                Identity identity = Identity.of(endpoint);
                String own = String.valueOf(endpoint.zone());
                Map<String, Integer> left = gifts.get(own);
                if (left != null && !left.isEmpty() && own.equals(zones.get(identity))) {
                    String other = left.keySet().iterator().next();
                    taken(left, other);
                    zones.put(identity, other);
                }
            }
            return zones;
        }

        /** Takes one of what is left for {@code zone}. */
        private static boolean taken(@Nullable Map<String, Integer> left, String zone) {
            if (left == null || !left.containsKey(zone)) {
                return false;
            }
            left.computeIfPresent(zone, (any, many) -> many == 1 ? null : many - 1);
            return true;
        }
    }
}
