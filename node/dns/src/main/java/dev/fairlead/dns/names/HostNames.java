// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.dns.message.DnsName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that Ingresses have rules for, and where they are served: what a load balancer gave the Ingress. A host {@code
 * *.shop.example} stands for every name with one label more, as in an Ingress.
 */
public final class HostNames {
    private static final String ANY = "*";

    /**
     * What one Ingress says.
     *
     * @param hosts in its rules
     * @param addresses where they are served
     * @param alias the name where they are served, when there are no addresses; empty for none
     */
    public record Served(Collection<DnsName> hosts, List<IpAddress> addresses, String alias) {
        /** Keeps the lists as they are. */
        public Served {
            hosts = List.copyOf(hosts);
            addresses = List.copyOf(addresses);
        }
    }

    /** All of it, by host; and the names that hosts are below of. */
    private record Known(Map<DnsName, Place> hosts, Set<DnsName> above) {}

    /** Where a host is served. */
    record Place(List<IpAddress> addresses, String alias) {}

    private final Runnable changed;
    private final Map<ObjectName, Served> ingresses =
            new TreeMap<>(); // under this object's lock; sorted: the first alias counts
    private volatile @Nullable Known known;

    /** None; every change is told to {@code changed}. */
    HostNames(Runnable changed) {
        this.changed = changed;
    }

    /** Puts an Ingress in place of its former self. */
    public void put(ObjectName ingress, Served served) {
        synchronized (this) {
            ingresses.put(ingress, served);
            known = null;
        }
        changed.run();
    }

    /** Forgets an Ingress. */
    public void remove(ObjectName ingress) {
        synchronized (this) {
            ingresses.remove(ingress);
            known = null;
        }
        changed.run();
    }

    /** Where {@code name} is served; null when no Ingress that is served anywhere has a rule for it. */
    @Nullable
    Place find(DnsName name) {
        Map<DnsName, Place> hosts = known().hosts;
        Place exact = hosts.get(name);
        if (exact != null || hosts.isEmpty() || name.labels().isEmpty()) {
            return exact;
        }
        return hosts.get(parent(name).under(ANY));
    }

    /** Whether hosts are below {@code name}. */
    boolean isAbove(DnsName name) {
        return known().above.contains(name);
    }

    /** All hosts in {@code zone}. */
    Stream<DnsName> in(DnsName zone) {
        return known().hosts.keySet().stream().filter(host -> host.isIn(zone));
    }

    private static DnsName parent(DnsName name) {
        return new DnsName(name.labels().subList(1, name.labels().size()));
    }

    private Known known() {
        Known now = known;
        return now == null ? collect() : now;
    }

    private synchronized Known collect() {
        Map<DnsName, Place> hosts = new HashMap<>();
        Set<DnsName> above = new HashSet<>();
        for (Served served : ingresses.values()) {
            if (served.addresses.isEmpty() && served.alias.isEmpty()) {
                continue;
            }
            for (DnsName host : served.hosts) {
                hosts.merge(host, new Place(served.addresses, served.alias), HostNames::both);
                for (DnsName name = host; !name.labels().isEmpty(); ) {
                    name = parent(name);
                    above.add(name);
                }
            }
        }
        Known now = new Known(Map.copyOf(hosts), Set.copyOf(above));
        known = now;
        return now;
    }

    /** A host of two Ingresses is served where both are; an alias stands alone, so addresses are preferred. */
    private static Place both(Place one, Place other) {
        List<IpAddress> addresses = new ArrayList<>(one.addresses);
        other.addresses.stream().filter(each -> !addresses.contains(each)).forEach(addresses::add);
        return new Place(List.copyOf(addresses), one.alias.isEmpty() ? other.alias : one.alias);
    }
}
