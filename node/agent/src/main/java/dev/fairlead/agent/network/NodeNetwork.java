// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Where a node's traffic happens. */
public interface NodeNetwork extends AutoCloseable {
    /** Which of the three it is. */
    Mode mode();

    /** The namespace into which pods are cabled; empty where there are none. */
    Optional<Namespace> namespace();

    /** The node's own addresses, primary first; node ports are open on them. */
    List<IpAddress> nodeIps();

    /** Starts an event loop's thread where the node's sockets belong; it may wake platform threads only. */
    Thread start(String name, Runnable loop);

    /** Sockets for an event loop that runs on a thread of {@link #start}. */
    Sockets sockets() throws IOException;

    /** A bound socket for datagrams. */
    UdpSocket datagrams(InetSocketAddress at) throws IOException;

    /** A listening socket, in blocking mode. */
    ServerSocketChannel listen(InetSocketAddress at) throws IOException;

    /** An unconnected TCP socket of the node's, in blocking mode: pods and Services see the node as its client. */
    SocketChannel socket(StandardProtocolFamily family) throws IOException;

    /** The family of a socket that can have or reach {@code address}. */
    static StandardProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    /**
     * Whether the host stands outside: it reaches node ports by way of sockets that the relay opens there (rootless).
     */
    boolean hostIsOutside();

    /** Sockets for an event loop that accepts on the host and connects in the node; only where the host is outside. */
    Sockets doorSockets() throws IOException;

    /** How pods' connections leave the network for the world beyond; empty where routes lead there, or nothing does. */
    Optional<Outside> outside();

    /**
     * The side of the network that knows the world.
     *
     * @param sockets listening inside at {@code doors}, where connections to the world are led, and connecting outside
     * @param start starts the thread of a loop over the sockets, by its name
     */
    record Outside(Sockets sockets, List<InetSocketAddress> doors, BiConsumer<String, Runnable> start) {}

    /**
     * Makes an address the node's own, if it is not: packets to it come here from now on.
     *
     * @throws IOException when it must not be, with the reason
     */
    void claim(IpAddress virtual) throws IOException;

    /** Takes back a {@link #claim}. */
    void release(IpAddress virtual);

    /** Unmakes what the network made, for good: no pods run any more. */
    void end();

    /** Lets go of it; pods go on running in it, and the next start finds it again. */
    @Override
    void close();

    /** The three networks. */
    enum Mode {
        /** Linux with the capabilities: namespaces, and a route from the host. */
        KERNEL,
        /** Linux inside a user namespace: namespaces, and sockets on the host. */
        ROOTLESS,
        /** Addresses out of 127/8. */
        LOOPBACK;

        /** As it is written on the command line. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
