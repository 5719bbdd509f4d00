// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The endpoints that a Service ought to have in one family, grouped by their ports, each group in the pods' order. */
final class Desired {
    private static final Set<String> CLOSE = Set.of("PreferClose", "PreferSameZone", "PreferSameNode");
    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";

    private final Service service;
    private final Function<String, @Nullable Node> nodes;
    private final Map<List<EndpointPort>, Map<Identity, Endpoint>> groups = new LinkedHashMap<>();
    private final List<Excluded> excluded = new ArrayList<>();
    private boolean incomplete;

    /** What makes an endpoint the same one over time; the pod's uid is not part of it. */
    record Identity(List<String> addresses, @Nullable String hostname, String target) {
        static Identity of(Endpoint endpoint) {
            Endpoint.TargetRef ref = endpoint.target();
            return new Identity(
                    endpoint.addresses().stream().sorted().toList(),
                    endpoint.hostname(),
                    ref == null ? "" : ref.namespace() + "/" + ref.name());
        }
    }

    private Desired(Service service, Function<String, @Nullable Node> nodes) {
        this.service = service;
        this.nodes = nodes;
    }

    static Desired of(Service service, IpFamily family, Collection<Pod> pods, Function<String, @Nullable Node> nodes) {
        Desired desired = new Desired(service, nodes);
        pods.stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .forEach(pod -> desired.add(pod, family));
        return desired;
    }

    Map<List<EndpointPort>, Map<Identity, Endpoint>> groups() {
        return groups;
    }

    List<Excluded> excluded() {
        return excluded;
    }

    /** Whether a pod was left out only because its node is not known yet. */
    boolean incomplete() {
        return incomplete;
    }

    private void add(Pod pod, IpFamily family) {
        if (pod.terminal()) {
            exclude(pod, Excluded.Reason.TERMINAL, "it has ended: " + pod.phase());
            return;
        }
        Optional<IpAddress> address =
                pod.podIps().stream().filter(ip -> ip.family() == family).findFirst();
        if (address.isEmpty()) {
            exclude(pod, Excluded.Reason.NO_ADDRESS, addressless(pod, family));
            return;
        }
        Node node = nodes.apply(pod.nodeName());
        if (node == null && !service.publishNotReadyAddresses()) {
            incomplete = true;
            exclude(
                    pod,
                    Excluded.Reason.NODE_UNKNOWN,
                    pod.nodeName().isEmpty() ? "it is bound to no node" : "there is no node " + pod.nodeName());
            return;
        }
        ResolvedPorts ports = ResolvedPorts.of(service, pod);
        ports.unresolved()
                .forEach(name -> exclude(
                        pod, Excluded.Reason.PORT_UNRESOLVED, "none of its containers has a port with name " + name));
        Endpoint endpoint = endpoint(pod, address.get(), node);
        if (!endpoint.ready()) {
            exclude(
                    pod,
                    endpoint.terminating() ? Excluded.Reason.TERMINATING : Excluded.Reason.NOT_READY,
                    endpoint.terminating() ? "it is being deleted" : "its Ready condition is not True");
        }
        groups.computeIfAbsent(ports.ports(), any -> new LinkedHashMap<>()).put(Identity.of(endpoint), endpoint);
    }

    private static String addressless(Pod pod, IpFamily family) {
        if (!pod.podIps().isEmpty()) {
            return "it has no " + family.text() + " address, only "
                    + pod.podIps().getFirst();
        }
        return "it has no " + family.text() + " address"
                + (pod.nodeName().isEmpty() ? ": it is bound to no node yet" : " yet");
    }

    private Endpoint endpoint(Pod pod, IpAddress address, @Nullable Node node) {
        boolean terminating = pod.meta().deleting();
        boolean named = !pod.hostname().isEmpty()
                && pod.subdomain().equals(service.name().name());
        String zone = node == null || node.zone().isEmpty() ? null : node.zone();
        boolean ready = service.publishNotReadyAddresses() || (pod.ready() && !terminating);
        String nodeName = pod.nodeName().isEmpty() ? null : pod.nodeName();
        List<String> forZones = ready && zone != null && CLOSE.contains(distribution()) ? List.of(zone) : List.of();
        return new Endpoint(
                List.of(address.toString()),
                ready,
                pod.ready(),
                terminating,
                named ? pod.hostname() : null,
                nodeName,
                zone,
                new Endpoint.TargetRef(
                        "Pod",
                        pod.name().namespace(),
                        pod.name().name(),
                        pod.meta().uid()),
                forZones,
                ready && nodeName != null && distribution().equals("PreferSameNode") ? List.of(nodeName) : List.of());
    }

    /** The Service's traffic distribution; none where it asks for topology mode Auto, which takes precedence. */
    private String distribution() {
        Map<String, String> annotations = service.meta().annotations();
        String mode = annotations.getOrDefault(HINTS, annotations.getOrDefault(MODE, ""));
        String distribution = service.trafficDistribution();
        return distribution == null || mode.equals("Auto") || mode.equals("auto") ? "" : distribution;
    }

    private void exclude(Pod pod, Excluded.Reason reason, String detail) {
        excluded.add(new Excluded(pod.name(), reason, detail));
    }
}
