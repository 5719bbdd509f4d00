// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.ClusterNode;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.conntrack.Conntrack;
import dev.fairlead.kernel.conntrack.Flow;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fairlead node} on a host of the lab, for an API that knows the node, a Service and its endpoints from others. */
final class RunNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TCP = 6; // IPPROTO_TCP
    private static final Table KUBE_PROXY = Table.shared(Family.IPV4, "kube-proxy");

    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "relay", "sockets"})
    void carriesTheServicesOfAClusterThatOthersRun(String plane) throws Exception {
        Probe probe = plane.equals("sockets") ? Probe.socketHooks() : Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.reason());
        String mode = plane.equals("relay") ? "userspace" : "nftables";
        // not those of the instance's own block: whose namespaces end just now may have the first ones
        Settings api = new Settings(
                        scratch.resolve("api"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "kernel",
                        "api",
                        false,
                        true)
                .withServiceCidrs(List.of(Cidr.of("10.96.0.0/16")));
        try (Instance cluster = Instance.start(api);
                Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host client = lab.host("client");
            lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2").serve(8080);
            lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3").serve(8080);
            lab.route("10.96.0.0/16", node);
            InetSocketAddress there = new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"), cluster.address().getPort());
            describe(cluster.client(), node);
            try (ApiDoor door = ApiDoor.open(
                            node.call(() -> ServerSocketChannel.open().bind(there)), there);
                    Nftables rules = Nftables.in(node.namespace())) {
                assertThat(door).isNotNull();
                rules.commit("what kube-proxy left", new Transaction(KUBE_PROXY).addTable());
                Child first = start(cluster, node, plane, "first.log");
                Child second = null;
                try {
                    awaitReady(first, "first.log");
                    asks(client, "10.96.7.1", "pod-a");
                    assertThat(node.ask(InetAddress.ofLiteral("127.0.0.1"), 30_123, "hello")
                                    .server())
                            .isEqualTo("pod-a");
                    assertThat(rules.table(Family.IPV4, "kube-proxy"))
                            .as("taken over")
                            .isEmpty();
                    assertThat(node.<String, RuntimeException>call(
                                    () -> Sysctl.read("net/netfilter/nf_conntrack_tcp_timeout_close_wait")))
                            .isEqualTo("1800");
                    assertThat(get(node, 10_256, "/healthz")).startsWith("HTTP/1.1 200");
                    assertThat(get(node, 10_249, "/proxyMode")).endsWith(mode);
                    assertThat(get(node, 10_249, "/traffic"))
                            .contains("\"service\":\"a\"", "\"address\":\"10.244.1.2\"", "\"connections\":2");
                    if (plane.equals("sockets")) {
                        long before = redirected(node);
                        asks(node, "10.96.7.1", "pod-a");
                        asks(node, "10.96.7.1", "pod-a");
                        assertThat(redirected(node))
                                .as("what the host asks is translated at its sockets")
                                .isLessThanOrEqualTo(before);
                        assertThat(get(node, 10_249, "/metrics"))
                                .as("and counted, as others are and the door on 127.0.0.1")
                                .contains("endpoint=\"10.244.1.2:8080\"} 4\n");
                    }
                    service(cluster.client(), "b", "10.96.7.2", "10.244.1.3", 30_124);
                    Shop.await(
                            "the new Service",
                            PATIENCE,
                            () -> asked(client, "10.96.7.2").equals("pod-b"));

                    first.signalGroup(Signal.KILL);
                    first.exit().get(30, TimeUnit.SECONDS);
                    if (mode.equals("nftables")) {
                        asks(client, "10.96.7.1", "pod-a"); // while nobody is there
                        asks(node, "10.96.7.1", "pod-a");
                    }
                    second = start(cluster, node, plane, "second.log");
                    awaitReady(second, "second.log");
                    asks(client, "10.96.7.2", "pod-b");

                    assertThat(ClusterNode.cleanup(node.namespace(), scratch.resolve("node")))
                            .contains("no longer carried");
                    assertThat(second.exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(0));
                    assertThat(Files.readString(scratch.resolve("second.log"))).contains("cleaned up");
                    assertThat(rules.table(Family.INET, "fairlead")).isEmpty();
                    assertThat(rules.table(Family.INET, "fairlead-relay")).isEmpty();
                } finally {
                    for (Child child : second == null ? List.of(first) : List.of(first, second)) {
                        child.signalGroup(Signal.KILL);
                    }
                }
            }
        }
    }

    private static void describe(ApiClient client, Host node) throws Exception {
        client.create(
                Resources.NODES,
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Node",
                        "metadata",
                        Map.of("name", "n1"),
                        "status",
                        Map.of(
                                "addresses",
                                List.of(
                                        Map.of(
                                                "type",
                                                "InternalIP",
                                                "address",
                                                node.v4().getHostAddress()),
                                        Map.of("type", "InternalIP", "address", "fd00:200::1")))));
        service(client, "a", "10.96.7.1", "10.244.1.2", 30_123);
    }

    private static void service(ApiClient client, String name, String clusterIp, String endpoint, long nodePort)
            throws Exception {
        client.create(
                Resources.SERVICES,
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Service",
                        "metadata",
                        Map.of("name", name, "namespace", "default"),
                        "spec",
                        Map.of(
                                "type",
                                "NodePort",
                                "clusterIP",
                                clusterIp,
                                "ports",
                                List.of(Map.of("port", 80L, "targetPort", 8080L, "nodePort", nodePort)))));
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
                                name + "-1",
                                "namespace",
                                "default",
                                "labels",
                                Map.of("kubernetes.io/service-name", name)),
                        "addressType",
                        "IPv4",
                        "ports",
                        List.of(Map.of("name", "", "port", 8080L, "protocol", "TCP")),
                        "endpoints",
                        List.of(Map.of("addresses", List.of(endpoint), "conditions", Map.of("ready", true)))));
    }

    private Child start(Instance cluster, Host node, String plane, String log) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                Images.classPath(),
                "dev.fairlead.cli.Main",
                "node"));
        command.addAll(List.of(
                "--kubeconfig=" + cluster.kubeconfig(),
                "--node-name=n1",
                "--data-dir=" + scratch.resolve("node"),
                "--data-plane=" + (plane.equals("relay") ? "relay" : "nftables"),
                "--socket-balancing=" + (plane.equals("sockets") ? "host" : "off"),
                "--cluster-cidr=10.244.0.0/16",
                "--conntrack-tcp-timeout-close-wait=30m",
                "--take-over"));
        return Spawn.of(command)
                .withNetwork(node.namespace())
                .withEnvironment(Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8", "HOME", scratch.toString()))
                .withOutput(scratch.resolve(log))
                .start();
    }

    /** How many connections the kernel sends elsewhere than they were meant to go. */
    private static long redirected(Host node) {
        try (Conntrack conntrack = Conntrack.in(node.namespace())) {
            return conntrack.flows(TCP).stream().filter(Flow::redirected).count();
        }
    }

    private void awaitReady(Child process, String log) throws Exception {
        Path out = scratch.resolve(log);
        Shop.await(
                "node is ready",
                PATIENCE,
                () -> !process.isAlive() || Files.readString(out).contains("ready in"));
        assertThat(Files.readString(out)).contains("ready in").doesNotContain("Exception");
    }

    private static void asks(Host client, String address, String server) throws IOException {
        assertThat(asked(client, address)).isEqualTo(server);
    }

    private static String asked(Host client, String address) throws IOException {
        return client.ask(InetAddress.ofLiteral(address), 80, "hello").server();
    }

    private static String get(Host node, int port, String path) throws IOException {
        try (Socket socket = node.connect(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return String.join(
                    "\n",
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                            .lines()
                            .toList());
        }
    }
}
