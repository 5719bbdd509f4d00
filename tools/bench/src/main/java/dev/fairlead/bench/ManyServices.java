// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Services as a large cluster has them, each with a node port and one slice, made up from their number. Pods are spread over
 * a thousand nodes: a node takes some hundred at most.
 */
final class ManyServices {
    static final Node NODE = Node.from(new Tree(Map.of(
            "metadata",
            Map.of("name", "n1"),
            "status",
            Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", "192.0.2.1"))))));

    private ManyServices() {}

    /** The first 40,000 have node ports; there are no more of those. */
    static Service service(int id) {
        boolean nodePort = id < 40_000;
        Map<String, Object> port = nodePort
                ? Map.of("name", "http", "port", 80L, "nodePort", 20_000L + id)
                : Map.of("name", "http", "port", 80L);
        return Service.from(new Tree(Map.of(
                "metadata",
                Map.of("namespace", "shop", "name", "s" + id),
                "spec",
                Map.of(
                        "clusterIP",
                        "10." + (96 + id / 62_500) + "." + id / 250 % 250 + "." + (1 + id % 250),
                        "ports",
                        List.of(port),
                        "type",
                        nodePort ? "NodePort" : "ClusterIP"))));
    }

    /** A slice; of its endpoints number {@code unready} is not ready, 0 for none. */
    static EndpointSlice slice(int id, int each, int unready) {
        List<Object> endpoints = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            int host = id * each + i;
            endpoints.add(Map.of(
                    "addresses",
                    List.of("10." + (128 + host / 62_500) + "." + host / 250 % 250 + "." + (1 + host % 250)),
                    "nodeName",
                    "n" + host % 1000,
                    "conditions",
                    Map.of("ready", i + 1 != unready)));
        }
        return EndpointSlice.from(new Tree(Map.of(
                "metadata",
                Map.of(
                        "namespace",
                        "shop",
                        "name",
                        "s" + id + "-x",
                        "labels",
                        Map.of("kubernetes.io/service-name", "s" + id)),
                "addressType",
                "IPv4",
                "endpoints",
                endpoints,
                "ports",
                List.of(Map.of("name", "http", "port", 8080L)))));
    }
}
