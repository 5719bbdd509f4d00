// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import dev.fairlead.core.definition.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** From addresses as values, which {@code core} decides about, to those that sockets take. Nothing is looked up. */
public final class Inet {
    private Inet() {}

    /** The same address. */
    public static InetAddress address(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address has 4 or 16 bytes: " + address, impossible);
        }
    }

    /** The same address and a port (0 to 65535). */
    public static InetSocketAddress socketAddress(IpAddress address, int port) {
        return new InetSocketAddress(address(address), port);
    }
}
