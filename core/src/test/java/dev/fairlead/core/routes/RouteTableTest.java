// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Node NODE = Node.from(new Tree(Map.of(
            "metadata",
            Map.of("name", "n1"),
            "status",
            Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", "192.0.2.1"))))));

    private static Service service(int id) {
        return Service.from(new Tree(Map.of(
                "metadata",
                Map.of("namespace", "shop", "name", "s" + id),
                "spec",
                Map.of(
                        "type",
                        "NodePort",
                        "clusterIP",
                        "10.96.0." + id,
                        "ports",
                        List.of(Map.of("name", "http", "port", 80L, "nodePort", 30000L + id)),
                        "externalIPs",
                        List.of("198.51.100.7")))));
    }

    private static EndpointSlice slice(String name, int service, int... lastBytes) {
        List<Object> endpoints = new ArrayList<>();
        for (int last : lastBytes) {
            endpoints.add(Map.of(
                    "addresses",
                    List.of("10.244.0." + last),
                    "nodeName",
                    last % 2 == 0 ? "n1" : "n2",
                    "conditions",
                    Map.of("ready", last % 3 != 0, "serving", true, "terminating", last % 3 == 0)));
        }
        return EndpointSlice.from(new Tree(Map.of(
                "metadata",
                Map.of(
                        "namespace",
                        "shop",
                        "name",
                        name,
                        "labels",
                        Map.of("kubernetes.io/service-name", "s" + service)),
                "addressType",
                "IPv4",
                "endpoints",
                endpoints,
                "ports",
                List.of(Map.of("name", "http", "port", 8080L)))));
    }

    @Test
    void readsAsText() {
        RouteTable table = RouteTable.of(List.of(service(1)), List.of(slice("a", 1, 4, 5, 6)), NODE);
        assertThat(table.toText()).isEqualTo("""
                        10.96.0.1:80/tcp clusterIP shop/s1:http/TCP/IPv4 CLUSTER
                          10.244.0.4:8080 local
                          10.244.0.5:8080
                        198.51.100.7:80/tcp externalIP shop/s1:http/TCP/IPv4 CLUSTER
                          10.244.0.4:8080 local
                          10.244.0.5:8080
                        node.IPv4:30001/tcp nodePort shop/s1:http/TCP/IPv4 CLUSTER
                          10.244.0.4:8080 local
                          10.244.0.5:8080
                        """);
    }

    @Test
    void tracesEachVerdict() {
        RouteTable table =
                RouteTable.of(List.of(service(1), service(2)), List.of(slice("a", 1, 4), slice("b", 1, 6)), NODE);
        assertThat(trace(table, "10.96.0.1", 80)).isInstanceOfSatisfying(Verdict.Forward.class, forward -> {
            assertThat(forward.backends()).hasSize(1);
            assertThat(forward.masqueraded()).isFalse();
        });
        assertThat(trace(table, "192.0.2.1", 30001))
                .isInstanceOfSatisfying(
                        Verdict.Forward.class,
                        forward -> assertThat(forward.masqueraded()).isTrue());
        assertThat(trace(table, "10.96.0.2", 80)).isInstanceOf(Verdict.Reject.class);
        assertThat(trace(table, "10.96.0.1", 81)).isInstanceOf(Verdict.Reject.class);
        assertThat(trace(table, "10.96.0.9", 80)).isInstanceOf(Verdict.NotAService.class);
    }

    private static Verdict trace(RouteTable table, String address, int port) {
        return table.trace(new Packet(
                new Packet.From.Pod(IpAddress.of("10.244.0.99"), "n1"), Protocol.TCP, IpAddress.of(address), port));
    }

    @Test
    void changesLeadWhereDecidingAnewLeads() {
        long seed = 20261121;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<Integer, Service> services = new TreeMap<>();
        Map<String, EndpointSlice> slices = new TreeMap<>();
        RouteTable table = RouteTable.empty(NODE, Settings.DEFAULT);
        for (int step = 0; step < 2000; step++) {
            int id = 1 + random.nextInt(8);
            String name = "slice" + random.nextInt(12);
            RouteTable before = table;
            switch (random.nextInt(4)) {
                case 0 -> {
                    services.put(id, service(id));
                    table = table.with(new Change.ServicePut(service(id)));
                }
                case 1 -> {
                    services.remove(id);
                    table = table.with(new Change.ServiceRemoved(new ObjectName("shop", "s" + id)));
                }
                case 2 -> {
                    EndpointSlice slice = slice(name, id, random.nextInt(20), random.nextInt(20));
                    slices.put(name, slice);
                    table = table.with(new Change.SlicePut(slice));
                }
                default -> {
                    slices.remove(name);
                    table = table.with(new Change.SliceRemoved(new ObjectName("shop", name)));
                }
            }
            RouteTable anew = RouteTable.of(services.values(), slices.values(), NODE);
            assertThat(table.toText()).as("seed %d step %d", seed, step).isEqualTo(anew.toText());
            assertThat(table).isEqualTo(anew);
            assertThat(Difference.between(table, anew).isEmpty()).isTrue();
            Difference difference = Difference.between(before, table);
            assertThat(before.entrances().size()
                            + difference.added().size()
                            - difference.removed().size())
                    .isEqualTo(table.entrances().size());
        }
    }
}
