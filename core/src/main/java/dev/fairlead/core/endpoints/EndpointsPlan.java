// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
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

    /** The annotation by which Endpoints serve as a lock; such ones are nobody's endpoints. */
    public static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    private static final String CONTROLLER = "endpoint-controller";
    private static final String TRUNCATED = "truncated";
    /** Endpoints do not say where their pods run in a zone, so any node will do. */
    private static final Node SOME_NODE = Node.from(Tree.EMPTY);

    /** The object for {@code service}; null where it has none of ours: without selector, and for ExternalName. */
    public static @Nullable EndpointsPlan of(Service service, Collection<Pod> pods) {
        if (!SlicePlan.selects(service)) {
            return null;
        }
        Desired desired = Desired.of(service, SlicePlan.families(service).getFirst(), pods, name -> SOME_NODE);
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
        Map<String, String> labels = SliceShape.headlessLabelled(service);
        labels.put(MANAGED_BY, CONTROLLER);
        return new EndpointsPlan(List.copyOf(subsets), labels, total > MAXIMUM);
    }

    /** Whether Endpoints were written by this plan's like, not by hand. */
    public static boolean manages(ObjectMeta endpoints) {
        return CONTROLLER.equals(endpoints.labels().get(MANAGED_BY));
    }

    /**
     * Whether Endpoints with this metadata say what they ought to.
     *
     * @param fingerprint of their subsets; see {@link #fingerprint}
     */
    public boolean isSaidBy(ObjectMeta endpoints, long fingerprint) {
        return endpoints.labels().equals(labels)
                && endpoints.annotations().containsKey(OVER_CAPACITY) == truncated
                && fingerprint == Fingerprint.of(subsets);
    }

    /** 64 bits that stand for the subsets of an Endpoints object, without what a comparison is not to see. */
    public static long fingerprint(Tree endpoints) {
        return Fingerprint.of(endpoints.value("subsets"));
    }

    /**
     * The object to write.
     *
     * @param had the metadata of the one that is replaced, whose other annotations, owners and finalizers stay; or null
     * @param trigger the trigger time to note; null removes it
     */
    public Map<String, Object> tree(ObjectMeta service, @Nullable ObjectMeta had, @Nullable Instant trigger) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", service.name());
        metadata.put("namespace", service.namespace());
        Map<String, Object> annotations = new LinkedHashMap<>();
        if (had != null) {
            metadata.put("uid", had.uid());
            metadata.put("resourceVersion", Long.toString(had.resourceVersion()));
            keep(metadata, "finalizers", new ArrayList<>(had.finalizers()));
            keep(
                    metadata,
                    "ownerReferences",
                    new ArrayList<>(had.ownerReferences().stream()
                            .map(OwnerReference::tree)
                            .toList()));
            annotations.putAll(had.annotations());
            annotations.remove(OVER_CAPACITY);
            annotations.remove(TriggerTimes.ANNOTATION);
        }
        metadata.put("labels", new LinkedHashMap<String, Object>(labels));
        if (truncated) {
            annotations.put(OVER_CAPACITY, TRUNCATED);
        }
        if (trigger != null) {
            annotations.put(TriggerTimes.ANNOTATION, trigger.toString());
        }
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "v1");
        object.put("kind", "Endpoints");
        object.put("metadata", metadata);
        object.put("subsets", new ArrayList<Object>(subsets));
        return object;
    }

    private static void keep(Map<String, Object> metadata, String field, List<Object> list) {
        if (!list.isEmpty()) {
            metadata.put(field, list);
        }
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
            Map<String, Object> tree = port.tree();
            if (port.name().isEmpty()) {
                tree.remove("name");
            }
            written.add(tree);
        }
        keep(subset, "ports", written);
        return subset;
    }

    private static void put(
            Map<String, Object> subset, String field, List<Endpoint> endpoints, Predicate<Endpoint> which) {
        List<Object> addresses = new ArrayList<>();
        endpoints.stream().filter(which).forEach(endpoint -> addresses.add(address(endpoint)));
        keep(subset, field, addresses);
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
        if (endpoint.target() != null) {
            address.put("targetRef", endpoint.target().tree());
        }
        return address;
    }
}
