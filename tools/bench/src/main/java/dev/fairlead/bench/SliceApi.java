// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.https.Connection;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.store.Store;
import dev.fairlead.store.disk.DiskStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * An API server on disk, over HTTPS, with Services and hand-made slices of ten endpoints: the first few, of which one is ready, are
 * pods that are really there and the same for all; the others are not ready.
 */
final class SliceApi implements AutoCloseable {
    /** Of the Services. */
    static final int PORT = 80;

    private static final int TARGET = 8080;
    private static final int ENDPOINTS = 10;
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    private static final String NAMESPACE = "default";
    private static final IpAddress PODS = IpAddress.of("10.244.1.2");
    private static final IpAddress ABSENT = IpAddress.of("10.128.0.1");

    private final Path folder;
    private final Store store;
    private final ApiServer server;
    private final HttpsServer https;
    private final ApiClient client;
    private final IpAddress[] clusterIps;
    private final int[] ready;
    private final int pods;

    private SliceApi(Path folder, int services, int pods, Time time) throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder.resolve("api"));
        this.pods = pods;
        clusterIps = new IpAddress[services];
        ready = new int[services];
        store = DiskStore.open(this.folder.resolve("store"));
        server = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                time,
                new Random(1),
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
        client = new ApiClient(server, "bench", ADMIN, warning -> {});
        Pki pki = Pki.open(this.folder.resolve("pki"), time);
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of()),
                        Limits.STANDARD),
                server);
        Kubeconfig.write(kubeconfig(), "bench", https.url(), pki.authority(), pki.client("admin", ADMIN));
    }

    /** With all objects made. */
    static SliceApi start(Path folder, int services, int pods, Time time) throws IOException, InterruptedException {
        SliceApi api = new SliceApi(folder, services, pods, time);
        try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
            List<Future<?>> all = new ArrayList<>();
            for (int service = 0; service < services; service++) {
                int number = service;
                all.add(writers.submit(() -> {
                    api.make(number);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("an object was not made: " + failure.getCause(), failure);
        }
        return api;
    }

    private void make(int service) throws IOException, InterruptedException {
        String name = "s" + service;
        clusterIps[service] = IpAddress.of(client.create(
                        Resources.SERVICES,
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Service",
                                "metadata",
                                Map.of("name", name, "namespace", NAMESPACE),
                                "spec",
                                Map.of("ports", List.of(Map.of("port", (long) PORT, "targetPort", (long) TARGET)))))
                .tree("spec")
                .text("clusterIP", ""));
        List<Object> endpoints = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            IpAddress address = i < pods ? pod(i) : ABSENT.plus((long) service * ENDPOINTS + i);
            endpoints.add(Map.of(
                    "addresses",
                    List.of(address.toString()),
                    "conditions",
                    Map.of("ready", i == 0, "serving", i < pods)));
        }
        client.create(
                Resources.ENDPOINT_SLICES,
                Map.of(
                        "apiVersion",
                        "discovery.k8s.io/v1",
                        "kind",
                        "EndpointSlice",
                        "metadata",
                        Map.of(
                                "name",
                                slice(service).name(),
                                "namespace",
                                NAMESPACE,
                                "labels",
                                Map.of("kubernetes.io/service-name", name)),
                        "addressType",
                        "IPv4",
                        "ports",
                        List.of(Map.of("port", (long) TARGET)),
                        "endpoints",
                        endpoints));
    }

    /** Makes the node known. */
    void makeNode(String name, IpAddress address) throws IOException, InterruptedException {
        client.create(Resources.NODES, Map.of("apiVersion", "v1", "kind", "Node", "metadata", Map.of("name", name)));
        client.patch(
                Resources.NODES,
                new ObjectName("", name),
                "status",
                new Patch.Merge(Map.of(
                        "status",
                        Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", address.toString()))))));
    }

    /** The pod that a Service's next patch makes ready, in place of the other. */
    int turn(int service) {
        ready[service] = 1 - ready[service];
        return ready[service];
    }

    /** The address of a pod. */
    IpAddress pod(int number) {
        return PODS.plus(number);
    }

    IpAddress clusterIp(int service) {
        return clusterIps[service];
    }

    static ObjectName slice(int service) {
        return new ObjectName(NAMESPACE, "s" + service + "-x");
    }

    /** A folder for whoever uses this API. */
    Path folder() throws IOException {
        return Files.createDirectories(folder.resolveSibling("node"));
    }

    /** How others talk with it. */
    Connection connection() throws IOException {
        return dev.fairlead.client.https.Kubeconfig.read(kubeconfig()).connection(null);
    }

    Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    @Override
    public void close() {
        https.close();
        server.close();
        store.close();
    }
}
