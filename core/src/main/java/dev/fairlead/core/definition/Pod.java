// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod as endpoints, scheduling and replica counting see it; its specification as a whole stays a value tree.
 *
 * @param nodeName where it is bound to run; empty before scheduling
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed} or {@code Unknown}
 * @param podIps its addresses, primary first; empty before it has one
 * @param ready whether the Ready condition is True
 * @param readySince when the Ready condition last changed, or null
 * @param containerPorts the ports of containers, then of restartable init containers, in their order
 */
public record Pod(
        ObjectMeta meta,
        String nodeName,
        String hostname,
        String subdomain,
        String phase,
        List<IpAddress> podIps,
        boolean ready,
        @Nullable Instant readySince,
        List<ContainerPort> containerPorts) {

    /** A declared port of a container. */
    public record ContainerPort(String name, Protocol protocol, int port) {}

    /** Reads a pod. */
    public static Pod from(Tree object) {
        Tree spec = object.tree("spec");
        Tree status = object.tree("status");
        Tree readiness = status.trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals("Ready"))
                .findFirst()
                .orElse(Tree.EMPTY);
        return new Pod(
                ObjectMeta.from(object),
                spec.text("nodeName", ""),
                spec.text("hostname", ""),
                spec.text("subdomain", ""),
                status.text("phase", "Pending"),
                podIps(status),
                readiness.text("status", "").equals("True"),
                ObjectMeta.instant(readiness.text("lastTransitionTime")),
                containerPorts(spec));
    }

    /** Namespace and name. */
    public ObjectName name() {
        return meta.objectName();
    }

    /** Whether the pod has ended for good: Succeeded or Failed. */
    public boolean terminal() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static List<IpAddress> podIps(Tree status) {
        List<Tree> several = status.trees("podIPs");
        List<String> texts = several.isEmpty()
                ? List.of(status.text("podIP", ""))
                : several.stream().map(ip -> ip.text("ip", "")).toList();
        return texts.stream().flatMap(text -> IpAddress.parse(text).stream()).toList();
    }

    private static List<ContainerPort> containerPorts(Tree spec) {
        List<ContainerPort> ports = new ArrayList<>();
        spec.trees("containers").forEach(container -> addPorts(container, ports));
        spec.trees("initContainers").stream()
                .filter(container -> container.text("restartPolicy", "").equals("Always"))
                .forEach(container -> addPorts(container, ports));
        return List.copyOf(ports);
    }

    private static void addPorts(Tree container, List<ContainerPort> ports) {
        for (Tree port : container.trees("ports")) {
            ports.add(new ContainerPort(
                    port.text("name", ""), Protocol.read(port), (int) port.whole("containerPort", 0)));
        }
    }
}
