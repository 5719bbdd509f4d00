// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Expression.Bits;
import dev.fairlead.kernel.nftables.Expression.Compare;
import dev.fairlead.kernel.nftables.Expression.Decide;
import dev.fairlead.kernel.nftables.Expression.Load;
import dev.fairlead.kernel.nftables.Expression.LoadMeta;
import dev.fairlead.kernel.nftables.Expression.LoadReachable;
import dev.fairlead.kernel.nftables.Expression.Meta;
import dev.fairlead.kernel.nftables.Expression.Payload;
import dev.fairlead.kernel.nftables.Expression.StoreMeta;
import dev.fairlead.kernel.nftables.Expression.TransparentProxy;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.nftables.Verdict;
import java.net.InetAddress;
import java.util.List;

/**
 * Leads TCP connections that are forwarded to where no route leads to a listener of the router's own, which may pass them
 * on: a router without a world behind it gets one that way, and nobody outside needs a rule or a route.
 *
 * <pre>
 * host 10.244.0.2:41000 → 192.0.2.7:443    no route: tproxy to 127.0.0.1:port, mark → the table where everything is local
 * listener accepts it as 192.0.2.7:443     (IP_TRANSPARENT: the address that was asked for is the socket's own)
 * </pre>
 *
 * <p>Packets get the mark of {@link TransparentReplies}, which must be installed: its routing brings them home. The listener
 * must be transparent, at {@code port} of 127.0.0.1 and of ::1. Needs CAP_NET_ADMIN, Linux 4.20 and CONFIG_NFT_FIB_INET.
 */
public final class WaysOut {
    private static final int PRIORITY_MANGLE = -150;
    private static final Bytes TCP = Bytes.of(6);
    private static final int PORT = 8; // a register behind that of an address
    private static final Chain PREROUTING =
            new Chain("prerouting", new Chain.Hook(Chain.Kind.FILTER, Chain.Point.PREROUTING, PRIORITY_MANGLE));

    private WaysOut() {}

    /**
     * Installs the rules in one transaction; those of an earlier life under the same name are replaced.
     *
     * @param table name of the nftables table
     * @param mark that of {@link TransparentReplies}
     * @param port where the listener is, 1 to 65535
     * @param inside blocks of addresses for which nobody is asked outside: an address in them to which no route leads is
     *     nobody's
     */
    public static void install(Namespace namespace, String table, int mark, int port, List<Prefix> inside) {
        Transaction changes = new Transaction(Table.shared(Family.INET, table))
                .addTable()
                .deleteTable()
                .addTable()
                .add(PREROUTING);
        inside.forEach(block -> changes.add(stay(block)));
        changes.add(lead(Family.IPV4, InetAddress.ofLiteral("127.0.0.1"), mark, port));
        changes.add(lead(Family.IPV6, InetAddress.ofLiteral("::1"), mark, port));
        try (Nftables nftables = Nftables.in(namespace)) {
            nftables.commit("install nftables table " + table, changes);
        }
    }

    private static Rule stay(Prefix block) {
        int length = block.isV4() ? 4 : 16;
        int[] mask = new int[length];
        for (int bit = 0; bit < block.length(); bit++) {
            mask[bit / 8] |= 0x80 >> bit % 8;
        }
        return Rule.of(
                PREROUTING.name(),
                new LoadMeta(Meta.FAMILY, 0),
                is(family(block.isV4() ? Family.IPV4 : Family.IPV6)),
                new Payload(Payload.Base.NETWORK, block.isV4() ? 16 : 24, length, 0),
                new Bits(0, 0, Bytes.of(mask), Bytes.of(new int[length])),
                is(Bytes.address(block.address())),
                new Decide(new Verdict.Accept()));
    }

    private static Rule lead(Family family, InetAddress listener, int mark, int port) {
        return Rule.of(
                PREROUTING.name(),
                new LoadMeta(Meta.PROTOCOL, 0),
                is(TCP),
                new LoadMeta(Meta.FAMILY, 0),
                is(family(family)),
                new LoadReachable(0),
                is(Bytes.of(0)),
                new Load(0, Bytes.address(listener)),
                new Load(PORT, Bytes.of(port >> 8, port & 0xff)),
                new TransparentProxy(family, 0, PORT),
                new Load(0, Bytes.mark(mark)),
                new StoreMeta(Meta.MARK, 0),
                new Decide(new Verdict.Accept()));
    }

    private static Bytes family(Family family) {
        return Bytes.of(family.number());
    }

    private static Expression is(Bytes wanted) {
        return new Compare(0, true, wanted);
    }
}
