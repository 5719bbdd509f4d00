// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Services, endpoints and namespaces that names are answered from. One thread changes it, any number read it: each
 * Service is one immutable entry that is swapped whole, so a change costs its own Service and no more.
 */
public final class NameTable {
    /** In what way an address is a Service's; the first way is what its reverse name tells. */
    private enum Way {
        CLUSTER_IP,
        ENDPOINT,
        GIVEN
    }

    /** {@code host} is an endpoint's own; empty for endpoints that are called by their addresses, which share one owner. */
    private record Owner(Way way, ObjectName service, String host) implements Comparable<Owner> {
        @Override
        public int compareTo(Owner other) {
            int byWay = way.compareTo(other.way);
            int byService = byWay != 0 ? byWay : service.compareTo(other.service);
            return byService != 0 ? byService : host.compareTo(other.host);
        }
    }

    /** The part of the table that has nothing but namespaces and hosts: its version changes with theirs alone. */
    static final int NAMESPACES = 0;

    private static final int STRIPES = 4096; // a power of two

    private final AtomicLong namespacesVersion = new AtomicLong();
    private final AtomicLongArray versions = new AtomicLongArray(STRIPES);
    private final ConcurrentHashMap<ObjectName, ServiceNames> services = new ConcurrentHashMap<>();
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<IpAddress, List<Owner>> owners = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<IpAddress, Set<ObjectName>> pods = new ConcurrentHashMap<>();
    private final Time time;
    private final AtomicLong serial;
    private volatile boolean synced;
    private volatile boolean handedOut;

    private final HostNames hosts = new HostNames(this::everythingChanged);

    /** An empty table, which tells when it changed by {@code time}. */
    public NameTable(Time time) {
        this.time = time;
        this.serial = new AtomicLong(time.now().getEpochSecond());
    }

    /**
     * Puts a Service in place of its former self, with all slices that carry its name. When that makes no difference, as for
     * nearly all of them after a list was read again, the former entry stays, and with it all that was made of it.
     */
    public void put(Service service, Collection<EndpointSlice> slices) {
        ObjectName name = service.name();
        ServiceNames now = ServiceNames.of(service, slices);
        ServiceNames before = services.get(name);
        if (!now.equals(before)) {
            services.put(name, now);
            reindex(name, before, now);
        }
    }

    /** Forgets a Service. */
    public void remove(ObjectName service) {
        ServiceNames before = services.remove(service);
        if (before != null) {
            reindex(service, before, null);
        }
    }

    /** Says that a namespace exists. */
    public void putNamespace(String namespace) {
        if (namespaces.add(namespace)) {
            everythingChanged();
        }
    }

    /** Forgets a namespace. */
    public void removeNamespace(String namespace) {
        if (namespaces.remove(namespace)) {
            everythingChanged();
        }
    }

    /** The hosts of Ingresses. */
    public HostNames hosts() {
        return hosts;
    }

    private void everythingChanged() {
        namespacesVersion.incrementAndGet();
        changed();
    }

    /** Says that a pod has an address of its own. */
    public void putPod(ObjectName pod, IpAddress address) {
        pods.merge(address, Set.of(pod), NameTable::union);
    }

    /** Forgets that a pod had an address. */
    public void removePod(ObjectName pod, IpAddress address) {
        pods.computeIfPresent(address, (any, known) -> {
            Set<ObjectName> rest = new TreeSet<>(known);
            rest.remove(pod);
            return rest.isEmpty() ? null : Set.copyOf(rest);
        });
    }

    private static <T> Set<T> union(Set<T> one, Set<T> other) {
        Set<T> all = new HashSet<>(one);
        all.addAll(other);
        return Set.copyOf(all);
    }

    /** Says that the table is whole; before, a name it lacks may yet come. */
    public void markSynced() {
        synced = true;
    }

    /** Whether the table is whole. */
    public boolean synced() {
        return synced;
    }

    /** Which part of the table a Service is in. */
    static int stripe(String namespace, String service) {
        return stripe(31 * namespace.hashCode() + service.hashCode());
    }

    /** Which part of the table the names of an address are in. */
    static int stripe(IpAddress address) {
        return stripe(address.hashCode());
    }

    private static int stripe(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x9e3779b9;
        return 1 + (mixed >>> 1) % (STRIPES - 1);
    }

    /**
     * A number that grows when something in a part of the table has changed, or any namespace or host: what was read after it was
     * taken is as it was while it stays the same.
     */
    public long version(int stripe) {
        return namespacesVersion.get() + versions.get(stripe);
    }

    /** When it changed last, in seconds since 1970; it never goes back. */
    public long serial() {
        return serial.get();
    }

