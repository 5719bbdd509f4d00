// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.cache.Index;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.pods.ServiceSource;
import dev.fairlead.pods.environment.ServiceLinks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The Services that a new process finds in its environment, at the ports where they are really bound. */
final class Links implements ServiceSource {
    private static final ObjectName KUBERNETES = new ObjectName("default", "kubernetes");

    private final Informer<Service> services;
    private final Index<String, Service> byNamespace;
    private final Bindings bindings;

    /** Where frontends are really bound. */
    interface Bindings {
        List<Binding> bindings();
    }

    Links(Informer<Service> services, Bindings bindings) {
        this.services = services;
        this.byNamespace = services.index(service -> List.of(service.name().namespace()));
        this.bindings = bindings;
    }

    @Override
    public List<ServiceLinks.Link> services(String namespace, boolean links) {
        Service kubernetes = services.get(KUBERNETES);
        Stream<Service> first = kubernetes == null ? Stream.of() : Stream.of(kubernetes);
        Stream<Service> own =
                links ? byNamespace.get(namespace).stream().sorted(Comparator.comparing(Service::name)) : Stream.of();
        List<ServiceLinks.Link> found = new ArrayList<>();
        Stream.concat(first, own)
                .filter(service -> service.type() != ServiceType.EXTERNAL_NAME
                        && !service.clusterIps().isEmpty()
                        && !service.ports().isEmpty())
                .forEach(service -> found.add(link(service)));
        return found;
    }

    private ServiceLinks.Link link(Service service) {
        List<ServiceLinks.Port> ports = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            ports.add(new ServiceLinks.Port(port.name(), port.protocol(), bound(service, port)));
        }
        return new ServiceLinks.Link(service.name().name(), service.clusterIps().getFirst(), ports);
    }

    private int bound(Service service, ServicePort port) {
        return BoundPorts.of(bindings.bindings(), service, port);
    }
}
