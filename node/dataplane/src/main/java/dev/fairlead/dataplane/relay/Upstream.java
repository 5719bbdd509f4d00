// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.Admission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who answers at a frontend, asked anew for each connection; any loop may ask. */
public interface Upstream {
    /**
     * An endpoint for a new connection of {@code client}, or null when there is none (left).
     *
     * @param tried the endpoints given before for this connection, none of which could be reached, the last one last
     */
    @Nullable
    Target choose(InetAddress client, List<Target> tried);

    /** Who may come in at all; asked when the frontend is opened and refreshed. */
    default Admission admission() {
        return Admission.EVERYBODY;
    }

    /**
     * Whether connections to many addresses are led to the frontend, so that {@link #towards} has to be asked for each.
     */
    default boolean many() {
        return false;
    }

    /** Who answers at {@code asked}, the address that a client wanted; only where {@link #many}. */
    default Upstream towards(InetSocketAddress asked) {
        return this;
    }

    /** Whether {@code target} is still one that {@link #choose} may give that client; flows of datagrams to others end. */
    boolean has(InetAddress client, Target target);

    /**
     * An endpoint.
     *
     * @param keepSource whether it shall see the client's own address, where the sockets can do that
     * @param traffic what passed, counted
     */
    record Target(InetSocketAddress address, boolean keepSource, Traffic traffic) {}
}
