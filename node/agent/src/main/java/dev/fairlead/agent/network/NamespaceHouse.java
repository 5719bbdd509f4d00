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
import dev.fairlead.kernel.netlink.WaysOut;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
 * <p>Connections of pods to the world beyond are passed on by a relay that stands on the host ({@link WaysOut}): the host needs
 * no rule, no forwarding, and rootless it works too.
 *
 * <p>What happens inside is {@link NamespaceNetwork}'s. Rootless the host is outside: no link; the relay's door opens node ports there.
 */
public final class NamespaceHouse implements NodeNetwork {
    private static final System.Logger LOG = System.getLogger(NamespaceHouse.class.getName());
    private static final String HOLDER = "holder";
    private static final String HOST_LINK = "host0";
    /** Nobody else listens there, and no connection of the node's own comes from there. */
    private static final int OUT = 1;

    private static final List<InetSocketAddress> DOORS = List.of(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), OUT),
            new InetSocketAddress(InetAddress.ofLiteral("::1"), OUT));

    private final Mode mode;
    private final Block block;
    private final Path record;
    private final HostThread outside;
    private final Namespace node;
    private final Child holder;
    private final NamespaceNetwork inside;

    private NamespaceHouse(Mode mode, Block block, Path record, Namespace node, Child holder, NamespaceNetwork inside) {
        this.mode = mode;
        this.block = block;
        this.record = record;
        this.outside = new HostThread();
        this.node = node;
        this.holder = holder;
        this.inside = inside;
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
            NamespaceNetwork inside = NamespaceNetwork.open(
                    node,
                    List.of(nodeIp(block), nodeIpV6(block)),
                    List.of(block.pods(), block.podsV6()),
                    block.virtual());
            return new NamespaceHouse(mode, block, record, node, holder, inside);
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
            Sysctl.write("net.ipv4.conf.all.rp_filter", "0");
            Sysctl.write("net.ipv4.conf.default.rp_filter", "0");
            // below the node ports, so that no connection of our own takes one
            Sysctl.write("net.ipv4.ip_local_port_range", "1024 29999");
            Sysctl.write("net.ipv4.ip_unprivileged_port_start", "0");
            return 0;
        });
        try (Rtnetlink links = Rtnetlink.in(node)) {
            links.setUp("lo");
            links.addAddress("lo", Prefix.host(Inet.address(nodeIp(block))));
            links.addAddress("lo", Prefix.host(Inet.address(nodeIpV6(block))));
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
            InetAddress hostIp = Inet.address(block.pods().last());
            InetAddress nodeIp = Inet.address(nodeIp(block));
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

    /** The host's link to the node. */
    static String hostLink(Block block) {
        return "fairlead" + block.number();
    }

    /** The node's own address: the first of its pods' block. */
    public static IpAddress nodeIp(Block block) {
        return block.pods().first().plus(1);
    }

    private static IpAddress nodeIpV6(Block block) {
        return block.podsV6().first().plus(1);
    }

    @Override
    public Optional<Namespace> namespace() {
        return inside.namespace();
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public List<IpAddress> nodeIps() {
        return inside.nodeIps();
    }

    @Override
    public Thread start(String name, Runnable loop) {
        return inside.start(name, loop);
    }

    @Override
    public Sockets sockets() {
        return inside.sockets();
    }

    @Override
    public UdpSocket datagrams(InetSocketAddress at) throws IOException {
        return inside.datagrams(at);
    }

    @Override
    public ServerSocketChannel listen(InetSocketAddress at) throws IOException {
        return inside.listen(at);
    }

    @Override
    public SocketChannel socket(StandardProtocolFamily family) throws IOException {
        return inside.socket(family);
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
    public Optional<Outside> outside() {
        List<Prefix> inside = Stream.concat(Stream.of(block.pods(), block.podsV6()), block.virtual().stream())
                .map(cidr -> Prefix.of(cidr.toString()))
                .toList();
        try {
            WaysOut.install(node, "fairlead-out", NamespaceNetwork.MARK, OUT, inside);
        } catch (KernelException refused) {
            if (!refused.isNotFound() && !refused.isUnsupported()) {
                throw refused;
            }
            LOG.log(Level.WARNING, "pods do not reach the world beyond the host: {0}", refused.getMessage());
            return Optional.empty();
        }
        LinuxSockets.Door door = work -> node.call(work::getAsInt);
        return Optional.of(new Outside(LinuxSockets.acceptingForeign(door), DOORS, outside::start));
    }

    @Override
    public void claim(IpAddress virtual) throws IOException {
        inside.claim(virtual);
    }

    @Override
    public void release(IpAddress virtual) {
        inside.release(virtual);
    }

    @Override
    public void end() {
        inside.end();
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
