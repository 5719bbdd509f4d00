// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A whole control plane over an empty store, and a player who does with pods what a kubelet would, in random order. */
final class Cluster implements AutoCloseable {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    final SystemTime time = new SystemTime();
    private final Store store = MemoryStore.open();
    private final ApiServer api;
    Controllers controllers;
    final ApiClient client;
    /** Pods that the player makes ready; others stay as they are. */
    volatile java.util.function.Predicate<Pod> ready = pod -> true;

    /** Whether the player plays at all. */
    volatile boolean kubelet = true;

    private final Informer<Pod> pods;
    private final LinkedBlockingQueue<ObjectName> play = new LinkedBlockingQueue<>();
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private final AtomicInteger address = new AtomicInteger();
    private final Random random;
    private final Thread player;

    Cluster() throws Exception {
        this((name, old, now, revision) -> {});
    }

    /** A cluster with two ready nodes whose pods' changes {@code watcher} hears. */
    Cluster(Handler<Pod> watcher) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        random = new Random(seed);
        api = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                time,
                new Random(seed),
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
        client = new ApiClient(api, "test", ADMIN, warning -> {});
        controllers = new Controllers(api, Controllers.USER, time, seed);
        pods = new Informer<>(client, Resources.PODS, Selection.ALL, Pod::from, time, random);
        pods.handle(watcher);
        pods.handle((name, old, now, revision) -> play.add(name));
        pods.start();
        player = Thread.ofVirtual().start(this::play);
        api.show(controllers.metrics());
        assertThat(controllers.start(Duration.ofSeconds(30))).isTrue();
        for (String node : List.of("n1", "n2")) {
            apply("""
                    apiVersion: v1
                    kind: Node
                    metadata: {name: %s, labels: {kubernetes.io/hostname: %s}}
                    """.formatted(node, node));
            client.patch(
                    Resources.NODES,
                    new ObjectName("", node),
                    "status",
                    new Patch.Merge(Values.object(
                            "status",
                            Values.object("conditions", List.of(Values.object("type", "Ready", "status", "True"))))));
        }
    }

    /** Ends the controllers and starts new ones, which know nothing. */
    void restart() throws InterruptedException {
        controllers.close();
        controllers = new Controllers(api, Controllers.USER, time, random.nextLong());
        assertThat(controllers.start(Duration.ofSeconds(30))).isTrue();
    }

    /** Creates the objects of a YAML text. */
    Tree apply(String yaml) throws Exception {
        Tree last = Tree.EMPTY;
        for (Yaml.Document document : Yaml.read(yaml)) {
            Tree object = new Tree(document.fields());
            last = client.create(
                    dev.fairlead.wire.Kinds.served().require(object.text("apiVersion", ""), object.text("kind", "")),
                    document.fields());
        }
        return last;
    }

    Tree deployment(String name) throws Exception {
        return client.get(Resources.DEPLOYMENTS, new ObjectName("default", name));
    }

    void patch(dev.fairlead.wire.Resource resource, String name, String json) throws Exception {
        client.patch(
                resource,
                new ObjectName("default", name),
                new Patch.Merge(Yaml.read(json).getFirst().fields()));
    }

    List<Tree> list(dev.fairlead.wire.Resource resource) throws Exception {
        return client.list(resource, Selection.in("default")).items();
    }

    /** Tells the player to look at every pod again. */
    void again() {
        pods.all().forEach(pod -> play.add(pod.name()));
    }

    /** A condition that may take time. */
    interface Soon {
        boolean holds() throws Exception;
    }

    void await(String what, Soon soon) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!soon.holds()) {
            if (System.nanoTime() > end) {
                StringBuilder state = new StringBuilder();
                for (Tree set : list(Resources.REPLICA_SETS)) {
                    state.append(set.tree("metadata").text("name"))
                            .append(set.tree("status"))
                            .append('\n');
                }
                for (Tree pod : list(Resources.PODS)) {
                    state.append(pod.tree("metadata").text("name"))
                            .append(pod.tree("status"))
                            .append('\n');
                }
                throw new AssertionError("not in time: " + what + "\n" + state);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    boolean complete(String name) throws Exception {
        Tree deployment = deployment(name);
        Tree status = deployment.tree("status");
        long wanted = deployment.tree("spec").whole("replicas", 1);
        return status.whole("observedGeneration", 0)
                        == deployment.tree("metadata").whole("generation", 0)
                && status.whole("updatedReplicas", 0) == wanted
                && status.whole("replicas", 0) == wanted
                && status.whole("availableReplicas", 0) == wanted;
    }

    private void play() {
        try {
            while (true) {
                ObjectName name = play.take();
                if (random.nextInt(3) == 0 && !play.isEmpty()) {
                    play.add(name); // later, after others
                    continue;
                }
                Pod pod = pods.get(name);
                if (pod != null && kubelet) {
                    act(pod);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void act(Pod pod) throws InterruptedException {
        try {
            if (pod.meta().deleting()) {
                client.deleteIfThere(
                        Resources.PODS,
                        pod.name(),
                        new Deletion(null, 0, pod.meta().uid(), null));
            } else if (!pod.nodeName().isEmpty()
                    && ready.test(pod)
                    && started.add(pod.meta().uid())) {
                status(pod, "10.244.0." + address.incrementAndGet(), true);
            }
        } catch (IOException gone) {
            // changed meanwhile; its next event comes
        }
    }

    /** Writes what a kubelet writes of a running pod. */
    void status(Pod pod, String ip, boolean ready) throws IOException, InterruptedException {
        Map<String, Object> condition = Values.object(
                "type",
                "Ready",
                "status",
                ready ? "True" : "False",
                "lastTransitionTime",
                time.now().truncatedTo(ChronoUnit.SECONDS).toString());
        client.patch(
                Resources.PODS,
                pod.name(),
                "status",
                new Patch.Strategic(Values.object(
                        "status",
                        Values.object(
                                "phase",
                                "Running",
                                "podIP",
                                ip,
                                "podIPs",
                                List.of(Values.object("ip", ip)),
                                "conditions",
                                List.of(condition)))));
    }

    @Nullable
    Pod pod(String name) {
        return pods.get(new ObjectName("default", name));
    }

    List<Pod> pods() {
        return pods.all();
    }

    @Override
    public void close() {
        player.interrupt();
        controllers.close();
        pods.close();
        api.close();
        store.close();
        time.close();
    }
}
