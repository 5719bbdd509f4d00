// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.kernel.netlink.TransparentReplies;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A node in a network namespace of its own, so that it never meets the host's rules, and unmaking it is ending one
 * process: the holder, which does nothing but keep the namespace alive while Fairlead is not running.
 *
 * <pre>
 * host                                node namespace                       pods
 * fairleadN 10.244.N.255 ──(veth)──── host0  10.244.N.1                    eth0 10.244.N.2 …
 * route Services, pods via host0      local Services dev lo (AnyIP)        default via node
 * </pre>
 *
 * <p>Every Service address is the node's own, by one local route for each block, so the relay may listen on any of them.
 * Rootless the host is outside: no link; the relay's door opens node ports there.
 */
public final class NamespaceHouse implements NodeNetwork {
    private static final String HOLDER = "holder";
    private static final String HOST_LINK = "host0";
    private static final int MARK = 0x4641; // "FA"
    private static final int TABLE = 17_985;
    private static final int PRIORITY = 100;

    private final Mode mode;
    private final Block block;
    private final Path record;
    private final HostThread outside;
    private final Namespace node;
    private final Child holder;
    private final TransparentReplies replies;

    private NamespaceHouse(
            Mode mode, Block block, Path record, Namespace node, Child holder, TransparentReplies replies) {
        this.mode = mode;
        this.block = block;
        this.record = record;
        this.outside = new HostThread();
        this.node = node;
        this.holder = holder;
        this.replies = replies;
    }

    /**
     * Makes the node's namespace, or finds the one that an earlier life left in {@code directory}.
     *
     * @param mode KERNEL or ROOTLESS
     */
    public static NamespaceHouse open(Mode mode, Block block, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path record = directory.resolve(HOLDER);
        Optional<Child> living = holder(record);
        Child holder = living.isPresent() ? living.get() : newHolder(record);
        Namespace node = Namespace.ofProcess(holder.pid());
        try {
            if (living.isEmpty()) {
                furnish(node, block);
            }
            if (mode == Mode.KERNEL) {
                linkHost(node, block);
            }
            TransparentReplies replies = TransparentReplies.install(node, "fairlead", MARK, TABLE, PRIORITY);
            return new NamespaceHouse(mode, block, record, node, holder, replies);
        } catch (KernelException | IOException refused) {
            node.close();
            if (living.isEmpty()) {
                holder.signalGroup(Signal.KILL);
            }
            throw refused;
        }
    }

    private static Optional<Child> holder(Path record) throws IOException {
        if (!Files.exists(record)) {
            return Optional.empty();
        }
        String[] words = Files.readString(record).strip().split(" ");
        try {
            return Child.adopt(Long.parseLong(words[0]), Long.parseLong(words[words.length - 1]));
        } catch (NumberFormatException halfWritten) {
            return Optional.empty();
        }
    }

    private static Child newHolder(Path record) throws IOException {
        try (Namespace fresh = Namespace.create("node")) {
            Child child =
                    Spawn.of(List.of("sleep", "infinity")).withNetwork(fresh).start();
            Files.writeString(record, child.pid() + " " + child.startTime() + "\n");
            return child;
        }
    }

