// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What passed through one node's data plane, by Service port and endpoint: the schema of the agent's answer.
 *
 * @param plane how it carries Services, in kube-proxy's words
 * @param at when the numbers were read
 */
public record TrafficReport(String node, String plane, Instant at, List<Line> lines) {
    /** What passed to one endpoint of a Service port. */
    public record Line(Port port, IpAddress address, int number, Amounts amounts) {}

    /** A port of a Service. */
    public record Port(ObjectName service, String name, Protocol protocol) {}

    /**
     * Numbers since the data plane counts; empty is what it does not count.
     *
     * @param connections made, or flows of datagrams
     * @param open those under way
     * @param failed attempts that the endpoint did not take
     * @param toEndpoint bytes from clients
     * @param toClient bytes to clients
     */
    public record Amounts(
            long connections, OptionalLong open, OptionalLong failed, OptionalLong toEndpoint, OptionalLong toClient) {}

    /** Reads a report; what is not readable is left out. */
    public static TrafficReport from(Tree tree) {
        List<Line> lines = new ArrayList<>();
        for (Tree one : tree.trees("endpoints")) {
            Optional<IpAddress> address = IpAddress.parse(one.text("address", ""));
            Optional<Protocol> protocol = Protocol.parse(one.text("protocol", ""));
            if (address.isPresent() && protocol.isPresent()) {
                ObjectName service = new ObjectName(one.text("namespace", ""), one.text("service", ""));
                lines.add(new Line(
                        new Port(service, one.text("portName", ""), protocol.get()),
                        address.get(),
                        (int) one.whole("port", 0),
                        new Amounts(
                                one.whole("connections", 0),
                                known(one, "open"),
                                known(one, "failed"),
                                known(one, "bytesToEndpoint"),
                                known(one, "bytesToClient"))));
            }
        }
        Instant at = Times.read(tree.text("at", ""));
        return new TrafficReport(
                tree.text("node", ""), tree.text("plane", ""), at == null ? Instant.EPOCH : at, List.copyOf(lines));
    }

    private static OptionalLong known(Tree tree, String name) {
        return tree.has(name) ? OptionalLong.of(tree.whole(name, 0)) : OptionalLong.empty();
    }

    /** The same, of one namespace alone. */
    public TrafficReport in(String namespace) {
        return new TrafficReport(
                node,
                plane,
                at,
                lines.stream()
                        .filter(line -> line.port.service.namespace().equals(namespace))
                        .toList());
    }

    /** The report as a value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("node", node);
        tree.put("plane", plane);
        tree.put("at", at.toString());
        tree.put("endpoints", lines.stream().map(TrafficReport::line).toList());
        return tree;
    }

    private static Map<String, Object> line(Line line) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("namespace", line.port.service.namespace());
        tree.put("service", line.port.service.name());
        tree.put("portName", line.port.name);
        tree.put("protocol", line.port.protocol.name());
        tree.put("address", line.address.toString());
        tree.put("port", (long) line.number);
        tree.put("connections", line.amounts.connections);
        line.amounts.open.ifPresent(open -> tree.put("open", open));
        line.amounts.failed.ifPresent(failed -> tree.put("failed", failed));
        line.amounts.toEndpoint.ifPresent(bytes -> tree.put("bytesToEndpoint", bytes));
        line.amounts.toClient.ifPresent(bytes -> tree.put("bytesToClient", bytes));
        return tree;
    }
}
