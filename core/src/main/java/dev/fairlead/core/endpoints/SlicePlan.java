// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What has to be written so that a Service's slices say what its pods are; nothing when they say so already. The writes
 * are to be made in the order create, update, delete, each list from its front: then no endpoint that was there and is to
 * stay is missing in between.
 *
 * @param create value trees of new slices, with {@code generateName}
 * @param update value trees that replace slices, with name and resourceVersion
 * @param delete slices that are to go
 * @param excluded the selected pods that take no new traffic, and why
 * @param zoneHints for a Service that asks for hints by topology mode: for each family why it gets none, or an empty text
 */
public record SlicePlan(
        List<Map<String, Object>> create,
        List<Map<String, Object>> update,
        List<EndpointSlice> delete,
        List<Excluded> excluded,
        Map<IpFamily, String> zoneHints) {
    /** Who writes these slices, as their label says. */
    public static final String CONTROLLER = "endpointslice-controller.k8s.io";

    /** How many endpoints a slice has at most, unless configured otherwise (1 to 1000). */
    public static final int USUAL_MAXIMUM = 100;

    /**
     * What a plan is made from, besides the Service.
     *
     * @param pods those its selector matches, in its namespace
     * @param nodes finds a node by its name; null when there is none of it
     * @param zones of the cluster, for hints by topology mode
     * @param existing all slices that carry the Service's name
     */
    public record Seen(
            Collection<Pod> pods,
            Function<String, @Nullable Node> nodes,
            Zones zones,
            Collection<EndpointSlice> existing) {}

    /** Whether a Service's endpoints follow from its selector; those of others are somebody else's work. */
    public static boolean selects(Service service) {
        return service.type() != ServiceType.EXTERNAL_NAME && service.selector() != null;
    }

    /**
     * The plan for {@code service}; empty where it does not select.
     *
     * @param maximum how many endpoints a slice has at most
     * @param trigger what changed last that this plan answers to, or null when that is not known
     */
    public static SlicePlan of(Service service, Seen seen, int maximum, @Nullable Instant trigger) {
        Writes writes = new Writes();
        if (!selects(service)) {
            return of(writes, true);
        }
        SliceShape shape = SliceShape.of(service, trigger);
        List<EndpointSlice> strangers = new ArrayList<>();
        List<EndpointSlice> own = new ArrayList<>();
        for (EndpointSlice slice : seen.existing) {
            if (slice.managedBy(CONTROLLER) && !slice.meta().deleting()) {
                (shape.owns(slice) ? own : strangers).add(slice);
            }
        }
        writes.delete(strangers);
        List<Excluded> excluded = new ArrayList<>();
        Map<IpFamily, String> zoneHints = new EnumMap<>(IpFamily.class);
        List<IpFamily> families = families(service);
        for (IpFamily family : IpFamily.values()) {
            if (!families.contains(family)) {
                continue;
            }
            List<EndpointSlice> ofFamily = own.stream()
                    .filter(slice -> slice.addressType().equals(family.text()))
                    .toList();
            own.removeAll(ofFamily);
            Desired desired = Desired.of(service, family, seen.pods, seen.nodes);
            excluded.addAll(desired.excluded());
            String refused = desired.hint(HintRule.of(service), seen.zones, ofFamily);
            if (refused != null) {
                zoneHints.put(family, refused);
            }
            new Packing(shape, family, maximum, writes).pack(desired.groups(), ofFamily, true);
        }
        writes.delete(own); // of families that the Service has no more, or of another type
        return new SlicePlan(
                writes.created(service.meta().deleting()),
                writes.updated(),
                writes.deleted(),
                excluded.stream().distinct().toList(),
                Map.copyOf(zoneHints));
    }

    static SlicePlan of(Writes writes, boolean ending) {
        return new SlicePlan(writes.created(ending), writes.updated(), writes.deleted(), List.of(), Map.of());
    }

    /** The Service's families; where nobody filled them in, those of its addresses, else IPv4. */
    static List<IpFamily> families(Service service) {
        if (!service.ipFamilies().isEmpty()) {
            return service.ipFamilies();
        }
        List<IpFamily> families =
                service.clusterIps().stream().map(IpAddress::family).distinct().toList();
        return families.isEmpty() ? List.of(IpFamily.IPV4) : families;
    }

    /** The pods that are left out only because their node is not known: yet, or for good. */
    public List<Excluded> onUnknownNodes() {
        return excluded.stream()
                .filter(one -> one.reason() == Excluded.Reason.NODE_UNKNOWN)
                .toList();
    }

    /** Whether nothing has to be written. */
    public boolean isEmpty() {
        return create.isEmpty() && update.isEmpty() && delete.isEmpty();
    }
}
