// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All routes of one node, an immutable value. {@link #of} says what it means; {@link #with} is how it is kept: it works
 * out the Services that a change touches and shares everything else with the table before, so that
 * {@link Difference#between} can pass over it.
 */
public final class RouteTable {
    private final Node node;
    private final PersistentMap<ObjectName, ServiceRoutes> services;
    private final PersistentMap<Frontend, PersistentMap<RouteKey, Route>> frontends;

    private RouteTable(
            Node node,
            PersistentMap<ObjectName, ServiceRoutes> services,
            PersistentMap<Frontend, PersistentMap<RouteKey, Route>> frontends) {
        this.node = node;
        this.services = services;
        this.frontends = frontends;
    }

    /** The table of a node that knows nothing yet. */
    public static RouteTable empty(Node node) {
        return new RouteTable(node, PersistentMap.empty(), PersistentMap.empty());
    }

    /** The table of a node that knows these. */
    public static RouteTable of(Collection<Service> services, Collection<EndpointSlice> slices, Node node) {
        List<Change> changes = new ArrayList<>();
        slices.forEach(slice -> changes.add(new Change.SlicePut(slice)));
        services.forEach(service -> changes.add(new Change.ServicePut(service)));
        return empty(node).with(changes);
    }

    /** The table after these changes, in their order. */
    public RouteTable with(Collection<? extends Change> changes) {
        RouteTable table = this;
        for (Change change : changes) {
            table = table.with(change);
        }
        return table;
    }

    /** The table after {@code change}. */
    public RouteTable with(Change change) {
        return switch (change) {
            case Change.ServicePut(var service) ->
                put(service.name(), at(service.name()).withService(service, node));
            case Change.ServiceGone(var name) -> put(name, at(name).withService(null, node));
            case Change.SlicePut(var slice, var before) -> {
                ObjectName owner = slice.service();
                RouteTable moved = before.equals(owner)
                        ? this
                        : put(before, at(before).withoutSlice(slice.meta().name(), node));
                yield moved.put(owner, moved.at(owner).withSlice(slice, node));
            }
            case Change.SliceGone(var owner, var slice) -> put(owner, at(owner).withoutSlice(slice, node));
            case Change.NodePut(var changed) -> on(changed);
        };
    }

    private RouteTable on(Node changed) {
        boolean same = changed.name().equals(node.name()) && changed.zone().equals(node.zone());
        RouteTable table = new RouteTable(changed, services, frontends);
        if (same) {
            return table;
        }
        for (ObjectName name : services.keys()) {
            table = table.put(name, table.at(name).on(changed));
        }
        return table;
    }

    private ServiceRoutes at(ObjectName service) {
        return services.get(service, ServiceRoutes.NONE);
    }

    private RouteTable put(ObjectName name, ServiceRoutes now) {
        ServiceRoutes before = at(name);
        PersistentMap<ObjectName, ServiceRoutes> changed =
                now.isEmpty() ? services.without(name) : services.with(name, now);
        return new RouteTable(node, changed, reindex(before.routes(), now.routes()));
    }

    /** Two Services may claim one frontend (an external address): both are kept, the first by name is meant. */
    @SuppressWarnings("ReferenceEquality") // equal routes keep their identity; a miss costs time only
    private PersistentMap<Frontend, PersistentMap<RouteKey, Route>> reindex(List<Route> before, List<Route> now) {
        PersistentMap<Frontend, PersistentMap<RouteKey, Route>> index = frontends;
        if (before == now) {
            return index;
        }
        for (Route route : before) {
            for (Frontend frontend : route.frontends()) {
                PersistentMap<RouteKey, Route> rest =
                        index.get(frontend, PersistentMap.empty()).without(route.key());
                index = rest.size() == 0 ? index.without(frontend) : index.with(frontend, rest);
            }
        }
        for (Route route : now) {
            for (Frontend frontend : route.frontends()) {
                index = index.with(
                        frontend, index.get(frontend, PersistentMap.empty()).with(route.key(), route));
            }
        }
        return index;
    }

    PersistentMap<ObjectName, ServiceRoutes> services() {
        return services;
    }

    /** The node whose table this is. */
    public Node node() {
        return node;
    }

    /** The routes of one Service; none when it has none. */
    public List<Route> routes(ObjectName service) {
        return at(service).routes();
    }

    /** All routes, in the order of their Services. */
    public List<Route> routes() {
        List<ObjectName> names = new ArrayList<>(services.keys());
        names.sort(null);
        List<Route> all = new ArrayList<>();
        names.forEach(name -> all.addAll(at(name).routes()));
        return all;
    }

    /** The Service of that name as the table knows it, or null. */
    public @Nullable Service service(ObjectName name) {
        return at(name).service();
    }

    /** The slices of a Service. */
    public List<EndpointSlice> slices(ObjectName service) {
        return at(service).slices().values();
    }

    /** The route that clients at {@code frontend} take, or null. */
    public @Nullable Route at(Frontend frontend) {
        Route first = null;
        for (Route route : frontends.get(frontend, PersistentMap.empty()).values()) {
            if (first == null || route.key().service().compareTo(first.key().service()) < 0) {
                first = route;
            }
        }
        return first;
    }

    /** What becomes of {@code packet} on this node. */
    public Verdict trace(Packet packet) {
        return Trace.of(this, packet);
    }

    /** The table as text, one line for each frontend, for golden files and people. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        for (Route route : routes()) {
            for (Frontend frontend : route.frontends()) {
                text.append(frontend).append(" ").append(route.key()).append(" → ");
                List<Backend> backends = route.backends(frontend);
                text.append(backends.isEmpty() ? (route.anyEndpoints() ? "drop" : "reject") : backends);
                text.append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RouteTable table && node.equals(table.node) && services.equals(table.services);
    }

    @Override
    public int hashCode() {
        return services.hashCode();
    }

    @Override
    public String toString() {
        return "RouteTable of " + node.name() + ", " + services.size() + " Services";
    }
}
