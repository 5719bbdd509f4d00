// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Layout;
import dev.fairlead.dataplane.layout.Reading;
import dev.fairlead.dataplane.layout.Slot;
import dev.fairlead.kernel.nftables.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Numbers and slots as an earlier life chose them, found by the entrances of the table that is wanted now. */
final class Earlier implements Layout.Remembered {
    private final Map<Route.Key, Integer> numbers = new HashMap<>();
    private final Map<Integer, TreeMap<Integer, Slot>> pools = new HashMap<>();
    private final Reading reading;
    private int unused;

    Earlier(Held held, RouteTable wanted, int masquerade) {
        this.reading = new Reading(masquerade);
        Set<Integer> taken = new HashSet<>();
        held.elements()
                .forEach((set, elements) -> elements.values()
                        .forEach(element -> reading.endpoint(set, element).ifPresent(found -> {
                            pools.computeIfAbsent(found.pool(), any -> new TreeMap<>())
                                    .put(found.slot(), found.endpoint());
                            unused = Math.max(unused, reading.route(found.pool()) + 1);
                        })));
        for (Entrance entrance : wanted.entrances()) {
            Reading.Door door = Reading.door(entrance);
            Element element = held.elements().getOrDefault(door.set(), Map.of()).get(new Held.Key(door.key(), null));
            if (element != null) {
                int number = reading.number(element);
                unused = Math.max(unused, number + 1);
                if (!numbers.containsKey(entrance.route().key()) && taken.add(number)) {
                    numbers.put(entrance.route().key(), number);
                }
            }
        }
    }

    @Override
    public int number(Route.Key route) {
        return numbers.getOrDefault(route, -1);
    }

    @Override
    public int unused() {
        return unused;
    }

    /** Dense from 0; what comes after a gap is forgotten. */
    @Override
    public List<Slot> slots(Route.Key route, TrafficPolicy policy) {
        int number = number(route);
        if (number < 0) {
            return List.of();
        }
        List<Slot> slots = new ArrayList<>();
        for (Map.Entry<Integer, Slot> entry : pools.getOrDefault(reading.pool(number, policy), new TreeMap<>())
                .entrySet()) {
            if (entry.getKey() != slots.size()) {
                break;
            }
            slots.add(entry.getValue());
        }
        return slots;
    }
}
