// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts endpoints of one family into slices with few writes.
 *
 * <p>How this works, for each set of ports: (1) endpoints that a slice has stay in it, refreshed; those that ought not to
 * be are taken out. (2) New ones go into slices that are written anyway, the fullest first. (3) What is left over, if it
 * fits into one slice, goes into the fullest slice with room for all of it; as long as it does not, into a new slice. Slices are never merged
 * or balanced. A slice that would be created takes the name of one that would be deleted. When nothing is left, one slice
 * without endpoints stays.
 */
final class Packing {
    private final SliceShape shape;
    private final IpFamily family;
    private final int maximum;
    private final Writes writes;
    private final List<EndpointSlice> empty = new ArrayList<>();
    private final List<New> fresh = new ArrayList<>();
    private int kept;

    Packing(SliceShape shape, IpFamily family, int maximum, Writes writes) {
        this.shape = shape;
        this.family = family;
        this.maximum = maximum;
        this.writes = writes;
    }

    private record New(List<EndpointPort> ports, List<Endpoint> endpoints) {}

    /** A slice and what it will hold. */
    private static final class Bin {
        private final EndpointSlice slice;
        private final List<Endpoint> endpoints;
        private boolean changed;
        /** Whether hints alone are different, which is no reason to fill it up. */
        private boolean rehinted;

        Bin(EndpointSlice slice, List<Endpoint> endpoints, boolean changed) {
            this.slice = slice;
            this.endpoints = endpoints;
            this.changed = changed;
        }

        int size() {
            return endpoints.size();
        }
    }

    /**
     * Packs.
     *
     * @param wanted the endpoints that there ought to be, by their ports
     * @param existing the owner's slices of this family
     * @param placeholder whether a slice without endpoints stays when there are none
     */
    void pack(
            Map<List<EndpointPort>, Map<Identity, Endpoint>> wanted,
            List<EndpointSlice> existing,
            boolean placeholder) {
        Map<List<EndpointPort>, List<EndpointSlice>> byPorts = new LinkedHashMap<>();
        existing.forEach(slice -> byPorts.computeIfAbsent(EndpointPort.sorted(slice.ports()), any -> new ArrayList<>())
                .add(slice));
        wanted.forEach((ports, endpoints) -> {
            List<EndpointSlice> slices = byPorts.remove(ports);
            packGroup(ports, endpoints, slices == null ? List.of() : slices);
        });
        byPorts.values().forEach(empty::addAll);
        finish(placeholder);
    }

    private void packGroup(List<EndpointPort> ports, Map<Identity, Endpoint> wanted, List<EndpointSlice> slices) {
        Map<Identity, Endpoint> missing = new LinkedHashMap<>(wanted);
        List<Bin> bins = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            Bin bin = refreshed(slice, missing);
            if (bin.endpoints.isEmpty()) {
                empty.add(slice);
            } else {
                bins.add(bin);
            }
        }
        List<Endpoint> rest = new ArrayList<>(missing.values());
        bins.stream()
                .filter(bin -> bin.changed)
                .sorted(Comparator.comparingInt(Bin::size).reversed())
                .forEach(bin -> fill(bin, rest));
        place(ports, rest, bins);
        for (Bin bin : bins) {
            kept++;
            if (bin.changed || bin.rehinted) {
                update(bin.slice, ports, bin.endpoints);
            }
        }
    }

    /** The slice with the endpoints it keeps; these are no longer missing. */
    private Bin refreshed(EndpointSlice slice, Map<Identity, Endpoint> missing) {
        List<Endpoint> endpoints = new ArrayList<>();
        boolean changed = !shape.fits(slice);
        boolean rehinted = false;
        for (Endpoint had : slice.endpoints()) {
            Endpoint now = missing.remove(Identity.of(had));
            changed |= now == null || !now.equals(had.hinted(now.forZones(), now.forNodes()));
            rehinted |= !had.equals(now);
            if (now != null) {
                endpoints.add(now);
            }
        }
        Bin bin = new Bin(slice, endpoints, changed);
        bin.rehinted = rehinted;
        return bin;
    }

    private void fill(Bin bin, List<Endpoint> rest) {
        while (bin.size() < maximum && !rest.isEmpty()) {
            bin.endpoints.add(rest.removeFirst());
        }
    }

    private void place(List<EndpointPort> ports, List<Endpoint> rest, List<Bin> bins) {
        while (!rest.isEmpty()) {
            Bin roomy = rest.size() < maximum ? roomy(rest.size(), bins) : null;
            if (roomy != null) {
                roomy.changed = true;
                fill(roomy, rest);
            } else {
                List<Endpoint> some = rest.subList(0, Math.min(maximum, rest.size()));
                fresh.add(new New(ports, List.copyOf(some)));
                some.clear();
            }
        }
    }

    /** The slice that is not written yet and would be fullest with {@code more} endpoints; null when none has the room. */
    private @Nullable Bin roomy(int more, List<Bin> bins) {
        return bins.stream()
                .filter(bin -> !bin.changed && bin.size() + more <= maximum)
                .max(Comparator.comparingInt(Bin::size))
                .orElse(null);
    }

    private void update(EndpointSlice slice, List<EndpointPort> ports, List<Endpoint> endpoints) {
        writes.update(slice, endpoints, shape.updated(slice, ports, endpoints));
    }

    private void finish(boolean placeholder) {
        if (placeholder && kept == 0 && fresh.isEmpty()) {
            keepPlaceholder();
            return;
        }
        for (New each : fresh) {
            if (empty.isEmpty()) {
                writes.create(shape.created(family, each.ports, each.endpoints));
            } else {
                update(empty.removeFirst(), each.ports, each.endpoints);
            }
        }
        writes.delete(empty);
    }

    private void keepPlaceholder() {
        EndpointSlice placeholder = placeholder();
        if (placeholder == null) {
            if (empty.isEmpty()) {
                writes.create(shape.created(family, List.of(), List.of()));
                return;
            }
            update(empty.removeFirst(), List.of(), List.of());
        } else {
            empty.remove(placeholder);
            if (!shape.fits(placeholder)) {
                update(placeholder, List.of(), List.of());
            }
        }
        writes.delete(empty);
    }

    private @Nullable EndpointSlice placeholder() {
        return empty.stream()
                .filter(slice -> slice.endpoints().isEmpty() && slice.ports().isEmpty())
                .findFirst()
                .orElse(null);
    }
}
