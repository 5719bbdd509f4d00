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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The endpoints that a Service ought to have in one family, grouped by their ports, each group in the pods' order. */
final class Desired {
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
            exclude(pod, Excluded.Reason.NO_ADDRESS, "it has no " + family.text() + " address yet");
            return;
        }
        Node node = nodes.apply(pod.nodeName());
        if (node == null && !service.publishNotReadyAddresses()) {
            incomplete = true;
            exclude(pod, Excluded.Reason.NODE_UNKNOWN, "there is no node " + pod.nodeName());
            return;
        }
        ResolvedPorts ports = ResolvedPorts.of(service, pod);
        ports.unresolved()
                .forEach(name -> exclude(
                        pod, Excluded.Reason.PORT_UNRESOLVED, "none of its containers has a port named " + name));
        Endpoint endpoint = endpoint(pod, address.get(), node);
        if (!endpoint.ready()) {
            exclude(
                    pod,
                    endpoint.terminating() ? Excluded.Reason.TERMINATING : Excluded.Reason.NOT_READY,
                    endpoint.terminating() ? "it is being deleted" : "its Ready condition is not True");
        }
        groups.computeIfAbsent(ports.ports(), any -> new LinkedHashMap<>()).put(Identity.of(endpoint), endpoint);
    }

    private Endpoint endpoint(Pod pod, IpAddress address, @Nullable Node node) {
        boolean terminating = pod.meta().deleting();
        boolean named = !pod.hostname().isEmpty()
                && pod.subdomain().equals(service.name().name());
        String zone = node == null || node.zone().isEmpty() ? null : node.zone();
        boolean ready = service.publishNotReadyAddresses() || (pod.ready() && !terminating);
        String closeness = service.trafficDistribution();
        return new Endpoint(
                List.of(address.toString()),
                ready,
                pod.ready(),
                terminating,
                named ? pod.hostname() : null,
                pod.nodeName().isEmpty() ? null : pod.nodeName(),
                zone,
                new Endpoint.TargetRef(
                        "Pod",
                        pod.name().namespace(),
                        pod.name().name(),
                        pod.meta().uid()),
                ready && zone != null && closeness != null ? List.of(zone) : List.of(),
                ready && "PreferSameNode".equals(closeness) ? List.of(pod.nodeName()) : List.of());
    }

    private void exclude(Pod pod, Excluded.Reason reason, String detail) {
        excluded.add(new Excluded(pod.name(), reason, detail));
    }
}
