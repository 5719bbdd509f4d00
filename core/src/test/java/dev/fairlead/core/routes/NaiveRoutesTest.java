// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
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
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables against the plain reference, over random histories of everything a table is decided from. */
class NaiveRoutesTest {
    private static String pick(Random random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    private static Tree node(Random random) {
        return new Tree(Flow.of("{metadata: {name: n1"
                + pick(
                        random,
                        "",
                        ", labels: {topology.kubernetes.io/zone: za}",
                        ", labels: {topology.kubernetes.io/zone: zb}")
                + "}, status: {addresses: [{type: InternalIP, address: "
                + pick(random, "192.0.2.1", "192.0.2.2", "198.18.0.1")
                + "}, {type: InternalIP, address: '2001:db8::1'}]}}"));
    }

    private static Tree service(Random random, int id) {
        String ips = pick(random, "10.96.0." + id, "'fd00::" + id + "'", "10.96.0." + id + ", 'fd00::" + id + "'");
        String clusterIp = random.nextInt(12) == 0 ? pick(random, "None", "") : ips.split(", ", 2)[0];
        String label = random.nextInt(12) == 0 ? "service.kubernetes.io/service-proxy-name: other" : "";
        String type = pick(random, "ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer");
        String spec = "type: " + (random.nextInt(15) == 0 ? "ExternalName" : type)
                + ", clusterIP: " + (clusterIp.isEmpty() ? "''" : clusterIp)
                + ", clusterIPs: [" + (clusterIp.isEmpty() || clusterIp.equals("None") ? clusterIp : ips) + "]"
                + ", externalTrafficPolicy: " + pick(random, "Cluster", "Local")
                + ", internalTrafficPolicy: " + pick(random, "Cluster", "Cluster", "Local")
                + ", sessionAffinity: " + pick(random, "None", "ClientIP")
                + ", externalIPs: [" + pick(random, "", "", "198.51.100.7", "'2001:db8::7', 198.51.100.7", "10.96.0.1")
                + "]"
                + ", healthCheckNodePort: " + (31000 + id)
                + ", loadBalancerSourceRanges: ["
                + pick(random, "", "192.0.2.0/24", "10.0.0.0/8, '2001:db8::/32'", "'fd00::/8'", "10.0.0.0/8, '::/0'")
                + "]"
                + ", ports: [{name: http, port: 80, nodePort: " + (30000 + random.nextInt(4)) + "}"
                + pick(random, "", ", {name: dns, port: 53, protocol: UDP, nodePort: 30000}", ", {name: dns, port: 53}")
                + "]";
        String ingress = pick(
                random,
                "",
                "{ip: 203.0.113.1}",
                "{ip: 203.0.113." + id + ", ipMode: VIP}, {ip: '2001:db8::9'}",
                "{ip: 203.0.113.1, ipMode: Proxy}",
                "{hostname: x}");
        return new Tree(Flow.of("{metadata: {namespace: shop, name: s" + id + ", labels: {" + label + "}}, spec: {"
                + spec + "}, status: {loadBalancer: {ingress: [" + ingress + "]}}}"));
    }

    private static Tree slice(Random random, String name) {
        boolean six = random.nextInt(3) == 0;
        List<String> endpoints = new ArrayList<>();
        boolean hinted = random.nextBoolean();
        for (int i = random.nextInt(5); i > 0; i--) {
            String address = six ? "'fd00:1::" + (1 + random.nextInt(6)) + "'" : "10.0.0." + (1 + random.nextInt(6));
            String conditions = pick(
                    random,
                    "",
                    "ready: true",
                    "ready: false",
                    "ready: false, serving: true, terminating: true",
                    "ready: false, serving: false, terminating: true",
                    "ready: true, terminating: true");
            String hints = hinted && random.nextInt(6) > 0
                    ? pick(
                            random,
                            "forZones: [{name: za}]",
                            "forZones: [{name: zb}], forNodes: [{name: n1}]",
                            "forZones: [{name: za}], forNodes: [{name: n2}]")
                    : "";
            endpoints.add("{addresses: [" + address + "], conditions: {" + conditions + "}, hints: {" + hints + "}"
                    + pick(random, ", nodeName: n1", ", nodeName: n2", "") + "}");
        }
        String label = random.nextInt(15) == 0 ? ", service.kubernetes.io/headless: ''" : "";
        return new Tree(Flow.of("{metadata: {namespace: shop, name: " + name
                + ", labels: {kubernetes.io/service-name: s"
                + (1 + random.nextInt(5)) + label + "}}, addressType: " + (six ? "IPv6" : "IPv4") + ", endpoints: ["
                + String.join(", ", endpoints) + "], ports: ["
                + pick(
                        random,
                        "{name: http, port: 8080}",
                        "{name: http, port: 8080}, {name: dns, port: 53, protocol: UDP}",
                        "{name: http}, {name: dns, port: 53}",
                        "{name: dns, port: 5353, protocol: UDP}")
                + "]}"));
    }

    private static List<String> text(RouteTable table) {
        List<String> lines = new ArrayList<>();
        for (Entrance entrance : table.entrances()) {
            Route route = entrance.route();
            lines.add(new Naive.Claim(
                            entrance.frontend().toString(),
                            List.of(Entrance.Kind.values()).indexOf(entrance.kind()),
                            route.service().toString(),
                            route.port(),
                            entrance.external(),
                            entrance.policy() == dev.fairlead.core.definition.TrafficPolicy.LOCAL,
                            texts(route.cluster()),
                            texts(route.local()),
                            entrance.sourceRanges(),
                            route.affinitySeconds())
                    .text());
        }
        table.healthChecks()
                .forEach(check -> lines.add(check.port() + " " + check.service() + " " + check.localReady()));
        lines.sort(null);
        return lines;
    }

    private static List<String> texts(List<Backend> backends) {
        return backends.stream()
                .map(backend -> backend.address() + " " + backend.port())
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {20261121, 1, 2, 3})
    void decidesAsTheRulesSay(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<String, Tree> services = new TreeMap<>();
        Map<String, Tree> slices = new TreeMap<>();
        Tree node = node(random);
        RouteTable table = RouteTable.empty(Node.from(node), Settings.DEFAULT);
        for (int step = 0; step < 700; step++) {
            RouteTable before = table;
            int what = random.nextInt(20);
            if (what < 8) {
                Tree slice = slice(random, "x" + random.nextInt(8));
                slices.put(slice.tree("metadata").text("name", ""), slice);
                table = table.with(new Change.SlicePut(EndpointSlice.from(slice)));
            } else if (what < 10) {
                String name = "x" + random.nextInt(8);
                slices.remove(name);
                table = table.with(new Change.SliceRemoved(new ObjectName("shop", name)));
            } else if (what < 17) {
                int id = 1 + random.nextInt(5);
                services.put("s" + id, service(random, id));
                table = table.with(new Change.ServicePut(Service.from(services.get("s" + id))));
            } else if (what < 18) {
                String name = "s" + (1 + random.nextInt(5));
                services.remove(name);
                table = table.with(new Change.ServiceRemoved(new ObjectName("shop", name)));
            } else {
                node = node(random);
                table = table.with(new Change.NodePut(Node.from(node)));
            }
            String at = "seed " + seed + " step " + step;
            Naive naive = new Naive(services.values(), slices.values(), node);
            List<String> wanted = new ArrayList<>(
                    naive.claims.values().stream().map(Naive.Claim::text).toList());
            wanted.addAll(naive.health);
            wanted.sort(null);
            assertThat(text(table)).as(at).isEqualTo(wanted);
            RouteTable anew = RouteTable.of(
                    services.values().stream().map(Service::from).toList(),
                    slices.values().stream().map(EndpointSlice::from).toList(),
                    Node.from(node));
            assertThat(table).as(at).isEqualTo(anew);
            assertThat(Difference.between(anew, table).isEmpty()).as(at).isTrue();
            differenceLeads(before, table, at);
            for (int i = 0; i < 30; i++) {
                traces(random, table, naive, at);
            }
        }
    }

    private static void differenceLeads(RouteTable before, RouteTable after, String at) {
        TreeMap<Frontend, Entrance> entrances = new TreeMap<>();
        before.entrances().forEach(entrance -> entrances.put(entrance.frontend(), entrance));
        Difference difference = Difference.between(before, after);
        difference
                .added()
                .forEach(entrance ->
                        assertThat(entrances.put(entrance.frontend(), entrance)).isNull());
        difference
                .removed()
                .forEach(entrance ->
                        assertThat(entrances.remove(entrance.frontend())).isEqualTo(entrance));
        difference.changed().forEach(change -> {
            assertThat(change.before()).isNotEqualTo(change.after());
            assertThat(entrances.put(change.after().frontend(), change.after())).isEqualTo(change.before());
        });
        assertThat(List.copyOf(entrances.values())).as(at).isEqualTo(after.entrances());
        assertThat(difference.healthChecks()).isEqualTo(!before.healthChecks().equals(after.healthChecks()));
        assertThat(difference.nodePortAddresses())
                .isEqualTo(!before.nodePortAddresses().equals(after.nodePortAddresses()));
    }

    private static void traces(Random random, RouteTable table, Naive naive, String at) {
        List<String> nodes =
                table.nodePortAddresses().stream().map(IpAddress::toString).toList();
        TreeSet<String> known = new TreeSet<>(naive.clusterIps);
        known.addAll(List.of(
                "198.51.100.7",
                "2001:db8::7",
                "203.0.113.1",
                "2001:db8::9",
                "192.0.2.1",
                "192.0.2.2",
                "2001:db8::1",
                "8.8.8.8"));
        IpAddress to = IpAddress.of(List.copyOf(known).get(random.nextInt(known.size())));
        boolean six = to.toString().contains(":");
        Packet.From from = switch (random.nextInt(5)) {
            case 0 -> new Packet.From.Pod(IpAddress.of(six ? "fd00:1::77" : "10.0.0.77"), "n1");
            case 1 -> new Packet.From.Pod(IpAddress.of(six ? "fd00:1::78" : "10.0.0.78"), "n2");
            case 2 ->
                new Packet.From.Node(IpAddress.of(nodes.stream()
                        .filter(ip -> ip.contains(":") == six)
                        .findFirst()
                        .orElseThrow()));
            case 3 -> new Packet.From.OtherNode(IpAddress.of(six ? "2001:db8::2" : "192.0.2.77"));
            default -> new Packet.From.Outside(IpAddress.of(six ? "2a00::1" : "9.9.9.9"));
        };
        Packet packet = new Packet(
                from,
                random.nextBoolean() ? Protocol.TCP : Protocol.UDP,
                to,
                new int[] {80, 53, 30000, 30001, 30002}[random.nextInt(5)]);
        boolean fromNode = from instanceof Packet.From.Node;
        boolean here =
                fromNode || from instanceof Packet.From.Pod pod && pod.node().equals("n1");
        Verdict verdict = table.trace(packet);
        String text = switch (verdict) {
            case Verdict.Forward forward ->
                "forward " + texts(forward.backends()) + (forward.masqueraded() ? " masqueraded" : "");
            case Verdict.Reject _ -> "reject";
            case Verdict.Drop _ -> "drop";
            case Verdict.NotAService _ -> "none";
        };
        assertThat(text).as("%s %s", at, packet).isEqualTo(naive.trace(packet, here, fromNode, nodes));
        assertThat(verdict.because()).isNotEmpty();
    }
}
