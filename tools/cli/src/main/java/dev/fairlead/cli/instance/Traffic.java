// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.agent.network.Block;
import dev.fairlead.agent.network.LoopbackHouse;
import dev.fairlead.agent.network.NamespaceHouse;
import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.Surroundings;
import dev.fairlead.dataplane.UserspacePlane;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import dev.fairlead.dns.server.DnsServer;
import dev.fairlead.dns.server.Forwarder;
import dev.fairlead.dns.server.HostResolvers;
import dev.fairlead.dns.server.Resolver;
import dev.fairlead.pods.environment.ResolvConf;
import dev.fairlead.pods.network.KernelNetwork;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What carries traffic on the node: its network, the relay, DNS, and the pods' places. */
final class Traffic implements AutoCloseable {
    static final String DOMAIN = "cluster.local";
    private static final int DNS_PORT = 53;
    private static final int[] OTHER_DNS_PORTS = {8053, 20_053, 30_053};
    private static final int TTL = 30;
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private final NodeNetwork network;
    private final PodNetwork pods;
    private final UserspacePlane plane;
    private final NameTable names;
    private final DnsServer dns;
    private final InetSocketAddress dnsAddress;

    private Traffic(
            NodeNetwork network,
            PodNetwork pods,
            UserspacePlane plane,
            NameTable names,
            DnsServer dns,
            InetSocketAddress dnsAddress) {
        this.network = network;
        this.pods = pods;
        this.plane = plane;
        this.names = names;
        this.dns = dns;
        this.dnsAddress = dnsAddress;
    }

    static Traffic open(Mode mode, Block block, Path directory, Time time) throws IOException {
        NodeNetwork network = mode == Mode.LOOPBACK
                ? new LoopbackHouse(System.getProperty("os.name").equals("Linux"))
                : NamespaceHouse.open(mode, block, directory);
        NameTable names = new NameTable();
        Forwarder forwarder = new Forwarder(HostResolvers.read(RESOLV_CONF), Duration.ofSeconds(2), time);
        Resolver resolver = new Resolver(new ZoneAnswers(DnsName.of(DOMAIN), TTL, names), forwarder);
        List<DatagramChannel> udp = new ArrayList<>();
        List<ServerSocketChannel> tcp = new ArrayList<>();
        InetSocketAddress dnsAddress = listen(network, block.dns(), udp, tcp);
        DnsServer dns = new DnsServer(resolver, udp, tcp);
        Loop loop = loop(network, network.sockets(), "relay", time);
        Loop door = network.hostIsOutside() ? loop(network, network.doorSockets(), "relay-door", time) : null;
        UserspacePlane plane = new UserspacePlane(loop, door, surroundings(network), Choice.RANDOM, new Random(), time);
        return new Traffic(network, podNetwork(network, block, directory, dnsAddress), plane, names, dns, dnsAddress);
    }

    /** A loop on a thread of its own, which stands where the node's sockets belong. */
    private static Loop loop(NodeNetwork network, Sockets sockets, String name, Time time) {
        Loop loop = new Loop(sockets, Limits.USUAL, time);
        network.start(name, loop::run);
        return loop;
    }

    private static InetSocketAddress listen(
            NodeNetwork network, IpAddress address, List<DatagramChannel> udp, List<ServerSocketChannel> tcp)
            throws IOException {
        IOException last = null;
        List<Integer> ports = new ArrayList<>(List.of(DNS_PORT));
        if (network.mode() == Mode.LOOPBACK) {
            for (int other : OTHER_DNS_PORTS) {
                ports.add(other);
            }
        }
        for (int port : ports) {
            InetSocketAddress at = new InetSocketAddress(inet(address), port);
            try {
                DatagramChannel datagrams = network.datagrams(at);
                try {
                    tcp.add(network.listen(at));
                } catch (IOException taken) {
                    datagrams.close();
                    throw taken;
                }
                udp.add(datagrams);
                return at;
            } catch (IOException refused) {
                last = refused;
            }
        }
        throw new IOException("DNS cannot listen at " + address + " port " + DNS_PORT + ": " + last, last);
    }

    private static Surroundings surroundings(NodeNetwork network) {
        boolean loopback = network.mode() == Mode.LOOPBACK;
        return new Surroundings() {
            @Override
            public boolean keepSource() {
                return !loopback;
            }

            @Override
            public boolean otherPorts() {
                return loopback;
            }

            @Override
            public List<IpAddress> doors() {
                return network.hostIsOutside() ? List.of(IpAddress.of("127.0.0.1")) : List.of();
            }

            @Override
            public void claim(IpAddress virtual) throws IOException {
                network.claim(virtual);
            }

            @Override
            public void release(IpAddress virtual) {
                network.release(virtual);
            }
        };
    }

    private static PodNetwork podNetwork(NodeNetwork network, Block block, Path directory, InetSocketAddress dnsAddress)
            throws IOException {
        if (!(network instanceof NamespaceHouse house)) {
            String dns = dnsAddress.getAddress().getHostAddress() + ":" + dnsAddress.getPort();
            return new LoopbackNetwork(block.pods(), network.nodeIps().getFirst(), dns);
        }
        List<Cidr> blocks = List.of(block.pods(), block.podsV6());
        String resolvConf = Files.exists(RESOLV_CONF) ? Files.readString(RESOLV_CONF) : "";
        ResolvConf.ClusterDns dns =
                new ResolvConf.ClusterDns(List.of(block.dns().toString()), DOMAIN);
        return new KernelNetwork(
                new KernelNetwork.Plan(
                        network.mode().text(), blocks, network.nodeIps(), dns, ResolvConf.parse(resolvConf), directory),
                house.namespace());
    }

    static InetAddress inet(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 and 16 bytes are addresses", impossible);
        }
    }

    NodeNetwork network() {
        return network;
    }

    PodNetwork pods() {
        return pods;
    }

    UserspacePlane plane() {
        return plane;
    }

    NameTable names() {
        return names;
    }

    InetSocketAddress dnsAddress() {
        return dnsAddress;
    }

    /** Unmakes the network too: no pods run any more. */
    void end() {
        dns.close();
        network.end();
    }

    @Override
    public void close() {
        dns.close();
        network.close();
    }
}
