// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.routes.PodLinks;
import dev.fairlead.core.routes.Settings;
import java.util.List;
import java.util.Optional;

/** How clients that are pods of the cluster are told from others: kube-proxy's {@code detectLocalMode}. */
public sealed interface LocalPods {
    /** Whoever has an address in these blocks; without blocks nobody is told apart, and nothing masqueraded for it. */
    record ClusterBlocks(List<Cidr> blocks) implements LocalPods {}

    /** Whoever has an address of the node's own {@code spec.podCIDRs}. */
    record NodeBlocks() implements LocalPods {}

    /** Whoever comes in by these links: a bridge, or all whose names begin alike. The relay does not see links. */
    record Links(PodLinks links) implements LocalPods {}

    /** These settings, with the pods of a node told from others. */
    default Settings tell(Settings settings, Node node) {
        return switch (this) {
            case ClusterBlocks(List<Cidr> blocks) -> settings.withPodCidrs(blocks);
            case NodeBlocks any -> settings.withPodCidrs(node.podCidrs());
            case Links(PodLinks links) -> settings.withPodLinks(Optional.of(links));
        };
    }
}
