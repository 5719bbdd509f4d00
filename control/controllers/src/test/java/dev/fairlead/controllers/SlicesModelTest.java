// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.Watch;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Random pods and Services through the real API server: what slices and Endpoints come to say is what a naive reference
 * computes from scratch, and every single version of a slice that a client can see is a valid one.
 */
class SlicesModelTest {
    private static final int STEPS = 160;
    private static final int BETWEEN_LOOKS = 8;
    private static final String OURS = "endpointslice-controller.k8s.io";

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    /** Every address that a pod of that name ever had. */
    private final Map<String, Set<String>> addresses = new ConcurrentHashMap<>();

    private final List<String> broken = new CopyOnWriteArrayList<>();
    private int lastAddress;

    @Test
    void what_is_written_is_what_the_reference_says() throws Exception {
        System.out.println("seed of the model " + seed);
        try (Cluster cluster = new Cluster()) {
            cluster.kubelet = false;
            long revision = cluster.client
                    .list(Resources.ENDPOINT_SLICES, Selection.ALL)
                    .revision();
            try (Watch watch = cluster.client.watch(Resources.ENDPOINT_SLICES, Selection.ALL, revision, 600)) {
                Thread judge = Thread.ofVirtual().start(() -> judge(watch));
                for (int step = 1; step <= STEPS; step++) {
                    play(cluster);
                    if (step % BETWEEN_LOOKS == 0) {
                        compare(cluster, step);
                    }
                }
                assertThat(judge.isAlive()).as("the watch still runs").isTrue();
            }
            assertThat(broken).as("seed " + seed).isEmpty();
        }
    }

    private void play(Cluster cluster) throws Exception {
        String pod = "p" + random.nextInt(10);
        String service = "s" + random.nextInt(4);
        try {
            switch (random.nextInt(12)) {
                case 0, 1, 2 ->
                    cluster.apply("""
                        {apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: default, labels: %s%s}, spec:
                        {nodeName: n%d, containers: [{name: c, image: x, ports: [{name: web, containerPort: %d}]}]}}
                        """.formatted(
                                    pod,
                                    labels(),
                                    random.nextBoolean() ? ", finalizers: [test.dev/keep]" : "",
                                    1 + random.nextInt(2),
                                    8080 + random.nextInt(2)));
                case 3, 4, 5 -> status(cluster, pod);
                case 6 -> cluster.patch(Resources.PODS, pod, "{metadata: {labels: " + labels() + "}}");
                case 7 ->
                    cluster.client.delete(
                            Resources.PODS, new ObjectName("default", pod), new Deletion(null, 0, null, null));
                case 8 -> cluster.patch(Resources.PODS, pod, "{metadata: {finalizers: []}}");
                case 9 ->
                    cluster.apply("""
                        {apiVersion: v1, kind: Service, metadata: {name: %s, namespace: default}, spec: {selector: %s, %s
                        publishNotReadyAddresses: %s, ports: [{name: a, port: 80, targetPort: web}, {name: b, port: 81}]}}
                        """.formatted(
                            service, labels(), random.nextBoolean() ? "clusterIP: None," : "", random.nextInt(4) == 0));
                case 10 ->
                    cluster.patch(
                            Resources.SERVICES,
                            service,
                            "{metadata: {labels: " + labels() + "}, spec: {selector: " + labels() + "}}");
                default ->
                    cluster.client.delete(Resources.SERVICES, new ObjectName("default", service), Deletion.DEFAULT);
            }
        } catch (ApiError error) {
            assertThat(error.isNotFound() || error.isAlreadyExists() || error.isConflict())
                    .as("seed " + seed + ": " + error.getMessage())
                    .isTrue();
        }
    }

    private String labels() {
        return "{app: a%s, tier: t%s}".formatted(random.nextInt(2), random.nextInt(2));
    }

    private void status(Cluster cluster, String name) throws Exception {
        Tree found = cluster.client.find(Resources.PODS, new ObjectName("default", name));
        if (found == null) {
            return;
        }
        Pod pod = Pod.from(found);
        String address = pod.podIps().isEmpty() || random.nextInt(5) == 0
                ? "10.244." + ++lastAddress / 250 + "." + lastAddress % 250
                : pod.podIps().getFirst().toString();
        addresses.computeIfAbsent(name, any -> ConcurrentHashMap.newKeySet()).add(address);
        boolean ended = random.nextInt(12) == 0;
        cluster.client.patch(
                Resources.PODS,
                pod.name(),
                "status",
                new Patch.Merge(Values.object(
                        "status",
                        Values.object(
                                "phase",
                                ended ? "Failed" : "Running",
                                "podIP",
                                address,
                                "podIPs",
                                List.of(Values.object("ip", address)),
                                "conditions",
                                List.of(Values.object(
                                        "type", "Ready", "status", random.nextBoolean() ? "True" : "False"))))));
    }

    private void compare(Cluster cluster, int step) throws Exception {
        try {
            cluster.await("the reference", () -> wanted(cluster).equals(seen(cluster)));
        } catch (AssertionError late) {
            assertThat(seen(cluster)).as("seed " + seed + " step " + step).isEqualTo(wanted(cluster));
            throw late;
        }
    }

