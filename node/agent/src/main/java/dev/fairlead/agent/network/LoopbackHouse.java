// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.socket.ChannelSockets;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/** A node on 127/8: nothing is made, so nothing is unmade. */
public final class LoopbackHouse implements NodeNetwork {
    private final boolean linux;
    private final IpAddress node;

    /** The loopback network; {@code linux} picks the faster sockets. */
    public LoopbackHouse(boolean linux) {
        this(linux, IpAddress.of("127.0.0.1"));
    }

    /** The same of a node that has another address out of 127/8, so that node ports of several do not meet. */
    public LoopbackHouse(boolean linux, IpAddress node) {
        this.linux = linux;
        this.node = node;
    }

    @Override
    public Mode mode() {
        return Mode.LOOPBACK;
    }

    @Override
    public Optional<Namespace> namespace() {
        return Optional.empty();
    }

    @Override
    public List<IpAddress> nodeIps() {
        return List.of(node);
    }

    @Override
    public Thread start(String name, Runnable loop) {
        return Thread.ofPlatform().daemon().name(name).start(loop);
    }

    @Override
    public Sockets sockets() throws IOException {
        return linux ? new LinuxSockets() : new ChannelSockets();
    }

    @Override
    public UdpSocket datagrams(InetSocketAddress at) throws IOException {
        return UdpSocket.open(at, linux);
    }

    @Override
    public ServerSocketChannel listen(InetSocketAddress at) throws IOException {
        return Opened.listener(StandardProtocolFamily.INET, at);
    }

    @Override
    public SocketChannel socket(StandardProtocolFamily family) throws IOException {
        return SocketChannel.open(family);
    }

    @Override
    public boolean hostIsOutside() {
        return false;
    }

    @Override
    public Sockets doorSockets() {
        throw new IllegalStateException("the host is not outside");
    }

    @Override
    public Optional<Outside> outside() {
        return Optional.empty();
    }

    @Override
    public void claim(IpAddress virtual) {
        // 127/8 is the machine's own anyway, and other addresses cannot be had
    }

    @Override
    public void release(IpAddress virtual) {
        // nothing was claimed
    }

    @Override
    public void end() {
        // nothing was made
    }

    @Override
    public void close() {
        // nothing is held
    }
}
