// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.sockets;

import dev.fairlead.core.routes.Route;
import dev.fairlead.dataplane.DataPlane.Passed;
import dev.fairlead.dataplane.hooks.HookLayout;
import dev.fairlead.dataplane.hooks.HookMaps;
import dev.fairlead.dataplane.hooks.Key;
import dev.fairlead.kernel.bpf.BpfMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Connects that programs counted, also those of maps that are no more; without those of routes that are no more. */
final class Connects {
    private List<Passed> earlier = List.of();

    /** What was counted until now. */
    List<Passed> read(BpfMap connects, HookLayout layout) {
        Map<Integer, Route.Key> routes = layout.numbers();
        List<Passed> all = new ArrayList<>(earlier.stream()
                .filter(one -> routes.containsValue(one.route()))
                .toList());
        for (byte[] key : connects.keys()) {
            Key.Live endpoint = HookMaps.connected(key);
            Route.Key route = routes.get(endpoint.pool() >> 1);
            if (route == null) {
                connects.remove(key); // its number is given to no other route
                continue;
            }
            long count = connects.lookup(key).map(HookMaps::count).orElse(0L);
            all.add(new Passed(
                    route, endpoint.endpoint().address(), endpoint.endpoint().port(), count, null));
        }
        return Passed.added(all);
    }

    /** These maps end. */
    void keep(BpfMap connects, HookLayout layout) {
        earlier = read(connects, layout);
    }
}
