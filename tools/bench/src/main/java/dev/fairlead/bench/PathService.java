// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The Service whose pod lives in a {@link PathLab}, among others. */
final class PathService {
    private static final String ADDRESS = "10.96.200.1";
    private static final int PORT = 80;
    private static final String NODE_ADDRESS = "10.200.0.1";
    private static final int NODE_PORT = 32_000;
    private static final Node NODE = Node.from(new Tree(Map.of(
            "metadata",
            Map.of("name", "n1"),
            "status",
            Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", NODE_ADDRESS))))));

    private PathService() {}

    /** The first of its three ports. */
    static InetSocketAddress clusterIp() {
        return new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), PORT);
    }

    /** The first of its three node ports. */
    static InetSocketAddress nodePort() {
        return new InetSocketAddress(InetAddress.ofLiteral(NODE_ADDRESS), NODE_PORT);
    }

    /** A table of so many Services, one of which is asked. */
    static RouteTable table(int services) {
        List<Service> all = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 1; id < services; id++) {
            all.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, PathLab.ENDPOINTS, 0));
        }
        all.add(
                services / 2,
                Service.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", "shop", "name", "asked"),
                        "spec",
                                Map.of(
                                        "type",
                                        "NodePort",
                                        "clusterIP",
                                        ADDRESS,
                                        "clusterIPs",
                                        List.of(ADDRESS),
                                        "ports",
                                        ports(PORT, true))))));
        slices.add(
                services / 2,
                EndpointSlice.from(new Tree(Map.of(
                        "metadata",
                        Map.of(
                                "namespace",
                                "shop",
                                "name",
                                "asked-x",
                                "labels",
                                Map.of("kubernetes.io/service-name", "asked")),
                        "addressType",
                        "IPv4",
                        "ports",
                        ports(PathLab.PORT, false),
                        "endpoints",
                        IntStream.range(0, PathLab.ENDPOINTS)
                                .mapToObj(number -> Map.of(
                                        "addresses",
                                        List.of(IpAddress.of(PathLab.FIRST)
                                                .plus(number)
                                                .toString()),
                                        "nodeName",
                                        "n1",
                                        "conditions",
                                        Map.of("ready", true)))
                                .toList()))));
        return RouteTable.of(all, slices, NODE, Settings.DEFAULT.withPodCidrs(List.of(Cidr.of("10.244.1.0/24"))));
    }

    private static List<Object> ports(int first, boolean nodePorts) {
        return IntStream.rangeClosed(PathLab.ANSWER, PathLab.SINK)
                .<Object>mapToObj(what -> nodePorts
                        ? Map.of("name", "p" + what, "port", (long) first + what, "nodePort", (long) NODE_PORT + what)
                        : Map.of("name", "p" + what, "port", (long) first + what))
                .toList();
    }
}
