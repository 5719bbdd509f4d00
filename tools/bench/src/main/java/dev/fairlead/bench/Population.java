// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Services and pods as objects alone: the pods are bound to a node that is a mere object too, and their status is written here. */
final class Population {
    /** Of the Services. */
    static final int PORT = 8080;

    private static final String NAMESPACE = "default";
    private static final String NODE = "elsewhere";

    private final ApiClient client;
    private final IpAddress first;
    private final int services;
    private final int pods;
    private final int targetPort;
    private final IpAddress[] clusterIps;

    Population(ApiClient client, IpAddress first, int services, int pods, int targetPort) {
        this.client = client;
        this.first = first;
        this.services = services;
        this.pods = pods;
        this.targetPort = targetPort;
        this.clusterIps = new IpAddress[services];
    }

    /** Makes them, all pods ready. */
    void create() throws IOException, InterruptedException {
        client.create( // slices leave out pods whose node is not known
                Resources.NODES, Map.of("apiVersion", "v1", "kind", "Node", "metadata", Map.of("name", NODE)));
        try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
            List<Future<?>> all = new ArrayList<>();
            for (int service = 0; service < services; service++) {
                int number = service;
                all.add(writers.submit(() -> {
                    create(number);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("an object was not made: " + failure.getCause(), failure);
        }
    }

    private void create(int service) throws IOException, InterruptedException {
        for (int pod = 0; pod < pods; pod++) {
            client.create(
                    Resources.PODS,
                    Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "Pod",
                            "metadata",
                            Map.of(
                                    "name", pod(service, pod).name(),
                                    "namespace", NAMESPACE,
                                    "labels", Map.of("app", "s" + service)),
                            "spec",
                            Map.of(
                                    "nodeName",
                                    NODE,
                                    "containers",
                                    List.of(Map.of("name", "main", "image", "example.org/none")))));
            writeReady(service, pod, true);
        }
        clusterIps[service] = IpAddress.of(client.create(
                        Resources.SERVICES,
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Service",
                                "metadata",
                                Map.of("name", "s" + service, "namespace", NAMESPACE),
                                "spec",
                                Map.of(
                                        "selector",
                                        Map.of("app", "s" + service),
                                        "ports",
                                        List.of(Map.of("port", (long) PORT, "targetPort", (long) targetPort)))))
                .tree("spec")
                .text("clusterIP", ""));
    }

    private static ObjectName pod(int service, int pod) {
        return new ObjectName(NAMESPACE, "s" + service + "-" + pod);
    }

    IpAddress clusterIp(int service) {
        return clusterIps[service];
    }

    /** Where a pod answers. */
    IpAddress address(int service, int pod) {
        return first.plus(16L + (long) service * pods + pod);
    }

    /** Writes a pod's status as its kubelet would. */
    void writeReady(int service, int pod, boolean ready) throws IOException, InterruptedException {
        String address = address(service, pod).toString();
        client.patch(
                Resources.PODS,
                pod(service, pod),
                "status",
                new Patch.Merge(Map.of(
                        "status",
                        Map.of(
                                "phase",
                                "Running",
                                "podIP",
                                address,
                                "podIPs",
                                List.of(Map.of("ip", address)),
                                "conditions",
                                List.of(Map.of(
                                        "type",
                                        "Ready",
                                        "status",
                                        ready ? "True" : "False",
                                        "lastTransitionTime",
                                        Instant.now()
                                                .truncatedTo(ChronoUnit.SECONDS)
                                                .toString()))))));
    }
}
