// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Expression.Compare;
import dev.fairlead.kernel.nftables.Expression.Connection;
import dev.fairlead.kernel.nftables.Expression.Load;
import dev.fairlead.kernel.nftables.Expression.LoadConnection;
import dev.fairlead.kernel.nftables.Expression.LoadMeta;
import dev.fairlead.kernel.nftables.Expression.LoadSocket;
import dev.fairlead.kernel.nftables.Expression.Meta;
import dev.fairlead.kernel.nftables.Expression.Socket;
import dev.fairlead.kernel.nftables.Expression.StoreConnection;
import dev.fairlead.kernel.nftables.Expression.StoreMeta;
import dev.fairlead.kernel.nftables.Expression.TransparentProxy;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;

/**
 * The nftables table of {@link TransparentReplies}: it marks answers to transparent sockets before they are routed. All in
 * one transaction: it is there whole or not at all.
 */
final class MarkingTable {
    /** After connection tracking (-200), before destination NAT (-100). */
    private static final int PRIORITY_MANGLE = -150;

    private static final Chain PREROUTING = chain("prerouting", Chain.Point.PREROUTING);
    private static final Chain OUTPUT = chain("output", Chain.Point.OUTPUT);
    private static final Chain DEFRAGMENT = Chain.called("defragment");
    private static final Bytes REPLY = Bytes.of(1); // IP_CT_DIR_REPLY

    private final Namespace namespace;
    private final Table table;

    MarkingTable(Namespace namespace, String name) {
        this.namespace = namespace;
        this.table = Table.shared(Family.INET, name);
    }

    private static Chain chain(String name, Chain.Point point) {
        return new Chain(name, new Chain.Hook(Chain.Kind.FILTER, point, PRIORITY_MANGLE));
    }

    /** Marks packets for which a transparent socket exists here, bound to the very address they go to. */
    void installBySocket(int mark) {
        commit(begun().add(DEFRAGMENT)
                .add(putFragmentsTogether())
                .add(PREROUTING)
                .add(Rule.of(
                        PREROUTING.name(),
                        new LoadSocket(Socket.WILDCARD, 0),
                        equal(Bytes.of(0)),
                        new LoadSocket(Socket.TRANSPARENT, 0),
                        equal(Bytes.of(1)),
                        new Load(0, Bytes.mark(mark)),
                        new StoreMeta(Meta.MARK, 0))));
    }

    /** Marks the answers of connections whose first packet came from a local socket with that socket mark. */
    void installByConnection(int mark, int socketMark) {
        commit(begun().add(OUTPUT)
                .add(Rule.of(
                        OUTPUT.name(),
                        new LoadMeta(Meta.MARK, 0),
                        equal(Bytes.mark(socketMark)),
                        new Load(0, Bytes.mark(mark)),
                        new StoreConnection(Connection.MARK, 0)))
                .add(PREROUTING)
                .add(Rule.of(
                        PREROUTING.name(),
                        new LoadConnection(Connection.DIRECTION, 0),
                        equal(REPLY),
                        new LoadConnection(Connection.MARK, 0),
                        equal(Bytes.mark(mark)),
                        new Load(0, Bytes.mark(mark)),
                        new StoreMeta(Meta.MARK, 0))));
    }

    void remove() {
        commit("remove", new Transaction(table).deleteTable());
    }

    private Transaction begun() {
        // so that the deletion of an older one finds one
        return new Transaction(table).addTable().deleteTable().addTable();
    }

    private void commit(Transaction changes) {
        commit("install", changes);
    }

    private void commit(String what, Transaction changes) {
        try (Nftables nftables = Nftables.in(namespace)) {
            nftables.commit(what + " nftables table " + table.name(), changes);
        }
    }

    /**
     * Only the first fragment of a packet has ports by which a socket can be found. The socket expression does not ask for
     * whole packets; connection tracking does, but costs much more; the tproxy expression does as soon as it is there: it
     * stands in a chain that no packet comes to.
     */
    private static Rule putFragmentsTogether() {
        return Rule.of(
                DEFRAGMENT.name(),
                new Load(0, Bytes.of(0, 1)),
                new TransparentProxy(Family.ANY, TransparentProxy.NONE, 0));
    }

    private static Expression equal(Bytes wanted) {
        return new Compare(0, true, wanted);
    }
}
