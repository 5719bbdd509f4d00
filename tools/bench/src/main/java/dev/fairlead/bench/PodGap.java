// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.network.Choice;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a killed pod is still sent new connections. One whole instance with its store on disk and its pods in namespaces;
 * pods of a Deployment are killed by SIGKILL while clients of the host connect to their Service, one pod at a time and no pod
 * twice.
 *
 * <p>The clock starts at the kill. It is read when a watch of the slices sees the endpoint unready, when the node's routes
 * are without it (they are replaced once the data plane has acknowledged that), and for the last connect that was refused.
 */
final class PodGap {
    private static final String NAMESPACE = "gap";
    private static final int REPLICAS = 4;
    private static final int WARM_UP = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ALL_READY = Duration.ofMillis(500);
    private static final long TICK = 20_000; // ns
    private static final String OBJECTS = """
            {apiVersion: v1, kind: Namespace, metadata: {name: gap}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: web, namespace: gap},
             spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: gap}
            spec:
              replicas: %d
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                    - name: web
                      image: fairlead.dev/echo
                      env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
                      readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 1}
            """.formatted(REPLICAS);

    private final Instance instance;
    private final ApiClient client;
    private final SliceWatch slices;
    private final Frontend frontend;
    private final GapClients clients;
    private final Sample sliced = new Sample();
    private final Sample routed = new Sample();
    private final Sample refused = new Sample();
    private final Sample refusals = new Sample();

    private PodGap(Instance instance, SliceWatch slices, IpAddress service, GapClients clients) {
        this.instance = instance;
        this.client = instance.client();
        this.slices = slices;
        this.frontend = Frontend.at(service, Protocol.TCP, 80);
        this.clients = clients;
    }

    static void run(int kills) throws IOException, InterruptedException {
        Conditions.print("begin");
        System.out.println("\n| from SIGKILL, " + kills + " kills | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|");
        for (Carrier carrier : List.of(Carrier.NFTABLES, Carrier.RELAY)) {
            run(carrier, kills);
        }
        System.out.println("\naim: routes without it within 20 ms");
        Conditions.print("end");
    }

    private static void run(Carrier carrier, int kills) throws IOException, InterruptedException {
        Path scratch = Conditions.scratch();
        Settings settings = new Settings(
                        scratch.resolve("data"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "kernel",
                        "bench",
                        false,
                        false)
                .withCarrier(carrier);
        Instance instance = start(settings);
        try (Disk disk = new Disk(scratch)) {
            instance.awaitNode(Images.builtIn());
            for (Yaml.Document document : Yaml.read(OBJECTS)) {
                Tree tree = Tree.of(document.fields());
                instance.client()
                        .create(
                                Kinds.served().require(tree.text("apiVersion", ""), tree.text("kind", "")),
                                document.fields());
            }
            IpAddress service = IpAddress.of(instance.client()
                    .get(Resources.SERVICES, new ObjectName(NAMESPACE, "web"))
                    .tree("spec")
                    .text("clusterIP", ""));
            Sample fsync = new Sample();
            try (SliceWatch slices = new SliceWatch(instance.client());
                    GapClients clients = new GapClients(Inet.socketAddress(service, 80))) {
                PodGap gap = new PodGap(instance, slices, service, clients);
                for (int kill = -WARM_UP; kill < kills; kill++) {
                    gap.kill(kill >= 0);
                    disk.measure(3, fsync);
                }
                gap.print(carrier == Carrier.RELAY ? "relay" : "nftables", fsync);
            }
        } finally {
            instance.stop(Duration.ofSeconds(2));
            Conditions.delete(scratch);
        }
    }

    private static Instance start(Settings settings) throws IOException, InterruptedException {
        try {
            return Instance.start(settings);
        } catch (Choice.UnavailableException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    private void print(String carrier, Sample fsync) {
        System.out.println("| " + carrier + ": slice seen written | " + sliced.tail("%.1f") + " |");
        System.out.println("| " + carrier + ": routes without it | " + routed.tail("%.1f") + " |");
        System.out.println("| " + carrier + ": last refused connect, of kills with one (" + refused.size() + ") | "
                + refused.tail("%.1f") + " |");
        System.out.println("| " + carrier + ": refused connects, number | " + refusals.tail("%.0f") + " |");
        System.out.println("| " + carrier + ": one 4 KiB write and fdatasync | " + fsync.tail("%.1f") + " |");
    }

    /** Kills a pod that runs its first process, and has another put in its place. */
    private void kill(boolean counts) throws IOException, InterruptedException {
        Tree pod = victim();
        IpAddress address = IpAddress.of(pod.tree("status").text("podIP", ""));
        ProcessHandle process = process(pod.tree("metadata").text("uid", ""));
        slices.expect(address, false);
        clients.forget();
        long from = System.nanoTime();
        process.destroyForcibly();
        long gone = awaitRoute(address, from);
        long seen = slices.seen(PATIENCE);
        Tree meta = pod.tree("metadata");
        client.delete(
                Resources.PODS, new ObjectName(NAMESPACE, meta.text("name", "")), new Deletion(null, 0, null, null));
        GapClients.Refused now = clients.refused();
        if (counts) {
            sliced.addNanos(seen - from);
            routed.addNanos(gone - from);
            refusals.add(now.count());
            if (now.count() > 0) {
                refused.addNanos(now.last() - from);
            }
        }
    }

    /** Some pod, once all are ready and were so for a moment: the node shall have nothing else to do. */
    private Tree victim() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long since = System.nanoTime();
        while (System.nanoTime() < end) {
            List<Tree> pods =
                    client.list(Resources.PODS, Selection.in(NAMESPACE)).items();
            if (pods.size() != REPLICAS
                    || !pods.stream().allMatch(PodGap::ready)
                    || backends().size() != REPLICAS) {
                since = System.nanoTime();
            } else if (System.nanoTime() - since > ALL_READY.toNanos()) {
                return pods.getFirst();
            }
            Thread.sleep(20);
        }
        throw new IOException("the pods did not become ready in " + PATIENCE.toSeconds() + " s");
    }

    private static boolean ready(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                        .anyMatch(condition -> condition.text("type", "").equals("Ready")
                                && condition.text("status", "").equals("True"))
                && pod.tree("status").trees("containerStatuses").getFirst().whole("restartCount", 0) == 0;
    }

    private List<IpAddress> backends() {
        Entrance entrance = instance.agent().routes().entrance(frontend);
        return entrance == null
                ? List.of()
                : entrance.backends().stream().map(backend -> backend.address()).toList();
    }

    private long awaitRoute(IpAddress address, long from) throws IOException {
        while (true) {
            boolean there = backends().contains(address);
            long now = System.nanoTime();
            if (!there) {
                return now;
            }
            if (now - from > PATIENCE.toNanos()) {
                throw new IOException("the routes keep the killed pod " + address);
            }
            LockSupport.parkNanos(TICK);
        }
    }

    /** By what its environment says; the process that holds its namespace is no victim. */
    private static ProcessHandle process(String uid) throws IOException {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> environment(process.pid()).contains("FAIRLEAD_POD=" + uid))
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow(() -> new IOException("no process of pod " + uid));
    }

    private static String environment(long pid) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }
}
