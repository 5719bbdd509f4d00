// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The questions that the rules ask of a Service which may not be valid or allocated yet, and so cannot be a
 * {@link Service}.
 *
 * @param object the Service
 */
public record ServiceShape(Tree object) {
    Tree spec() {
        return object.tree("spec");
    }

    String type() {
        return spec().text("type", "ClusterIP");
    }

    boolean is(String type) {
        return type().equals(type);
    }

    boolean externalName() {
        return is("ExternalName");
    }

    /** Whether it is headless: clusterIP (or the first of clusterIPs, when clusterIP is not set) is {@code None}. */
    boolean headless() {
        List<String> all = clusterIps();
        return spec().text("clusterIP", "").equals("None")
                || (all.size() == 1 && all.getFirst().equals("None"));
    }

    /** The texts in {@code spec.clusterIPs}. */
    public List<String> clusterIps() {
        return spec().texts("clusterIPs");
    }

    /** The families in {@code spec.ipFamilies} that there are. */
    public List<IpFamily> families() {
        return spec().texts("ipFamilies").stream()
                .flatMap(text -> List.of(IpFamily.values()).stream()
                        .filter(family -> family.text().equals(text)))
                .toList();
    }

    /** Whether it is of a type that is reached by ClusterIP and not headless. */
    public boolean hasClusterIps() {
        return !externalName() && !headless();
    }

    /** The ClusterIPs it holds; none for ExternalName and headless Services. */
    public List<IpAddress> addresses() {
        return hasClusterIps()
                ? clusterIps().stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .toList()
                : List.of();
    }

    /** Whether it is of a type that has node ports. */
    public boolean hasNodePorts() {
        return is("NodePort") || is("LoadBalancer");
    }

    /** Whether its ports get node ports without asking. */
    public boolean allocatesNodePorts() {
        return is("NodePort") || (is("LoadBalancer") && spec().truth("allocateLoadBalancerNodePorts", true));
    }

    /** Whether it is reachable from outside the cluster, so that an external traffic policy means something. */
    public boolean externallyAccessible() {
        return hasNodePorts()
                || (is("ClusterIP") && !spec().texts("externalIPs").isEmpty());
    }

    /** Whether load balancers probe nodes for its endpoints: type LoadBalancer with external traffic policy Local. */
    public boolean needsHealthCheck() {
        return is("LoadBalancer") && spec().text("externalTrafficPolicy", "").equals("Local");
    }

    /** The node ports of its ports, as written. */
    public Set<Integer> nodePorts() {
        Set<Integer> ports = new LinkedHashSet<>();
        for (Tree port : spec().trees("ports")) {
            int nodePort = (int) port.whole("nodePort", 0);
            if (nodePort != 0) {
                ports.add(nodePort);
            }
        }
        return ports;
    }

    /** The node ports it holds: those of its ports and of its health check, where its type has them. */
    public Set<Integer> reservedPorts() {
        Set<Integer> ports = hasNodePorts() ? nodePorts() : new LinkedHashSet<>();
        int healthCheck = (int) spec().whole("healthCheckNodePort", 0);
        if (needsHealthCheck() && healthCheck != 0) {
            ports.add(healthCheck);
        }
        return ports;
    }
}
