// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One port of a slice, matched to a Service port by name and protocol.
 *
 * @param port the number on the endpoints; 0 when the slice leaves it open
 */
public record EndpointPort(
        String name, Protocol protocol, int port, @Nullable String appProtocol) {
    private static final Comparator<EndpointPort> ORDER = Comparator.comparing(EndpointPort::name)
            .thenComparing(EndpointPort::protocol)
            .thenComparingInt(EndpointPort::port);

    /** Reads a port of a slice, or of a subset of the older Endpoints. */
    public static EndpointPort from(Tree tree) {
        return new EndpointPort(
                tree.text("name", ""), Protocol.read(tree), (int) tree.whole("port", 0), tree.text("appProtocol"));
    }

    /** The ports by name, protocol and number, so that equal sets of ports are equal lists. */
    public static List<EndpointPort> sorted(List<EndpointPort> ports) {
        return ports.stream().sorted(ORDER).toList();
    }

    /** A value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("protocol", protocol.name());
        tree.put("port", (long) port);
        if (appProtocol != null) {
            tree.put("appProtocol", appProtocol);
        }
        return tree;
    }
}
