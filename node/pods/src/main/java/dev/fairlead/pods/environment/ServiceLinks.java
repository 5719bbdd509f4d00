// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The variables that tell a process where the Services of its namespace are, both in the short form
 * ({@code BACKEND_SERVICE_HOST}) and in the form of the old container links ({@code BACKEND_PORT_80_TCP_ADDR}).
 */
public final class ServiceLinks {
    /**
     * A Service that has an address.
     *
     * @param host where clients of this node reach it: the cluster address, or what it is bound to
     * @param ports in the Service's order, with the numbers that clients of this node use
     */
    public record Link(String service, IpAddress host, List<Port> ports) {}

    /** One port; the name is empty when the only port has none. */
    public record Port(String name, Protocol protocol, int port) {}

    private ServiceLinks() {}

    /** The variables for all of {@code links}; a later link wins over an earlier one of the same name. */
    public static Map<String, String> variables(List<Link> links) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Link link : links) {
            if (!link.ports.isEmpty()) {
                add(link, variables);
            }
        }
        return variables;
    }

    private static void add(Link link, Map<String, String> variables) {
        String service = name(link.service);
        String host = link.host.toString();
        Port first = link.ports.getFirst();
        variables.put(service + "_SERVICE_HOST", host);
        variables.put(service + "_SERVICE_PORT", Integer.toString(first.port));
        for (Port port : link.ports) {
            if (!port.name.isEmpty()) {
                variables.put(service + "_SERVICE_PORT_" + name(port.name), Integer.toString(port.port));
            }
        }
        variables.put(service + "_PORT", url(link, first));
        for (Port port : link.ports) {
            String prefix = service + "_PORT_" + port.port + "_" + port.protocol.name();
            variables.put(prefix, url(link, port));
            variables.put(prefix + "_PROTO", port.protocol.name().toLowerCase(Locale.ROOT));
            variables.put(prefix + "_PORT", Integer.toString(port.port));
            variables.put(prefix + "_ADDR", host);
        }
    }

    private static String url(Link link, Port port) {
        String host = link.host.toString();
        return port.protocol.name().toLowerCase(Locale.ROOT) + "://" + (host.contains(":") ? "[" + host + "]" : host)
                + ":" + port.port;
    }

    private static String name(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
