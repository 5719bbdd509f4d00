// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Link;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.pods.log.LogOptions;
import dev.fairlead.pods.network.KernelNetwork;
import dev.fairlead.wire.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes in namespaces of their own. */
@Timeout(90)
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
        return TestNode.kernel("kernel", host, directory);
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
        ObjectName two = node.create("two", spec.replace("httpGet", "tcpSocket"));

        node.await(one, TestNode::ready);
        node.await(two, TestNode::ready);

        for (String address : List.of("10.244.1.2", "10.244.1.3", "fd00:10:244:1::2")) {
            reach(address);
        }
        ObjectName client = node.create(
                "client",
                "{'restartPolicy': 'Never', 'containers': [{'name': 'c', 'command': ['" + java()
                        + "', '-cp', '" + TestNode.classes() + "', '"
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
                        + TestNode.classes() + "', '" + Client.class.getName()
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

    @Test
    void volumesAreShownOverWhatIsThere() throws Exception {
        node.api.set(new ObjectName("shop", "page"), Map.of("index.html", "<p>hi</p>", "style.css", "p {}"));
        ObjectName pod = node.create(
                "web",
                "{'initContainers': [{'name': 'first', 'command': ['sh', '-c', 'echo left > /srv/note'],"
                        + " 'volumeMounts': [{'name': 'scratch', 'mountPath': '/srv'}]}],"
                        + " 'containers': [{'name': 'c', 'command': ['sh', '-c', 'cat /mnt/*.html /srv/note /opt/labels;"
                        + " echo no > /mnt/x; echo; hostname; exec sleep 1000'], 'volumeMounts': ["
                        + "{'name': 'page', 'mountPath': '/mnt'}, {'name': 'scratch', 'mountPath': '/srv'},"
                        + "{'name': 'self', 'mountPath': '/opt'}]}],"
                        + " 'volumes': [{'name': 'page', 'configMap': {'name': 'page'}}, {'name': 'scratch', 'emptyDir': {}},"
                        + " {'name': 'self', 'downwardAPI': {'items': [{'path': 'labels', 'fieldRef': {'fieldPath': 'metadata.labels'}}]}}]}");

        String log = node.awaitLog(pod, "c", text -> text.endsWith("web\n"));

        assertThat(log).startsWith("<p>hi</p>left\napp=\"web\"").contains("Read-only file system");
        assertThat(Path.of("/srv/note")).doesNotExist();
        assertThat(directory.resolve("pods/uid-web/volumes/scratch/note")).hasContent("left");
        node.api.requestDeletion(pod, 0);
        TestNode.until(() -> !Files.exists(directory.resolve("pods/uid-web")));
        assertThat(directory.resolve("pods/uid-web")).doesNotExist();
    }

    @Test
    void aVolumeOverNothingSaysWhatToMake() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', 'command': ['sleep', '1000'], 'volumeMounts': [{'name': 'd', 'mountPath': '/no-such-place'}]}],"
                        + " 'volumes': [{'name': 'd', 'emptyDir': {}}]}");

        Tree waiting = TestNode.container(node.await(
                        pod,
                        now -> TestNode.container(now)
                                .tree("state")
                                .tree("waiting")
                                .has("message")))
                .tree("state")
                .tree("waiting");

        assertThat(waiting.text("reason", "")).isEqualTo("CreateContainerConfigError");
        assertThat(waiting.text("message", ""))
                .isEqualTo(
                        "mountPath /no-such-place of container c is not on this node. Pods share the machine's files,"
                                + " so a volume can only be shown over something that is there: make it (mkdir -p /no-such-place),"
                                + " or mount at a path that exists, such as /mnt");
    }

    @Test
    void aHolderThatDiesIsReplacedAndNobodyNotices() throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + TestNode.server("*", 80)
                        + ", 'readinessProbe': {'httpGet': {'port': 80}}}]}");
        node.await(pod, TestNode::ready);
        long first = holder();

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        node.awaitEvent("SandboxChanged");
        TestNode.until(() -> holder() != first);
        assertThat(ProcessHandle.of(holder())).isPresent();
        reach("10.244.1.2");

        node.crash();
        ProcessHandle.of(holder()).orElseThrow().destroyForcibly();
        long second = holder();
        TestNode.until(() -> ProcessHandle.of(second).isEmpty());
        node.revive();
        TestNode.until(() -> holder() != second);
        Tree status = node.await(pod, TestNode::ready);

        assertThat(TestNode.container(status).whole("restartCount", -1)).isZero();
        reach("10.244.1.2");
        assertThat(links.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "fl0af40102");
    }

    private long holder() throws Exception {
        byte[] record = Files.readAllBytes(directory.resolve("pods/uid-web/record.json"));
        return Tree.of(Json.object(record)).tree("sandbox").whole("holder", 0);
    }

    private void reach(String address) throws Exception {
        try (SocketChannel channel = host.call(SocketChannel::open)) {
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral(address), 80));
            assertThat(channel.isConnected()).isTrue();
        }
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElseThrow();
    }
}
