// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.forward.HostResolvers;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.SearchPath;
import dev.fairlead.dns.names.StaticNames;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.dns.names.ZoneSettings.PodRecords;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What an operator may choose about a node's DNS; the rest follows from the node.
 *
 * @param zones further zones, with the same names as the cluster's domain
 * @param external the zone of what load balancers gave
 * @param ttl of every record of ours, 0 to 3600 seconds
 * @param pods which records pods have
 * @param search whether the search path of pods is walked for them
 * @param upstreams who is asked for other names; empty: the host's own resolvers
 * @param stubs domains that have resolvers of their own
 * @param hosts names that are written down
 * @param logEvery one of so many queries is logged; 0 for none
 * @param perSecond how many queries one source may ask in a second; 0 for as many as it likes
 * @param transferTo who may have whole zones
 * @param encryption of DNS; empty: none
 * @param parallel whether all upstreams are asked at once
 * @param mixedCase whether letters of questions to them are mixed by chance
 */
public record DnsChoices(
        List<DnsName> zones,
        Optional<DnsName> external,
        int ttl,
        PodRecords pods,
        boolean search,
        List<InetSocketAddress> upstreams,
        Map<DnsName, List<InetSocketAddress>> stubs,
        StaticNames hosts,
        int logEvery,
        int perSecond,
        List<Cidr> transferTo,
        Optional<Encryption> encryption,
        boolean parallel,
        boolean mixedCase) {
    /** What nobody has chosen. */
    public static final DnsChoices USUAL = new DnsChoices(
            List.of(),
            Optional.empty(),
            ZoneSettings.USUAL_TTL,
            PodRecords.INSECURE,
            true,
            List.of(),
            Map.of(),
            StaticNames.NONE,
            0,
            0,
            List.of(),
            Optional.empty(),
            false,
            false);

    /**
     * Where encrypted DNS is answered, at the address of the other.
     *
     * @param context with the server's certificate and key
     * @param tlsPort of DNS over TLS; 0: none
     * @param httpsPort of DNS over HTTPS; 0: none
     */
    public record Encryption(SSLContext context, int tlsPort, int httpsPort) {}

    /** The settings of a server that answers at {@code servers} for {@code domain}. */
    public DnsSettings settings(DnsName domain, List<IpAddress> servers, HostResolvers host) {
        List<DnsName> all = new ArrayList<>(List.of(domain));
        all.addAll(zones);
        ForwardSettings forward = ForwardSettings.of(upstreams.isEmpty() ? host.servers() : upstreams)
                .withStubs(stubs)
                .withParallel(parallel)
                .withMixedCase(mixedCase);
        return new DnsSettings(
                new ZoneSettings(all, external, ttl, pods, servers),
                forward,
                hosts,
                search ? Optional.of(new SearchPath(domain, host.search())) : Optional.empty(),
                logEvery,
                perSecond,
                DnsSettings.USUAL_PATIENCE,
                transferTo);
    }
}
