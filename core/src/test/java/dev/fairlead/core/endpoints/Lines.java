// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import java.util.List;
import java.util.stream.Collectors;

/** Endpoints as text: {@code 10.0.0.1 http=80/TCP ready serving n1 za -> a hints za}. */
final class Lines {
    private Lines() {}

    static String of(Endpoint endpoint, List<EndpointPort> ports) {
        StringBuilder line = new StringBuilder(String.join("+", endpoint.addresses()));
        line.append(ports.stream()
                .map(port -> " " + port.name() + "=" + port.port() + "/" + port.protocol())
                .sorted()
                .collect(Collectors.joining()));
        line.append(endpoint.ready() ? " ready" : "");
        line.append(endpoint.serving() ? " serving" : "");
        line.append(endpoint.terminating() ? " terminating" : "");
        line.append(endpoint.hostname() == null ? "" : " host=" + endpoint.hostname());
        line.append(endpoint.nodeName() == null ? "" : " " + endpoint.nodeName());
        line.append(endpoint.zone() == null ? "" : " " + endpoint.zone());
        Endpoint.TargetRef target = endpoint.target();
        line.append(target == null ? "" : " -> " + target.name());
        if (!endpoint.forZones().isEmpty() || !endpoint.forNodes().isEmpty()) {
            line.append(" hints");
            endpoint.forZones().forEach(zone -> line.append(" ").append(zone));
            endpoint.forNodes().forEach(node -> line.append(" ").append(node));
        }
        return line.toString();
    }
}
