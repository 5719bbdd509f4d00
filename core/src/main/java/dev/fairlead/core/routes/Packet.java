// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;

/** The first packet of a connection, as this node meets it. */
public record Packet(Origin origin, IpAddress source, Protocol protocol, IpAddress destination, int port) {
    /** Where it came from. */
    public enum Origin {
        /** A pod of this node. */
        POD,
        /** The node itself. */
        NODE,
        /** Anybody else: another node, or the world outside. */
        OUTSIDE
    }
}
