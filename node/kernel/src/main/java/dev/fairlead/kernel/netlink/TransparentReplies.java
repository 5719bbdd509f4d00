// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * <p>Forwarding must be on (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding) where clients and backends are elsewhere,
 * and strict reverse path filtering off on the links towards them. A transparent listener bound to the wildcard address is
 * ignored on purpose: it would attract everything forwarded to its port.
 *
 * <p>Needs the nftables socket expression: Linux 5.11 with CONFIG_NFT_SOCKET, and CAP_NET_ADMIN. The constants are of
 * {@code uapi/linux/netfilter/nf_tables.h}.
 */
public final class TransparentReplies implements AutoCloseable {
    private static final int NFT_NEWTABLE = 0xa00;
    private static final int NFT_DELTABLE = 0xa02;
    private static final int NFT_NEWCHAIN = 0xa03;
    private static final int NFT_NEWRULE = 0xa06;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFPROTO_INET = 1;
    private static final int NFTA_TABLE_NAME = 1;
    private static final int NFTA_CHAIN_TABLE = 1;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_TYPE = 7;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_HOOK_PRIORITY = 2;
    private static final int NF_INET_PRE_ROUTING = 0;
    private static final int PRIORITY_MANGLE = -150;
    private static final int NFTA_RULE_TABLE = 1;
    private static final int NFTA_RULE_CHAIN = 2;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NFT_REG_1 = 1;
    private static final int NFT_SOCKET_TRANSPARENT = 0;
    private static final int NFT_SOCKET_WILDCARD = 2;
    private static final int NFT_META_MARK = 3;

    private static final String CHAIN = "prerouting";

    private final Namespace namespace;
    private final String table;
    private final int routingTable;
    private final List<Rule> rules;
    private final MessageWriter writer = new MessageWriter(4096);

    private TransparentReplies(Namespace namespace, String table, int mark, int routingTable, int priority) {
        this.namespace = namespace;
        this.table = table;
        this.routingTable = routingTable;
        this.rules = List.of(
                new Rule(true, priority, mark, -1, routingTable), new Rule(false, priority, mark, -1, routingTable));
    }

    /**
     * Installs all three pieces for both families; what an earlier life left behind under the same names is replaced.
     *
     * @param table name of the nftables table
     * @param mark the packet mark, not 0 and used by nobody else in this namespace
     * @param routingTable number of the routing table, 1 to 2^31-1 except 253 to 255
     * @param priority of the routing rules, below 32766 (the main table's)
     */
    public static TransparentReplies install(
            Namespace namespace, String table, int mark, int routingTable, int priority) {
        TransparentReplies replies = new TransparentReplies(namespace, table, mark, routingTable, priority);
        replies.installRuleset(mark);
        try (Rtnetlink rtnetlink = Rtnetlink.in(namespace)) {
            rtnetlink.setUp("lo");
            int loopback = rtnetlink.index("lo");
            for (String everything : List.of("0.0.0.0/0", "::/0")) {
                Route route = Route.local(Prefix.of(everything), loopback).withTable(routingTable);
                ignoringExisting(() -> rtnetlink.addRoute(route));
            }
            replies.rules.forEach(rule -> ignoringExisting(() -> rtnetlink.addRule(rule)));
        } catch (KernelException e) {
            replies.close();
            throw e;
        }
        return replies;
    }

    private void installRuleset(int mark) {
        begin();
        table(NFT_NEWTABLE, MessageWriter.CREATE); // so that the deletion finds one
        table(NFT_DELTABLE, 0);
        table(NFT_NEWTABLE, MessageWriter.CREATE);
        message(NFT_NEWCHAIN, MessageWriter.CREATE)
                .attribute(NFTA_CHAIN_TABLE, table)
                .attribute(NFTA_CHAIN_NAME, CHAIN)
                .attribute(NFTA_CHAIN_TYPE, "filter");
        long hook = writer.nest(NFTA_CHAIN_HOOK);
        writer.bigAttribute(NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING).bigAttribute(NFTA_HOOK_PRIORITY, PRIORITY_MANGLE);
        writer.end(hook);
        writer.end();
        message(NFT_NEWRULE, MessageWriter.CREATE | MessageWriter.APPEND)
                .attribute(NFTA_RULE_TABLE, table)
                .attribute(NFTA_RULE_CHAIN, CHAIN);
        long expressions = writer.nest(NFTA_RULE_EXPRESSIONS);
        socketIs(NFT_SOCKET_WILDCARD, 0);
        socketIs(NFT_SOCKET_TRANSPARENT, 1);
        byte[] markBytes = ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(mark)
                .array();
        // immediate: DREG 1, DATA 2; meta: KEY 2, SREG 3
        expression("immediate", () -> {
            writer.bigAttribute(1, NFT_REG_1);
            value(2, markBytes);
        });
        expression("meta", () -> writer.bigAttribute(2, NFT_META_MARK).bigAttribute(3, NFT_REG_1));
        writer.end(expressions);
        writer.end();
        commit("install nftables table " + table);
    }

    /** Goes on only with packets whose socket has this property. */
    private void socketIs(int key, int wanted) {
        // socket: KEY 1, DREG 2; cmp: SREG 1, OP 2 (0 is equal), DATA 3
        expression("socket", () -> writer.bigAttribute(1, key).bigAttribute(2, NFT_REG_1));
        expression("cmp", () -> {
            writer.bigAttribute(1, NFT_REG_1).bigAttribute(2, 0);
            value(3, new byte[] {(byte) wanted});
        });
    }

    private void expression(String name, Runnable data) {
        long element = writer.nest(NFTA_LIST_ELEM);
        writer.attribute(NFTA_EXPR_NAME, name);
        long nested = writer.nest(NFTA_EXPR_DATA);
        data.run();
        writer.end(nested);
        writer.end(element);
    }

    private void value(int attribute, byte[] bytes) {
        long nested = writer.nest(attribute);
        writer.attribute(1, bytes); // NFTA_DATA_VALUE
        writer.end(nested);
    }

    private void table(int type, int flags) {
        message(type, flags).attribute(NFTA_TABLE_NAME, table).end();
    }

    private MessageWriter message(int type, int flags) {
        return writer.begin(type, flags | MessageWriter.ACK)
                .u8(NFPROTO_INET)
                .u8(0)
                .big16(0); // struct nfgenmsg
    }

    private void begin() {
        writer.clear().begin(BATCH_BEGIN, 0).u8(0).u8(0).big16(10).end(); // NFNL_SUBSYS_NFTABLES
    }

    private void commit(String operation) {
        writer.begin(BATCH_END, 0).u8(0).u8(0).big16(10).end();
        try (NetlinkSocket socket = NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER)) {
            socket.execute(operation, writer);
        }
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
        begin();
        table(NFT_DELTABLE, 0);
        ignoringMissing(() -> commit("remove nftables table " + table));
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
