// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.routes.Entrance;
import dev.fairlead.dataplane.balance.Balancer;
import dev.fairlead.dataplane.relay.Frontend;
import java.util.LinkedHashSet;
import java.util.Set;

/** A frontend of the table as it is served: who is chosen from, and the sockets that are open for it. */
final class Serving {
    private final Balancer balancer;
    private final Set<Frontend> inside = new LinkedHashSet<>();
    private final Set<Frontend> atTheDoor = new LinkedHashSet<>();
    private Entrance entrance;

    Serving(Balancer balancer, Entrance entrance) {
        this.balancer = balancer;
        this.entrance = entrance;
    }

    Balancer balancer() {
        return balancer;
    }

    Entrance entrance() {
        return entrance;
    }

    void entrance(Entrance changed) {
        entrance = changed;
    }

    /** The sockets open in the node, or at the door. */
    Set<Frontend> sockets(boolean door) {
        return door ? atTheDoor : inside;
    }
}
