// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.Probe;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fairlead up} is killed and started anew: pods outlive it, state is there; SIGTERM leaves nothing behind. */
final class KilledTest {
    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void podsOutliveKillAndNothingOutlivesAnOrderlyStop(String network) throws Exception {
        if (network.equals("kernel")) {
            Probe probe = Probe.networkNamespaces();
            Assumptions.assumeTrue(probe.possible(), probe.reason());
        }
        Path data = scratch.resolve("data");
        Process first = up(network, data, "first.log");
        Process second = null;
        Set<Long> pids = Set.of();
        try {
            InetSocketAddress pod;
            Set<String> before;
            awaitUp("first.log");
            try (HttpsApi api = connect(data)) {
                Shop shop = new Shop(new ApiClient(api, "test")).apply();
                shop.awaitReady("frontend", 3);
                shop.awaitReady("backend", 3);
                before = containers(shop);
                pids = records(data);
                Tree backend = shop.pods("backend").getFirst();
                pod = new InetSocketAddress(
                        InetAddress.getByName(backend.tree("status").text("podIP", "")), 8080);
            }
            first.destroyForcibly().waitFor();
            assertThat(Shop.get(pod)).as("a pod while Fairlead is dead").startsWith("pod=backend-");
            assertThat(pids).hasSize(6).allMatch(KilledTest::alive);

            second = up(network, data, "second.log");
            awaitUp("second.log");
            try (HttpsApi api = connect(data)) {
                Shop shop = new Shop(new ApiClient(api, "test"));
                shop.awaitReady("frontend", 3);
                shop.awaitReady("backend", 3);
                assertThat(containers(shop)).as("containers, restarts").isEqualTo(before);
                assertThat(records(data)).as("the same processes").isEqualTo(pids);
                InetAddress node = InetAddress.getByName(node(shop.client()));
                shop.reachesAll(new InetSocketAddress(node, shop.nodePort("frontend")));
                shop.scale("backend", 4); // what is new goes well beside what was adopted
                shop.awaitReady("backend", 4);
                pids = records(data);
            }
            assertThat(Tasks.outside(second.pid()))
                    .as("threads that do not stand where the process stands")
                    .isSubsetOf("relay");
            second.destroy(); // SIGTERM
            assertThat(second.waitFor(30, TimeUnit.SECONDS))
                    .as("ends after SIGTERM")
                    .isTrue();
            assertThat(pids).hasSize(7).noneMatch(KilledTest::alive);
            String said = Files.readString(scratch.resolve("second.log"));
            assertThat(said).contains("stopped").doesNotContain("Exception");
            if (network.equals("kernel")) {
                nothingIsLeft(data);
            }
        } finally {
            for (Process process : second == null ? List.of(first) : List.of(first, second)) {
                process.destroyForcibly().waitFor();
            }
            pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
    }

    private static void nothingIsLeft(Path data) throws Exception {
        assertThat(data.resolve("node/holder")).doesNotExist();
        String link =
                "fairlead" + Files.readString(data.resolve("block-namespaces")).strip();
        // the kernel takes a namespace apart a moment after its last process
        Shop.await("the host's link is gone", Duration.ofSeconds(30), () -> NetworkInterface.getByName(link) == null);
        try (Stream<String> routes = Files.lines(Path.of("/proc/net/route"))) {
            assertThat(routes.map(line -> line.split("\t")[0])).doesNotContain(link);
        }
    }

    private Process up(String network, Path data, String log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Djdk.virtualThreadScheduler.parallelism=64", // many carriers, born at any moment
                "-cp",
                Images.classPath(),
                "dev.fairlead.cli.Main",
                "up"));
        command.addAll(
                List.of("--network=" + network, "--data-dir=" + data, "--listen=127.0.0.1:0", "--node-name=one"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve(log).toFile())
                .start();
    }

    private void awaitUp(String log) throws InterruptedException {
        Path out = scratch.resolve(log);
        Shop.await(
                "up is ready",
                Duration.ofSeconds(40),
                () -> Files.readString(out).contains("ready in"));
    }

    /** As kubectl does, by the file that was written for it. */
    private static HttpsApi connect(Path data) throws IOException {
        return new HttpsApi(Kubeconfig.read(data.resolve("kubeconfig")).connection(null));
    }

    private static Set<String> containers(Shop shop) throws IOException, InterruptedException {
        return Stream.concat(shop.pods("frontend").stream(), shop.pods("backend").stream())
                .map(pod -> {
                    Tree status = pod.tree("status").trees("containerStatuses").getFirst();
                    return Shop.name(pod) + " " + pod.tree("status").text("podIP", "") + " "
                            + status.text("containerID", "") + " restarts " + status.whole("restartCount", -1);
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The processes of pods, as their records name them. */
    private static Set<Long> records(Path data) throws IOException {
        Set<Long> pids = new TreeSet<>();
        try (Stream<Path> folders = Files.list(data.resolve("node/pods"))) {
            for (Path folder : folders.toList()) {
                Tree record = Tree.of(Json.object(Files.readAllBytes(folder.resolve("record.json"))));
                Tree containers = record.tree("containers");
                containers
                        .fields()
                        .keySet()
                        .forEach(name -> pids.add(containers.tree(name).whole("pid", 0)));
            }
        }
        return pids;
    }

    private static String node(ApiClient client) throws IOException, InterruptedException {
        return client.get(Resources.NODES, new ObjectName("", "one"))
                .tree("status")
                .trees("addresses")
                .getFirst()
                .text("address", "");
    }

    private static boolean alive(long pid) {
        try { // one that has ended and whose new parent has not asked for it yet is a zombie
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException gone) {
            return false;
        }
    }
}