    /** Somebody copies all of it under this serial: the next change gets another, also within the same second. */
    void handOutSerial() {
        handedOut = true;
    }

    private void changed() {
        long least = handedOut ? serial.get() + 1 : 0;
        handedOut = false;
        serial.accumulateAndGet(Math.max(least, time.now().getEpochSecond()), Math::max);
    }

    /** The Services there are, sorted. */
    Stream<ObjectName> serviceNames() {
        return services.keySet().stream().sorted();
    }

    /** The names of pods below {@code zone}. */
    Stream<DnsName> podNames(DnsName zone) {
        return pods.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .map(ObjectName::namespace)
                        .distinct()
                        .map(namespace -> zone.under(ServiceNames.dashed(entry.getKey()), namespace)));
    }

    /** Whether a pod of {@code namespace} has {@code address}. */
    boolean hasPod(String namespace, IpAddress address) {
        return pods.getOrDefault(address, Set.of()).stream()
                .anyMatch(pod -> pod.namespace().equals(namespace));
    }

    /** The namespace of the pods with {@code address}; empty when there are none, or of several namespaces. */
    public Optional<String> namespaceOf(IpAddress address) {
        List<String> found = pods.getOrDefault(address, Set.of()).stream()
                .map(ObjectName::namespace)
                .distinct()
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    @Nullable
    ServiceNames service(String namespace, String name) {
        return services.get(new ObjectName(namespace, name));
    }

    /** The namespaces that have a Service of this name, sorted. */
    List<String> namespacesWith(String service) {
        return services.keySet().stream()
                .filter(name -> name.name().equals(service))
                .map(ObjectName::namespace)
                .sorted()
                .toList();
    }

    boolean hasNamespace(String namespace) {
        return namespaces.contains(namespace);
    }

    /** The names of an address below {@code svc.<zone>}; one that is a clusterIP has that Service's name alone. */
    List<DnsName> namesOf(IpAddress address, DnsName servicesZone) {
        List<Owner> found = owners.getOrDefault(address, List.of());
        List<DnsName> names = new ArrayList<>();
        Way way = null;
        for (Owner owner : found) {
            if (way != null && (owner.way != way || way == Way.CLUSTER_IP)) {
                break;
            }
            way = owner.way;
            ObjectName service = owner.service;
            names.add(
                    way != Way.ENDPOINT
                            ? servicesZone.under(service.name(), service.namespace())
                            : servicesZone.under(
                                    ServiceNames.label(owner.host, address), service.name(), service.namespace()));
        }
        return names;
    }

    /** An address and whose it is. */
    private record Held(IpAddress address, Owner owner) {}

    /** What stays the same is not touched, so that nobody finds it missing. */
    private void reindex(ObjectName name, @Nullable ServiceNames before, @Nullable ServiceNames now) {
        Set<Held> held = held(name, now);
        Map<Owner, List<Owner>> alone = new HashMap<>();
        held.forEach(each -> own(each.address, alone.computeIfAbsent(each.owner, List::of)));
        for (Held each : held(name, before)) {
            if (!held.contains(each)) {
                disown(each.address, each.owner);
            }
        }
        versions.incrementAndGet(stripe(name.namespace(), name.name()));
        changed();
    }

    private static Set<Held> held(ObjectName name, @Nullable ServiceNames names) {
        Set<Held> held = new HashSet<>();
        if (names != null) {
            names.addresses().forEach(address -> held.add(new Held(address, new Owner(Way.CLUSTER_IP, name, ""))));
            Map<String, Owner> hosts = new HashMap<>();
            names.hosts()
                    .forEach(host -> held.add(new Held(
                            host.address(),
                            hosts.computeIfAbsent(
                                    host.hostname(), hostname -> new Owner(Way.ENDPOINT, name, hostname)))));
            names.given().forEach(address -> held.add(new Held(address, new Owner(Way.GIVEN, name, ""))));
        }
        return held;
    }

    /** Nearly every address has one owner, so what is kept of it is small and sorted, not quick to change. */
    private void own(IpAddress address, List<Owner> owner) {
        owners.merge(
                address,
                owner,
                (known, added) -> known.containsAll(added)
                        ? known
                        : Stream.concat(known.stream(), added.stream()).sorted().toList());
        versions.incrementAndGet(stripe(address));
    }

    private void disown(IpAddress address, Owner owner) {
        owners.computeIfPresent(address, (any, known) -> {
            List<Owner> rest =
                    known.stream().filter(other -> !other.equals(owner)).toList();
            return rest.isEmpty() ? null : rest;
        });
        versions.incrementAndGet(stripe(address));
    }
}
