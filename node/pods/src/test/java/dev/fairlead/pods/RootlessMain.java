// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.nio.file.Path;

/** What {@link RootlessNetworkTest} starts in another JVM, as nobody inside user and mount namespaces. */
public final class RootlessMain {
    private RootlessMain() {}

    /** Argument: a directory to work in. */
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        try (Namespace host = Namespace.create("node");
                Rtnetlink links = Rtnetlink.in(host)) {
            links.setUp("lo");
            links.addAddress("lo", Prefix.of("10.240.0.1"));
            TestNode node = new TestNode(data, settings -> settings, () -> TestNode.kernel("rootless", host, data));
            try {
                run(node);
            } finally {
                node.close();
            }
            System.out.println("links left: " + links.links().size());
        }
    }

    private static void run(TestNode node) throws Exception {
        ObjectName pod = node.create(
                "web",
                "{'containers': [{'name': 'c', " + TestNode.server("*", 80)
                        + ", 'readinessProbe': {'httpGet': {'port': 80}, 'timeoutSeconds': 5}}, {'name': 'names', 'command': ['sh', '-c',"
                        + " 'grep nameserver /etc/resolv.conf; echo $(hostname) $POD_IP; echo kept > /mnt/file; exec sleep 1000'],"
                        + " 'volumeMounts': [{'name': 'd', 'mountPath': '/mnt'}]}], 'volumes': [{'name': 'd', 'emptyDir': {}}]}");
        Tree status = node.await(pod, TestNode::ready);
        System.out.println("ready: " + status.text("podIP", ""));
        System.out.println(node.awaitLog(pod, "names", text -> text.contains("web 10.244.1.2\n")));
        node.crash();
        node.revive();
        node.api.await(pod, TestNode.PATIENCE, now -> node.pods.names().contains(pod));
        int written = node.api.written().size();
        node.api.await(pod, TestNode.PATIENCE, now -> node.api.written().size() > written);
        Tree adopted = node.await(pod, TestNode::ready);
        System.out.println("adopted: restarts " + TestNode.container(adopted).whole("restartCount", -1));
        node.api.requestDeletion(pod, 5);
        node.awaitGone(pod);
        System.out.println("gone");
    }
}
