// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of pods under constant requests: design decision 8. */
final class PodEndTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    /** Whoever waits for a node waits 10 s of the usual grace period of 30 s. */
    private static final Duration UNWAITED = Duration.ofSeconds(9);

    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void noRequestFailsWhilePodsGo(String network) throws Exception {
        try (Running running = Running.start(network, scratch.resolve("data"), "one")) {
            Shop shop = running.shop().apply();
            shop.awaitReady("backend", 3);
            shop.awaitReady("frontend", 3);
            try (Load load = new Load(running.service("backend"), 3)) {
                load.during("deleting a pod", () -> {
                    ObjectName pod = Shop.name(shop.pods("backend").getFirst());
                    shop.delete(pod, -1);
                    shop.awaitGone(pod, SOON);
                    shop.awaitReady("backend", 3);
                });
                load.during("scaling to 1", () -> {
                    shop.scale("backend", 1);
                    shop.awaitReady("backend", 1);
                });
                load.during("scaling to 3", () -> {
                    shop.scale("backend", 3);
                    shop.awaitReady("backend", 3);
                });
                load.during("rollout restart", () -> {
                    List<ObjectName> before =
                            shop.pods("backend").stream().map(Shop::name).toList();
                    shop.restart("backend", "now");
                    for (ObjectName pod : before) {
                        shop.awaitGone(pod, SOON);
                    }
                    shop.awaitReady("backend", 3);
                });
            }
            noServiceNoWait(shop);
            nobodyWaitsForANodeThatIsGone(shop);
            expiredLease(shop);
            forced(shop);
        }
    }

    /** A pod that no Service selects ends at once. */
    private static void noServiceNoWait(Shop shop) throws Exception {
        ObjectName alone = plainPod(shop, "alone");
        endsUnwaited(shop, alone, -1, "a pod of no Service");
    }

    private static void nobodyWaitsForANodeThatIsGone(Shop shop) throws Exception {
        expiredLeaseOf(shop, "gone");
        endsUnwaited(shop, Shop.name(shop.pods("backend").getFirst()), -1, "the Node object is gone too");
        shop.awaitReady("backend", 3);
    }

    private static void expiredLeaseOf(Shop shop, String node) throws Exception {
        shop.create("""
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: %s, namespace: kube-node-lease, annotations: {fairlead.dev/programmed: "1"}}
                spec: {holderIdentity: %s, leaseDurationSeconds: 40, renewTime: "%s"}
                """.formatted(
                        node, node, Instant.now().minusSeconds(300).toString().replaceAll("\\.\\d+Z$", ".000000Z")));
    }

    /** What another node does whose lease ran out is not known: the end waits its bound, and an event names the node. */
    private static void expiredLease(Shop shop) throws Exception {
        shop.create("{apiVersion: v1, kind: Node, metadata: {name: lost}}");
        expiredLeaseOf(shop, "lost");
        ObjectName plain = plainPod(shop, "plain");
        endsUnwaited(shop, plain, -1, "a pod of no Service beside a lost node");
        ObjectName pod = Shop.name(shop.pods("backend").getFirst());
        assertThat(timeToEnd(shop, pod, -1))
                .as("a third of the grace period, and no more than it")
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
        Shop.await(
                "an event that names the lost node",
                Duration.ofSeconds(30),
                () -> shop.events(pod.name()).stream()
                        .anyMatch(event -> event.startsWith("StillInRotation") && event.contains("lost")));
        shop.awaitReady("backend", 3);
    }

    /** Whoever forces does not wait. */
    private static void forced(Shop shop) throws Exception {
        ObjectName pod = Shop.name(shop.pods("backend").getFirst());
        endsUnwaited(shop, pod, 0, "a forced end");
    }

    /** Sooner than whoever waits; on a machine too busy for that, without word of having waited in vain. */
    private static void endsUnwaited(Shop shop, ObjectName pod, int grace, String why) throws Exception {
        Duration took = timeToEnd(shop, pod, grace);
        if (took.compareTo(UNWAITED) >= 0) {
            assertThat(shop.events(pod.name()))
                    .as("%s, after %s", why, took)
                    .noneMatch(event -> event.startsWith("StillInRotation"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void theLastEndpointFinishesWhatItHasBegun(String network) throws Exception {
        try (Running running = Running.start(network, scratch.resolve("data"), "one")) {
            Shop shop = running.shop();
            shop.create("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}");
            shop.create("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: slow, namespace: shop}
                    spec:
                      selector: {app: slow}
                      ports: [{port: 80, targetPort: 8080}]
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: slow, namespace: shop, labels: {app: slow}}
                    spec:
                      containers:
                        - name: web
                          image: fairlead.dev/echo
                          env:
                            - name: POD_IP
                              valueFrom: {fieldRef: {fieldPath: status.podIP}}
                          readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
                    """);
            shop.awaitReady("slow", 1);
            InetSocketAddress at = running.service("slow");
            ObjectName pod = new ObjectName(Shop.NAMESPACE, "slow");
            Shop.await(
                    "the route",
                    Duration.ofSeconds(30),
                    () -> !Shop.get(at, "/client").isEmpty());
            try (Socket begun = new Socket()) {
                begun.connect(at, 30_000);
                begun.setSoTimeout(30_000);
                begun.getOutputStream().write("GET /client HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
                Shop.get(at, "/client"); // the relay has handed the one before on by now
                shop.delete(pod, -1);
                Shop.await("no new connections", Duration.ofSeconds(30), () -> {
                    try {
                        Shop.get(at, "/client");
                        return false;
                    } catch (IOException refused) {
                        return true;
                    }
                });
                begun.getOutputStream().write("Connection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                assertThat(new String(begun.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
            shop.awaitGone(pod, Duration.ofSeconds(30));
        }
    }

    private static ObjectName plainPod(Shop shop, String name) throws Exception {
        shop.create(WholeInstanceTest.pod(name, "exec sleep 100"));
        Shop.await(name + " runs", SOON, () -> shop.pods(name).stream().anyMatch(Shop::ready));
        return new ObjectName(Shop.NAMESPACE, name);
    }

    private static Duration timeToEnd(Shop shop, ObjectName pod, int grace) throws IOException, InterruptedException {
        Tree object = shop.client().get(Resources.PODS, pod);
        long began = System.nanoTime();
        shop.delete(pod, grace);
        Shop.await(pod + " ends", SOON, () -> {
            Tree now = shop.client().find(Resources.PODS, pod);
            return now == null
                    || !now.tree("metadata")
                            .text("uid", "")
                            .equals(object.tree("metadata").text("uid", ""));
        });
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Clients that ask again and again, each request on a connection of its own. */
    private static final class Load implements AutoCloseable {
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger requests = new AtomicInteger();
        private volatile boolean over;

        Load(InetSocketAddress at, int number) {
            IntStream.range(0, number).forEach(client -> Thread.ofPlatform().start(() -> ask(at)));
        }

        private void ask(InetSocketAddress at) {
            while (!over) {
                try {
                    Shop.get(at);
                } catch (IOException failed) {
                    failures.add(Instant.now() + " " + failed);
                }
                requests.incrementAndGet();
                LockSupport.parkNanos(2_000_000); // leaves the pods some of the processor
            }
        }

        interface Deed {
            void run() throws IOException, InterruptedException;
        }

        void during(String what, Deed deed) throws IOException, InterruptedException {
            int before = requests.get();
            deed.run();
            assertThat(failures)
                    .as("failed requests while %s, of %s", what, requests.get() - before)
                    .isEmpty();
            assertThat(requests.get() - before).as("requests while %s", what).isGreaterThan(10);
        }

        @Override
        public void close() {
            over = true; // each ends with the request that is under way
        }
    }
}
