// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
    private static final Service SERVICE =
            Sketch.service("{selector: {app: web}, clusterIP: 10.96.0.1, ipFamilies: [IPv4],"
                    + " ports: [{name: a, port: 80, targetPort: web}]}");

    private static Pod pod(int id, int state, int port) {
        String ready = state % 2 == 0 ? "'True'" : "'False'";
        return Sketch.pod(
                "p" + id,
                state >= 2 ? ", deletionTimestamp: '2026-11-21T06:00:00Z'" : "",
                "{nodeName: n" + (1 + id % 2) + ", containers: [{ports: [{name: web, containerPort: " + port + "}]}]}",
                "{podIP: 10.0.0." + id + ", conditions: [{type: Ready, status: " + ready + "}]}");
    }

    /** What the slices ought to say of the pods, written down plainly. */
    private static List<String> naive(Collection<Pod> pods) {
        List<String> lines = new ArrayList<>();
        for (Pod pod : pods) {
            boolean ending = pod.meta().deletionTimestamp() != null;
            lines.add(pod.podIps().getFirst() + " a="
                    + pod.containerPorts().getFirst().port() + "/TCP"
                    + (pod.ready() && !ending ? " ready" : "") + (pod.ready() ? " serving" : "")
                    + (ending ? " terminating" : "") + " " + pod.nodeName()
                    + (pod.nodeName().equals("n1") ? " za" : " zb") + " -> "
                    + pod.name().name());
        }
        lines.sort(null);
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100})
    void saysEveryPodOnceInFewWrites(int maximum) {
        long seed = 20261121L + maximum;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Sketch sketch = new Sketch();
        Map<Integer, Pod> pods = new TreeMap<>();
        for (int step = 0; step < 600; step++) {
            int changes = random.nextInt(4) == 0 ? 1 + random.nextInt(8) : 1;
            for (int i = 0; i < changes; i++) {
                int id = 1 + random.nextInt(40);
                if (random.nextInt(step / 100 % 2 == 0 ? 5 : 2) == 0) {
                    pods.remove(id);
                } else {
                    pods.put(id, pod(id, random.nextInt(4), random.nextInt(4) == 0 ? 2 : 1));
                }
            }
            String at = "seed " + seed + " step " + step;
            int writes = sketch.sync(SERVICE, pods.values(), maximum, null);
            assertThat(sketch.lines()).as(at).isEqualTo(naive(pods.values()));
            assertThat(sketch.slices.values()).as(at).allSatisfy(slice -> {
                assertThat(slice.endpoints()).hasSizeLessThanOrEqualTo(maximum);
                assertThat(slice.endpoints().isEmpty()).isEqualTo(pods.isEmpty());
            });
            assertThat(sketch.slices).hasSizeGreaterThanOrEqualTo(1);
            assertThat(writes).as(at + ": writes").isLessThanOrEqualTo(2 * changes);
            assertThat(sketch.sync(SERVICE, pods.values(), maximum, null))
                    .as(at + ": again")
                    .isZero();
        }
    }

    @Test
    void fillsWhatIsWrittenAnywayThenTheFullestWithRoomForAll() {
        Sketch sketch = new Sketch();
        TreeMap<Integer, Pod> pods = new TreeMap<>();
        for (int id = 1; id <= 9; id++) {
            pods.put(id, pod(id, 0, 1));
            sketch.sync(SERVICE, pods.values(), 3, null);
        }
        assertThat(sizes(sketch)).containsExactly(3, 3, 3);
        pods.remove(1);
        pods.remove(4);
        pods.remove(5);
        assertThat(sketch.sync(SERVICE, pods.values(), 3, null)).isEqualTo(2);
        assertThat(sizes(sketch)).as("never merged").containsExactly(2, 1, 3);
        pods.put(11, pod(11, 0, 1));
        assertThat(sketch.sync(SERVICE, pods.values(), 3, null)).isEqualTo(1);
        assertThat(sizes(sketch)).as("the fullest with room").containsExactly(3, 1, 3);
        pods.put(12, pod(12, 0, 1));
        pods.put(6, pod(6, 1, 1));
        assertThat(sketch.sync(SERVICE, pods.values(), 3, null)).isEqualTo(1);
        assertThat(sizes(sketch)).as("the one that changes anyway").containsExactly(3, 2, 3);
        pods.put(13, pod(13, 0, 1));
        pods.put(14, pod(14, 0, 1));
        assertThat(sketch.sync(SERVICE, pods.values(), 3, null)).isEqualTo(1);
        assertThat(sizes(sketch)).as("room for one of two is no room").containsExactly(3, 2, 3, 2);
        for (int id = 15; id <= 18; id++) {
            pods.put(id, pod(id, 0, 1));
        }
        assertThat(sketch.sync(SERVICE, pods.values(), 3, null)).isEqualTo(2);
        assertThat(sizes(sketch))
                .as("a new one for three of four, the one that is left to the fullest with room")
                .containsExactly(3, 3, 3, 2, 3);
    }

    @Test
    void takesOtherHintsForNoReasonToFillASlice() {
        Sketch sketch = new Sketch();
        TreeMap<Integer, Pod> pods = new TreeMap<>();
        for (int id = 1; id <= 5; id++) {
            pods.put(id, pod(id, 0, 1));
            sketch.sync(SERVICE, pods.values(), 3, null);
        }
        pods.remove(3);
        sketch.sync(SERVICE, pods.values(), 3, null);
        assertThat(sizes(sketch)).containsExactly(2, 2);
        Service close = Sketch.service("{selector: {app: web}, clusterIP: 10.96.0.1, ipFamilies: [IPv4],"
                + " trafficDistribution: PreferClose, ports: [{name: a, port: 80, targetPort: web}]}");
        pods.put(6, pod(6, 0, 1));
        pods.put(7, pod(7, 0, 1));
        assertThat(sketch.sync(close, pods.values(), 3, null)).isEqualTo(3);
        assertThat(sizes(sketch)).containsExactly(2, 2, 2);
    }

    @Test
    void anEndpointThatStaysIsNeverMissingBetweenTwoWrites() {
        long seed = 20261123;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Sketch sketch = new Sketch();
        Map<Integer, Pod> pods = new TreeMap<>();
        for (int step = 0; step < 600; step++) {
            Map<Integer, Pod> before = new TreeMap<>(pods);
            for (int i = random.nextInt(12); i >= 0; i--) {
                int id = 1 + random.nextInt(25);
                if (random.nextInt(3) == 0) {
                    pods.remove(id);
                } else {
                    pods.put(id, pod(id, random.nextInt(4), 1 + id % 2));
                }
            }
            String at = "seed " + seed + " step " + step;
            Set<String> staying = new TreeSet<>();
            Set<String> known = new TreeSet<>();
            before.keySet().stream().filter(pods::containsKey).forEach(id -> staying.add("p" + id));
            before.keySet().forEach(id -> known.add("p" + id));
            pods.keySet().forEach(id -> known.add("p" + id));
            sketch.look = () -> {
                Set<String> seen = new TreeSet<>();
                sketch.slices.values().forEach(slice -> {
                    assertThat(slice.endpoints()).as(at).hasSizeLessThanOrEqualTo(4);
                    slice.endpoints()
                            .forEach(endpoint -> seen.add(
                                    Objects.requireNonNull(endpoint.target()).name()));
                });
                assertThat(seen).as(at).containsAll(staying);
                assertThat(known).as(at).containsAll(seen);
            };
            sketch.sync(SERVICE, pods.values(), 4, null);
            assertThat(sketch.lines()).as(at).isEqualTo(naive(pods.values()));
        }
    }

    @Test
    void anEndpointWhosePortChangesIsInTwoSlicesForAMomentNotInNone() {
        Sketch sketch = new Sketch();
        List<Pod> before = List.of(pod(1, 0, 1), pod(2, 0, 1), pod(3, 0, 2));
        sketch.sync(SERVICE, before, 100, null);
        sketch.look = () -> assertThat(sketch.lines()).anyMatch(line -> line.startsWith("10.0.0.2 "));
        List<Pod> after = List.of(pod(1, 0, 1), pod(2, 0, 2), pod(3, 0, 2));
        assertThat(sketch.sync(SERVICE, after, 100, null)).isEqualTo(2);
        assertThat(sketch.lines()).isEqualTo(naive(after));
    }

    @Test
    void mendsASliceThatSaysAnEndpointTwice() {
        Sketch sketch = new Sketch();
        List<Pod> pods = List.of(pod(1, 0, 1), pod(2, 0, 1), pod(3, 0, 1));
        sketch.sync(SERVICE, pods, 3, null);
        EndpointSlice good = sketch.only();
        List<Endpoint> twice = new ArrayList<>(good.endpoints());
        twice.set(2, twice.getFirst());
        sketch.slices.put(good.meta().name(), new EndpointSlice(good.meta(), "IPv4", twice, good.ports()));
        assertThat(sketch.sync(SERVICE, pods, 3, null)).isEqualTo(1);
        assertThat(sketch.lines()).isEqualTo(naive(pods));
    }

    private static List<Integer> sizes(Sketch sketch) {
        return sketch.slices.values().stream()
                .map(slice -> slice.endpoints().size())
                .toList();
    }

    @Test
    void theIndexFindsWhatSelectorsMatch() {
        long seed = 20261122;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ServiceIndex index = new ServiceIndex();
        Map<ObjectName, Map<String, String>> naive = new TreeMap<>();
        for (int step = 0; step < 3000; step++) {
            var name = new ObjectName("ns" + random.nextInt(2), "s" + random.nextInt(12));
            if (random.nextInt(4) == 0) {
                index.remove(name);
                naive.remove(name);
            } else {
                Map<String, String> selector = labels(random, 3);
                index.put(name, random.nextInt(9) == 0 && selector.isEmpty() ? null : selector);
                naive.put(name, selector);
            }
            String namespace = "ns" + random.nextInt(2);
            Map<String, String> labels = labels(random, 5);
            TreeSet<ObjectName> wanted = new TreeSet<>();
            naive.forEach((service, selector) -> {
                boolean all = !selector.isEmpty() && service.namespace().equals(namespace);
                for (String key : selector.keySet()) {
                    all &= selector.get(key).equals(labels.get(key));
                }
                if (all) {
                    wanted.add(service);
                }
            });
            assertThat(index.selecting(namespace, labels))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(wanted);
        }
    }

    @Test
    void theIndexFilesServicesThatShareALabelUnderWhatTellsThemApart() {
        ServiceIndex index = new ServiceIndex();
        Map<String, String> last = Map.of();
        for (int i = 0; i < 20_000; i++) {
            last = new java.util.LinkedHashMap<>(Map.of("part-of", "shop"));
            last.put("app", "a" + i);
            index.put(new ObjectName("shop", "s" + i), last);
        }
        Map<String, String> labels = last;
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 20_000; i++) { // 400 million steps if it looked at all that share the label
                assertThat(index.selecting("shop", labels)).hasSize(1);
            }
        });
    }

    private static Map<String, String> labels(Random random, int most) {
        Map<String, String> labels = new TreeMap<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            labels.put("key" + random.nextInt(3), "v" + random.nextInt(2));
        }
        return labels;
    }
}
