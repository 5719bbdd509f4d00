// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The legacy Endpoints object of a Service: one family, terminating pods left out, at most {@value #MAXIMUM} addresses.
 *
 * @param subsets what {@code subsets} ought to be
 * @param labels the labels it ought to have
 * @param truncated whether addresses were left out because there are too many
 */
public record EndpointsPlan(List<Map<String, Object>> subsets, Map<String, String> labels, boolean truncated) {
    /** How many addresses there are at most. */
    public static final int MAXIMUM = 1000;

    /** The annotation that says that addresses were left out. */
    public static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

    private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";

    /** The object for {@code service}; null where it has none of ours: without selector, and for ExternalName. */
    public static @Nullable EndpointsPlan of(Service service, Collection<Pod> pods) {
        if (service.type() == ServiceType.EXTERNAL_NAME || service.selector() == null) {
            return null;
        }
        IpFamily family = SlicePlan.families(service).getFirst();
        Desired desired = Desired.of(service, family, pods, name -> UNKNOWN);
        Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
        desired.groups().forEach((ports, endpoints) -> {
            List<Endpoint> present = endpoints.values().stream()
                    .filter(endpoint -> !endpoint.terminating() || service.publishNotReadyAddresses())
                    .sorted(Comparator.comparing(
                            endpoint -> IpAddress.of(endpoint.addresses().getFirst())))
                    .toList();
            if (!present.isEmpty() && (!ports.isEmpty() || service.ports().isEmpty())) {
                groups.put(ports, present);
            }
        });
        int total = groups.values().stream().mapToInt(List::size).sum();
        Room room = new Room(groups.values());
        List<Map<String, Object>> subsets = new ArrayList<>();
        groups.entrySet().stream()
                .sorted(Comparator.comparing(group -> group.getKey().toString()))
                .forEach(group -> {
                    List<Endpoint> fitting = room.fitting(group.getValue());
                    if (!fitting.isEmpty()) {
                        subsets.add(subset(group.getKey(), fitting));
                    }
                });
        return new EndpointsPlan(List.copyOf(subsets), labels(service), total > MAXIMUM);
    }

    /** Endpoints do not say where their pods run in a zone, so any node will do. */
    private static final Node UNKNOWN = Node.from(Tree.EMPTY);

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new LinkedHashMap<>(service.meta().labels());
        labels.remove(SliceShape.HEADLESS);
        if (service.headless() || service.clusterIps().isEmpty()) {
            labels.put(SliceShape.HEADLESS, "");
        }
        labels.put(MANAGED_BY, "endpoint-controller");
        return labels;
    }

    /**
     * Shares out the {@value #MAXIMUM} places: first to ready endpoints, what is left to the others. Those that are too
     * many get a share of each group's size, rounded up as long as there is room.
     */
    private static final class Room {
        private final int ready;
        private final int unready;
        private int left = MAXIMUM;

        Room(Collection<List<Endpoint>> groups) {
            ready = (int) groups.stream()
                    .flatMap(List::stream)
                    .filter(Endpoint::ready)
                    .count();
            unready = groups.stream().mapToInt(List::size).sum() - ready;
            if (ready <= MAXIMUM) {
                left -= ready;
            }
        }

        /** The endpoints of the next group that fit, in their order. */
        List<Endpoint> fitting(List<Endpoint> group) {
            boolean crowd = ready > MAXIMUM;
            int many = crowd ? ready : unready;
            int places = crowd ? MAXIMUM : MAXIMUM - ready;
            long mine = group.stream().filter(each -> each.ready() == crowd).count();
            int share = many <= places ? (int) mine : (int) Math.min((mine * places + many - 1) / many, left);
            left -= share;
            List<Endpoint> fitting = new ArrayList<>();
            for (Endpoint endpoint : group) {
                if (endpoint.ready() != crowd ? !crowd : share-- > 0) {
                    fitting.add(endpoint);
                }
            }
            return fitting;
        }
    }

    private static Map<String, Object> subset(List<EndpointPort> ports, List<Endpoint> endpoints) {
        Map<String, Object> subset = new LinkedHashMap<>();
        put(subset, "addresses", endpoints, Endpoint::ready);
        put(subset, "notReadyAddresses", endpoints, endpoint -> !endpoint.ready());
        List<Object> written = new ArrayList<>();
        for (EndpointPort port : ports) {
            Map<String, Object> tree = new LinkedHashMap<>();
            if (!port.name().isEmpty()) {
                tree.put("name", port.name());
            }
            tree.put("port", (long) port.port());
            tree.put("protocol", port.protocol().name());
            if (port.appProtocol() != null) {
                tree.put("appProtocol", port.appProtocol());
            }
            written.add(tree);
        }
        if (!written.isEmpty()) {
            subset.put("ports", written);
        }
        return subset;
    }

    private static void put(
            Map<String, Object> subset, String field, List<Endpoint> endpoints, Predicate<Endpoint> which) {
        List<Object> addresses = new ArrayList<>();
        endpoints.stream().filter(which).forEach(endpoint -> addresses.add(address(endpoint)));
        if (!addresses.isEmpty()) {
            subset.put(field, addresses);
        }
    }

    private static Map<String, Object> address(Endpoint endpoint) {
        Map<String, Object> address = new LinkedHashMap<>();
        address.put("ip", endpoint.addresses().getFirst());
        if (endpoint.hostname() != null) {
            address.put("hostname", endpoint.hostname());
        }
        if (endpoint.nodeName() != null) {
            address.put("nodeName", endpoint.nodeName());
        }
        Endpoint.TargetRef target = endpoint.target();
        if (target != null) {
            Map<String, Object> ref = new LinkedHashMap<>();
            ref.put("kind", target.kind());
            ref.put("namespace", target.namespace());
            ref.put("name", target.name());
            ref.put("uid", target.uid());
            address.put("targetRef", ref);
        }
        return address;
    }
}
