// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.NodeReport.Attempt;
import dev.fairlead.core.explain.NodeReport.Outcome;
import dev.fairlead.core.explain.NodeReport.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the endpoints really do: what they listen on, and what became of connections to them. */
final class Connections {
    /** This many in a row to one endpoint, out of several, are no chance. */
    private static final int HELD = 4;

    private final Examination examination;
    private final Evidence evidence;
    private final Service service;
    private final List<ServicePort> ports;

    /** An endpoint at one port. */
    private record Place(
            ServicePort port,
            IpAddress address,
            int number,
            @Nullable ObjectName pod) {}

    Connections(Examination examination, Service service, List<ServicePort> ports) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
        this.ports = ports;
    }

    void look() {
        List<Place> places = places();
        Map<Kind, Map<Place, String>> wrong = new EnumMap<>(Kind.class);
        for (Place place : places) {
            listening(place, wrong);
        }
        for (Place place : places) {
            boolean told = wrong.values().stream().anyMatch(group -> group.containsKey(place));
            if (!told) {
                attempts(place, wrong);
            }
        }
        for (Map.Entry<Kind, Map<Place, String>> group : wrong.entrySet()) {
            tell(group.getKey(), group.getValue(), places);
        }
        affinity(places);
        examination.step(Stage.CONNECTIONS, found(), "endpoints that accept connections");
    }

    /** Endpoints that should take traffic; each port on its own. */
    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (ServicePort port : ports) {
            if (port.protocol() == Protocol.SCTP) {
                continue; // who listens there is not seen
            }
            for (EndpointSlice slice : evidence.slices().own()) {
                for (EndpointPort one : slice.ports()) {
                    if (one.name().equals(port.name()) && one.protocol() == port.protocol() && one.port() != 0) {
                        slice.endpoints().stream()
                                .filter(Endpoint::ready)
                                .forEach(endpoint ->
                                        place(port, one.port(), endpoint).ifPresent(places::add));
                    }
                }
            }
        }
        return places;
    }

    private static Optional<Place> place(ServicePort port, int number, Endpoint endpoint) {
        Endpoint.TargetRef target = endpoint.target();
        ObjectName pod = target != null && target.kind().equals("Pod")
                ? new ObjectName(target.namespace(), target.name())
                : null;
        return endpoint.addresses().isEmpty()
                ? Optional.empty()
                : IpAddress.parse(endpoint.addresses().getFirst())
                        .map(address -> new Place(port, address, number, pod));
    }

    private void listening(Place place, Map<Kind, Map<Place, String>> wrong) {
        Optional<List<Socket>> sockets = sockets(place.pod());
        boolean runs = evidence.pods().stream().anyMatch(pod -> pod.pod().name().equals(place.pod()) && pod.runs());
        if (sockets.isEmpty() || !runs) {
            return;
        }
        List<Socket> all = sockets.get();
        Protocol protocol = place.port().protocol();
        List<Socket> atPort = all.stream()
                .filter(socket -> socket.port() == place.number() && socket.protocol() == protocol)
                .toList();
        if (atPort.stream().anyMatch(socket -> reachable(socket, place.address()))) {
            return;
        }
        Kind kind;
        String words;
        if (!atPort.isEmpty()) {
            kind = Kind.WRONG_LISTEN_ADDRESS;
            words = Words.at(atPort.getFirst().address(), place.number());
        } else if (all.stream()
                .anyMatch(socket -> socket.port() == place.number() && reachable(socket, place.address()))) {
            kind = Kind.WRONG_PROTOCOL;
            words = protocol == Protocol.UDP ? "TCP" : "UDP";
        } else {
            List<String> others = all.stream()
                    .filter(socket -> socket.protocol() == protocol && reachable(socket, place.address()))
                    .map(socket -> Integer.toString(socket.port()))
                    .distinct()
                    .toList();
            kind = others.isEmpty() ? Kind.NOT_LISTENING : Kind.WRONG_TARGET_PORT;
            words = others.isEmpty()
                    ? all.stream()
                            .map(socket -> Words.at(socket.address(), socket.port()) + "/" + socket.protocol())
                            .distinct()
                            .collect(Collectors.joining(", "))
                    : String.join(", ", others);
        }
        wrong.computeIfAbsent(kind, any -> new LinkedHashMap<>()).put(place, words);
    }

    private static boolean reachable(Socket socket, IpAddress address) {
        return socket.address().isUnspecified() || socket.address().equals(address);
    }

    private Optional<List<Socket>> sockets(@Nullable ObjectName pod) {
        for (NodeSeen node : evidence.nodes()) {
            NodeReport report = node.report();
            if (report != null && pod != null) {
                for (NodeReport.Listening listening : report.listening()) {
                    if (listening.pod().equals(pod)) {
                        return Optional.of(listening.sockets());
                    }
                }
            }
        }
        return Optional.empty();
    }

    private void attempts(Place place, Map<Kind, Map<Place, String>> wrong) {
        List<Attempt> tried = evidence.nodes().stream()
                .map(node -> node.about(service.name(), evidence.now()))
                .filter(Objects::nonNull)
                .flatMap(report -> report.attempts().stream())
                .filter(attempt -> attempt.address().equals(place.address()) && attempt.port() == place.number())
                .sorted((one, other) -> other.at().compareTo(one.at()))
                .limit(HELD)
                .toList();
        if (tried.isEmpty() || tried.stream().anyMatch(attempt -> attempt.outcome() == Outcome.CONNECTED)) {
            return;
        }
        boolean silent = tried.getFirst().outcome() == Outcome.SILENT;
        Kind kind = place.pod() == null ? Kind.POINTS_NOWHERE : Kind.REFUSED;
        wrong.computeIfAbsent(kind, any -> new LinkedHashMap<>())
                .put(place, silent ? "did not answer" : "refused the connection");
    }

    private void tell(Kind kind, Map<Place, String> group, List<Place> all) {
        Place one = group.keySet().iterator().next();
        String detail = group.getOrDefault(one, "");
        long same =
                all.stream().filter(place -> place.port().equals(one.port())).count();
        boolean nobody = group.size() == same;
        String target = one.number() + "/" + one.port().protocol();
        String which = Words.share(group.size(), same, one.pod() == null ? "endpoint" : "pod") + " ("
                + Words.some(group.keySet().stream().map(Connections::name).toList()) + ")";
        switch (kind) {
            case WRONG_TARGET_PORT ->
                examination.tell(
                        nobody,
                        kind,
                        "targetPort of " + Described.portName(one.port()) + " is " + one.number()
                                + ", but nothing listens there in " + which + "; the process listens on "
                                + detail,
                        "a process that listens on port " + target,
                        detail.contains(",")
                                ? "set targetPort to the right one of " + detail
                                : "set targetPort to " + detail);
            case WRONG_LISTEN_ADDRESS ->
                examination.tell(
                        nobody,
                        kind,
                        "the process in " + which + " listens at " + detail
                                + " only, where nobody but itself can reach it",
                        "a process that listens at the pod's address " + one.address() + " (or at every address)",
                        "make the program bind to $POD_IP or 0.0.0.0 instead");
            case WRONG_PROTOCOL ->
                examination.tell(
                        nobody,
                        kind,
                        "port " + one.port().port() + " is " + one.port().protocol() + ", but the process in " + which
                                + " listens on " + one.number() + "/" + detail,
                        "the same protocol on both sides",
                        "set the protocol of the Service port to " + detail);
            case NOT_LISTENING ->
                examination.tell(
                        nobody,
                        kind,
                        "nothing listens on port " + target + " in " + which
                                + (detail.isEmpty() ? "; the process listens on no port at all" : "; only " + detail),
                        "a process that listens on port " + target,
                        "make the program listen on that port; a readiness probe would have kept the pod out until it"
                                + " does");
            case POINTS_NOWHERE ->
                examination.tell(
                        nobody,
                        kind,
                        which + ", written by hand, " + detail,
                        "addresses at which somebody answers",
                        "correct the addresses in the Endpoints or EndpointSlice object");
            default ->
                examination.tell(
                        nobody,
                        kind,
                        "the latest connections to " + which + " failed: " + Words.at(one.address(), one.number()) + " "
                                + detail,
                        "endpoints that accept connections",
                        "see what the process does: kubectl " + Examination.kubectl(service.name()) + "logs "
                                + name(one));
        }
    }

    private static String name(Place place) {
        ObjectName pod = place.pod();
        return pod == null ? Words.at(place.address(), place.number()) : pod.name();
    }

    /** A client that asks why it always meets the same pod. */
    private void affinity(List<Place> places) {
        PodSeen client = evidence.client();
        if (client == null || service.affinitySeconds() == 0 || places.size() < 2) {
            return;
        }
        List<Attempt> own = new ArrayList<>();
        for (NodeSeen node : evidence.nodes()) {
            NodeReport report = node.report();
            if (report != null) {
                report.attempts().stream()
                        .filter(attempt -> attempt.outcome() == Outcome.CONNECTED)
                        .filter(attempt -> client.pod().podIps().contains(attempt.client())
                                || attempt.client().isLoopback())
                        .forEach(own::add);
            }
        }
        List<IpAddress> met = own.stream().map(Attempt::address).distinct().toList();
        if (own.size() >= HELD && met.size() == 1) {
            String pod = places.stream()
                    .filter(place -> place.address().equals(met.getFirst()))
                    .map(Connections::name)
                    .findFirst()
                    .orElse(met.getFirst().toString());
            examination.impairs(
                    Kind.AFFINITY_HOLDS,
                    "sessionAffinity is ClientIP: the last " + own.size() + " connections of pod "
                            + client.pod().name() + " all went to " + pod + ", out of "
                            + Words.count(places.size(), "endpoint"),
                    "connections spread over all endpoints",
                    "set sessionAffinity to None, or a shorter timeout than "
                            + Words.duration(java.time.Duration.ofSeconds(service.affinitySeconds())));
        }
    }

    private String found() {
        long opened = 0;
        long failed = 0;
        boolean asked = false;
        boolean noted = false;
        for (NodeSeen node : evidence.nodes()) {
            NodeReport report = node.report();
            noted |= node.about(service.name(), evidence.now()) != null;
            if (report != null) {
                asked = true;
                opened += report.backends().stream()
                        .mapToLong(NodeReport.Counted::opened)
                        .sum();
                failed += report.backends().stream()
                        .mapToLong(NodeReport.Counted::failed)
                        .sum();
            }
        }
        if (!asked) {
            return noted ? "no node says that they fail" : "no node was asked";
        }
        return opened + failed == 0
                ? "none so far"
                : Words.count(opened, "connection") + " made, " + failed + " failed";
    }
}
