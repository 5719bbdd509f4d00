// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A Service's ports on one pod: numbers as they are, names by the pod's containers; what has no number is left out.
 *
 * @param unresolved the names that no container has, with their protocols, for people
 */
record ResolvedPorts(List<EndpointPort> ports, List<String> unresolved) {
    static ResolvedPorts of(Service service, Pod pod) {
        List<EndpointPort> ports = new ArrayList<>();
        List<String> unresolved = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            OptionalInt number = number(port, pod);
            if (number.isPresent()) {
                ports.add(new EndpointPort(port.name(), port.protocol(), number.getAsInt(), port.appProtocol()));
            } else if (port.targetPort() instanceof TargetPort.Named(var name)) {
                unresolved.add(name + " and protocol " + port.protocol());
            }
        }
        return new ResolvedPorts(EndpointPort.sorted(ports), List.copyOf(unresolved));
    }

    private static OptionalInt number(ServicePort port, Pod pod) {
        return switch (port.targetPort()) {
            case TargetPort.Numbered(var number) -> OptionalInt.of(number);
            case TargetPort.Named(var name) ->
                pod.containerPorts().stream()
                        .filter(candidate -> candidate.name().equals(name) && candidate.protocol() == port.protocol())
                        .mapToInt(Pod.ContainerPort::port)
                        .findFirst();
        };
    }
}
