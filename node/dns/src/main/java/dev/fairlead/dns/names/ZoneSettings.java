// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.DnsName;
import java.util.List;
import java.util.Optional;

/**
 * How the names of a cluster are served.
 *
 * @param zones at least one; all have the same names, and reverse names lead into the first
 * @param external the zone in which {@code <service>.<namespace>} is what a load balancer gave the Service
 * @param ttl of every record, 0 to 3600 seconds
 * @param pods which records pods have
 * @param servers where this server answers, for the name of the zone's server
 */
public record ZoneSettings(
        List<DnsName> zones, Optional<DnsName> external, int ttl, PodRecords pods, List<IpAddress> servers) {
    /** What the usual cluster has. */
    public static final int USUAL_TTL = 30;

    private static final int LONGEST_TTL = 3600;

    /** Who has a name below {@code pod.<zone>}. */
    public enum PodRecords {
        /** Nobody. */
        DISABLED,
        /** Every address, in every namespace there is. */
        INSECURE,
        /** Addresses of pods, in their namespaces. */
        VERIFIED
    }

    /**
     * Checks what is said.
     *
     * @throws IllegalArgumentException when there is no zone, or the TTL is out of its range
     */
    public ZoneSettings {
        zones = List.copyOf(zones);
        servers = List.copyOf(servers);
        if (zones.isEmpty() || ttl < 0 || ttl > LONGEST_TTL) {
            throw new IllegalArgumentException("at least one zone, and a TTL from 0 to 3600 s, not " + ttl);
        }
    }

    /** As a usual cluster has it. */
    public static ZoneSettings of(DnsName... zones) {
        return new ZoneSettings(List.of(zones), Optional.empty(), USUAL_TTL, PodRecords.INSECURE, List.of());
    }

    /** The same with another TTL, in seconds. */
    public ZoneSettings withTtl(int seconds) {
        return new ZoneSettings(zones, external, seconds, pods, servers);
    }

    /** The same with other records of pods. */
    public ZoneSettings withPods(PodRecords which) {
        return new ZoneSettings(zones, external, ttl, which, servers);
    }

    /** The same with names of what load balancers gave. */
    public ZoneSettings withExternal(DnsName zone) {
        return new ZoneSettings(zones, Optional.of(zone), ttl, pods, servers);
    }

    /** The same, answering at {@code addresses}. */
    public ZoneSettings withServers(List<IpAddress> addresses) {
        return new ZoneSettings(zones, external, ttl, pods, addresses);
    }
}
