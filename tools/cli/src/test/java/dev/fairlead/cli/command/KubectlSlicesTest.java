// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Slices as a user of kubectl meets them, over controllers; what a node would do with pods the test does. */
@Timeout(180)
final class KubectlSlicesTest {
    private static final long PATIENCE = Duration.ofSeconds(45).toNanos();
    private static final String ENDPOINTS = "jsonpath={.items[*].endpoints[*].addresses[0]}";

    @TempDir
    private Path home = Path.of("");

    private Terminal terminal;
    private Controllers controllers;
    private ApiClient client;
    private int address;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Terminal.hasKubectl(), "no kubectl on the PATH");
        terminal = new Terminal(home);
        controllers = terminal.controllers();
        client = terminal.client();
        apply("apiVersion: v1\nkind: Node\nmetadata: {name: worker}\n");
        client.patch(
                Resources.NODES,
                new ObjectName("", "worker"),
                "status",
                new Patch.Merge(
                        Map.of("status", Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True"))))));
    }

    @AfterEach
    void stop() {
        if (terminal != null) {
            controllers.close();
            terminal.close();
        }
    }

    private void apply(String yaml) throws Exception {
        assertThat(terminal.kubectl("apply", "-f", terminal.file("object.yaml", yaml))
                        .exit())
                .isZero();
    }

    private String get(String service, String format) throws Exception {
        return terminal.kubectl("get", "endpointslices", "-l", "kubernetes.io/service-name=" + service, "-o", format)
                .out();
    }

    /** What is asked again and again. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(end);
            LockSupport.parkNanos(20_000_000); // the pace of asking
        }
    }

    /** Starts the pods that are bound, and ends those that are told to. */
    private void play() throws IOException, InterruptedException {
        for (Tree pod : client.list(Resources.PODS, Selection.in("default")).items()) {
            ObjectName name = new ObjectName("default", pod.tree("metadata").text("name", ""));
            if (pod.tree("metadata").has("deletionTimestamp")) {
                client.deleteIfThere(Resources.PODS, name, new Deletion(null, 0, null, null));
            } else if (!pod.tree("spec").text("nodeName", "").isEmpty()
                    && pod.tree("status").text("podIP", "").isEmpty()) {
                String ip = "10.1.0." + ++address;
                client.patch(
                        Resources.PODS,
                        name,
                        "status",
                        new Patch.Merge(Map.of(
                                "status",
                                Map.of(
                                        "phase",
                                        "Running",
                                        "podIP",
                                        ip,
                                        "podIPs",
                                        List.of(Map.of("ip", ip)),
                                        "conditions",
                                        List.of(Map.of("type", "Ready", "status", "True"))))));
            }
        }
    }

    private void awaitEndpoints(int count) throws Exception {
        await(count + " endpoints", () -> {
            play();
            String shown = get("web", ENDPOINTS).strip();
            return (shown.isEmpty() ? 0 : shown.split(" ").length) == count;
        });
    }

    @Test
    void scaling_is_seen_in_slices_and_in_a_watch() throws Exception {
        Path seen = home.resolve("watch");
        Process watch = terminal.start(seen, "get", "endpointslices", "-w", "--no-headers");
        try {
            apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web}
                    spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: web}
                    spec:
                      replicas: 1
                      selector: {matchLabels: {app: web}}
                      template:
                        metadata: {labels: {app: web}}
                        spec: {containers: [{name: web, image: x}]}
                    """);
            awaitEndpoints(1);
            await(
                    "the watch shows it",
                    () -> Files.readString(seen).matches("(?s).*IPv4\\s+8080\\s+10\\.1\\.0\\.1\\s.*"));
            assertThat(terminal.kubectl("scale", "deployment/web", "--replicas=3")
                            .exit())
                    .isZero();
            awaitEndpoints(3);
            await(
                    "the watch shows three",
                    () -> Files.readString(seen).lines().anyMatch(line -> line.split("10\\.1\\.0\\.").length == 4));
            assertThat(get("web", "jsonpath={.items[*].metadata.labels.endpointslice\\.kubernetes\\.io/managed-by}"))
                    .isEqualTo("endpointslice-controller.k8s.io");
            assertThat(terminal.kubectl("scale", "deployment/web", "--replicas=1")
                            .exit())
                    .isZero();
            awaitEndpoints(1);
            await("the end shows one again", () -> {
                List<String> lines = Files.readString(seen).lines().toList();
                return lines.getLast().split("10\\.1\\.0\\.").length == 2;
            });
        } finally {
            watch.destroy();
            watch.waitFor();
        }
    }

    @Test
    void a_slice_made_by_hand_counts_once_it_has_its_label() throws Exception {
        apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: manual}
                spec: {ports: [{port: 80}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: manual-1}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints: [{addresses: [192.0.2.7]}]
                """);
        assertThat(get("manual", ENDPOINTS)).isEmpty();
        assertThat(terminal.fairlead("explain", "svc/manual").out().replaceAll("\\s+", " "))
                .contains("manual-1", "kubernetes.io/service-name");
        assertThat(terminal.kubectl("label", "endpointslice", "manual-1", "kubernetes.io/service-name=manual")
                        .quietly())
                .isEqualTo("endpointslice.discovery.k8s.io/manual-1 labeled\n");
        assertThat(get("manual", ENDPOINTS)).isEqualTo("192.0.2.7");
        assertThat(terminal.fairlead("explain", "svc/manual").out()).doesNotContain("has no label");
    }

    @Test
    void endpoints_made_by_hand_are_mirrored() throws Exception {
        apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: legacy}
                spec: {ports: [{port: 80}]}
                ---
                apiVersion: v1
                kind: Endpoints
                metadata: {name: legacy}
                subsets: [{addresses: [{ip: 192.0.2.1}, {ip: 192.0.2.2}], ports: [{port: 8080}]}]
                """);
        await("mirrored", () -> get("legacy", ENDPOINTS).equals("192.0.2.1 192.0.2.2"));
        assertThat(get("legacy", "jsonpath={.items[*].metadata.labels.endpointslice\\.kubernetes\\.io/managed-by}"))
                .isEqualTo("endpointslicemirroring-controller.k8s.io");
        String one = "[{\"op\":\"remove\",\"path\":\"/subsets/0/addresses/0\"}]";
        assertThat(terminal.kubectl("patch", "endpoints", "legacy", "--type=json", "-p", one)
                        .exit())
                .isZero();
        await("followed", () -> get("legacy", ENDPOINTS).equals("192.0.2.2"));
        assertThat(terminal.kubectl("delete", "endpoints", "legacy").exit()).isZero();
        await("gone", () -> get("legacy", "name").isEmpty());
    }
}
