// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.persistent.PersistentMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table knows of one Service: its definition (null while only slices name it), its slices by name, and the routes
 * that follow from both on this node.
 */
record ServiceRoutes(@Nullable Service service, PersistentMap<String, EndpointSlice> slices, List<Route> routes) {
    static final ServiceRoutes NONE = new ServiceRoutes(null, PersistentMap.empty(), List.of());

    ServiceRoutes withService(@Nullable Service changed, Node node) {
        return derive(changed, slices, node);
    }

    ServiceRoutes withSlice(EndpointSlice slice, Node node) {
        return derive(service, slices.with(slice.meta().name(), slice), node);
    }

    ServiceRoutes withoutSlice(String name, Node node) {
        return derive(service, slices.without(name), node);
    }

    ServiceRoutes on(Node node) {
        return derive(service, slices, node);
    }

    boolean isEmpty() {
        return service == null && slices.size() == 0;
    }

    /** Equal routes keep their identity, so that a difference passes over them. */
    private ServiceRoutes derive(
            @Nullable Service changed, PersistentMap<String, EndpointSlice> changedSlices, Node node) {
        List<Route> now = changed == null ? List.of() : Derivation.routes(changed, changedSlices.values(), node);
        return new ServiceRoutes(changed, changedSlices, now.equals(routes) ? routes : now);
    }
}
