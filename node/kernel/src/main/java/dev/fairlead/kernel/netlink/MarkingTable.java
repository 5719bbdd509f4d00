// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.namespace.Namespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The nftables table of {@link TransparentReplies}: it marks answers to transparent sockets before they are routed.
 *
 * <p>Written as the kernel's own instructions (a program of expressions per rule, values in register 1), all in one batch:
 * it is there whole or not at all. Constants: {@code uapi/linux/netfilter/nf_tables.h}.
 */
final class MarkingTable {
    private static final int NFT_NEWTABLE = 0xa00;
    private static final int NFT_DELTABLE = 0xa02;
    private static final int NFT_NEWCHAIN = 0xa03;
    private static final int NFT_NEWRULE = 0xa06;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFPROTO_INET = 1;
    private static final int NFTA_TABLE_NAME = 1;
    private static final int NFTA_CHAIN_TABLE = 1;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_TYPE = 7;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_HOOK_PRIORITY = 2;
    private static final int NF_INET_PRE_ROUTING = 0;
    private static final int NF_INET_LOCAL_OUT = 3;
    /** After connection tracking (-200), before destination NAT (-100). */
    private static final int PRIORITY_MANGLE = -150;

    private static final int NFTA_RULE_TABLE = 1;
    private static final int NFTA_RULE_CHAIN = 2;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int REGISTER = 1;
    private static final int NFT_SOCKET_TRANSPARENT = 0;
    private static final int NFT_SOCKET_WILDCARD = 2;
    private static final int NFT_META_MARK = 3;
    private static final int NFT_CT_DIRECTION = 1;
    private static final int NFT_CT_MARK = 3;
    private static final byte REPLY = 1; // IP_CT_DIR_REPLY

    private final Namespace namespace;
    private final String name;
    private final MessageWriter writer = new MessageWriter(4096);

    MarkingTable(Namespace namespace, String name) {
        this.namespace = namespace;
        this.name = name;
    }

    /** Marks packets for which a transparent socket exists here, bound to the very address they go to. */
    void installBySocket(int mark) {
        begin();
        putFragmentsTogether();
        chain("prerouting", NF_INET_PRE_ROUTING);
        rule("prerouting", () -> {
            socketIs(NFT_SOCKET_WILDCARD, 0);
            socketIs(NFT_SOCKET_TRANSPARENT, 1);
            load(number(mark));
            storePacketMark();
        });
        commit("install nftables table " + name);
    }

    /** Marks the answers of connections whose first packet came from a local socket with that socket mark. */
    void installByConnection(int mark, int socketMark) {
        begin();
        chain("output", NF_INET_LOCAL_OUT);
        rule("output", () -> {
            expression("meta", () -> writer.bigAttribute(2, NFT_META_MARK).bigAttribute(1, REGISTER));
            compare(number(socketMark));
            load(number(mark));
            expression("ct", () -> writer.bigAttribute(2, NFT_CT_MARK).bigAttribute(4, REGISTER)); // KEY, SREG
        });
        chain("prerouting", NF_INET_PRE_ROUTING);
        rule("prerouting", () -> {
            connectionIs(NFT_CT_DIRECTION, new byte[] {REPLY});
            connectionIs(NFT_CT_MARK, number(mark));
            load(number(mark));
            storePacketMark();
        });
        commit("install nftables table " + name);
    }

    void remove() {
        writer.clear();
        batchEdge(BATCH_BEGIN);
        table(NFT_DELTABLE, 0);
        commit("remove nftables table " + name);
    }

    private void begin() {
        writer.clear();
        batchEdge(BATCH_BEGIN);
        table(NFT_NEWTABLE, MessageWriter.CREATE); // so that the deletion of an older one finds one
        table(NFT_DELTABLE, 0);
        table(NFT_NEWTABLE, MessageWriter.CREATE);
    }

