// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Question.Target;
import dev.fairlead.core.routes.Because;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.core.routes.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where packets for the Service go on each node, decided by the very code that every data plane follows. */
final class RouteCheck {
    private final Examination examination;
    private final Evidence evidence;
    private final Service service;
    private final List<ServicePort> ports;
    private final Map<NodeSeen, RouteTable> tables = new LinkedHashMap<>();
    private boolean looked;

    RouteCheck(Examination examination, Service service, List<ServicePort> ports) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
        this.ports = ports;
    }

    void look() {
        if (service.headless() || service.clusterIps().isEmpty()) {
            examination.skip(Stage.ROUTES, "no address, so nothing to route: names lead to the pods");
            return;
        }
        List<Service> services = new ArrayList<>(evidence.rivals());
        services.add(service);
        for (NodeSeen node : evidence.nodes()) {
            if (node.live(evidence.now())) {
                tables.put(node, RouteTable.of(services, evidence.slices().own(), node.node(), Settings.DEFAULT));
            }
        }
        if (examination.broken()) {
            examination.skip(Stage.ROUTES, "not looked at, because of what was found before");
            return;
        }
        local();
        client();
        looked = true;
    }

    /** Tells the step, once all others have said what they know. */
    void finish() {
        if (looked) {
            if (!examination.wrong()) {
                empty();
            }
            examination.step(Stage.ROUTES, found(), "endpoints behind every frontend, for every client");
        }
    }

    private String found() {
        List<String> parts = new ArrayList<>();
        if (tables.isEmpty()) {
            return "no node is there to route";
        }
        RouteTable table = tables.values().iterator().next();
        for (ServicePort port : ports) {
            IpAddress address = service.clusterIps().getFirst();
            Entrance entrance = table.entrance(Frontend.at(address, port.protocol(), port.port()));
            if (entrance != null) {
                Route route = entrance.route();
                parts.add(Words.at(address, port.port()) + " leads to "
                        + Words.count(entrance.backends().size(), "endpoint")
                        + (entrance.policy() == TrafficPolicy.LOCAL ? " on node " + table.node() : "")
                        + (route.affinitySeconds() > 0
                                ? ", a client stays with its endpoint for "
                                        + Words.duration(java.time.Duration.ofSeconds(route.affinitySeconds()))
                                : ""));
            }
        }
        return parts.isEmpty() ? "nothing" : String.join("; ", parts);
    }

    /** If nobody else has said why: some port leads nowhere. */
    private void empty() {
        for (RouteTable table : tables.values()) {
            for (ServicePort port : ports) {
                for (IpAddress address : service.clusterIps()) {
                    Entrance entrance = table.entrance(Frontend.at(address, port.protocol(), port.port()));
                    if (entrance != null
                            && entrance.treatment(Origin.NODE, Settings.DEFAULT)
                                    .backends()
                                    .isEmpty()
                            && !examination.told(Kind.NO_ENDPOINTS)) {
                        examination.breaks(
                                Kind.NO_ENDPOINTS,
                                Words.at(address, port.port()) + " leads to no endpoint on node " + table.node(),
                                "at least one ready endpoint with an "
                                        + address.family().text() + " address",
                                evidence.slices().own().isEmpty()
                                        ? "ask again in a moment: the slices are not written yet"
                                        : "look at the slices: kubectl "
                                                + Examination.kubectl(service.name())
                                                + "get endpointslices -o yaml");
                    }
                }
            }
        }
    }

    private void local() {
        List<String> inside = without(true);
        if (service.internalTrafficPolicy() == TrafficPolicy.LOCAL && !inside.isEmpty()) {
            PodSeen client = evidence.client();
            boolean concerned = client == null
                    ? inside.size() == tables.size()
                    : inside.contains(client.pod().nodeName());
            examination.tell(
                    concerned,
                    Kind.NO_LOCAL_ENDPOINT,
                    "internalTrafficPolicy is Local, and no ready pod of the Service runs on "
                            + (inside.size() == 1 ? "node " : "nodes ") + Words.some(inside)
                            + ": clients there get no answer",
                    "a ready pod on every node where clients are",
                    "run a pod on each of these nodes (a DaemonSet), or set internalTrafficPolicy to Cluster");
        }
        List<String> outside = without(false);
        boolean reached = service.type() == ServiceType.NODE_PORT
                || service.type() == ServiceType.LOAD_BALANCER && outside.size() == tables.size();
        if (service.externalTrafficPolicy() == TrafficPolicy.LOCAL && reached && !outside.isEmpty()) {
            examination.tell(
                    outside.size() == tables.size() && examination.byNodePort(),
                    Kind.NO_LOCAL_ENDPOINT,
                    "externalTrafficPolicy is Local, and no ready pod of the Service runs on "
                            + (outside.size() == 1 ? "node " : "nodes ") + Words.some(outside)
                            + ": who comes in there from outside gets no answer",
                    "clients that use only nodes with a ready pod",
                    "send clients to other nodes (healthCheckNodePort tells which), run a pod on each node, or set"
                            + " externalTrafficPolicy to Cluster");
        }
    }

    /** The nodes on which the Local policy finds nobody although others could serve. */
    private List<String> without(boolean internal) {
        return tables.values().stream()
                .filter(table -> routes(table)
                        .anyMatch(route -> !route.cluster().isEmpty()
                                && route.under(internal ? route.internalPolicy() : route.externalPolicy())
                                        .isEmpty()))
                .map(RouteTable::node)
                .toList();
    }

    private Stream<Route> routes(RouteTable table) {
        return ports.stream()
                .flatMap(port -> service.clusterIps().stream()
                        .map(address -> table.entrance(Frontend.at(address, port.protocol(), port.port()))))
                .filter(java.util.Objects::nonNull)
                .map(Entrance::route);
    }

    private void client() {
        PodSeen client = evidence.client();
        if (client == null) {
            return;
        }
        RouteTable table = tables.entrySet().stream()
                .filter(entry ->
                        entry.getKey().node().name().equals(client.pod().nodeName()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        if (table == null) {
            return;
        }
        for (IpAddress address : targets()) {
            for (IpAddress own : client.pod().podIps()) {
                for (ServicePort port : ports) {
                    if (own.family() == address.family()) {
                        judge(
                                client,
                                table.trace(new Packet(
                                        new Packet.From.Pod(own, client.pod().nodeName()),
                                        port.protocol(),
                                        address,
                                        port.port())),
                                Words.at(address, port.port()));
                    }
                }
            }
        }
    }

    /** The addresses that the question is about. */
    private List<IpAddress> targets() {
        if (evidence.question().target() instanceof Target.At(IpAddress address, int any)) {
            return List.of(address);
        }
        return Stream.concat(
                        service.clusterIps().stream(),
                        service.ingress().stream().flatMap(ingress -> ingress.ip().stream()))
                .toList();
    }

    private void judge(PodSeen client, Verdict verdict, String where) {
        boolean refused =
                verdict.because().stream().anyMatch(because -> because.word() == Because.Word.SOURCE_NOT_ALLOWED);
        if (refused) {
            examination.tell(
                    evidence.question().target() instanceof Target.At,
                    Kind.SOURCE_NOT_ALLOWED,
                    "pod " + client.pod().name() + " ("
                            + Words.some(client.pod().podIps())
                            + ") may not come in at " + where + ": loadBalancerSourceRanges are "
                            + String.join(", ", service.loadBalancerSourceRanges()),
                    "the client's address in one of the ranges",
                    "add " + client.pod().podIps().getFirst()
                            + "/32 to spec.loadBalancerSourceRanges, or let the client use the clusterIP");
        } else if (!(verdict instanceof Verdict.Forward) && !examination.broken()) {
            examination.breaks(
                    Kind.NO_ENDPOINTS,
                    "a packet from pod " + client.pod().name() + " to " + where + " goes nowhere: "
                            + verdict.because().stream().map(Because::detail).collect(Collectors.joining("; ")),
                    "an endpoint for it",
                    "change what the reasons name");
        }
    }
}
