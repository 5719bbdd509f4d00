// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.message.Attributes;
import dev.fairlead.kernel.message.MessageWriter;
import dev.fairlead.kernel.message.NetlinkSocket;
import dev.fairlead.kernel.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links, addresses, routes, rules and neighbours of one network namespace (rtnetlink(7)). Any thread may use it, one call
 * runs at a time. Changes are done when a method returns.
 *
 * <pre>{@code
 * try (Rtnetlink node = Rtnetlink.in(nodeNamespace); Rtnetlink pod = Rtnetlink.in(podNamespace)) {
 *     node.createVeth("pod7", podNamespace, "eth0");
 *     node.setUp("pod7");
 *     node.addRoute(Route.to(Prefix.of("10.244.0.7")).withLink(node.index("pod7")));
 *     pod.addAddress("eth0", Prefix.of("10.244.0.7"));
 * }
 * }</pre>
 *
 * <p>Every method may throw {@link KernelException}: EEXIST when the object is there, ENODEV for a link that is not, ESRCH
 * or EADDRNOTAVAIL when a route or address to be removed is not, ENETUNREACH when a gateway cannot be reached, EPERM without
 * CAP_NET_ADMIN. Message layouts: {@code uapi/linux/rtnetlink.h}, {@code if_link.h}, {@code if_addr.h},
 * {@code fib_rules.h}, {@code neighbour.h}.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    private static final int RTM_NEWRULE = 32;
    private static final int RTM_DELRULE = 33;
    private static final int RTM_GETRULE = 34;
    private static final int CREATE = MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.EXCLUSIVE;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFF_UP = 1;
    private static final int IFF_RUNNING = 0x40;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTPROT_STATIC = 4;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;
    private static final int RTNH_F_ONLINK = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FR_ACT_TO_TBL = 1;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;

    private final NetlinkSocket socket;
    private final MessageWriter writer = new MessageWriter(1 << 16);

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens the configuration of a namespace. */
    public static Rtnetlink in(Namespace namespace) {
        return new Rtnetlink(NetlinkSocket.open(namespace, NetlinkSocket.ROUTE));
    }

    /** A pair of links that are each other's cable, one here and one in another namespace; both down. */
    public synchronized void createVeth(String name, Namespace peerNamespace, String peerName) {
        writer.clear().begin(RTM_NEWLINK, CREATE);
        linkHeader(0, 0, 0).attribute(IFLA_IFNAME, name);
        long info = writer.nestPlain(IFLA_LINKINFO);
        writer.attribute(IFLA_INFO_KIND, "veth");
        long data = writer.nestPlain(IFLA_INFO_DATA);
        long peer = writer.nestPlain(VETH_INFO_PEER);
        linkHeader(0, 0, 0).attribute(IFLA_IFNAME, peerName).attribute(IFLA_NET_NS_FD, peerNamespace.descriptor());
        writer.end(peer);
        writer.end(data);
        writer.end(info);
        writer.end();
        socket.execute("create link " + name + " with peer " + peerName + " in " + peerNamespace, writer);
    }

    public synchronized void deleteLink(String name) {
        writer.clear().begin(RTM_DELLINK, MessageWriter.ACK);
        linkHeader(0, 0, 0).attribute(IFLA_IFNAME, name).end();
        socket.execute("delete link " + name, writer);
    }

    public synchronized void setUp(String name) {
        change("set up link " + name, name, IFF_UP, IFF_UP);
    }

    public synchronized void setDown(String name) {
        change("set down link " + name, name, 0, IFF_UP);
    }

    /** Gives a link another name; Linux before 6.2 refuses that (EBUSY) while it is up. */
    public synchronized void rename(String name, String other) {
        int index = index(name);
        writer.clear().begin(RTM_NEWLINK, MessageWriter.ACK);
        linkHeader(index, 0, 0).attribute(IFLA_IFNAME, other).end();
        socket.execute("rename link " + name + " to " + other, writer);
    }

    /** Sets the largest packet a link carries, in bytes. */
    public synchronized void setMtu(String name, int mtu) {
        writer.clear().begin(RTM_NEWLINK, MessageWriter.ACK);
        linkHeader(0, 0, 0)
                .attribute(IFLA_IFNAME, name)
                .attribute(IFLA_MTU, mtu)
                .end();
        socket.execute("set mtu " + mtu + " of link " + name, writer);
    }

    /** Sets the hardware address, {@code 02:00:0a:f4:00:02}. */
    public synchronized void setMac(String name, String mac) {
        writer.clear().begin(RTM_NEWLINK, MessageWriter.ACK);
        linkHeader(0, 0, 0)
                .attribute(IFLA_IFNAME, name)
                .attribute(IFLA_ADDRESS, macBytes(mac))
                .end();
        socket.execute("set mac " + mac + " of link " + name, writer);
    }

    private void change(String operation, String name, int flags, int mask) {
        writer.clear().begin(RTM_NEWLINK, MessageWriter.ACK);
        linkHeader(0, flags, mask).attribute(IFLA_IFNAME, name).end();
        socket.execute(operation, writer);
    }

    private MessageWriter linkHeader(int index, int flags, int mask) {
        return writer.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(mask);
    }

    public synchronized Optional<Link> link(String name) {
        writer.clear().begin(RTM_GETLINK, MessageWriter.ACK);
        linkHeader(0, 0, 0).attribute(IFLA_IFNAME, name).end();
        try {
            return socket.list("find link " + name, writer, Rtnetlink::readLink).stream()
                    .findFirst();
        } catch (KernelException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The number of a link, for routes. */
    public int index(String name) {
        return link(name)
                .orElseThrow(() -> new KernelException("find link " + name, Errno.ENODEV))
                .index();
    }

    public synchronized List<Link> links() {
        writer.clear().begin(RTM_GETLINK, MessageWriter.DUMP);
        linkHeader(0, 0, 0).end();
        return socket.list("list links", writer, Rtnetlink::readLink);
    }

    private static Link readLink(MemorySegment body) {
        Attributes attributes = new Attributes(body.asSlice(16));
        int flags = body.get(ValueLayout.JAVA_INT_UNALIGNED, 8);
        return new Link(
                body.get(ValueLayout.JAVA_INT_UNALIGNED, 4),
                attributes.text(IFLA_IFNAME),
                attributes.mac(IFLA_ADDRESS),
                attributes.number(IFLA_MTU, 0),
                (flags & IFF_UP) != 0,
                (flags & IFF_RUNNING) != 0);
    }

    /** Puts an address on a link; the prefix length says which others are its neighbours, /32 and /128 that none is. */
    public synchronized void addAddress(String link, Prefix address) {
        int index = index(link);
        writer.clear().begin(RTM_NEWADDR, CREATE);
        addressBody(index, address)
                .attribute(IFA_FLAGS, address.isV4() ? 0 : IFA_F_NODAD)
                .end();
        socket.execute("add address " + address + " to link " + link, writer);
    }

    public synchronized void removeAddress(String link, Prefix address) {
        int index = index(link);
        writer.clear().begin(RTM_DELADDR, MessageWriter.ACK);
        addressBody(index, address).end();
        socket.execute("remove address " + address + " from link " + link, writer);
    }

    private MessageWriter addressBody(int index, Prefix address) {
        // a link-local address of global scope would be chosen as the source of what is masqueraded
        int scope = address.address().isLinkLocalAddress() ? RT_SCOPE_LINK : 0;
        return writer.u8(family(address))
                .u8(address.length())
                .u8(0)
                .u8(scope)
                .u32(index)
                .attribute(IFA_LOCAL, address.address())
                .attribute(IFA_ADDRESS, address.address());
    }

    public synchronized List<LinkAddress> addresses() {
        writer.clear().begin(RTM_GETADDR, MessageWriter.DUMP).u32(0).u32(0).end();
        return socket.list("list addresses", writer, Rtnetlink::readAddress);
    }

    private static @Nullable LinkAddress readAddress(MemorySegment body) {
        Attributes attributes = new Attributes(body.asSlice(8));
        InetAddress local = attributes.address(IFA_LOCAL); // absent for IPv6
        InetAddress address = local == null ? attributes.address(IFA_ADDRESS) : local;
        return address == null
                ? null
                : new LinkAddress(body.get(ValueLayout.JAVA_INT_UNALIGNED, 4), new Prefix(address, u8(body, 1)));
    }

    /** Adds a route; EEXIST when there is one to this destination with this metric in this table. */
    public void addRoute(Route route) {
        writeRoute("add ", route, CREATE);
    }

    /** Adds a route, in place of the one to this destination with this metric in this table if there is one. */
    public void replaceRoute(Route route) {
        writeRoute("replace ", route, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.REPLACE);
    }

    private synchronized void writeRoute(String operation, Route route, int flags) {
        int scope = switch (route.type()) {
            case LOCAL -> RT_SCOPE_HOST;
            case UNICAST -> route.gateway() == null && route.destination().isV4() ? RT_SCOPE_LINK : 0;
            default -> 0;
        };
        writer.clear().begin(RTM_NEWROUTE, flags);
        routeBody(route, scope).end();
        socket.execute(operation + route, writer);
    }

    /** Removes the route to exactly this destination in this table, with the same gateway and link where they are given. */
    public synchronized void removeRoute(Route route) {
        writer.clear().begin(RTM_DELROUTE, MessageWriter.ACK);
        routeBody(route, RT_SCOPE_NOWHERE).end(); // nowhere: of any scope
        socket.execute("remove " + route, writer);
    }

    private MessageWriter routeBody(Route route, int scope) {
        writer.u8(family(route.destination()))
                .u8(route.destination().length())
                .u8(0)
                .u8(0)
                .u8(route.table() < 256 ? route.table() : 0)
                .u8(RTPROT_STATIC)
                .u8(scope)
                .u8(route.type().number())
                .u32(route.onLink() ? RTNH_F_ONLINK : 0)
                .attribute(RTA_DST, route.destination().address())
                .attribute(RTA_TABLE, route.table());
        gateway(route);
        if (route.link() != 0) {
            writer.attribute(RTA_OIF, route.link());
        }
        if (route.source() != null) {
            writer.attribute(RTA_PREFSRC, route.source());
        }
        return route.metric() == 0 ? writer : writer.attribute(RTA_PRIORITY, route.metric());
    }

    private void gateway(Route route) {
        InetAddress gateway = route.gateway();
        if (gateway == null) {
            return;
        }
        byte[] bytes = gateway.getAddress();
        if ((bytes.length == 4) == route.destination().isV4()) {
            writer.attribute(RTA_GATEWAY, bytes);
        } else {
            // struct rtvia {u16 family; bytes}: an IPv4 route over an IPv6 neighbour, Linux 5.2
            byte[] via = new byte[2 + bytes.length];
            via[0] = (byte) (bytes.length == 4 ? AF_INET : AF_INET6);
            System.arraycopy(bytes, 0, via, 2, bytes.length);
            writer.attribute(RTA_VIA, via);
        }
    }

    /** All routes of both families and all tables, the kernel's own included; multipath routes without their hops. */
    public synchronized List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (int family : new int[] {AF_INET, AF_INET6}) {
            writer.clear().begin(RTM_GETROUTE, MessageWriter.DUMP).u8(family);
            writer.u8(0).u16(0).u32(0).u32(0).end();
            routes.addAll(socket.list("list routes", writer, Rtnetlink::readRoute));
        }
        return routes;
    }

    private static Route readRoute(MemorySegment body) {
        Attributes attributes = new Attributes(body.asSlice(12));
        return new Route(
                prefix(u8(body, 0), attributes.address(RTA_DST), u8(body, 1)),
                attributes.address(RTA_GATEWAY),
                attributes.number(RTA_OIF, 0),
                attributes.address(RTA_PREFSRC),
                attributes.number(RTA_TABLE, u8(body, 4)),
                Route.Type.of(u8(body, 7)),
                attributes.number(RTA_PRIORITY, 0),
                (body.get(ValueLayout.JAVA_INT_UNALIGNED, 8) & RTNH_F_ONLINK) != 0);
    }

    public synchronized void addRule(Rule rule) {
        writer.clear().begin(RTM_NEWRULE, CREATE);
        ruleBody(rule).end();
        socket.execute("add " + rule, writer);
    }

    public synchronized void removeRule(Rule rule) {
        writer.clear().begin(RTM_DELRULE, MessageWriter.ACK);
        ruleBody(rule).end();
        socket.execute("remove " + rule, writer);
    }

    private MessageWriter ruleBody(Rule rule) {
        writer.u8(rule.v4() ? AF_INET : AF_INET6).u8(0).u8(0).u8(0);
        writer.u8(rule.table() < 256 ? rule.table() : 0).u8(0).u8(0).u8(FR_ACT_TO_TBL);
        writer.u32(0).attribute(FRA_TABLE, rule.table()).attribute(FRA_PRIORITY, rule.priority());
        return rule.mark() == 0
                ? writer
                : writer.attribute(FRA_FWMARK, rule.mark()).attribute(FRA_FWMASK, rule.mask());
    }

    /** The rules of both families that name a table, the kernel's own three included. */
    public synchronized List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (int family : new int[] {AF_INET, AF_INET6}) {
            writer.clear().begin(RTM_GETRULE, MessageWriter.DUMP).u8(family);
            writer.u8(0).u16(0).u32(0).u32(0).end();
            rules.addAll(socket.list("list rules", writer, Rtnetlink::readRule));
        }
        return rules;
    }

    private static @Nullable Rule readRule(MemorySegment body) {
        if (u8(body, 7) != FR_ACT_TO_TBL) {
            return null;
        }
        Attributes attributes = new Attributes(body.asSlice(12));
        return new Rule(
                u8(body, 0) == AF_INET,
                attributes.number(FRA_PRIORITY, 0),
                attributes.number(FRA_FWMARK, 0),
                attributes.number(FRA_FWMASK, -1),
                attributes.number(FRA_TABLE, u8(body, 4)));
    }

    /** Sets a hardware address for good, in place of what may have been learnt. */
    public synchronized void setNeighbour(int link, InetAddress address, String mac) {
        writer.clear().begin(RTM_NEWNEIGH, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.REPLACE);
        neighbourBody(link, address).attribute(NDA_LLADDR, macBytes(mac)).end();
        socket.execute("set neighbour " + address.getHostAddress() + " to " + mac, writer);
    }

    public synchronized void removeNeighbour(int link, InetAddress address) {
        writer.clear().begin(RTM_DELNEIGH, MessageWriter.ACK);
        neighbourBody(link, address).end();
        socket.execute("remove neighbour " + address.getHostAddress(), writer);
    }

    private MessageWriter neighbourBody(int link, InetAddress address) {
        return writer.u8(family(Prefix.host(address)))
                .u8(0)
                .u16(0)
                .u32(link)
                .u16(NUD_PERMANENT)
                .u8(0)
                .u8(0)
                .attribute(NDA_DST, address);
    }

    public synchronized List<Neighbour> neighbours() {
        writer.clear()
                .begin(RTM_GETNEIGH, MessageWriter.DUMP)
                .u32(0)
                .u32(0)
                .u32(0)
                .end();
        return socket.list("list neighbours", writer, Rtnetlink::readNeighbour);
    }

    private static @Nullable Neighbour readNeighbour(MemorySegment body) {
        Attributes attributes = new Attributes(body.asSlice(12));
        InetAddress address = attributes.address(NDA_DST);
        return address == null
                ? null
                : new Neighbour(
                        body.get(ValueLayout.JAVA_INT_UNALIGNED, 4),
                        address,
                        attributes.mac(NDA_LLADDR),
                        (body.get(ValueLayout.JAVA_SHORT_UNALIGNED, 8) & NUD_PERMANENT) != 0);
    }

    @Override
    public void close() {
        socket.close();
    }

    private static int family(Prefix prefix) {
        return prefix.isV4() ? AF_INET : AF_INET6;
    }

    private static Prefix prefix(int family, @Nullable InetAddress address, int length) {
        InetAddress any = InetAddress.ofLiteral(family == AF_INET ? "0.0.0.0" : "::");
        return new Prefix(address == null ? any : address, length);
    }

    private static byte[] macBytes(String mac) {
        return HexFormat.ofDelimiter(":").parseHex(mac);
    }

    private static int u8(MemorySegment body, long at) {
        return body.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
}
