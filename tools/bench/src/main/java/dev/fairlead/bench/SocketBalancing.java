// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.kernel.testing.OwnCgroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a new connection from pod to pod costs: to the endpoint itself, to a Service carried by nftables, to a Service
 * translated at the socket. In namespaces of its own, among many other Services, in turns; the node tracks connections in
 * every case.
 */
final class SocketBalancing {
    private static final int OTHERS = 1000;
    private static final int TURN = 100;
    private static final int PORT = 8080;
    private static final String NFTABLES = "10.96.200.1";
    private static final String SOCKETS = "10.96.200.2";
    private static final String POD = "10.244.1.2";

    private record Way(String name, InetSocketAddress address, Sample micros) {}

    private SocketBalancing() {}

    static void run(int connections) throws Exception {
        Conditions.print("begin");
        List<Way> ways = List.of(
                new Way("the endpoint itself", at(POD, PORT), new Sample()),
                new Way("a Service, nftables", at(NFTABLES, 80), new Sample()),
                new Way("a Service, at the socket", at(SOCKETS, 80), new Sample()));
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host client = lab.behind(node, "client", "10.244.1.9", "fd00:10:244:1::9");
            Host pod = lab.behind(node, "pod", POD, "fd00:10:244:1::2");
            ServerSocketChannel server = pod.keep(pod.call(ServerSocketChannel::open));
            server.bind(new InetSocketAddress(PORT), 4096);
            Thread.ofPlatform().daemon().start(() -> acceptAll(server));
            try (OwnCgroup group = OwnCgroup.enter("bench");
                    SocketPlane plane = SocketPlane.over(
                            NftablesPlane.in(node.namespace(), "bench", Ruleset.Options.USUAL),
                            new SocketPlane.Options(
                                    group.path(), node.namespace(), true, Set.of(IpAddress.of(NFTABLES))))) {
                plane.apply(table());
                client.call(() -> {
                    measure(ways, connections / 10, false);
                    measure(ways, connections, true);
                    return null;
                });
            }
        }
        System.out.println();
        System.out.println("| connect to | n | p50 µs | p99 µs | max µs |");
        System.out.println("|---|--:|--:|--:|--:|");
        for (Way way : ways) {
            System.out.println("| " + way.name + " | " + way.micros.size() + " | " + way.micros.tail("%.1f") + " |");
        }
        System.out.println();
        Conditions.print("end");
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    /** Closes at once, and by a reset, so that no port waits. */
    private static void acceptAll(ServerSocketChannel server) {
        try {
            while (true) {
                try (SocketChannel connection = server.accept()) {
                    connection.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
                }
            }
        } catch (IOException closed) {
            // the benchmark is over
        }
    }

    private static void measure(List<Way> ways, int connections, boolean counts) throws IOException {
        for (int done = 0; done < connections; done += TURN) {
            for (Way way : ways) {
                for (int i = 0; i < TURN; i++) {
                    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
                        channel.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
                        long begin = System.nanoTime();
                        channel.connect(way.address);
                        long nanos = System.nanoTime() - begin;
                        if (counts) {
                            way.micros.add(nanos / 1e3);
                        }
                    }
                }
            }
        }
    }

    private static RouteTable table() {
        List<Service> services = new ArrayList<>();
        List<EndpointSlice> slices = new ArrayList<>();
        for (int id = 0; id < OTHERS; id++) {
            services.add(ManyServices.service(id));
            slices.add(ManyServices.slice(id, 10, 0));
        }
        for (String address : List.of(NFTABLES, SOCKETS)) {
            String name = "b" + address.replace('.', '-');
            services.add(Service.from(new Tree(Map.of(
                    "metadata",
                    Map.of("namespace", "shop", "name", name),
                    "spec",
                    Map.of(
                            "clusterIP",
                            address,
                            "clusterIPs",
                            List.of(address),
                            "ports",
                            List.of(Map.of("name", "http", "port", 80L)))))));
            slices.add(EndpointSlice.from(new Tree(Map.of(
                    "metadata",
                    Map.of("namespace", "shop", "name", name, "labels", Map.of("kubernetes.io/service-name", name)),
                    "addressType",
                    "IPv4",
                    "ports",
                    List.of(Map.of("name", "http", "port", (long) PORT)),
                    "endpoints",
                    List.of(Map.of(
                            "addresses", List.of(POD), "nodeName", "n1", "conditions", Map.of("ready", true)))))));
        }
        return RouteTable.of(services, slices, ManyServices.NODE, Settings.DEFAULT);
    }
}