    private static void furnish(Namespace node, Block block) throws IOException {
        node.call(() -> {
            Sysctl.write("net.ipv4.ip_forward", "1");
            Sysctl.write("net.ipv4.conf.all.rp_filter", "0");
            Sysctl.write("net.ipv4.conf.default.rp_filter", "0");
            // below the node ports, so that no connection of our own takes one
            Sysctl.write("net.ipv4.ip_local_port_range", "1024 29999");
            Sysctl.write("net.ipv4.ip_unprivileged_port_start", "0");
            if (Sysctl.exists("net.ipv6.conf.all.forwarding")) {
                Sysctl.write("net.ipv6.conf.all.forwarding", "1");
                // an address that is local by a route only: IPv4 binds it as it is, IPv6 asks for this
                Sysctl.write("net.ipv6.ip_nonlocal_bind", "1");
            }
            return 0;
        });
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.setUp("lo");
            int lo = links.index("lo");
            for (Cidr virtual : block.virtual()) {
                links.addRoute(Route.local(Prefix.of(virtual.toString()), lo));
            }
            links.addAddress("lo", Prefix.host(inet(nodeIp(block))));
            links.addAddress("lo", Prefix.host(inet(nodeIpV6(block))));
        }
    }

    /** Connects the host, unless it is: the host's routes to Services and pods lead through one link. */
    private static void linkHost(Namespace node, Block block) throws IOException {
        String link = hostLink(block);
        try (Namespace host = Namespace.own();
                Rtnetlink there = Rtnetlink.in(host);
                Rtnetlink here = Rtnetlink.in(node)) {
            if (here.link(HOST_LINK).isPresent()) {
                return;
            }
            if (there.link(link).isPresent()) {
                there.deleteLink(link); // left by a life whose namespace is gone
            }
            there.createVeth(link, node, HOST_LINK);
            there.setUp(link);
            here.setUp(HOST_LINK);
            InetAddress hostIp = inet(block.pods().last());
            InetAddress nodeIp = inet(nodeIp(block));
            there.addAddress(link, Prefix.host(hostIp));
            here.addRoute(Route.to(Prefix.host(hostIp)).withLink(here.index(HOST_LINK)));
            here.addAddress(HOST_LINK, Prefix.host(nodeIp));
            int index = there.index(link);
            there.addRoute(Route.to(Prefix.host(nodeIp)).withLink(index).withSource(hostIp));
            for (Cidr reached : List.of(block.pods(), block.services(), block.loadBalancers())) {
                there.addRoute(Route.to(Prefix.of(reached.toString()))
                        .withGateway(nodeIp)
                        .withLink(index)
                        .withSource(hostIp)
                        .withOnLink());
            }
        }
    }

    private static String hostLink(Block block) {
        return "fairlead" + block.number();
    }

    /** The node's own address: the first of its pods' block. */
    public static IpAddress nodeIp(Block block) {
        return block.pods().first().plus(1);
    }

    private static IpAddress nodeIpV6(Block block) {
        return block.podsV6().first().plus(1);
    }

    private static InetAddress inet(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 and 16 bytes are addresses", impossible);
        }
    }

    /** The node's namespace, into which pods are cabled. */
    public Namespace namespace() {
        return node;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public List<IpAddress> nodeIps() {
        return List.of(nodeIp(block), nodeIpV6(block));
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
    public DatagramChannel datagrams(InetSocketAddress at) throws IOException {
        return node.call(() -> Opened.datagrams(NodeNetwork.family(at), at));
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
        return mode == Mode.ROOTLESS;
    }

    @Override
    public Sockets doorSockets() {
        return new LinuxSockets((LinuxSockets.Door) outside::run);
    }

    @Override
    public void claim(IpAddress virtual) throws IOException {
        if (block.pods().contains(virtual) || block.podsV6().contains(virtual)) {
            throw new IOException(virtual + " belongs to the node's pods and cannot be a Service's address too");
        }
        if (inOwnBlocks(virtual)) {
            return;
        }
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.addRoute(Route.local(Prefix.host(inet(virtual)), links.index("lo")));
        } catch (KernelException refused) {
            if (!refused.isExists()) {
                throw new IOException(virtual + " cannot be made the node's own: " + refused.getMessage(), refused);
            }
        }
    }

    @Override
    public void release(IpAddress virtual) {
        if (inOwnBlocks(virtual)) {
            return;
        }
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.removeRoute(Route.local(Prefix.host(inet(virtual)), links.index("lo")));
        } catch (KernelException gone) {
            if (!gone.isNotFound()) {
                throw gone;
            }
        }
    }

    /** Of what {@code furnish} has made local as a whole, and of the node's own addresses. */
    private boolean inOwnBlocks(IpAddress virtual) {
        return nodeIps().contains(virtual) || block.virtual().stream().anyMatch(own -> own.contains(virtual));
    }

    @Override
    public void end() {
        replies.close();
        holder.signalGroup(Signal.KILL);
        try {
            Files.deleteIfExists(record);
        } catch (IOException stale) {
            // a record of a process that is gone is passed over by the next start
        }
        close();
    }

    @Override
    public void close() {
        node.close();
        outside.close();
    }
}
