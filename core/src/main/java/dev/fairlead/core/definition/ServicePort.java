// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import org.jspecify.annotations.Nullable;

/**
 * One port of a Service.
 *
 * @param name the port's name, empty when the only port has none
 * @param port the number clients use, 1 to 65535
 * @param nodePort the number on every node, 0 when none
 * @param appProtocol the application protocol's name, or null
 */
public record ServicePort(
        String name,
        Protocol protocol,
        int port,
        TargetPort targetPort,
        int nodePort,
        @Nullable String appProtocol) {
    static ServicePort from(Tree tree) {
        int port = (int) tree.whole("port", 0);
        return new ServicePort(
                tree.text("name", ""),
                Protocol.read(tree),
                port,
                TargetPort.from(tree, "targetPort", port),
                (int) tree.whole("nodePort", 0),
                tree.text("appProtocol"));
    }
}
