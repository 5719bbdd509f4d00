// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.Binding;
import java.util.ArrayList;
import java.util.List;

/** The ports at which clients of this node find a Service: its own, or those it is bound to instead. */
final class BoundPorts {
    private BoundPorts() {}

    static int of(List<Binding> bindings, Service service, ServicePort port) {
        for (Binding binding : bindings) {
            boolean same = binding.service().equals(service.name())
                    && binding.virtual().scope() instanceof Scope.At
                    && binding.virtual().port() == port.port()
                    && binding.virtual().protocol() == port.protocol();
            if (same) {
                return binding.bound().getPort();
            }
        }
        return port.port();
    }

    /** The Service as names should show it: with the ports where it is really bound. */
    static Service shown(List<Binding> bindings, Service service) {
        if (bindings.stream().noneMatch(binding -> binding.service().equals(service.name()))) {
            return service;
        }
        List<ServicePort> ports = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            ports.add(new ServicePort(
                    port.name(),
                    port.protocol(),
                    of(bindings, service, port),
                    port.targetPort(),
                    port.nodePort(),
                    port.appProtocol()));
        }
        return service.withPorts(ports);
    }
}
