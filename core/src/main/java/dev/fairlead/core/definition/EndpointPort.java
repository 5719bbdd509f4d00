// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import org.jspecify.annotations.Nullable;

/**
 * One port of a slice, matched to a Service port by name and protocol.
 *
 * @param port the number on the endpoints; 0 when the slice leaves it open
 */
public record EndpointPort(
        String name, Protocol protocol, int port, @Nullable String appProtocol) {
    static EndpointPort from(Tree tree) {
        return new EndpointPort(
                tree.text("name", ""), Protocol.read(tree), (int) tree.whole("port", 0), tree.text("appProtocol"));
    }
}
