// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The function from a question to its answer, for our zones and the reverse names of their addresses.
 *
 * <p>The records of the type asked for are the answer. A name that exists with none of that type is NODATA: no error, no
 * records, the SOA; a name that does not exist is NXDOMAIN with the SOA (RFC 2308).
 */
public final class ZoneAnswers {
    private static final int MAX_CHAIN = 10; // CNAMEs inside the zones, as CoreDNS follows them

    private final List<ZoneRecords> zones;
    private final ZoneSettings settings;
    private final NameTable table;

    /** Answers from {@code table} as {@code settings} say. */
    public ZoneAnswers(ZoneSettings settings, NameTable table) {
        this.settings = settings;
        this.table = table;
        this.zones = Stream.concat(settings.zones().stream(), settings.external().stream())
                .map(zone -> new ZoneRecords(zone, settings, table))
                .toList();
    }

    /** An answer, and the name that somebody else has to resolve to complete it. */
    public record Partial(Answer answer, Optional<DnsName> unresolved) {}

    /** The zone in which our names are. */
    public DnsName zone() {
        return settings.zones().getFirst();
    }

    /** The TTL of our records, in seconds. */
    public int ttl() {
        return settings.ttl();
    }

    /** What is answered from. */
    public NameTable table() {
        return table;
    }

    /**
     * All records of the zone {@code name}, its SOA first and last; empty where that is no zone of ours, or a table that is
     * not whole yet. What changes meanwhile may be told or not; the serial number is another one after it.
     */
    public Optional<Iterator<ResourceRecord>> transfer(DnsName name) {
        Optional<ZoneRecords> found =
                zones.stream().filter(zone -> zone.zone().equals(name)).findFirst();
        return table.synced() ? found.map(ZoneRecords::all) : Optional.empty();
    }

    /** Which of our zones a name is in: the longest; null for names of others. */
    private @Nullable ZoneRecords zoneOf(DnsName name) {
        ZoneRecords best = null;
        for (ZoneRecords zone : zones) {
            int labels = zone.zone().labels().size();
            if (name.isIn(zone.zone())
                    && (best == null || labels > best.zone().labels().size())) {
                best = zone;
            }
        }
        return best;
    }

    /** Whether {@code name} is in one of our zones; reverse names are not. */
    public boolean isOurs(DnsName name) {
        return zoneOf(name) != null;
    }

    /**
     * By which part of the table {@link NameTable#version} tells whether the answer to {@code name} is as it was; empty
     * when it is not ours, or rests on more than such a part.
     */
    public OptionalInt stripe(DnsName name) {
        ZoneRecords zone = zoneOf(name);
        if (zone != null) {
            return zone.stripe(name);
        }
        Optional<IpAddress> address = ReverseName.address(name);
        return address.isPresent() ? OptionalInt.of(NameTable.stripe(address.get())) : OptionalInt.empty();
    }

    /** Whether we answer {@code name} without following it to other names, or asking others. */
    public boolean isWholeByItself(DnsName name) {
        ZoneRecords zone = zoneOf(name);
        if (zone != null) {
            return !(zone.find(name, RecordType.CNAME) instanceof Found.Alias);
        }
        return ReverseName.address(name)
                .filter(address -> !zones.getFirst().pointers(name, address).isEmpty())
                .isPresent();
    }

    /** Why {@code name} is not there; empty when it is, or is not ours. */
    public Optional<Absence> absence(DnsName name, int type) {
        ZoneRecords zone = zoneOf(name);
        return zone != null && zone.find(name, type) instanceof Found.Nothing(Absence why)
                ? Optional.of(why)
                : Optional.empty();
    }

    /**
     * The answer to (name, type); empty when the name is not ours to answer: outside the zones, or the reverse name of an
     * address we do not know. {@code unresolved} is the external target of an ExternalName chain.
     */
    public Optional<Partial> answer(DnsName name, int type) {
        ZoneRecords zone = zoneOf(name);
        if (zone != null) {
            return Optional.of(inZone(zone, name, type));
        }
        return ReverseName.address(name).flatMap(address -> reverse(name, type, address));
    }

    private Partial inZone(ZoneRecords first, DnsName name, int type) {
        if (type == RecordType.AXFR || type == RecordType.IXFR) {
            return whole(Answer.of(Rcode.REFUSED));
        }
        List<ResourceRecord> chain = new ArrayList<>();
        DnsName current = name;
        ZoneRecords zone = first;
        for (int step = 0; step <= MAX_CHAIN; step++) {
            Found found = zone.find(current, type);
            if (!(found instanceof Found.Alias(var target))) {
                return whole(chain.isEmpty() ? plain(first, found, type) : chained(first, chain, found, type));
            }
            chain.add(new ResourceRecord(current, settings.ttl(), new Rdata.Cname(target)));
            if (type == RecordType.CNAME) {
                return whole(positive(chain, List.of()));
            }
            boolean address = type == RecordType.A || type == RecordType.AAAA;
            if (!address || target.equals(current)) {
                return whole(nodata(first));
            }
            ZoneRecords next = zoneOf(target);
            if (next == null) {
                return new Partial(positive(chain, List.of()), Optional.of(target));
            }
            current = target;
            zone = next;
        }
        return whole(Answer.of(Rcode.SERVFAIL));
    }

    private Answer plain(ZoneRecords zone, Found found, int type) {
        if (!(found instanceof Found.Records(var records, var additional))) {
            return table.synced() ? negative(zone, Rcode.NXDOMAIN) : Answer.of(Rcode.SERVFAIL);
        }
        List<ResourceRecord> asked = ofType(records, type);
        boolean helped = type == RecordType.SRV || type == RecordType.NS;
        return asked.isEmpty() ? nodata(zone) : positive(asked, helped ? additional : List.of());
    }

    private Answer chained(ZoneRecords zone, List<ResourceRecord> chain, Found found, int type) {
        List<ResourceRecord> asked = found instanceof Found.Records known ? ofType(known.records(), type) : List.of();
        if (asked.isEmpty()) {
            return nodata(zone);
        }
        List<ResourceRecord> all = new ArrayList<>(chain);
        all.addAll(asked);
        return positive(all, List.of());
    }

    private static List<ResourceRecord> ofType(List<ResourceRecord> records, int type) {
        return records.stream().filter(record -> record.type() == type).toList();
    }

    private Optional<Partial> reverse(DnsName name, int type, IpAddress address) {
        ZoneRecords zone = zones.getFirst();
        List<ResourceRecord> pointers = zone.pointers(name, address);
        if (pointers.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(whole(type == RecordType.PTR ? positive(pointers, List.of()) : nodata(zone)));
    }

    private static Answer positive(List<ResourceRecord> records, List<ResourceRecord> additional) {
        return new Answer(Rcode.NOERROR, true, List.copyOf(records), List.of(), additional);
    }

    private static Answer nodata(ZoneRecords zone) {
        return negative(zone, Rcode.NOERROR);
    }

    private static Answer negative(ZoneRecords zone, Rcode rcode) {
        return new Answer(rcode, true, List.of(), List.of(zone.soa()), List.of());
    }

    private static Partial whole(Answer answer) {
        return new Partial(answer, Optional.empty());
    }
}
