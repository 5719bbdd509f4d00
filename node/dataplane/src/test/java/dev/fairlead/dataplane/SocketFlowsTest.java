// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.OwnCgroup;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** The flows of the node and its pods, translated where they connect, and carried by nftables where they are not. */
class SocketFlowsTest extends FlowsContract {
    @Override
    PlaneLab.Carrier carrier() {
        Probe probe = Probe.socketHooks();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        return node -> {
            OwnCgroup group = OwnCgroup.enter("socket-flows");
            DataPlane nftables = NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL);
            return new PlaneLab.Carrying(
                    SocketPlane.over(nftables, new SocketPlane.Options(group.path(), node.namespace(), true, Set.of())),
                    group,
                    true);
        };
    }
}
