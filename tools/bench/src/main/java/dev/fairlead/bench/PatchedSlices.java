// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.ClusterNode;
import dev.fairlead.agent.cluster.Balanced;
import dev.fairlead.agent.cluster.ConntrackLimits;
import dev.fairlead.agent.cluster.LocalPods;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * From a slice's patch to a connection at the new endpoint, as kube-proxy can be measured: an API server on disk, asked over HTTPS,
 * and {@code fairlead node} on a host of the lab, all in this process; no controllers.
 *
 * <p>How this works: a patch makes one of a Service's two endpoints unready and the other ready. The clock starts when it is sent.
 * It is read when it is answered (committed), and when one of the connections that a pod of the node makes to the Service all the
 * time is answered by the other endpoint.
 */
final class PatchedSlices {
    private static final int[] SIZES = {1000, 10_000};
    private static final int WARM_UP = 500;
    private static final int PORT = 8080;
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/";
    private static final long REST = 10; // ms
    private static final List<String> PODS = List.of("a", "b");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private record Ways(Sample answered, Sample arrived, Sample after) {
        Ways() {
            this(new Sample(), new Sample(), new Sample());
        }
    }

    private PatchedSlices() {}

    static void run(int patches) throws IOException, InterruptedException {
        Conditions.print("begin");
        System.out.println("\n| from sending the patch | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        for (int services : SIZES) {
            Path scratch = Conditions.scratch();
            try (SystemTime time = new SystemTime();
                    SliceApi api = SliceApi.start(scratch, services, PODS.size(), time);
                    Lab lab = new Lab();
                    Disk disk = new Disk(scratch)) {
                run(api, lab, disk, time, services, patches);
            }
            Conditions.delete(scratch);
        }
        System.out.println("\naim: p50 3 ms, p99 10 ms, on top of the disk's");
        Conditions.print("end");
    }

    private static void run(SliceApi api, Lab lab, Disk disk, SystemTime time, int services, int patches)
            throws IOException, InterruptedException {
        Host node = lab.host("node");
        Host client = lab.behind(node, "client", "10.244.1.9", "fd00:10:244:1::9");
        for (int pod = 0; pod < PODS.size(); pod++) {
            String v4 = api.pod(pod).toString();
            lab.behind(node, PODS.get(pod), v4, "fd00:10:244:1::" + (pod + 2)).serve(PORT);
        }
        api.makeNode(node.name(), IpAddress.of(node.v4().getAddress()));
        long began = System.nanoTime();
        try (ClusterNode agent =
                        ClusterNode.open(settings(node, api), api.connection(), time, new Random(1), any -> {});
                ApiTarget target = new ApiTarget(api.kubeconfig(), List.of());
                ApiLine patching = target.open();
                Asking asking = new Asking(client)) {
            agent.start();
            double started = (System.nanoTime() - began) / 1e6;
            Ways ways = new Ways();
            Sample fsync = new Sample();
            for (int i = -WARM_UP; i < patches; i++) {
                int service = Math.floorMod(i * 7, services);
                disk.measure(1, i < 0 ? new Sample() : fsync);
                Thread.sleep(REST);
                flip(api, patching, asking, service, i < 0 ? new Ways() : ways);
            }
            String which = String.format(Locale.ROOT, "%,d Services", services);
            row(which + ": the patch is answered", ways.answered);
            row(which + ": a connection arrived at the new endpoint", ways.arrived);
            row(which + ": of it after the answer", ways.after);
            row(which + ": one 4 KiB write and fdatasync", fsync);
            System.out.printf(
                    Locale.ROOT,
                    "| %s: from the node's start to all of them programmed | 1 | %.0f | | |%n",
                    which,
                    started);
        }
    }

    private static void flip(SliceApi api, ApiLine client, Asking asking, int service, Ways ways)
            throws IOException, InterruptedException {
        int next = api.turn(service);
        InetSocketAddress at = Inet.socketAddress(api.clusterIp(service), SliceApi.PORT);
        asking.until(at, PODS.get(1 - next)).await(PATIENCE);
        Asking.Arrival arrival = asking.until(at, PODS.get(next));
        byte[] patch = Json.write(List.of(ready(1 - next, false), ready(next, true)));
        long began = System.nanoTime();
        client.require("PATCH", SLICES + SliceApi.slice(service).name(), patch, "application/json-patch+json");
        long answered = System.nanoTime();
        long arrived = arrival.await(PATIENCE);
        ways.answered.addNanos(answered - began);
        ways.arrived.addNanos(arrived - began);
        ways.after.addNanos(Math.max(0, arrived - answered));
    }

    private static Map<String, Object> ready(int endpoint, boolean ready) {
        return Map.of("op", "replace", "path", "/endpoints/" + endpoint + "/conditions/ready", "value", ready);
    }

    private static ClusterNode.Settings settings(Host node, SliceApi api) throws IOException {
        return new ClusterNode.Settings(
                node.name(),
                node.namespace(),
                api.folder(),
                Carrier.NFTABLES,
                Balanced.OFF,
                List.of(),
                new LocalPods.ClusterBlocks(List.of(Cidr.of("10.244.0.0/16"))),
                new NodePortAddresses.Primary(),
                false,
                false,
                1 << 14,
                new ConntrackLimits(0, 0, Duration.ZERO, Duration.ZERO),
                false);
    }

    private static void row(String what, Sample sample) {
        System.out.println("| " + what + " | " + sample.size() + " | " + sample.tail("%.2f") + " |");
    }
}
