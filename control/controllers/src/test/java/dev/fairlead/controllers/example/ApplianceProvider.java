// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.example;

import dev.fairlead.controllers.provider.LoadBalancerAnswer;
import dev.fairlead.controllers.provider.LoadBalancerProvider;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An example: a box before the nodes, which is told which ports of which nodes are behind an address. */
public final class ApplianceProvider implements LoadBalancerProvider {
    /** What the box was told: a line for each Service. */
    public static final Map<ObjectName, String> BOX = new ConcurrentHashMap<>();

    @Override
    public Set<String> classes() {
        return Set.of("example.com/appliance");
    }

    @Override
    public LoadBalancerAnswer ensure(Service service, List<Node> nodes) throws IOException {
        if (service.meta().annotations().containsKey("example.com/broken")) {
            throw new IOException("the appliance does not answer");
        }
        String address = service.loadBalancer().ip().isEmpty()
                ? "203.0.113.7"
                : service.loadBalancer().ip();
        List<Integer> ports =
                service.ports().stream().map(port -> port.nodePort()).toList();
        List<String> names = nodes.stream().map(Node::name).toList();
        BOX.put(service.name(), address + " -> " + ports.size() + " ports of " + names);
        return LoadBalancerAnswer.given(
                List.of(LoadBalancerAnswer.proxied(IpAddress.of(address))), address + " of the appliance");
    }

    @Override
    public void delete(Service service) {
        BOX.remove(service.name());
    }
}
