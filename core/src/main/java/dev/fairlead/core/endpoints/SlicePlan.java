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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What has to be written so that a Service's slices say what its pods are. Nothing when they say so already.
 *
 * @param create value trees of new slices, with {@code generateName}
 * @param update value trees that replace slices, with name and resourceVersion
 * @param delete slices that are to go
 * @param excluded the selected pods that take no new traffic, and why
 * @param incomplete whether a pod was left out only because its node is not known yet: plan again later
 */
public record SlicePlan(
        List<Map<String, Object>> create,
        List<Map<String, Object>> update,
        List<EndpointSlice> delete,
        List<Excluded> excluded,
        boolean incomplete) {
    /** Who writes these slices, as their label says. */
    public static final String CONTROLLER = "endpointslice-controller.k8s.io";

    /** How many endpoints a slice has at most, unless configured otherwise (1 to 1000). */
    public static final int USUAL_MAXIMUM = 100;

    /**
     * The plan for {@code service}. Services without selector and ExternalName Services have none: their slices are
     * somebody else's work.
     *
     * @param pods those its selector matches, in its namespace
     * @param nodes finds a node by its name; null when there is none of it
     * @param existing all slices that carry the Service's name
     * @param trigger what changed last that this plan answers to, or null when that is not known
     */
    public static SlicePlan of(
            Service service,
            Collection<Pod> pods,
            Function<String, @Nullable Node> nodes,
            Collection<EndpointSlice> existing,
            int maximum,
            @Nullable Instant trigger) {
        if (service.type() == ServiceType.EXTERNAL_NAME || service.selector() == null) {
            return new SlicePlan(List.of(), List.of(), List.of(), List.of(), false);
        }
        SliceShape shape = new SliceShape(service, trigger);
        List<EndpointSlice> strangers = new ArrayList<>();
        List<EndpointSlice> own = new ArrayList<>();
        for (EndpointSlice slice : existing) {
            boolean managed = CONTROLLER.equals(slice.meta().labels().get(EndpointSlice.MANAGED_BY));
            if (managed) {
                (shape.owns(slice) ? own : strangers).add(slice);
            }
        }
        SlicePlan plan = new SlicePlan(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(strangers), new ArrayList<>(), false);
        boolean incomplete = false;
        List<IpFamily> families = families(service);
        for (IpFamily family : IpFamily.values()) {
            if (!families.contains(family)) {
                continue;
            }
            List<EndpointSlice> ofFamily = own.stream()
                    .filter(slice -> slice.addressType().equals(family.text()))
                    .toList();
            own.removeAll(ofFamily);
            Desired desired = Desired.of(service, family, pods, nodes);
            incomplete |= desired.incomplete();
            plan.excluded.addAll(desired.excluded());
            new Packing(shape, family, maximum, plan).pack(desired, ofFamily);
        }
        plan.delete.addAll(own); // of families that the Service has no more, or of another type
        List<Map<String, Object>> create = service.meta().deleting() ? List.of() : List.copyOf(plan.create);
        return new SlicePlan(
                create,
                List.copyOf(plan.update),
                List.copyOf(plan.delete),
                plan.excluded.stream().distinct().toList(),
                incomplete);
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

    /** Whether nothing has to be written. */
    public boolean isEmpty() {
        return create.isEmpty() && update.isEmpty() && delete.isEmpty();
    }
}
