// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to be written so that slices say what Endpoints say that somebody made by hand, for a Service without selector.
 * One slice for each family and set of ports; subsets with the same ports share one.
 *
 * @param slices the writes
 * @param invalid how many addresses were left out because they are no IP addresses
 * @param tooMany how many were left out because their subset has more than {@value #MAXIMUM}
 */
public record MirrorPlan(SlicePlan slices, int invalid, int tooMany) {
    /** Who writes these slices, as their label says. */
    public static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";

    /** How many addresses of a subset are mirrored at most. */
    public static final int MAXIMUM = 1000;

    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";

    /** Whether Endpoints are to be mirrored: there is a Service of their name, it selects nothing, and they do not refuse. */
    public static boolean mirrors(ObjectMeta endpoints, @Nullable Service service) {
        return service != null
                && service.selector() == null
                && !"true".equals(endpoints.labels().get(SKIP))
                && !endpoints.annotations().containsKey(EndpointsPlan.LEADER);
    }

    /**
     * The plan for {@code endpoints}, which are to be mirrored.
     *
     * @param existing all slices that carry their name
     */
    public static MirrorPlan of(Tree endpoints, Collection<EndpointSlice> existing) {
        ObjectMeta meta = ObjectMeta.from(endpoints);
        Subsets subsets = new Subsets();
        endpoints.trees("subsets").forEach(subsets::add);
        SliceShape shape = SliceShape.mirroring(meta);
        Writes writes = new Writes();
        List<EndpointSlice> ours = ours(existing);
        writes.delete(ours.stream().filter(slice -> !shape.owns(slice)).toList());
        for (IpFamily family : IpFamily.values()) {
            new Packing(shape, family, MAXIMUM, writes)
                    .pack(
                            subsets.families.getOrDefault(family, Map.of()),
                            ours.stream()
                                    .filter(slice -> shape.owns(slice)
                                            && slice.addressType().equals(family.text()))
                                    .toList(),
                            false);
        }
        return new MirrorPlan(SlicePlan.of(writes, meta.deleting()), subsets.invalid, subsets.tooMany);
    }

    /** The plan for Endpoints that are gone or not to be mirrored: no slice of ours stays. */
    public static MirrorPlan none(Collection<EndpointSlice> existing) {
        Writes writes = new Writes();
        writes.delete(ours(existing));
        return new MirrorPlan(SlicePlan.of(writes, true), 0, 0);
    }

    private static List<EndpointSlice> ours(Collection<EndpointSlice> existing) {
        return existing.stream()
                .filter(slice -> slice.managedBy(CONTROLLER) && !slice.meta().deleting())
                .toList();
    }

    /** The endpoints that subsets amount to. */
    private static final class Subsets {
        private final Map<IpFamily, Map<List<EndpointPort>, Map<Identity, Endpoint>>> families =
                new EnumMap<>(IpFamily.class);
        private int invalid;
        private int tooMany;

        void add(Tree subset) {
            List<EndpointPort> ports = EndpointPort.sorted(
                    subset.trees("ports").stream().map(EndpointPort::from).toList());
            int room = add(subset.trees("addresses"), true, ports, MAXIMUM);
            add(subset.trees("notReadyAddresses"), false, ports, room);
        }

        /** Adds as many as there is room for; how much room is left. */
        private int add(List<Tree> addresses, boolean ready, List<EndpointPort> ports, int most) {
            int room = most;
            for (Tree address : addresses) {
                Optional<IpAddress> ip = IpAddress.parse(address.text("ip", ""));
                if (room == 0) {
                    tooMany++;
                } else if (ip.isEmpty()) {
                    invalid++;
                } else {
                    room--;
                    Endpoint endpoint = endpoint(ip.get(), address, ready);
                    families.computeIfAbsent(ip.get().family(), any -> new LinkedHashMap<>())
                            .computeIfAbsent(ports, any -> new LinkedHashMap<>())
                            .putIfAbsent(Identity.of(endpoint), endpoint);
                }
            }
            return room;
        }

        /** Only ready is known; the other conditions are as readers take them when they are not written. */
        private static Endpoint endpoint(IpAddress ip, Tree address, boolean ready) {
            return new Endpoint(
                    List.of(ip.toString()),
                    ready,
                    true,
                    false,
                    filled(address.text("hostname")),
                    filled(address.text("nodeName")),
                    null,
                    Endpoint.TargetRef.from(address.tree("targetRef")),
                    List.of(),
                    List.of());
        }

        private static @Nullable String filled(@Nullable String text) {
            return text == null || text.isEmpty() ? null : text;
        }
    }
}
