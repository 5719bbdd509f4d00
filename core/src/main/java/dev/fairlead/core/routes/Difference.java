// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.ObjectName;
import java.util.ArrayList;
import java.util.List;

/**
 * What changed between two tables, Service by Service.
 *
 * @param services the Services whose routes differ
 */
public record Difference(List<Changed> services) {
    /** One Service's routes before and now; empty where it has none. */
    public record Changed(ObjectName service, List<Route> before, List<Route> now) {}

    /** The difference; what both tables share is passed over without a look. */
    public static Difference between(RouteTable before, RouteTable now) {
        List<Changed> changed = new ArrayList<>();
        now.services().differencesFrom(before.services(), (name, old, fresh) -> {
            List<Route> was = old == null ? List.of() : old.routes();
            List<Route> is = fresh == null ? List.of() : fresh.routes();
            if (!was.equals(is)) {
                changed.add(new Changed(name, was, is));
            }
        });
        changed.sort((one, other) -> one.service.compareTo(other.service));
        return new Difference(List.copyOf(changed));
    }

    /** Whether nothing differs. */
    public boolean isEmpty() {
        return services.isEmpty();
    }
}
