// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.TransparentReplies;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.time.SystemTime;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * The userspace plane on the lab's node, virtual addresses as local routes.
 *
 * @param markSockets whether answers are brought home as on kernels that cannot look for sockets
 */
record RelayCarrier(boolean markSockets) implements PlaneLab.Carrier {
    static RelayCarrier lookingForSockets() {
        return new RelayCarrier(false);
    }

    static RelayCarrier markingSockets() {
        return new RelayCarrier(true);
    }

    @Override
    public PlaneLab.Carrying carry(Host node) throws Exception {
        node.call(() -> {
            Sysctl.write("net/ipv6/ip_nonlocal_bind", "1");
            return null;
        });
        int lo = node.network().index("lo");
        for (String block : PlaneLab.BLOCKS) {
            node.network().addRoute(Route.local(Prefix.of(block), lo));
        }
        SystemTime time = new SystemTime();
        TransparentReplies replies = markSockets
                ? TransparentReplies.installByConnection(node.namespace(), "plane-test", 0x46, 146, 100)
                : TransparentReplies.install(node.namespace(), "plane-test", 0x46, 146, 100);
        CompletableFuture<Loop> loop = new CompletableFuture<>();
        node.namespace().start("relay", () -> {
            Loop made = new Loop(LinuxSockets.transparent(replies.socketMark()), Limits.USUAL, time);
            loop.complete(made);
            made.run();
        });
        UserspacePlane plane = new UserspacePlane(
                loop.get(), null, new OnNode(node, lo), Choice.ROUND_ROBIN, new Random(20261121), time);
        return new PlaneLab.Carrying(plane, () -> {
            replies.close();
            time.close();
        });
    }

    private record OnNode(Host node, int lo) implements Surroundings {
        @Override
        public boolean keepSource(IpAddress backend) {
            return true;
        }

        @Override
        public void claim(IpAddress virtual) {
            if (PlaneLab.BLOCKS.stream().noneMatch(block -> Cidr.of(block).contains(virtual))) {
                node.network().addRoute(Route.local(Prefix.of(virtual.toString()), lo));
            }
        }

        @Override
        public void release(IpAddress virtual) {
            if (PlaneLab.BLOCKS.stream().noneMatch(block -> Cidr.of(block).contains(virtual))) {
                node.network().removeRoute(Route.local(Prefix.of(virtual.toString()), lo));
            }
        }
    }
}
