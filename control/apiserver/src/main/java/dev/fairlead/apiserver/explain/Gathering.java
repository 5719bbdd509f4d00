// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Evidence;
import dev.fairlead.core.explain.Evidence.Around;
import dev.fairlead.core.explain.Evidence.ServiceSeen;
import dev.fairlead.core.explain.Evidence.SlicesSeen;
import dev.fairlead.core.explain.NodeNotes;
import dev.fairlead.core.explain.NodeReport;
import dev.fairlead.core.explain.NodeSeen;
import dev.fairlead.core.explain.PodSeen;
import dev.fairlead.core.explain.Question;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Gathers evidence about one question from the store and from the nodes. */
final class Gathering {
    /** Pods whose events are read: those that are not ready, and no more than tell the story. */
    private static final int HEARD = 10;

    private static final String LEASES = "kube-node-lease";

    private final Scan scan;
    private final NodeDoor door;
    private final Time time;
    private final Resource services;
    private final Resource pods;
    private final Resource slices;
    private final Resource endpoints;
    private final Resource events;
    private final Resource nodes;
    private final Resource leases;
    private final Resource ranges;
    private final Neighbours neighbours;
    private final Finding finding;

    Gathering(Store store, Kinds kinds, NodeDoor door, Time time) {
        this.scan = new Scan(store);
        this.door = door;
        this.time = time;
        services = kinds.require("v1", "Service");
        pods = kinds.require("v1", "Pod");
        slices = kinds.require("discovery.k8s.io/v1", "EndpointSlice");
        endpoints = kinds.require("v1", "Endpoints");
        events = kinds.require("v1", "Event");
        nodes = kinds.require("v1", "Node");
        leases = kinds.require("coordination.k8s.io/v1", "Lease");
        ranges = kinds.require("networking.k8s.io/v1", "ServiceCIDR");
        neighbours = new Neighbours(scan, kinds);
        finding = new Finding(scan, kinds);
    }

    Evidence of(Question question, Predicate<String> readable) throws InterruptedException {
        Tree found = finding.service(question.target());
        ServiceSeen service = found.fields().isEmpty() ? null : ServiceSeen.from(found);
        ObjectName from = question.from();
        Tree client = from == null ? Tree.EMPTY : scan.get(pods.key(from.namespace(), from.name()));
        List<PodSeen> selected = service == null ? List.of() : selected(service.service());
        SlicesSeen written = service == null ? SlicesSeen.NONE : written(service.service());
        boolean named = service == null && question.target() instanceof Question.Target.Named;
        return new Evidence(
                time.now(),
                question,
                service,
                named
                        ? finding.namesakes(question.target()).stream()
                                .filter(other -> readable.test(other.namespace()))
                                .toList()
                        : List.of(),
                named ? finding.siblings(question.target()) : List.of(),
                selected,
                service == null || !selected.isEmpty() ? Around.NOTHING : neighbours.of(service.service()),
                written,
                service == null ? List.of() : rivals(service.service()),
                scan.all(ranges.prefix(null)).stream().map(Evidence.Range::from).toList(),
                nodes(service == null ? null : service.service(), selected),
                client.fields().isEmpty() ? null : PodSeen.from(client, List.of()),
                service == null ? finding.podAt(question.target()) : null);
    }

    private List<PodSeen> selected(Service service) {
        Map<String, String> selector = service.selector();
        if (selector == null) {
            return List.of();
        }
        List<PodSeen> selected = new ArrayList<>();
        int heard = 0;
        for (Tree pod : scan.labelled(pods.prefix(service.name().namespace()), selector)) {
            PodSeen seen = PodSeen.from(pod, List.of());
            boolean unwell = !seen.pod().ready() && heard < HEARD;
            heard += unwell ? 1 : 0;
            selected.add(unwell ? PodSeen.from(pod, about(seen.pod().name())) : seen);
        }
        return selected;
    }

