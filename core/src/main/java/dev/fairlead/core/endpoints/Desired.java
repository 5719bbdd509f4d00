// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The endpoints that a Service ought to have in one family, grouped by their ports, each group in the pods' order. */
final class Desired {
    private final Service service;
    private final Function<String, @Nullable Node> nodes;
    private final Map<List<EndpointPort>, Map<Identity, Endpoint>> groups = new LinkedHashMap<>();
    private final List<Excluded> excluded = new ArrayList<>();

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

    /**
     * Gives ready endpoints the hints that the Service asks for.
     *
     * @param existing the slices as they are, whose hints are kept where that is as good
     * @return for topology mode Auto why it gives none, or an empty text where it does; else null
     */
    @Nullable
    String hint(HintRule rule, Zones zones, Collection<EndpointSlice> existing) {
        return switch (rule) {
            case NONE -> null;
            case SAME_ZONE, SAME_NODE -> {
                replaceReady(endpoint -> endpoint.hinted(
                        named(endpoint.zone()), rule == HintRule.SAME_NODE ? named(endpoint.nodeName()) : List.of()));
                yield null;
            }
            case AUTO -> {
                Allotment allotment = Allotment.of(ready(), zones, zonesBefore(existing));
                replaceReady(
                        endpoint -> endpoint.hinted(named(allotment.zones().get(Identity.of(endpoint))), List.of()));
                yield allotment.why();
            }
        };
    }

    private void replaceReady(UnaryOperator<Endpoint> change) {
        groups.values()
                .forEach(group ->
                        group.replaceAll((any, endpoint) -> endpoint.ready() ? change.apply(endpoint) : endpoint));
    }

    private static List<String> named(@Nullable String name) {
        return name == null ? List.of() : List.of(name);
    }

    private List<Endpoint> ready() {
        return groups.values().stream()
                .flatMap(group -> group.values().stream())
                .filter(Endpoint::ready)
                .toList();
    }

    private static Map<Identity, String> zonesBefore(Collection<EndpointSlice> existing) {
        Map<Identity, String> zones = new HashMap<>();
        for (EndpointSlice slice : existing) {
            for (Endpoint endpoint : slice.endpoints()) {
                if (endpoint.forZones().size() == 1) {
                    zones.put(Identity.of(endpoint), endpoint.forZones().getFirst());
                }
            }
        }
        return zones;
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
                List.of(),
                List.of());
    }

    private void exclude(Pod pod, Excluded.Reason reason, String detail) {
        excluded.add(new Excluded(pod.name(), reason, detail));
    }
}
