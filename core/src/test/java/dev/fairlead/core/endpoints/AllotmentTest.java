// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllotmentTest {
    private static Node node(String name, String zone, String cpu, String more) {
        String labels = (zone.isEmpty() ? "" : "topology.kubernetes.io/zone: " + zone + ", ") + more;
        return Node.from(
                new Tree(Flow.of("{metadata: {name: " + name + ", labels: {" + labels + "}}, status: {allocatable:"
                        + " {cpu: '" + cpu + "'}, conditions: [{type: Ready, status: 'True'}]}}")));
    }

    /** So many ready endpoints in each zone, such as {@code aaab}. */
    private static List<Endpoint> endpoints(String zones) {
        List<Endpoint> all = new ArrayList<>();
        for (int i = 0; i < zones.length(); i++) {
            String zone = zones.charAt(i) == '-' ? null : String.valueOf(zones.charAt(i));
            var target = new Endpoint.TargetRef("Pod", "shop", "p" + i, "u" + i);
            all.add(new Endpoint(
                    List.of("10.0.0." + i), true, true, false, null, "n", zone, target, List.of(), List.of()));
        }
        return all;
    }

    private static Zones zones(String text) {
        Map<String, Long> millis = new TreeMap<>();
        for (String each : text.split(" ")) {
            millis.put(each.substring(0, 1), Long.parseLong(each.substring(2)));
        }
        return new Zones(millis, "");
    }

    record Row(String endpoints, String zones, String hints) {}

    static Stream<Row> rows() {
        return Stream.of(
                new Row("ab", "a=1 b=1", "ab"),
                new Row("aaaaab", "a=1 b=1", "aaabbb"),
                new Row("aabbcc", "a=4 b=4 c=4", "aabbcc"),
                new Row("aaaabc", "a=4 b=4 c=4", "aacbbc"),
                new Row("aaaabb", "a=2 b=1", "aaaabb"),
                new Row("abbbbb", "a=2 b=1", "abbaaa"),
                new Row("aaaaaaaaaaaab", "a=1 b=9", "aabbbbbbbbbbb"),
                new Row("aaaaabbbbz", "a=1 b=1", "aaaaabbbbb"),
                new Row("a", "a=1 b=1", "there are fewer ready endpoints than zones: 1 of 2"),
                new Row("", "a=1 b=1", "there are fewer ready endpoints than zones: 0 of 2"),
                new Row(
                        "aab",
                        "a=1 b=1",
                        "3 ready endpoints cannot be shared out among 2 zones without overloading some"),
                new Row("ab-b", "a=1 b=1", "the node of endpoint 10.0.0.2 is in no zone"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void sharesOut(Row row) {
        List<Endpoint> ready = endpoints(row.endpoints);
        Allotment allotment = Allotment.of(ready, zones(row.zones), Map.of());
        assertThat(allotment.why().isEmpty() ? hints(ready, allotment) : allotment.why())
                .isEqualTo(row.hints);
    }

    private static String hints(List<Endpoint> ready, Allotment allotment) {
        StringBuilder text = new StringBuilder();
        ready.forEach(endpoint -> text.append(allotment.zones().get(Identity.of(endpoint))));
        return text.toString();
    }

    @Test
    void givesEveryZoneWhatItNeedsAndStaysWithWhatItGave() {
        long seed = 20261124;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int given = 0;
        for (int round = 0; round < 4_000; round++) {
            int many = 2 + random.nextInt(4);
            Map<String, Long> millis = new TreeMap<>();
            long total = 0;
            for (int zone = 0; zone < many; zone++) {
                long cpu = 1_000L * (1 + random.nextInt(16));
                millis.put(String.valueOf((char) ('a' + zone)), cpu);
                total += cpu;
            }
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                text.append((char) ('a' + random.nextInt(random.nextInt(9) == 0 ? many + 1 : many)));
            }
            List<Endpoint> ready = endpoints(text.toString());
            Zones zones = new Zones(millis, "");
            Allotment allotment = Allotment.of(ready, zones, Map.of());
            String at = "seed " + seed + " round " + round + ": " + text + " " + millis;
            if (!allotment.why().isEmpty()) {
                continue;
            }
            given++;
            Map<String, Integer> count = new HashMap<>();
            allotment.zones().values().forEach(zone -> count.merge(zone, 1, Integer::sum));
            assertThat(allotment.zones()).as(at).hasSize(ready.size());
            assertThat(millis.keySet()).as(at).containsAll(count.keySet());
            for (String zone : millis.keySet()) {
                double part = (double) millis.get(zone) / total * ready.size();
                assertThat(count.get(zone) * 1.2 + 1e-9)
                        .as(at + " zone " + zone)
                        .isGreaterThanOrEqualTo(part);
            }
            assertThat(Allotment.of(ready, zones, allotment.zones())).as(at).isEqualTo(allotment);
            assertThat(Allotment.of(ready.reversed(), zones, allotment.zones()).zones())
                    .as(at + " reversed")
                    .isEqualTo(allotment.zones());
        }
        assertThat(given).isGreaterThan(1_000);
    }

    @Test
    void zonesCountReadyNodesThatAreNotForTheControlPlane() {
        Node a = node("n1", "a", "2", "");
        Node b = node("n2", "b", "1500m", "");
        Node half = node("n3", "b", "0.5", "");
        Node control = node("cp", "", "0", "node-role.kubernetes.io/control-plane: ''");
        Node master = node("m", "", "0", "node-role.kubernetes.io/master: ''");
        Node down = Node.from(new Tree(Flow.of("{metadata: {name: down}}")));
        assertThat(Zones.of(List.of(a, b, half, control, master, down)).cpuMillis())
                .isEqualTo(Map.of("a", 2000L, "b", 2000L));
        assertThat(Zones.of(List.of(a, b)).why()).isEmpty();
        assertThat(Zones.of(List.of()).why()).isEqualTo("no node is ready");
        assertThat(Zones.of(List.of(a, node("n4", "a", "1", ""))).why())
                .isEqualTo("all nodes that are ready are in zone a");
        assertThat(Zones.of(List.of(a, b, node("n5", "", "1", ""))).why())
                .isEqualTo("node n5 has no label topology.kubernetes.io/zone");
        for (String cpu : List.of("0", "", "many", "-1")) {
            assertThat(Zones.of(List.of(a, b, node("n6", "a", cpu, ""))).why())
                    .isEqualTo("node n6 does not say its allocatable cpu");
        }
    }

    private static Service auto(String annotation) {
        return Service.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web, uid: u1, annotations:"
                + " {service.kubernetes.io/" + annotation + "}}, spec: {selector: {app: web}, clusterIP: 10.96.0.1,"
                + " ipFamilies: [IPv4], trafficDistribution: PreferClose, ports: [{port: 80, targetPort: 80}]}}")));
    }

    private static Pod pod(String name, String node, boolean ready) {
        return Sketch.pod(
                name,
                "{nodeName: " + node + "}",
                "{podIP: 10.0.0." + name.charAt(0) % 50 + ", conditions: [{type: Ready, status: '"
                        + (ready ? "True" : "False") + "'}]}");
    }

    @Test
    void topologyModeAutoComesBeforeTheDistribution() {
        for (String annotation : List.of("topology-mode: Auto", "topology-aware-hints: auto")) {
            Sketch sketch = new Sketch();
            sketch.zones = zones("z=1 y=1");
            List<Pod> pods = List.of(pod("a", "n1", true));
            SlicePlan refused = sketch.plan(auto(annotation), pods, 100, null);
            assertThat(refused.zoneHints().values())
                    .containsExactly("there are fewer ready endpoints than zones: 1 of 2");
            sketch.write(refused);
            assertThat(sketch.lines()).noneMatch(line -> line.contains("hints"));
        }
        for (String annotation : List.of(
                "topology-mode: AUTO",
                "topology-aware-hints: Disabled",
                "topology-aware-hints: no, x/topology-mode: Auto")) {
            Sketch sketch = new Sketch();
            SlicePlan plan = sketch.plan(auto(annotation), List.of(pod("a", "n1", true)), 100, null);
            assertThat(plan.zoneHints()).isEmpty();
            sketch.write(plan);
            assertThat(sketch.lines()).allMatch(line -> line.endsWith("hints za"));
        }
    }

    @Test
    void hintsComeAndGoWithTheirReasons() {
        Sketch sketch = new Sketch();
        sketch.zones = new Zones(new TreeMap<>(Map.of("za", 4000L, "zb", 4000L)), "");
        Service service = auto("topology-mode: Auto");
        List<Pod> pods = List.of(pod("a", "n1", true), pod("b", "n1", true), pod("c", "n1", false));
        SlicePlan plan = sketch.plan(service, pods, 100, null);
        assertThat(plan.zoneHints().values()).containsExactly("");
        sketch.write(plan);
        assertThat(sketch.lines().stream().map(line -> line.replaceAll(".* -> ", "")))
                .containsExactlyInAnyOrder("a hints za", "b hints zb", "c");
        assertThat(sketch.sync(service, pods, 100, null)).isZero();
        sketch.zones = Zones.of(List.of());
        assertThat(sketch.sync(service, pods, 100, null)).isEqualTo(1);
        assertThat(sketch.lines()).noneMatch(line -> line.contains("hints"));
    }
}