    /** From scratch: a line for each Service, kind of object, pod and port. */
    private static Set<String> wanted(Cluster cluster) throws Exception {
        Set<String> lines = new TreeSet<>();
        List<Tree> pods = cluster.list(Resources.PODS);
        for (Tree service : cluster.list(Resources.SERVICES)) {
            Map<String, String> selector = service.tree("spec").textMap("selector");
            String name = service.tree("metadata").text("name", "");
            if (selector.isEmpty()) {
                continue;
            }
            boolean eager = service.tree("spec").truth("publishNotReadyAddresses", false);
            boolean headless = service.tree("spec").text("clusterIP", "").equals("None");
            lines.add(name + " labels " + service.tree("metadata").textMap("labels") + (headless ? " headless" : ""));
            for (Tree object : pods) {
                Pod pod = Pod.from(object);
                boolean ending = object.tree("metadata").has("deletionTimestamp");
                boolean ready = eager || pod.ready() && !ending;
                if (!pod.meta().labels().entrySet().containsAll(selector.entrySet())
                        || pod.phase().equals("Failed")
                        || pod.podIps().isEmpty()) {
                    continue;
                }
                String address = pod.podIps().getFirst().toString();
                String ports = "a=" + pod.containerPorts().getFirst().port() + " b=81";
                lines.add(name + " slice " + pod.meta().name() + " " + address + " " + pod.nodeName() + " " + ports
                        + " ready=" + ready + " serving=" + pod.ready() + " terminating=" + ending);
                if (!ending || eager) {
                    lines.add(name + " subset " + pod.meta().name() + " " + address + " " + ports + " ready=" + ready);
                }
            }
        }
        return lines;
    }

    private static Set<String> seen(Cluster cluster) throws Exception {
        Set<String> lines = new TreeSet<>();
        List<String> all = new ArrayList<>();
        for (Tree slice : cluster.list(Resources.ENDPOINT_SLICES)) {
            Map<String, String> labels = slice.tree("metadata").textMap("labels");
            if (!OURS.equals(labels.get("endpointslice.kubernetes.io/managed-by"))) {
                continue;
            }
            String service = labels.get("kubernetes.io/service-name");
            lines.add(service + " labels " + own(labels)
                    + (labels.containsKey("service.kubernetes.io/headless") ? " headless" : ""));
            for (Tree endpoint : slice.trees("endpoints")) {
                Tree conditions = endpoint.tree("conditions");
                all.add(service + " slice " + endpoint.tree("targetRef").text("name") + " "
                        + endpoint.texts("addresses").getFirst() + " " + endpoint.text("nodeName") + " " + ports(slice)
                        + " ready=" + conditions.truth("ready", true)
                        + " serving=" + conditions.truth("serving", true)
                        + " terminating=" + conditions.truth("terminating", false));
            }
        }
        for (Tree endpoints : cluster.list(Resources.ENDPOINTS)) {
            String service = endpoints.tree("metadata").text("name", "");
            for (Tree subset : endpoints.trees("subsets")) {
                for (String field : List.of("addresses", "notReadyAddresses")) {
                    for (Tree address : subset.trees(field)) {
                        all.add(service + " subset " + address.tree("targetRef").text("name") + " " + address.text("ip")
                                + " " + ports(subset) + " ready=" + field.equals("addresses"));
                    }
                }
            }
        }
        lines.removeIf(line -> line.startsWith("kubernetes "));
        all.removeIf(line -> line.startsWith("kubernetes "));
        lines.addAll(all);
        if (new HashSet<>(all).size() != all.size()) {
            lines.add("something is said twice: " + all);
        }
        return lines;
    }

    private static Map<String, String> own(Map<String, String> labels) {
        Map<String, String> own = new java.util.LinkedHashMap<>(labels);
        own.keySet().removeIf(key -> key.contains("kubernetes.io/"));
        return own;
    }

    private static String ports(Tree holder) {
        return String.join(
                " ",
                holder.trees("ports").stream()
                        .map(port -> port.text("name") + "=" + port.whole("port", 0))
                        .sorted()
                        .toList());
    }

    private void judge(Watch watch) {
        try {
            for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
                Tree slice = event.object();
                if (event.type() == Watch.Type.ADDED || event.type() == Watch.Type.MODIFIED) {
                    judge(slice);
                }
            }
        } catch (Exception over) {
            if (broken.isEmpty()) {
                return; // the watch was closed
            }
        }
    }

    /** Whether one version of a slice is valid by itself. */
    private void judge(Tree slice) {
        Map<String, String> labels = slice.tree("metadata").textMap("labels");
        if (!OURS.equals(labels.get("endpointslice.kubernetes.io/managed-by"))) {
            return;
        }
        List<String> wrong = new ArrayList<>();
        List<Tree> endpoints = slice.trees("endpoints");
        if (endpoints.size() > 100) {
            wrong.add("too many endpoints");
        }
        if (endpoints.isEmpty() != slice.trees("ports").isEmpty()) {
            wrong.add("ports without endpoints, or endpoints without ports");
        }
        if (!slice.text("addressType", "").equals("IPv4")
                || labels.getOrDefault("kubernetes.io/service-name", "").isEmpty()
                || slice.tree("metadata").trees("ownerReferences").size() != 1) {
            wrong.add("not whose and of what it is");
        }
        Set<String> pods = new HashSet<>();
        for (Tree endpoint : endpoints) {
            String pod = Objects.requireNonNull(endpoint.tree("targetRef").text("name", ""));
            Tree conditions = endpoint.tree("conditions");
            if (!pods.add(pod)) {
                wrong.add(pod + " twice");
            }
            if (!addresses.getOrDefault(pod, Set.of()).containsAll(endpoint.texts("addresses"))) {
                wrong.add(pod + " never had " + endpoint.texts("addresses"));
            }
            if (!conditions.has("ready") || !conditions.has("serving") || !conditions.has("terminating")) {
                wrong.add(pod + " lacks a condition");
            }
        }
        if (!wrong.isEmpty()) {
            broken.add(wrong + " in " + slice);
        }
    }
}