    private List<Tree> about(ObjectName pod) {
        return scan.all(events.prefix(pod.namespace()) + pod.name() + ".");
    }

    private SlicesSeen written(Service service) {
        String namespace = service.name().namespace();
        String prefix = slices.prefix(namespace);
        List<EndpointSlice> own =
                scan
                        .labelled(
                                prefix,
                                Map.of(
                                        EndpointSlice.SERVICE_NAME,
                                        service.name().name()))
                        .stream()
                        .map(EndpointSlice::from)
                        .toList();
        if (service.selector() != null || !own.isEmpty()) {
            return new SlicesSeen(own, List.of(), -1);
        }
        Tree handMade = scan.get(endpoints.key(namespace, service.name().name()));
        int addresses = handMade.trees("subsets").stream()
                .mapToInt(subset -> subset.trees("addresses").size())
                .sum();
        return new SlicesSeen(
                own,
                scan.unlabelled(prefix, EndpointSlice.SERVICE_NAME).stream()
                        .map(EndpointSlice::from)
                        .toList(),
                handMade.fields().isEmpty() ? -1 : addresses);
    }

    /** Services that claim a node port or an address of this one. */
    private List<Service> rivals(Service service) {
        TreeSet<String> claims = new TreeSet<>();
        service.ports().stream()
                .mapToInt(ServicePort::nodePort)
                .filter(port -> port != 0)
                .forEach(port -> claims.add("\"nodePort\":" + port));
        service.clusterIps().forEach(address -> claims.add("\"" + address + "\""));
        service.externalIps().forEach(address -> claims.add("\"" + address + "\""));
        service.ingress().forEach(ingress -> ingress.ip().ifPresent(address -> claims.add("\"" + address + "\"")));
        if (claims.isEmpty()) {
            return List.of();
        }
        List<Service> rivals = new ArrayList<>();
        for (String claim : claims) {
            for (Tree tree : scan.holding(services.prefix(null), claim)) {
                Service other = Service.from(tree);
                if (!other.name().equals(service.name()) && !rivals.contains(other)) {
                    rivals.add(other);
                }
            }
        }
        return rivals;
    }

    private List<NodeSeen> nodes(@Nullable Service service, List<PodSeen> selected) throws InterruptedException {
        List<NodeSeen> seen = new ArrayList<>();
        for (Tree node : scan.all(nodes.prefix(null))) {
            String name = node.tree("metadata").text("name", "");
            List<ObjectName> own = selected.stream()
                    .filter(pod -> pod.pod().nodeName().equals(name))
                    .map(pod -> pod.pod().name())
                    .toList();
            Tree lease = scan.get(leases.key(LEASES, name));
            seen.add(NodeSeen.from(node, lease, notes(lease), report(name, service, own)));
        }
        return seen;
    }

    private static Tree notes(Tree lease) {
        String text = lease.tree("metadata").textMap("annotations").get(NodeNotes.ANNOTATION);
        try {
            return text == null ? Tree.EMPTY : new Tree(Json.object(text.getBytes(StandardCharsets.UTF_8)));
        } catch (SyntaxException somebodyElseWrote) {
            return Tree.EMPTY;
        }
    }

    /** What a node says; a node that cannot be asked says nothing, and that is evidence too. */
    private @Nullable NodeReport report(String node, @Nullable Service service, List<ObjectName> own)
            throws InterruptedException {
        if (service == null) {
            return null;
        }
        try {
            return door.report(node, service.name(), own).orElse(null);
        } catch (IOException unreachable) {
            return null;
        }
    }

    /** The address of a Service, wherever it comes from. */
    static boolean has(Service service, IpAddress address) {
        return service.clusterIps().contains(address)
                || service.externalIps().contains(address)
                || service.ingress().stream()
                        .anyMatch(
                                ingress -> ingress.ip().filter(address::equals).isPresent());
    }
}
