// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.Agent;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.wire.Inet;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the node's data plane does at the moment. */
record Routing(Supplier<Agent> agent) {
    private RouteTable table() {
        return agent.get().routes();
    }

    /** Whether new connections go to a pod's address. */
    boolean leadsTo(IpAddress address) {
        return table().entrances().stream()
                .flatMap(entrance -> entrance.backends().stream())
                .anyMatch(backend -> backend.address().equals(address));
    }

    /** The pods (or addresses) that new connections to a Service go to. */
    Set<Backend> backends(ObjectName service) {
        return table().entrances(service).stream()
                .map(Entrance::backends)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    /** Whether the data plane listens at a virtual address and port. */
    boolean opened(ObjectName service, IpAddress virtual, int port) {
        return table().entrances(service).stream()
                .map(Entrance::frontend)
                .anyMatch(
                        frontend -> frontend.port() == port && frontend.scope().equals(new Scope.At(virtual)));
    }

    private static boolean isOf(Binding binding, ObjectName service, IpAddress virtual, int port) {
        return binding.service().equals(service)
                && binding.virtual().port() == port
                && binding.virtual().scope().equals(new Scope.At(virtual));
    }

    /** Where a virtual address and port is really bound: another port where the own needs a privilege or is taken. */
    InetSocketAddress bound(ObjectName service, IpAddress virtual, int port) {
        return agent.get().bindings().stream()
                .filter(binding -> isOf(binding, service, virtual, port))
                .findFirst()
                .map(Binding::bound)
                .orElseGet(() -> Inet.socketAddress(virtual, port));
    }
}
