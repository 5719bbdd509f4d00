// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.Surroundings;
import dev.fairlead.dataplane.UserspacePlane;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.TransparentReplies;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.process.Cgroups;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.time.Time;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What carries Services on the nodes that are measured; ended together. */
final class PathCarriers implements AutoCloseable {
    private static final String TABLE = "bench";
    private static final String SERVICES = "10.96.0.0/16";
    private static final int MARK = 0x46;
    private static final int ROUTES = 146;
    private static final int PRIORITY = 100;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path home;
    private final Time time;

    PathCarriers(Time time) {
        this.time = time;
        home = Cgroups.own()
                .orElseThrow(() -> new KernelException("find cgroup2", Errno.ENOENT, "cgroup2 is not mounted"));
    }

    private <T extends AutoCloseable> T held(T part) {
        parts.push(part);
        return part;
    }

    /** The node tracks connections, and does nothing with them. */
    void track(Host node) {
        Table table = Table.shared(Family.INET, "track");
        try (Nftables nftables = Nftables.in(node.namespace())) {
            nftables.commit(
                    "track connections",
                    new Transaction(table)
                            .addTable()
                            .add(new Chain("all", new Chain.Hook(Chain.Kind.FILTER, Chain.Point.PREROUTING, 0)))
                            .add(Rule.of("all", new Expression.LoadConnection(Expression.Connection.STATE, 0))));
        }
    }

    void nftables(Host node, RouteTable table) {
        held(NftablesPlane.in(node.namespace(), TABLE, Ruleset.Options.USUAL)).apply(table);
    }

    /** Translates where sockets of a group connect; gives the group, in which nobody is yet. */
    Path sockets(Host node, RouteTable table, boolean aboveNftables) throws InterruptedException {
        long pid = ProcessHandle.current().pid();
        Path group = Cgroups.create(home, "bench-path-" + (aboveNftables ? "above-" : "alone-") + pid);
        held(() -> Cgroups.remove(group));
        DataPlane below =
                aboveNftables ? NftablesPlane.in(node.namespace(), TABLE, Ruleset.Options.USUAL) : new Nothing();
        held(SocketPlane.over(below, new SocketPlane.Options(group, node.namespace(), true, Set.of())))
                .apply(table);
        return group;
    }

    /** The relay, with clients' own addresses. */
    void relay(Host node, RouteTable table) throws Exception {
        Namespace namespace = node.namespace();
        node.network().addRoute(Route.local(Prefix.of(SERVICES), node.network().index("lo")));
        TransparentReplies replies = held(TransparentReplies.install(namespace, "bench-relay", MARK, ROUTES, PRIORITY));
        CompletableFuture<Loop> loop = new CompletableFuture<>();
        namespace.start("relay", () -> {
            Loop made = new Loop(LinuxSockets.transparent(replies.socketMark()), Limits.USUAL, time);
            loop.complete(made);
            made.run();
        });
        held(new UserspacePlane(loop.get(), null, new OnNode(), Choice.RANDOM, new Random(20261121), time))
                .apply(table);
    }

    /** This process's new sockets belong to the group from now on. */
    void enter(Path group) {
        Cgroups.add(group, ProcessHandle.current().pid());
    }

    /** And now to where it was started. */
    void leave() {
        enter(home);
    }

    @Override
    public void close() {
        leave();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception stays) {
                System.err.println("bench: something stays: " + stays.getMessage());
            }
        }
    }

    /** Addresses are the node's already. */
    private record OnNode() implements Surroundings {
        @Override
        public boolean keepSource(IpAddress backend) {
            return true;
        }

        @Override
        public void claim(IpAddress virtual) {}

        @Override
        public void release(IpAddress virtual) {}
    }

    /** Carries nothing: what a translation at the socket costs by itself. */
    private record Nothing() implements DataPlane {
        @Override
        public List<Problem> apply(RouteTable table) {
            return List.of();
        }

        @Override
        public String mode() {
            return "nothing";
        }

        @Override
        public List<Binding> bindings() {
            return List.of();
        }

        @Override
        public List<Seen> seen(ObjectName service) {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
