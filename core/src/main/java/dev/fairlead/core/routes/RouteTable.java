// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where every packet for a Service goes on one node; an unchanging value whose versions share structure. */
public final class RouteTable {
    private static final IpAddress LOCALHOST = IpAddress.of("127.0.0.1");

    /** What is known of one Service; slices may come before it. */
    private record Known(@Nullable Service service, SortedMap<String, Located> slices, ServiceRoutes routes) {}

    final Settings settings;
    final Here here;
    private final PersistentMap<ObjectName, Known> services;
    private final PersistentMap<ObjectName, ObjectName> sliceOwners;
    final PersistentMap<Frontend, List<Entrance>> frontends;
    final PersistentMap<IpAddress, Integer> clusterIps;
    final PersistentMap<ObjectName, HealthCheck> health;

    private RouteTable(
            Settings settings,
            Here here,
            PersistentMap<ObjectName, Known> services,
            PersistentMap<ObjectName, ObjectName> sliceOwners,
            PersistentMap<Frontend, List<Entrance>> frontends,
            PersistentMap<IpAddress, Integer> clusterIps,
            PersistentMap<ObjectName, HealthCheck> health) {
        this.settings = settings;
        this.here = here;
        this.services = services;
        this.sliceOwners = sliceOwners;
        this.frontends = frontends;
        this.clusterIps = clusterIps;
        this.health = health;
    }

    /** The table of a node that knows no Service yet. */
    public static RouteTable empty(Node local, Settings settings) {
        return empty(Here.of(local), settings);
    }

    private static RouteTable empty(Here here, Settings settings) {
        return new RouteTable(
                settings,
                here,
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty());
    }

    /** The table decided from everything, with {@link Settings#DEFAULT}. */
    public static RouteTable of(Collection<Service> services, Collection<EndpointSlice> slices, Node local) {
        return of(services, slices, local, Settings.DEFAULT);
    }

    /** The table decided from everything. */
    public static RouteTable of(
            Collection<Service> services, Collection<EndpointSlice> slices, Node local, Settings settings) {
        Map<ObjectName, SortedMap<String, Located>> slicesOf = new HashMap<>();
        PersistentMap<ObjectName, ObjectName> owners = PersistentMap.empty();
        for (EndpointSlice slice : slices) {
            ObjectName name = slice.meta().objectName();
            slicesOf.computeIfAbsent(slice.service(), any -> new TreeMap<>()).put(name.name(), Located.of(slice));
            owners = owners.with(name, slice.service());
        }
        RouteTable table = empty(local, settings);
        for (Service service : services) {
            SortedMap<String, Located> own = slicesOf.remove(service.name());
            table = table.replaced(service.name(), service, own == null ? new TreeMap<>() : own, owners);
        }
        for (Map.Entry<ObjectName, SortedMap<String, Located>> early : slicesOf.entrySet()) {
            table = table.replaced(early.getKey(), null, early.getValue(), owners);
        }
        return table;
    }

    /** The table after some changes, at the cost of the Services they touch; node changes cost the whole table. */
    public RouteTable with(Change... changes) {
        RouteTable table = this;
        for (Change change : changes) {
            table = table.after(change);
        }
        return table;
    }

    private RouteTable after(Change change) {
        return switch (change) {
            case Change.ServicePut(Service service) ->
                replaced(service.name(), service, known(service.name()).slices, sliceOwners);
            case Change.ServiceRemoved(ObjectName name) -> replaced(name, null, known(name).slices, sliceOwners);
            case Change.SlicePut(EndpointSlice slice) -> withSlice(slice);
            case Change.SliceRemoved(ObjectName name) -> withoutSlice(name);
            case Change.NodePut(Node node) -> at(here.with(node));
            case Change.AddressesPut(List<IpAddress> addresses) -> at(here.with(addresses));
        };
    }

    private RouteTable withSlice(EndpointSlice slice) {
        ObjectName name = slice.meta().objectName();
        RouteTable table = slice.service().equals(sliceOwners.get(name)) ? this : withoutSlice(name);
        Known known = table.known(slice.service());
        SortedMap<String, Located> slices = new TreeMap<>(known.slices);
        slices.put(name.name(), Located.of(slice));
        return table.replaced(slice.service(), known.service, slices, table.sliceOwners.with(name, slice.service()));
    }

    private RouteTable withoutSlice(ObjectName name) {
        ObjectName owner = sliceOwners.get(name);
        if (owner == null) {
            return this;
        }
        Known known = known(owner);
        SortedMap<String, Located> slices = new TreeMap<>(known.slices);
        slices.remove(name.name());
        return replaced(owner, known.service, slices, sliceOwners.without(name));
    }

    private RouteTable at(Here now) {
        if (now.equals(here)) {
            return this;
        }
        RouteTable table = new RouteTable(settings, now, services, sliceOwners, frontends, clusterIps, health);
        if (now.name().equals(here.name())
                && now.zone().equals(here.zone())
                && now.primary().equals(here.primary())) {
            return table; // other addresses are no part of any entrance
        }
        for (ObjectName name : services.keys()) {
            Known known = known(name);
            table = table.replaced(name, known.service, known.slices, sliceOwners);
        }
        return table;
    }

    private Known known(ObjectName name) {
        return services.get(name, new Known(null, new TreeMap<>(), ServiceRoutes.NONE));
    }

