// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Watch;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An API server over a store into which Services and their ready pods were put directly, as the server itself would have
 * left them there, and the controllers. There is no node. All Services share one label of their selectors.
 */
final class SeededPlane implements AutoCloseable {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    private static final Cidr CLUSTER_IPS = Cidr.of("10.96.0.0/12");
    private static final IpAddress FIRST_POD = IpAddress.of("10.128.0.0");
    private static final String NAMESPACE = "default";
    private static final String SINCE = "2026-01-01T00:00:00Z";
    private static final int PORT = 8080;
    private static final int BATCH = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final SystemTime time = new SystemTime();
    private final Store store;
    private final ApiServer server;
    private final Controllers controllers;
    private final int services;
    private final int pods;
    private final List<Write> batch = new ArrayList<>();

    /** Fills {@code store}, which is this plane's to close. */
    SeededPlane(Store store, int services, int pods) throws IOException {
        this.store = store;
        this.services = services;
        this.pods = pods;
        server = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(CLUSTER_IPS),
                time,
                new Random(1),
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
        controllers = new Controllers(server, ADMIN, time, 1);
        fill();
    }

    ApiClient client() {
        return new ApiClient(server, "bench", ADMIN, warning -> {});
    }

    /** The pods' objects, for those who change them. */
    Population population() {
        return new Population(client(), FIRST_POD, services, pods, PORT);
    }

    private void fill() throws IOException {
        put(Resources.NODES, "", "elsewhere", Map.of(), Map.of(), Map.of());
        for (int service = 0; service < services; service++) {
            Map<String, Object> labels = Map.of("part-of", "shop", "app", "s" + service);
            String clusterIp = CLUSTER_IPS.first().plus(1000L + service).toString();
            put(
                    Resources.SERVICES,
                    NAMESPACE,
                    "s" + service,
                    Map.of(),
                    Map.of(
                            "type",
                            "ClusterIP",
                            "clusterIP",
                            clusterIp,
                            "clusterIPs",
                            List.of(clusterIp),
                            "ipFamilies",
                            List.of("IPv4"),
                            "ipFamilyPolicy",
                            "SingleStack",
                            "selector",
                            labels,
                            "ports",
                            List.of(Map.of("port", 80L, "protocol", "TCP", "targetPort", (long) PORT))),
                    Map.of("loadBalancer", Map.of()));
            for (int pod = 0; pod < pods; pod++) {
                pod(service, pod, labels);
            }
        }
        flush();
    }

    private void pod(int service, int pod, Map<String, Object> labels) throws IOException {
        String ip = FIRST_POD.plus(16L + (long) service * pods + pod).toString();
        put(
                Resources.PODS,
                NAMESPACE,
                "s" + service + "-" + pod,
                labels,
                Map.of(
                        "nodeName",
                        "elsewhere",
                        "containers",
                        List.of(Map.of("name", "main", "image", "example.org/none"))),
                Map.of(
                        "phase",
                        "Running",
                        "podIP",
                        ip,
                        "podIPs",
                        List.of(Map.of("ip", ip)),
                        "conditions",
                        List.of(Map.of("type", "Ready", "status", "True", "lastTransitionTime", SINCE))));
    }

    private void put(
            Resource resource,
            String namespace,
            String name,
            Map<String, Object> labels,
            Map<String, Object> spec,
            Map<String, Object> status)
            throws IOException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        metadata.put("uid", resource.plural() + "-" + name);
        metadata.put("creationTimestamp", SINCE);
        if (!labels.isEmpty()) {
            metadata.put("labels", labels);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", resource.kind());
        object.put("apiVersion", resource.apiVersion());
        object.put("metadata", metadata);
        object.put("spec", spec);
        object.put("status", status);
        batch.add(Write.put(resource.key(namespace, name), Json.write(object), Expect.absent()));
        if (batch.size() == BATCH) {
            flush();
        }
    }

    private void flush() throws IOException {
        try {
            store.commit(List.copyOf(batch));
        } catch (ConflictException there) {
            throw new IOException("the store was not empty: " + there.getMessage(), there);
        }
        batch.clear();
    }

    /** Starts the controllers and waits for every slice and every Endpoints object; the seconds that took. */
    double startControllers() throws IOException, InterruptedException {
        ApiClient client = client();
        try (Arriving slices = new Arriving(
                        client,
                        Resources.ENDPOINT_SLICES,
                        slice -> slice.trees("endpoints").size() == pods,
                        services);
                Arriving endpoints = new Arriving(client, Resources.ENDPOINTS, any -> true, services)) {
            long began = System.nanoTime();
            if (!controllers.start(PATIENCE)) {
                throw new IOException("the controllers did not start");
            }
            slices.await();
            endpoints.await();
            return (System.nanoTime() - began) / 1e9;
        }
    }

    /** Waits until so many objects of a kind have been created. */
    private static final class Arriving implements AutoCloseable {
        private final Watch watch;
        private final CountDownLatch left;
        private final String what;

        Arriving(ApiClient client, Resource resource, Predicate<Tree> whole, int many)
                throws IOException, InterruptedException {
            what = resource.plural();
            left = new CountDownLatch(many);
            long now = client.list(resource, dev.fairlead.client.Selection.ALL).revision();
            watch = client.watch(resource, dev.fairlead.client.Selection.ALL, now, 3600);
            Thread.ofVirtual().start(() -> follow(whole));
        }

        private void follow(Predicate<Tree> whole) {
            try {
                for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
                    if (event.type() == Watch.Type.ADDED && whole.test(event.object())) {
                        left.countDown();
                    }
                }
            } catch (IOException | InterruptedException | RuntimeException over) {
                // closed, or what awaits says so
            }
        }

        void await() throws IOException, InterruptedException {
            if (!left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(left.getCount() + " " + what + " did not come");
            }
        }

        @Override
        public void close() {
            watch.close();
        }
    }

    @Override
    public void close() {
        controllers.close();
        server.close();
        store.close();
        time.close();
    }
}
