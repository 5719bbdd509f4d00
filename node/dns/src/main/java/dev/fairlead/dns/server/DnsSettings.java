// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.names.SearchPath;
import dev.fairlead.dns.names.StaticNames;
import dev.fairlead.dns.names.ZoneSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that is decided about a DNS server.
 *
 * @param hosts names that are written down
 * @param search the search path of pods, walked for them; empty: they walk it themselves
 * @param logEvery one of so many queries is logged; 0 for none
 * @param perSecond how many queries one source may ask in a second; 0 for as many as it likes
 * @param patience how long a TCP connection may be silent, and one message on it may take
 * @param transferTo who may have whole zones (RFC 5936); empty: nobody
 */
public record DnsSettings(
        ZoneSettings zone,
        ForwardSettings forward,
        StaticNames hosts,
        Optional<SearchPath> search,
        int logEvery,
        int perSecond,
        Duration patience,
        List<Cidr> transferTo) {
    static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);

    /** The usual: nothing written down, no search path walked, no log, no limit. */
    public static DnsSettings of(ZoneSettings zone, ForwardSettings forward) {
        return new DnsSettings(zone, forward, StaticNames.NONE, Optional.empty(), 0, 0, USUAL_PATIENCE, List.of());
    }

    /** The same with names that are written down. */
    public DnsSettings withHosts(StaticNames names) {
        return new DnsSettings(zone, forward, names, search, logEvery, perSecond, patience, transferTo);
    }

    /** The same, walking the search path of pods. */
    public DnsSettings withSearch(SearchPath path) {
        return new DnsSettings(zone, forward, hosts, Optional.of(path), logEvery, perSecond, patience, transferTo);
    }

    /** The same, telling one of {@code every} queries; 0 for none. */
    public DnsSettings withLog(int every) {
        return new DnsSettings(zone, forward, hosts, search, every, perSecond, patience, transferTo);
    }

    /** The same, with so many queries a second for one source; 0 for as many as it likes. */
    public DnsSettings withRate(int queries) {
        return new DnsSettings(zone, forward, hosts, search, logEvery, queries, patience, transferTo);
    }

    /** The same with other patience. */
    public DnsSettings withPatience(Duration with) {
        return new DnsSettings(zone, forward, hosts, search, logEvery, perSecond, with, transferTo);
    }

    /** The same, giving whole zones to these. */
    public DnsSettings withTransferTo(List<Cidr> blocks) {
        return new DnsSettings(zone, forward, hosts, search, logEvery, perSecond, patience, blocks);
    }
}
