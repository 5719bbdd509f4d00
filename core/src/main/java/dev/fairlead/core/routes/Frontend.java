// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;
import java.util.Locale;

/**
 * What a client connects to.
 *
 * @param port 1 to 65535
 */
public record Frontend(Scope scope, Protocol protocol, int port) implements Comparable<Frontend> {
    /** The frontend at one virtual address. */
    public static Frontend at(IpAddress address, Protocol protocol, int port) {
        return new Frontend(new Scope.At(address), protocol, port);
    }

    /** The frontend at the node's own addresses of one family. */
    public static Frontend nodePort(IpFamily family, Protocol protocol, int port) {
        return new Frontend(new Scope.NodePorts(family), protocol, port);
    }

    /** By scope, protocol, port. */
    @Override
    public int compareTo(Frontend other) {
        int byScope = scope.compareTo(other.scope);
        int byProtocol = byScope != 0 ? byScope : protocol.compareTo(other.protocol);
        return byProtocol != 0 ? byProtocol : Integer.compare(port, other.port);
    }

    /** For example {@code 10.96.0.10:53/udp}. */
    @Override
    public String toString() {
        return scope + ":" + port + "/" + protocol.name().toLowerCase(Locale.ROOT);
    }
}