    private void commit(String operation) {
        batchEdge(BATCH_END);
        try (NetlinkSocket socket = NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER)) {
            socket.execute(operation, writer);
        }
    }

    private void batchEdge(int type) {
        writer.begin(type, 0).u8(0).u8(0).big16(NFNL_SUBSYS_NFTABLES).end();
    }

    private void table(int type, int flags) {
        message(type, flags).attribute(NFTA_TABLE_NAME, name).end();
    }

    private MessageWriter message(int type, int flags) {
        writer.begin(type, flags | MessageWriter.ACK);
        return writer.u8(NFPROTO_INET).u8(0).big16(0); // struct nfgenmsg
    }

    private void chain(String chain, int hook) {
        message(NFT_NEWCHAIN, MessageWriter.CREATE)
                .attribute(NFTA_CHAIN_TABLE, name)
                .attribute(NFTA_CHAIN_NAME, chain)
                .attribute(NFTA_CHAIN_TYPE, "filter");
        long nested = writer.nest(NFTA_CHAIN_HOOK);
        writer.bigAttribute(NFTA_HOOK_HOOKNUM, hook).bigAttribute(NFTA_HOOK_PRIORITY, PRIORITY_MANGLE);
        writer.end(nested);
        writer.end();
    }

    private void rule(String chain, Runnable program) {
        message(NFT_NEWRULE, MessageWriter.CREATE | MessageWriter.APPEND)
                .attribute(NFTA_RULE_TABLE, name)
                .attribute(NFTA_RULE_CHAIN, chain);
        long expressions = writer.nest(NFTA_RULE_EXPRESSIONS);
        program.run();
        writer.end(expressions);
        writer.end();
    }

    /**
     * Only the first fragment of a packet has ports by which a socket can be found. The socket expression does not ask for
     * whole packets; connection tracking does, but costs much more; the tproxy expression does as soon as it is there: it
     * stands in a chain that no packet comes to.
     */
    private void putFragmentsTogether() {
        message(NFT_NEWCHAIN, MessageWriter.CREATE)
                .attribute(NFTA_CHAIN_TABLE, name)
                .attribute(NFTA_CHAIN_NAME, "defragment")
                .end();
        rule("defragment", () -> {
            load(new byte[] {0, 1});
            expression("tproxy", () -> writer.bigAttribute(1, 0).bigAttribute(3, REGISTER)); // FAMILY: any, REG_PORT
        });
    }

    /** Goes on only with packets whose socket has this property. */
    private void socketIs(int key, int wanted) {
        expression("socket", () -> writer.bigAttribute(1, key).bigAttribute(2, REGISTER)); // KEY, DREG
        compare(new byte[] {(byte) wanted});
    }

    private void connectionIs(int key, byte[] wanted) {
        expression("ct", () -> writer.bigAttribute(1, REGISTER).bigAttribute(2, key)); // DREG, KEY
        compare(wanted);
    }

    private void compare(byte[] wanted) {
        expression("cmp", () -> {
            writer.bigAttribute(1, REGISTER).bigAttribute(2, 0); // SREG, OP: equal
            value(3, wanted);
        });
    }

    private void load(byte[] bytes) {
        expression("immediate", () -> {
            writer.bigAttribute(1, REGISTER); // DREG
            value(2, bytes);
        });
    }

    private void storePacketMark() {
        expression("meta", () -> writer.bigAttribute(2, NFT_META_MARK).bigAttribute(3, REGISTER)); // KEY, SREG
    }

    private void expression(String type, Runnable data) {
        long element = writer.nest(NFTA_LIST_ELEM);
        writer.attribute(NFTA_EXPR_NAME, type);
        long nested = writer.nest(NFTA_EXPR_DATA);
        data.run();
        writer.end(nested);
        writer.end(element);
    }

    private void value(int attribute, byte[] bytes) {
        long nested = writer.nest(attribute);
        writer.attribute(NFTA_DATA_VALUE, bytes);
        writer.end(nested);
    }

    /** As it lies in a register. */
    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
