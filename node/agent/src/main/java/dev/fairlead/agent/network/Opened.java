// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Sockets of the JDK that are closed again when they cannot be bound. */
public final class Opened {
    private Opened() {}

    /** A listening socket, in the calling thread's namespace. */
    public static ServerSocketChannel listener(ProtocolFamily family, InetSocketAddress at) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(at, 1024);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }
}
