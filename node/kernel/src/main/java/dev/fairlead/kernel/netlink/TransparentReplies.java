// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import java.net.InetAddress;
import java.util.List;

/**
 * Brings answers home to transparent sockets. A relay that connects to a backend <em>from its client's address</em>
 * (IP_TRANSPARENT) gets answers that are addressed to the client; this makes the machine that forwards them deliver them
 * to the relay's socket instead.
 *
 * <p><b>How this works.</b> Three pieces in the namespace of the relay:
 *
 * <ol>
 *   <li>an nftables rule at prerouting (before the route is chosen): a packet for which a transparent socket exists here,
 *       bound to that very address and not to the wildcard, gets a mark. It looks at sockets, not at addresses, so packets
 *       the same client exchanges with the same backend directly pass untouched;
 *   <li>a routing rule: packets with that mark look into a table of their own;
 *   <li>that table: everything is local.
 * </ol>
 *
 * <pre>
 * client 10.244.0.2:41000 → relay 10.96.0.1:80   (AnyIP)
 * relay, as 10.244.0.2:52000 → backend 10.244.0.3:8080
 * backend answers to 10.244.0.2:52000 → prerouting: a transparent socket → mark → local → relay
 * </pre>
 *
 * <p>No host takes packets that seem to come from itself: where client and backend are the same host, the relay must
 * connect from an address of its own.
 *
 * <p>Forwarding must be on (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding) where clients and backends are elsewhere,
 * and strict reverse path filtering off on the links towards them. A transparent listener bound to the wildcard address is
 * ignored on purpose: it would attract everything forwarded to its port.
 *
 * <p>Where the kernel has no nftables socket and tproxy expressions (before Linux 5.11, or without CONFIG_NFT_SOCKET and
 * CONFIG_NFT_TPROXY) connections are marked instead of sockets found: the relay then sets {@link #socketMark()}, and
 * connection tracking, which costs some 2 µs a connection, recognises the answers. Needs CAP_NET_ADMIN.
 */
public final class TransparentReplies implements AutoCloseable {
    private final Namespace namespace;
    private final MarkingTable table;
    private final int routingTable;
    private final int mark;
    private final List<Rule> rules;
    private int socketMark;

    private TransparentReplies(Namespace namespace, String table, int mark, int routingTable, int priority) {
        this.namespace = namespace;
        this.table = new MarkingTable(namespace, table);
        this.routingTable = routingTable;
        this.mark = mark;
        this.rules = List.of(
                new Rule(true, priority, mark, -1, routingTable), new Rule(false, priority, mark, -1, routingTable));
    }

    /**
     * Installs all three pieces for both families; what an earlier life left behind under the same names is replaced.
     *
     * @param table name of the nftables table
     * @param mark the packet mark, 1 to 2^31-1 and used by nobody else in this namespace
     * @param routingTable number of the routing table, 1 to 2^31-1 except 253 to 255
     * @param priority of the routing rules, below 32766 (the main table's)
     */
    public static TransparentReplies install(
            Namespace namespace, String table, int mark, int routingTable, int priority) {
        return install(new TransparentReplies(namespace, table, mark, routingTable, priority), true);
    }

    /** Without the socket expression, as on kernels that lack it. */
    public static TransparentReplies installByConnection(
            Namespace namespace, String table, int mark, int routingTable, int priority) {
        return install(new TransparentReplies(namespace, table, mark, routingTable, priority), false);
    }

    /** Removes what an earlier life installed with these names and numbers, if it did. */
    public static void remove(Namespace namespace, String table, int mark, int routingTable, int priority) {
        new TransparentReplies(namespace, table, mark, routingTable, priority).close();
    }

    private static TransparentReplies install(TransparentReplies replies, boolean bySocket) {
        replies.mark(bySocket);
        try {
            replies.routeMarked();
        } catch (KernelException e) {
            replies.close();
            throw e;
        }
        return replies;
    }

    private void mark(boolean bySocket) {
        if (bySocket) {
            try {
                table.installBySocket(mark);
                return;
            } catch (KernelException e) {
                if (!e.isNotFound() && !e.isUnsupported()) { // ENOENT: no such expression; EOPNOTSUPP: no such key
                    throw e;
                }
            }
        }
        socketMark = mark | Integer.MIN_VALUE;
        table.installByConnection(mark, socketMark);
    }

    private void routeMarked() {
        try (Rtnetlink rtnetlink = Rtnetlink.in(namespace)) {
            rtnetlink.setUp("lo");
            int loopback = rtnetlink.index("lo");
            for (String everything : List.of("0.0.0.0/0", "::/0")) {
                Route route = Route.local(Prefix.of(everything), loopback).withTable(routingTable);
                ignoringExisting(() -> rtnetlink.addRoute(route));
            }
            rules.forEach(rule -> ignoringExisting(() -> rtnetlink.addRule(rule)));
        }
    }

    /**
     * The mark ({@code SocketOption.MARK}) that every transparent socket must set before it connects, 0 when none is needed.
     * Needed only where the kernel lacks the socket expression, and connections are marked instead.
     */
    public int socketMark() {
        return socketMark;
    }

    private static void ignoringExisting(Runnable change) {
        try {
            change.run();
        } catch (KernelException e) {
            if (!e.isExists()) {
                throw e;
            }
        }
    }

    /** Removes what was installed; connections of transparent sockets that are under way stall. */
    @Override
    public void close() {
        try (Rtnetlink rtnetlink = Rtnetlink.in(namespace)) {
            rules.forEach(rule -> ignoringMissing(() -> rtnetlink.removeRule(rule)));
            for (InetAddress any : List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"))) {
                Route route = Route.local(new Prefix(any, 0), 0).withTable(routingTable);
                ignoringMissing(() -> rtnetlink.removeRoute(route));
            }
        }
        ignoringMissing(table::remove);
    }

    private static void ignoringMissing(Runnable change) {
        try {
            change.run();
        } catch (KernelException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }
}
