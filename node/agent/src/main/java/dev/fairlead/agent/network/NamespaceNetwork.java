// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.kernel.netlink.TransparentReplies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/**
 * A node in a network namespace that is there already and has its addresses: the one that {@link NamespaceHouse} builds,
 * the host's own ({@code fairlead node}), a host of the lab. Every Service address is made the node's own by one local
 * route for each block (AnyIP), so the relay may listen on any of them, and packets for the relay's transparent sockets
 * are delivered to them. Everything else in the namespace is left alone.
 */
public final class NamespaceNetwork implements NodeNetwork {
    private static final String REPLIES = "fairlead-relay";
    static final int MARK = 0x4641; // "FA"
    private static final int TABLE = 17_985;
    private static final int PRIORITY = 100;

    private final Namespace node;
    private final List<IpAddress> nodeIps;
    private final List<Cidr> pods;
    private final List<Cidr> virtual;
    private final TransparentReplies replies;

    private NamespaceNetwork(
            Namespace node, List<IpAddress> nodeIps, List<Cidr> pods, List<Cidr> virtual, TransparentReplies replies) {
        this.node = node;
        this.nodeIps = List.copyOf(nodeIps);
        this.pods = List.copyOf(pods);
        this.virtual = List.copyOf(virtual);
        this.replies = replies;
    }

    /**
     * Prepares {@code node}, which stays open as long as this is used; what an earlier life prepared is found again.
     *
     * @param nodeIps addresses the namespace has, primary first
     * @param pods what pods of this node get their addresses from
     * @param virtual the blocks of Services' addresses
     * @throws KernelException naming what the kernel refused
     */
    public static NamespaceNetwork open(Namespace node, List<IpAddress> nodeIps, List<Cidr> pods, List<Cidr> virtual) {
        node.call(NamespaceNetwork::permit);
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.setUp("lo");
            int lo = links.index("lo");
            for (Cidr block : virtual) {
                try {
                    links.addRoute(Route.local(Prefix.of(block.toString()), lo));
                } catch (KernelException there) {
                    if (!there.isExists()) {
                        throw there;
                    }
                }
            }
        }
        return new NamespaceNetwork(
                node, nodeIps, pods, virtual, TransparentReplies.install(node, REPLIES, MARK, TABLE, PRIORITY));
    }

    private static boolean permit() {
        Sysctl.write("net.ipv4.ip_forward", "1");
        if (Sysctl.read("net.ipv4.conf.all.rp_filter").equals("1")) {
            Sysctl.write("net.ipv4.conf.all.rp_filter", "2"); // answers to transparent sockets come in by other links
        }
        boolean v6 = Sysctl.exists("net.ipv6.conf.all.forwarding");
        if (v6) {
            Sysctl.write("net.ipv6.conf.all.forwarding", "1");
            // an address that is local by a route only: IPv4 binds it as it is, IPv6 asks for this
            Sysctl.write("net.ipv6.ip_nonlocal_bind", "1");
        }
        return v6;
    }

    @Override
    public Mode mode() {
        return Mode.KERNEL;
    }

    @Override
    public Optional<Namespace> namespace() {
        return Optional.of(node);
    }

    @Override
    public List<IpAddress> nodeIps() {
        return nodeIps;
    }

    @Override
    public Thread start(String name, Runnable loop) {
        return node.start(name, loop);
    }

    @Override
    public Sockets sockets() {
        return LinuxSockets.transparent(replies.socketMark());
    }

    @Override
    public UdpSocket datagrams(InetSocketAddress at) throws IOException {
        return node.call(() -> UdpSocket.open(at, true));
    }

    @Override
    public ServerSocketChannel listen(InetSocketAddress at) throws IOException {
        return node.call(() -> Opened.listener(NodeNetwork.family(at), at));
    }

    @Override
    public SocketChannel socket(StandardProtocolFamily family) throws IOException {
        return node.call(() -> SocketChannel.open(family));
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
    public void claim(IpAddress address) throws IOException {
        if (pods.stream().anyMatch(block -> block.contains(address))) {
            throw new IOException(address + " belongs to the node's pods and cannot be a Service's address too");
        }
        if (isOwn(address)) {
            return;
        }
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.addRoute(Route.local(host(address), links.index("lo")));
        } catch (KernelException refused) {
            if (!refused.isExists()) {
                throw new IOException(address + " cannot be made the node's own: " + refused.getMessage(), refused);
            }
        }
    }

    @Override
    public void release(IpAddress address) {
        if (isOwn(address)) {
            return;
        }
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.removeRoute(Route.local(host(address), links.index("lo")));
        } catch (KernelException gone) {
            if (!gone.isNotFound()) {
                throw gone;
            }
        }
    }

    /** Of what was made local as a whole, or the node's own address. */
    private boolean isOwn(IpAddress address) {
        return nodeIps.contains(address) || virtual.stream().anyMatch(block -> block.contains(address));
    }

    private static Prefix host(IpAddress address) {
        return Prefix.of(address + "/" + address.family().bits());
    }

    /** Takes back what was prepared; settings that others may rely on by now stay. */
    @Override
    public void end() {
        remove(node, virtual);
    }

    /** Takes back what an earlier life prepared in a namespace, if one did. */
    public static void remove(Namespace node, List<Cidr> virtual) {
        TransparentReplies.remove(node, REPLIES, MARK, TABLE, PRIORITY);
        try (Rtnetlink links = Rtnetlink.in(node)) {
            int lo = links.index("lo");
            for (Cidr block : virtual) {
                try {
                    links.removeRoute(Route.local(Prefix.of(block.toString()), lo));
                } catch (KernelException gone) {
                    if (!gone.isNotFound()) {
                        throw gone;
                    }
                }
            }
        }
    }

    /** Nothing is let go of: the namespace is the caller's. */
    @Override
    public void close() {}
}
