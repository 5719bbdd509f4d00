// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;

/** The first packet of a new connection, as this node meets it. */
public record Packet(From from, Protocol protocol, IpAddress destination, int port) {
    /** Where a packet comes from. */
    public sealed interface From {
        /** The source address. */
        IpAddress ip();

        /** A pod, on this or another node. */
        record Pod(IpAddress ip, String node) implements From {}

        /** This node itself. */
        record Node(IpAddress ip) implements From {}

        /** Another node itself. */
        record OtherNode(IpAddress ip) implements From {}

        /** Outside the cluster. */
        record Outside(IpAddress ip) implements From {}
    }
}
