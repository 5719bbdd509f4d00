// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Link;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.pods.environment.ResolvConf;
import dev.fairlead.pods.log.LogOptions;
import dev.fairlead.pods.network.KernelNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes in namespaces of their own. */
@Timeout(60)
class KernelNetworkTest {
    private static final String NAMES =
            "{'name': 'c', 'command': ['sh', '-c', 'cat /etc/resolv.conf /etc/hosts; echo $POD_IP $(hostname); exec sleep 1000']}";

    @TempDir
    Path directory;

    private Namespace host;
    private Rtnetlink links;
    private TestNode node;

    @BeforeEach
    void start() {
        Probe allowed = Probe.networkNamespaces();
        Assumptions.assumeTrue(allowed.possible(), allowed.reason());
        host = Namespace.create("node");
        links = Rtnetlink.in(host);
        links.setUp("lo");
        links.addAddress("lo", Prefix.of("10.240.0.1"));
        node = new TestNode(directory, settings -> settings, this::network);
    }

    private KernelNetwork network() {
        return new KernelNetwork(
                new KernelNetwork.Plan(
                        "kernel",
                        List.of(Cidr.of("10.244.1.0/24"), Cidr.of("fd00:10:244:1::/64")),
                        List.of(IpAddress.of("10.240.0.1")),
                        new ResolvConf.ClusterDns(List.of("10.96.0.10"), "cluster.local"),
                        ResolvConf.parse("nameserver 192.0.2.1\nsearch example.org\noptions timeout:1\n"),
                        directory),
                host);
    }

    @AfterEach
    void endAndLeaveNothing() throws Exception {
        if (node != null) {
            node.close();
            assertThat(links.links()).extracting(Link::name).containsExactly("lo");
            links.close();
            host.close();
        }
    }

    @Test
    void aPodHasItsOwnAddressesAndNames() throws Exception {
        ObjectName pod = node.create("web", "{'containers': [" + NAMES + "]}");

        Tree status = node.await(pod, TestNode::ready);
        TestNode.until(() -> node.log(pod, LogOptions.ALL).contains("10.244.1.2 web\n"));

        assertThat(status.trees("podIPs").stream().map(ip -> ip.text("ip", "")))
                .containsExactly("10.244.1.2", "fd00:10:244:1::2");
        assertThat(node.log(pod, LogOptions.ALL)).isEqualTo("""
                        search shop.svc.cluster.local svc.cluster.local cluster.local example.org
                        nameserver 10.96.0.10
                        options ndots:5
                        # Written by Fairlead for pod shop/web.
                        127.0.0.1	localhost
                        ::1	localhost ip6-localhost ip6-loopback
                        10.244.1.2	web
                        fd00:10:244:1::2	web
                        10.244.1.2 web
                        """);
    }

    @Test
    void podsAreProbedAndReachedAndMayListenOnEveryAddress() throws Exception {
        String spec = "{'containers': [{'name': 'c', " + TestNode.server("*", 80)
                + ", 'readinessProbe': {'httpGet': {'port': 80}}}]}";
        ObjectName one = node.create("one", spec);
        ObjectName two = node.create("two", spec);

        node.await(one, TestNode::ready);
        node.await(two, TestNode::ready);

        for (String address : List.of("10.244.1.2", "10.244.1.3", "fd00:10:244:1::2")) {
            try (SocketChannel channel = host.call(SocketChannel::open)) {
                channel.connect(new InetSocketAddress(InetAddress.ofLiteral(address), 80));
                assertThat(channel.isConnected()).isTrue();
            }
        }
        ObjectName client = node.create(
                "client",
                "{'restartPolicy': 'Never', 'containers': [{'name': 'c', 'command': ['" + java()
                        + "', '-cp', '" + Path.of("target/test-classes").toAbsolutePath() + "', '"
                        + Client.class.getName() + "', '10.244.1.2', '80']}]}");
        Tree status = node.await(
                client,
                now -> now.text("phase", "").equals("Succeeded")
                        || now.text("phase", "").equals("Failed"));
        assertThat(node.log(client, LogOptions.ALL)).isEqualTo("from 10.244.1.4\n");
        assertThat(status.text("phase", "")).isEqualTo("Succeeded");
    }

    @Test
    void containersShareTheNetworkAndAnAdoptedPodKeepsIt() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'server', " + TestNode.server("127.0.0.1", 80)
                        + ", 'readinessProbe': {'exec': {'command': ['" + java() + "', '-cp', '"
                        + Path.of("target/test-classes").toAbsolutePath() + "', '" + Client.class.getName()
                        + "', '127.0.0.1', '80'], 'timeoutSeconds': 5}, 'timeoutSeconds': 5, 'periodSeconds': 1}}]}");
        node.await(pod, TestNode::ready);

        node.crash();
        node.revive();
        node.api.await(pod, TestNode.PATIENCE, now -> node.pods.names().contains(pod));
        int written = node.api.written().size();
        node.api.await(pod, TestNode.PATIENCE, now -> node.api.written().size() > written);
        Tree status = node.await(pod, TestNode::ready);

        assertThat(TestNode.container(status).whole("restartCount", -1)).isZero();
        assertThat(links.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "fl0af40102");
        node.api.requestDeletion(pod, 5);
        node.awaitGone(pod);
        TestNode.until(() -> links.links().size() == 1);
    }

    @Test
    void aPodInTheNodesNetworkHasTheNodesAddress() throws Exception {
        ObjectName pod = node.create("web", "{'hostNetwork': true, 'containers': [" + NAMES + "]}");

        Tree status = node.await(pod, TestNode::ready);

        assertThat(status.text("podIP", "")).isEqualTo("10.240.0.1");
        TestNode.until(() -> node.log(pod, LogOptions.ALL).contains("10.240.0.1 "));
        assertThat(node.log(pod, LogOptions.ALL))
                .startsWith("search example.org\nnameserver 192.0.2.1\noptions timeout:1\n");
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElseThrow();
    }
}
