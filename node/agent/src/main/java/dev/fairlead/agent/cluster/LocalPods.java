// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Node;
import java.util.List;

/** How clients that are pods of the cluster are told from others: kube-proxy's {@code detectLocalMode}. */
public sealed interface LocalPods {
    /** Whoever has an address in these blocks; without blocks nobody is told apart, and nothing masqueraded for it. */
    record ClusterBlocks(List<Cidr> blocks) implements LocalPods {}

    /** Whoever has an address of the node's own {@code spec.podCIDRs}. */
    record NodeBlocks() implements LocalPods {}

    /** The blocks for a node. */
    default List<Cidr> of(Node node) {
        return switch (this) {
            case ClusterBlocks(List<Cidr> blocks) -> blocks;
            case NodeBlocks any -> node.podCidrs();
        };
    }
}
