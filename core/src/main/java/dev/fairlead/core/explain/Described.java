// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Services and their parts in words. */
final class Described {
    private Described() {}

    /** {@code ClusterIP, http 80 to 8080/TCP}. */
    static String definition(Service service, List<ServicePort> ports) {
        String type = service.headless() ? "headless" : service.type().text();
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            return type + ", another name for " + service.externalName();
        }
        return type + ", "
                + (ports.isEmpty()
                        ? "no ports"
                        : ports.stream().map(Described::port).collect(Collectors.joining(", ")));
    }

    /** {@code http 80 to 8080/TCP}. */
    static String port(ServicePort port) {
        String name = port.name().isEmpty() ? "port " : port.name() + " ";
        return name + port.port() + " to " + target(port) + "/" + port.protocol();
    }

    /** {@code port http (80/TCP)}. */
    static String portName(ServicePort port) {
        return "port " + (port.name().isEmpty() ? "" : port.name() + " (") + port.port() + "/" + port.protocol()
                + (port.name().isEmpty() ? "" : ")");
    }

    static String target(ServicePort port) {
        return switch (port.targetPort()) {
            case TargetPort.Numbered(int number) -> Integer.toString(number);
            case TargetPort.Named(String name) -> "the port named " + name;
        };
    }

    /** {@code 10.96.0.7, node port 30080, load balancer 10.97.0.1}. */
    static String addresses(Service service) {
        List<String> parts = new ArrayList<>();
        service.clusterIps().stream().map(IpAddress::toString).forEach(parts::add);
        service.externalIps().forEach(address -> parts.add("external " + address));
        service.ports().stream()
                .filter(port -> port.nodePort() != 0)
                .forEach(port -> parts.add("node port " + port.nodePort()));
        service.ingress()
                .forEach(ingress -> parts.add(
                        "load balancer " + ingress.ip().map(IpAddress::toString).orElse(ingress.hostname())));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    /** What is well: {@code 10.96.0.7:80 leads to 3 endpoints}. */
    static String briefly(Service service, Evidence evidence) {
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            return "it is another name for " + service.externalName();
        }
        long ready = ready(evidence.slices().own());
        String endpoints = Words.count(ready, "ready endpoint");
        if (service.headless() || service.clusterIps().isEmpty()) {
            return "its name leads to " + endpoints;
        }
        String where = service.ports().stream()
                .map(port -> Words.at(service.clusterIps().getFirst(), port.port()))
                .collect(Collectors.joining(", "));
        return where + (service.ports().size() == 1 ? " leads to " : " lead to ") + endpoints;
    }

    /** How many endpoints take new traffic, each counted once for both families. */
    static long ready(List<EndpointSlice> slices) {
        long most = 0;
        for (IpFamily family : IpFamily.values()) {
            most = Math.max(
                    most,
                    slices.stream()
                            .filter(slice -> slice.addressType().equals(family.text()))
                            .flatMap(slice -> slice.endpoints().stream())
                            .filter(Endpoint::ready)
                            .map(Endpoint::addresses)
                            .distinct()
                            .count());
        }
        return most;
    }
}
