// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.dns.message.DnsName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The Services, endpoints and namespaces that names are answered from. One thread changes it, any number read it: each
 * Service is one immutable entry that is swapped whole, so a change costs its own Service and no more.
 */
public final class NameTable {
    private record Owner(ObjectName service, String host) implements Comparable<Owner> {
        @Override
        public int compareTo(Owner other) {
            int byService = service.compareTo(other.service);
            return byService != 0 ? byService : host.compareTo(other.host);
        }
    }

    private final ConcurrentHashMap<ObjectName, ServiceNames> services = new ConcurrentHashMap<>();
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<IpAddress, ConcurrentSkipListSet<Owner>> owners = new ConcurrentHashMap<>();
    private final AtomicLong serial = new AtomicLong(1);
    private volatile boolean synced;

    /** Puts a Service in place of its former self, with all slices that carry its name. */
    public void put(Service service, Collection<EndpointSlice> slices) {
        ObjectName name = service.name();
        ServiceNames now = ServiceNames.of(service, slices);
        ServiceNames before = services.put(name, now);
        reindex(name, before, now);
    }

    /** Forgets a Service. */
    public void remove(ObjectName service) {
        reindex(service, services.remove(service), null);
    }

    /** Says that a namespace exists. */
    public void putNamespace(String namespace) {
        namespaces.add(namespace);
        serial.incrementAndGet();
    }

    /** Forgets a namespace. */
    public void removeNamespace(String namespace) {
        namespaces.remove(namespace);
        serial.incrementAndGet();
    }

    /** Says that the table is whole; before, a name it lacks may yet come. */
    public void markSynced() {
        synced = true;
    }

    /** Whether the table is whole. */
    public boolean synced() {
        return synced;
    }

    /** A number that grows with each change. */
    public long serial() {
        return serial.get();
    }

    @Nullable
    ServiceNames service(String namespace, String name) {
        return services.get(new ObjectName(namespace, name));
    }

    boolean hasNamespace(String namespace) {
        return namespaces.contains(namespace);
    }

    /** The names of an address below {@code services} ({@code svc.<zone>}); a virtual address has its Service's name alone. */
    List<DnsName> namesOf(IpAddress address, DnsName servicesZone) {
        ConcurrentSkipListSet<Owner> found = owners.get(address);
        if (found == null) {
            return List.of();
        }
        List<DnsName> names = new ArrayList<>();
        for (Owner owner : found) {
            ObjectName service = owner.service;
            if (owner.host.isEmpty()) {
                return List.of(servicesZone.under(service.name(), service.namespace()));
            }
            names.add(servicesZone.under(owner.host, service.name(), service.namespace()));
        }
        return names;
    }

    private void reindex(ObjectName name, @Nullable ServiceNames before, @Nullable ServiceNames now) {
        if (before != null) {
            before.addresses().forEach(address -> disown(address, new Owner(name, "")));
            before.hosts().forEach(host -> disown(host.address(), new Owner(name, host.label())));
        }
        if (now != null) {
            now.addresses().forEach(address -> own(address, new Owner(name, "")));
            now.hosts().forEach(host -> own(host.address(), new Owner(name, host.label())));
        }
        serial.incrementAndGet();
    }

    private void own(IpAddress address, Owner owner) {
        owners.computeIfAbsent(address, any -> new ConcurrentSkipListSet<>()).add(owner);
    }

    private void disown(IpAddress address, Owner owner) {
        owners.computeIfPresent(address, (any, set) -> {
            set.remove(owner);
            return set.isEmpty() ? null : set;
        });
    }
}