    private RouteTable replaced(
            ObjectName name,
            @Nullable Service service,
            SortedMap<String, Located> slices,
            PersistentMap<ObjectName, ObjectName> owners) {
        ServiceRoutes old = known(name).routes;
        ServiceRoutes now =
                service == null ? ServiceRoutes.NONE : ServiceRoutes.of(service, slices.values(), here, settings);
        boolean same = now.equals(old);
        boolean gone = service == null && slices.isEmpty();
        return new RouteTable(
                settings,
                here,
                gone ? services.without(name) : services.with(name, new Known(service, slices, same ? old : now)),
                owners,
                same ? frontends : moved(frontends, old.entrances(), now.entrances()),
                same ? clusterIps : counted(clusterIps, old.clusterIps(), now.clusterIps()),
                now.health() == null ? health.without(name) : health.with(name, now.health()));
    }

    private static PersistentMap<Frontend, List<Entrance>> moved(
            PersistentMap<Frontend, List<Entrance>> map, List<Entrance> old, List<Entrance> now) {
        PersistentMap<Frontend, List<Entrance>> next = map;
        for (Entrance entrance : old) {
            List<Entrance> claims = new ArrayList<>(next.get(entrance.frontend(), List.of()));
            claims.remove(entrance);
            next = claims.isEmpty()
                    ? next.without(entrance.frontend())
                    : next.with(entrance.frontend(), List.copyOf(claims));
        }
        for (Entrance entrance : now) {
            List<Entrance> others = next.get(entrance.frontend());
            next = next.with(entrance.frontend(), others == null ? List.of(entrance) : joined(others, entrance));
        }
        return next;
    }

    private static List<Entrance> joined(List<Entrance> others, Entrance entrance) {
        List<Entrance> claims = new ArrayList<>(others);
        claims.add(entrance);
        claims.sort(null);
        return List.copyOf(claims);
    }

    private static PersistentMap<IpAddress, Integer> counted(
            PersistentMap<IpAddress, Integer> map, List<IpAddress> old, List<IpAddress> now) {
        PersistentMap<IpAddress, Integer> next = map;
        for (IpAddress address : old) {
            int left = next.get(address, 1) - 1;
            next = left == 0 ? next.without(address) : next.with(address, left);
        }
        for (IpAddress address : now) {
            next = next.with(address, next.get(address, 0) + 1);
        }
        return next;
    }

    /** The entrance at a frontend, or null. */
    public @Nullable Entrance entrance(Frontend frontend) {
        List<Entrance> claims = frontends.get(frontend);
        return claims == null ? null : claims.getFirst();
    }

    /** Entrances of other Services that claim the same frontend, and get it when those before them go. */
    public List<Entrance> waiting(Frontend frontend) {
        List<Entrance> claims = frontends.get(frontend, List.of());
        return claims.size() < 2 ? List.of() : claims.subList(1, claims.size());
    }

    /** All entrances, sorted by frontend. Costs the whole table. */
    public List<Entrance> entrances() {
        List<Entrance> all = new ArrayList<>(frontends.size());
        forEachEntrance(all::add);
        all.sort(java.util.Comparator.comparing(Entrance::frontend));
        return all;
    }

    /** Gives all entrances, in no order. */
    public void forEachEntrance(Consumer<? super Entrance> action) {
        frontends.forEach((_, claims) -> action.accept(claims.getFirst()));
    }

    /** The entrances of one Service, also those where another Service comes before it. */
    public List<Entrance> entrances(ObjectName service) {
        return known(service).routes.entrances();
    }

    /** The health checks this node answers, sorted by port. */
    public List<HealthCheck> healthChecks() {
        List<HealthCheck> all = health.values();
        all.sort(java.util.Comparator.comparingInt(HealthCheck::port).thenComparing(HealthCheck::service));
        return all;
    }

    /** Whether both answer the same health checks alike; costs little where they share them. */
    public boolean sameHealthChecks(RouteTable other) {
        return health.equals(other.health);
    }

    /** The node's name. */
    public String node() {
        return here.name();
    }

    /** What the operator chose. */
    public Settings settings() {
        return settings;
    }

    /** The addresses of this node that accept node ports. */
    public List<IpAddress> nodePortAddresses() {
        return settings.nodePorts().of(here.primary(), here.addresses());
    }

    /**
     * Where the node itself finds node ports besides: 127.0.0.1, or nowhere. Rules of the kernel cannot lead packets away
     * from there, a relay can.
     */
    public List<IpAddress> localhost() {
        return settings.localhost() && settings.nodePorts().accept(LOCALHOST) ? List.of(LOCALHOST) : List.of();
    }

    /** Every known address of this node, sorted. */
    public List<IpAddress> nodeAddresses() {
        return here.addresses();
    }

    /**
     * Where a client of that address stands. A node that connects to a Service's address may have that very address as its
     * source: whoever knows both says {@link Origin#NODE} himself.
     */
    public Origin origin(IpAddress client) {
        if (here.addresses().contains(client)) {
            return Origin.NODE;
        }
        return settings.podCidrs().stream().anyMatch(range -> range.contains(client)) ? Origin.POD : Origin.ELSEWHERE;
    }

    /** The clusterIPs of Services served here, sorted. Costs the whole table. */
    public List<IpAddress> clusterIps() {
        return clusterIps.keys().stream().sorted().toList();
    }

    /** Whether an address is the clusterIP of a Service served here. */
    public boolean isClusterIp(IpAddress address) {
        return clusterIps.get(address) != null;
    }

    /** What must happen to the first packet of a new connection, and why. */
    public Verdict trace(Packet packet) {
        return Trace.of(this, packet);
    }

    /** One line an entrance, one more a backend; sorted. */
    public String toText() {
        return TableText.of(this);
    }

    /** Whether both send every packet the same way: node, settings, entrances and health checks are equal. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RouteTable table
                && here.equals(table.here)
                && settings.equals(table.settings)
                && frontends.equals(table.frontends)
                && clusterIps.equals(table.clusterIps)
                && health.equals(table.health);
    }

    @Override
    public int hashCode() {
        return frontends.hashCode();
    }
}
