// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Frontend;
import java.io.IOException;
import java.util.List;

/** How the userspace plane meets the node it runs on. */
public interface Surroundings {
    /**
     * Whether a backend can see a client's own address: whether its answers come home. Those of the node itself do not: they
     * leave it at once, and never meet the relay's socket.
     */
    boolean keepSource(IpAddress backend);

    /** Whether another port may be bound where the right one cannot be had. */
    default boolean otherPorts() {
        return false;
    }

    /** Whether a frontend is opened here; all others are somebody else's to carry. Always the same for a frontend. */
    default boolean carries(Frontend frontend) {
        return true;
    }

    /**
     * Where node ports are opened in the node.
     *
     * @param accepted where the table has them
     */
    default List<IpAddress> nodePorts(List<IpAddress> accepted) {
        return accepted;
    }

    /** Addresses on which node ports are open besides the node's own; bound by the door loop. */
    default List<IpAddress> doors() {
        return List.of();
    }

    /**
     * Makes a virtual address the node's own, if it is not: packets to it come here from now on.
     *
     * @throws IOException when it cannot be, with what would help
     */
    void claim(IpAddress virtual) throws IOException;

    /** Takes back a {@link #claim}. */
    void release(IpAddress virtual);
}
