// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeStatusTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final NodeStatus node = new NodeStatus(
            "n1",
            List.of(IpAddress.of("192.0.2.7"), IpAddress.of("2001:db8::7")),
            List.of(Cidr.of("10.244.1.0/24"), Cidr.of("fd00:10:244:1::/64")),
            Map.of("topology.kubernetes.io/zone", "z1"),
            ThisMachine.machine(),
            new NodeStatus.Capacity(2, 4L << 30, 110));

    @Test
    void theObjectIsReadAsTheNodeItIs() {
        Node read = Node.from(Tree.of(node.object(true, NOON)));

        assertThat(read.name()).isEqualTo("n1");
        assertThat(read.zone()).isEqualTo("z1");
        assertThat(read.ready()).isTrue();
        assertThat(read.internalIps()).containsExactlyElementsOf(node.addresses());
        assertThat(read.podCidrs()).containsExactlyElementsOf(node.podBlocks());
    }

    @Test
    void theStatusHasWhatKubectlShows() {
        Tree status = Tree.of(node.status(null, false, NOON));

        assertThat(status.tree("nodeInfo").text("kubeletVersion", "")).isEqualTo("v1.36.0+fairlead");
        assertThat(status.tree("nodeInfo").fields().values()).doesNotContainNull();
        assertThat(status.tree("capacity").fields())
                .containsExactlyInAnyOrderEntriesOf(Map.of("cpu", "2", "memory", "4194304Ki", "pods", "110"));
        assertThat(TestNode.condition(status, "Ready")).isEqualTo("FalseFairleadNotReady");
    }

    @Test
    void aHeartbeatLeavesTimesOfTransitions() {
        Tree first = Tree.of(node.status(null, true, NOON));
        Tree second = Tree.of(node.status(first, true, NOON.plusSeconds(10)));
        Tree third = Tree.of(node.status(second, false, NOON.plusSeconds(20)));

        assertThat(ready(second).text("lastTransitionTime", "")).isEqualTo("2026-01-02T12:00:00Z");
        assertThat(ready(second).text("lastHeartbeatTime", "")).isEqualTo("2026-01-02T12:00:10Z");
        assertThat(ready(third).text("lastTransitionTime", "")).isEqualTo("2026-01-02T12:00:20Z");
    }

    private static Tree ready(Tree status) {
        return status.trees("conditions").getLast();
    }
}
