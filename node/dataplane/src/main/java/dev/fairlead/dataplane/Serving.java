// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.routes.Entrance;
import dev.fairlead.dataplane.balance.Balancer;
import dev.fairlead.dataplane.relay.Frontend;
import java.util.ArrayList;
import java.util.List;

/** A frontend of the table as it is served: who is chosen from, and the sockets that are open for it. */
final class Serving {
    private final Balancer balancer;
    // lists: nearly always one socket inside and none at the door
    private final List<Frontend> inside = new ArrayList<>(1);
    private final List<Frontend> atTheDoor = new ArrayList<>(0);
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

    /** The sockets open in the node, or at the door, each once. */
    List<Frontend> sockets(boolean door) {
        return door ? atTheDoor : inside;
    }
}
