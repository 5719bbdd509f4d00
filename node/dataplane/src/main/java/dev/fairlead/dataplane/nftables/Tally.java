// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.DataPlane.Passed;
import dev.fairlead.dataplane.layout.Reading;
import dev.fairlead.kernel.nftables.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connections by route and endpoint, as the kernel counts them: added up over the lives of its counters, which end an hour
 * after they counted last, and with the table.
 */
final class Tally {
    private final int oneIn;
    private final Map<Reading.Passed, Count> counts = new HashMap<>();

    /** @param oneIn one connection in so many is counted; 0 for none */
    Tally(int oneIn) {
        this.oneIn = oneIn;
    }

    /** Reads the kernel's counters, and says what passed to the endpoints of the routes that are in the table. */
    List<Passed> read(Function<String, List<Element.Timed>> kernel, RouteTable table) {
        if (oneIn == 0) {
            return List.of();
        }
        for (String set : Reading.passedSets()) {
            for (Element.Timed element : kernel.apply(set)) {
                Reading.passed(element.element())
                        .ifPresent(passed -> counts.computeIfAbsent(passed, any -> new Count())
                                .see(element.packets()));
            }
        }
        counts.keySet().removeIf(passed -> entrance(table, passed.asked()) == null);
        List<Passed> all = new ArrayList<>();
        counts.forEach((passed, count) -> {
            Entrance entrance = entrance(table, passed.asked());
            if (entrance != null) {
                all.add(new Passed(
                        entrance.route().key(),
                        passed.endpoint().address(),
                        passed.endpoint().port(),
                        count.sum() * oneIn,
                        null));
            }
        });
        return Passed.added(all);
    }

    private static @Nullable Entrance entrance(RouteTable table, Frontend asked) {
        Entrance entrance = table.entrance(asked);
        if (entrance != null || !(asked.scope() instanceof Scope.At at)) {
            return entrance;
        }
        return table.nodePortAddresses().contains(at.address())
                ? table.entrance(Frontend.nodePort(at.address().family(), asked.protocol(), asked.port()))
                : null;
    }
}
