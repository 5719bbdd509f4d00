// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.status.Fields;
import java.util.List;
import java.util.Map;

/**
 * What is remembered of a pod's place on the network.
 *
 * @param addresses primary first; the node's own for a pod in the node's network
 * @param shared whether the pod lives in the node's network
 * @param holder the process that keeps the namespace, 0 when there is none
 * @param holderStart its start time in clock ticks, see {@code Child}
 */
public record SandboxRecord(List<IpAddress> addresses, boolean shared, long holder, long holderStart) {
    /** Reads what {@link #tree} wrote. */
    public static SandboxRecord from(Tree tree) {
        return new SandboxRecord(
                tree.texts("addresses").stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .toList(),
                tree.truth("shared", false),
                tree.whole("holder", 0),
                tree.whole("holderStart", 0));
    }

    /** The same with another holder. */
    public SandboxRecord heldBy(long pid, long start) {
        return new SandboxRecord(addresses, shared, pid, start);
    }

    /** The record as a value tree. */
    public Map<String, Object> tree() {
        return Fields.of(
                        "addresses",
                        addresses.stream().<Object>map(IpAddress::toString).toList())
                .with("shared", shared)
                .with("holder", holder)
                .with("holderStart", holderStart)
                .tree();
    }
}
