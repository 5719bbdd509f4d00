// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The writes of a plan while it is made. */
final class Writes {
    private final List<Map<String, Object>> create = new ArrayList<>();
    private final List<Map<String, Object>> gain = new ArrayList<>();
    private final List<Map<String, Object>> lose = new ArrayList<>();
    private final List<EndpointSlice> delete = new ArrayList<>();

    void create(Map<String, Object> slice) {
        create.add(slice);
    }

    /** Replaces a slice, which is to hold {@code endpoints} now. */
    void update(EndpointSlice old, Collection<Endpoint> endpoints, Map<String, Object> now) {
        Set<Identity> kept = HashSet.newHashSet(endpoints.size());
        endpoints.forEach(endpoint -> kept.add(Identity.of(endpoint)));
        boolean loses = old.endpoints().stream().anyMatch(endpoint -> !kept.contains(Identity.of(endpoint)));
        (loses ? lose : gain).add(now);
    }

    void delete(Collection<EndpointSlice> slices) {
        delete.addAll(slices);
    }

    /** New slices; none for an owner that ends. */
    List<Map<String, Object>> created(boolean ending) {
        return ending ? List.of() : List.copyOf(create);
    }

    /** Replaced slices, first those that only gain: an endpoint that moves is in two slices for a moment, not in none. */
    List<Map<String, Object>> updated() {
        List<Map<String, Object>> all = new ArrayList<>(gain);
        all.addAll(lose);
        return List.copyOf(all);
    }

    List<EndpointSlice> deleted() {
        return List.copyOf(delete);
    }
}
