// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import static dev.fairlead.junit.engine.Asking.asking;

import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.junit.TestService;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.select.LabelSelector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** One Service, as the node's data plane carries it. */
record LocalService(Sight sight, ObjectName full, String cluster) implements TestService {
    private static final Set<String> WORKLOADS = Set.of("Deployment", "ReplicaSet", "StatefulSet");

    @Override
    public String name() {
        return full.name();
    }

    private Tree spec() {
        return asking(() -> sight.directory().service(full)).tree("spec");
    }

    private boolean isThere() {
        return asking(() -> sight.client().find(Resources.SERVICES, full)) != null;
    }

    @Override
    public TestService awaitReady() {
        sight.await("Service " + Directory.text(full) + " to be ready", full, () -> {
            long wanted = isThere() ? asking(this::wanted) : 0;
            return wanted > 0 && endpoints().size() == wanted;
        });
        return this;
    }

    /** How many pods the workloads behind the Service are to have; pods that none of them makes count as they are. */
    private long wanted() throws IOException, InterruptedException {
        Map<String, String> selector = spec().textMap("selector");
        if (selector.isEmpty()) {
            return Math.max(1, endpoints().size());
        }
        LabelSelector selects = LabelSelector.of(selector);
        long wanted = 0;
        for (Resource kind : List.of(Resources.DEPLOYMENTS, Resources.REPLICA_SETS, Resources.STATEFUL_SETS)) {
            for (Tree workload :
                    sight.client().list(kind, Selection.in(full.namespace())).items()) {
                Tree spec = workload.tree("spec");
                Map<String, String> labels =
                        spec.tree("template").tree("metadata").textMap("labels");
                if (!isCounted(workload) && selects.matches(labels)) {
                    wanted += spec.whole("replicas", 1);
                }
            }
        }
        List<Tree> pods =
                sight
                        .client()
                        .list(Resources.PODS, Selection.in(full.namespace()).labelled(selector))
                        .items()
                        .stream()
                        .filter(pod -> pod.tree("metadata").text("deletionTimestamp") == null)
                        .toList();
        wanted += pods.stream().filter(pod -> !isCounted(pod)).count();
        return wanted > 0 ? wanted : pods.size(); // some of a workload's, by labels of their own
    }

    /** Whether something made it that is counted itself. */
    private static boolean isCounted(Tree object) {
        return object.tree("metadata").trees("ownerReferences").stream()
                .anyMatch(owner -> WORKLOADS.contains(owner.text("kind", "")));
    }

    @Override
    public TestService awaitEndpoints(int endpoints) {
        sight.await(
                "Service " + Directory.text(full) + " to have " + endpoints
                        + (endpoints == 1 ? " endpoint" : " endpoints"),
                full,
                () -> isThere() && endpoints().size() == endpoints);
        return this;
    }

    @Override
    public URI uri() {
        return uri(spec().trees("ports").getFirst());
    }

    @Override
    public URI uri(String port) {
        return uri(port(port));
    }

    private URI uri(Tree port) {
        InetSocketAddress at = address(port);
        String protocol = port.text("appProtocol", port.text("name", ""));
        boolean secure = protocol.equals("https") || protocol.startsWith("https-") || port.whole("port", 0) == 443;
        return URI.create((secure ? "https://" : "http://") + at.getAddress().getHostAddress() + ":" + at.getPort());
    }

    @Override
    public InetSocketAddress address(String port) {
        return address(port(port));
    }

    private InetSocketAddress address(Tree port) {
        String clusterIp = spec().text("clusterIP", "");
        int number = (int) port.whole("port", 0);
        IpAddress virtual = IpAddress.parse(clusterIp)
                .orElseThrow(() -> new IllegalStateException("Service " + Directory.text(full)
                        + (clusterIp.equals("None")
                                ? " is headless: it has no address of its own; ask its pods for theirs"
                                : " is of type " + spec().text("type", "ExternalName") + ": it is a name, "
                                        + spec().text("externalName", ""))));
        sight.await(
                "port " + number + " of Service " + Directory.text(full) + " to be open",
                full,
                () -> sight.routing().opened(full, virtual, number));
        return sight.routing().bound(full, virtual, number);
    }

    private Tree port(String wanted) {
        List<Tree> ports = spec().trees("ports");
        return ports.stream()
                .filter(port -> port.text("name", "").equals(wanted)
                        || Long.toString(port.whole("port", 0)).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Service " + Directory.text(full) + " has no port \""
                        + wanted + "\"; it has "
                        + ports.stream()
                                .map(port -> port.text("name", "").isEmpty()
                                        ? Long.toString(port.whole("port", 0))
                                        : port.text("name", "") + " (" + port.whole("port", 0) + ")")
                                .collect(Collectors.joining(", "))));
    }

    @Override
    public String dnsName() {
        return full.name() + "." + full.namespace() + ".svc." + cluster;
    }

    @Override
    public List<String> endpoints() {
        return sight.routing().backends(full).stream()
                .map(LocalService::named)
                .distinct()
                .sorted()
                .toList();
    }

    private static String named(Backend backend) {
        ObjectName pod = backend.pod();
        return pod == null ? backend.address().toString() : pod.name();
    }

    @Override
    public String toString() {
        return "Service " + Directory.text(full);
    }
}
