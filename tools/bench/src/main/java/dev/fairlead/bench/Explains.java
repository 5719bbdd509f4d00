// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * How long an explanation takes among 10,000 Services of 10 pods in one namespace, asked of the API in this process: of a
 * healthy Service, of one whose selector has a typo (all labels are looked at), of an address and of a node port. The
 * objects are put into the store as they would rest there.
 */
final class Explains {
    private static final int SERVICES = 10_000;
    private static final int PODS = 10;
    private static final int BATCH = 2000;
    private static final int WARM_UP = 20;
    private static final IpAddress FIRST_SERVICE = IpAddress.of("10.96.1.0");
    private static final IpAddress FIRST_POD = IpAddress.of("10.128.0.0");
    private static final Request.User ASKER = new Request.User("admin", Set.of("system:masters"));

    private final Store store = MemoryStore.open();
    private final List<Write> batch = new ArrayList<>();

    private Explains() {}

    static void run(int questions) throws IOException, InterruptedException {
        Conditions.print("begin");
        Explains explains = new Explains();
        try (SystemTime time = new SystemTime()) {
            explains.populate();
            try (ApiServer server = new ApiServer(ApiServer.Parts.of(
                    explains.store,
                    ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                    time,
                    new Random(),
                    (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])))) {
                System.out.println("\n| explained | p50 ms | p99 ms | max ms | CPU p50 ms | says |");
                System.out.println("|---|--:|--:|--:|--:|---|");
                explains.ask(
                        server,
                        "a Service among " + SERVICES,
                        "/api/v1/namespaces/default/services/s%d/explain",
                        questions);
                explains.ask(server, "an address", "/explain?address=ADDRESS&port=80", questions);
                explains.ask(server, "a node port", "/explain?nodePort=30123", questions);
                explains.ask(
                        server, "a Service with a typo", "/api/v1/namespaces/default/services/typo/explain", questions);
                explains.ask(server, "no such Service", "/api/v1/namespaces/default/services/none/explain", questions);
            }
        } catch (ConflictException impossible) {
            throw new IllegalStateException("nobody else writes", impossible);
        } finally {
            explains.store.close();
        }
        Conditions.print("\nend");
    }

    private void ask(ApiServer server, String what, String path, int questions) throws InterruptedException {
        Sample sample = new Sample();
        Sample work = new Sample();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Random random = new Random(1);
        String said = "";
        for (int i = 0; i < WARM_UP + questions; i++) {
            int service = random.nextInt(SERVICES);
            String target = path.replace("%d", Integer.toString(service))
                    .replace("ADDRESS", FIRST_SERVICE.plus(service).toString());
            long began = System.nanoTime();
            long worked = threads.getCurrentThreadCpuTime();
            Reply reply = server.call(Request.of("GET", target).as(ASKER));
            if (i >= WARM_UP) {
                sample.addNanos(System.nanoTime() - began);
                work.addNanos(threads.getCurrentThreadCpuTime() - worked);
            }
            String body = new String(((Reply.Whole) reply).body(), StandardCharsets.UTF_8);
            said = body.replaceFirst("(?s).*?\"cause\":\"(\\w+)\".*", "$1");
            said = said.equals(body) ? "no cause" : said;
        }
        System.out.println("| " + what + " | " + sample.tail("%.1f") + " | "
                + String.format(Locale.ROOT, "%.1f", work.median()) + " | " + said + " |");
    }

    private void populate() throws ConflictException {
        put(
                "/registry/minions/elsewhere",
                Map.of("kind", "Node", "apiVersion", "v1", "metadata", Map.of("name", "elsewhere")));
        put(
                "/registry/leases/kube-node-lease/elsewhere",
                Map.of(
                        "kind", "Lease",
                        "metadata", Map.of("name", "elsewhere", "namespace", "kube-node-lease"),
                        "spec", Map.of("renewTime", "2100-01-01T00:00:00.000000Z", "leaseDurationSeconds", 40L)));
        for (int service = 0; service < SERVICES; service++) {
            service("s" + service, "s" + service, FIRST_SERVICE.plus(service), service == 123 ? 30_123 : 0);
            List<Object> endpoints = new ArrayList<>();
            for (int pod = 0; pod < PODS; pod++) {
                endpoints.add(pod(service, pod));
            }
            put(
                    "/registry/endpointslices/default/s" + service + "-abcde",
                    object(
                            "EndpointSlice",
                            "discovery.k8s.io/v1",
                            "s" + service + "-abcde",
                            Map.of(
                                    "kubernetes.io/service-name",
                                    "s" + service,
                                    "endpointslice.kubernetes.io/managed-by",
                                    "endpointslice-controller.k8s.io"),
                            Map.of(
                                    "addressType",
                                    "IPv4",
                                    "endpoints",
                                    endpoints,
                                    "ports",
                                    List.of(Map.of("name", "", "port", 8080L, "protocol", "TCP")))));
        }
        service("typo", "s77x", FIRST_SERVICE.plus(SERVICES), 0);
        flush();
    }

    private void service(String name, String app, IpAddress address, long nodePort) throws ConflictException {
        Map<String, Object> port = new LinkedHashMap<>(Map.of("port", 80L, "targetPort", 8080L, "protocol", "TCP"));
        if (nodePort > 0) {
            port.put("nodePort", nodePort);
        }
        put(
                "/registry/services/specs/default/" + name,
                object(
                        "Service",
                        "v1",
                        name,
                        Map.of(),
                        Map.of(
                                "spec",
                                Map.of(
                                        "type", nodePort > 0 ? "NodePort" : "ClusterIP",
                                        "clusterIP", address.toString(),
                                        "clusterIPs", List.of(address.toString()),
                                        "ipFamilies", List.of("IPv4"),
                                        "selector", Map.of("app", app),
                                        "ports", List.of(port)))));
        put(
                "/registry/ipaddresses/" + address,
                Map.of(
                        "kind",
                        "IPAddress",
                        "apiVersion",
                        "networking.k8s.io/v1",
                        "metadata",
                        Map.of("name", address.toString()),
                        "spec",
                        Map.of(
                                "parentRef",
                                Map.of("group", "", "resource", "services", "namespace", "default", "name", name))));
    }

    /** A pod of the usual size; gives its endpoint. */
    private Map<String, Object> pod(int service, int pod) throws ConflictException {
        String name = "s" + service + "-" + pod;
        String ip = FIRST_POD.plus((long) service * PODS + pod).toString();
        String since = "2026-01-01T00:00:00Z";
        List<Object> conditions = new ArrayList<>();
        for (String type :
                List.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")) {
            conditions.add(Map.of("type", type, "status", "True", "lastTransitionTime", since));
        }
        put(
                "/registry/pods/default/" + name,
                object(
                        "Pod",
                        "v1",
                        name,
                        Map.of("app", "s" + service, "pod-template-hash", "5d4f7b"),
                        Map.of(
                                "spec",
                                Map.of(
                                        "nodeName",
                                        "elsewhere",
                                        "containers",
                                        List.of(Map.of(
                                                "name", "main",
                                                "image", "example.org/shop/web:1.2.3",
                                                "imagePullPolicy", "IfNotPresent",
                                                "terminationMessagePath", "/dev/termination-log",
                                                "ports",
                                                        List.of(Map.of(
                                                                "name",
                                                                "http",
                                                                "containerPort",
                                                                8080L,
                                                                "protocol",
                                                                "TCP"))))),
                                "status",
                                Map.of(
                                        "phase",
                                        "Running",
                                        "podIP",
                                        ip,
                                        "podIPs",
                                        List.of(Map.of("ip", ip)),
                                        "conditions",
                                        conditions,
                                        "containerStatuses",
                                        List.of(Map.of(
                                                "name",
                                                "main",
                                                "ready",
                                                true,
                                                "restartCount",
                                                0L,
                                                "state",
                                                Map.of("running", Map.of("startedAt", since))))))));
        return Map.of(
                "addresses", List.of(ip),
                "conditions", Map.of("ready", true, "serving", true, "terminating", false),
                "nodeName", "elsewhere",
                "targetRef", Map.of("kind", "Pod", "namespace", "default", "name", name));
    }

    private static Map<String, Object> object(
            String kind, String version, String name, Map<String, Object> labels, Map<String, Object> rest) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", kind);
        object.put("apiVersion", version);
        object.put(
                "metadata",
                Map.of(
                        "name", name,
                        "namespace", "default",
                        "uid", "00000000-0000-0000-0000-000000000000",
                        "creationTimestamp", "2026-01-01T00:00:00Z",
                        "labels", labels));
        object.putAll(rest);
        return object;
    }

    private void put(String key, Map<String, Object> object) throws ConflictException {
        batch.add(Write.put(key, Json.write(object), Expect.absent()));
        if (batch.size() >= BATCH) {
            flush();
        }
    }

    private void flush() throws ConflictException {
        store.commit(List.copyOf(batch));
        batch.clear();
    }
}
