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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/**
 * The pure function from a question to its answer, for one zone and the reverse names of its addresses.
 *
 * <p>How this works: the labels in front of the zone are read from the right ({@code svc}, the namespace, the Service,
 * then a port and protocol or a host) and looked up; what is found is a list of records of all types. The records of the
 * type asked for are the answer. A name that exists with none of that type is NODATA: no error, no records, the SOA; a
 * name that does not exist is NXDOMAIN with the SOA (RFC 2308).
 */
public final class ZoneAnswers {
    private static final int MAX_CHAIN = 10; // CNAMEs inside the zone, as CoreDNS follows them

    private final DnsName zone;
    private final DnsName services;
    private final int ttl;
    private final NameTable table;

    /**
     * Answers from {@code table} for {@code zone}.
     *
     * @param ttl of every record, 0 to 3600 seconds
     */
    public ZoneAnswers(DnsName zone, int ttl, NameTable table) {
        this.zone = zone;
        this.services = zone.under("svc");
        this.ttl = ttl;
        this.table = table;
    }

    /** What is known about a name. */
    private sealed interface Found {
        /** No such name. */
        record Nothing() implements Found {}

        /** The name exists, with these records of whatever types and what goes with them. */
        record Records(List<ResourceRecord> records, List<ResourceRecord> additional) implements Found {}

        /** The name stands for another. */
        record Alias(DnsName target) implements Found {}
    }

    private static final Found NOTHING = new Found.Nothing();
    private static final Found EMPTY = new Found.Records(List.of(), List.of());

    /** An answer, and the name that somebody else has to resolve to complete it. */
    public record Partial(Answer answer, Optional<DnsName> unresolved) {}

    /** The zone. */
    public DnsName zone() {
        return zone;
    }

    /**
     * The answer to (name, type); empty when the name is not ours to answer: outside the zone, or the reverse name of an
     * address we do not know. {@code unresolved} is the external target of an ExternalName chain.
     */
    public Optional<Partial> answer(DnsName name, int type) {
        if (name.isIn(zone)) {
            return Optional.of(inZone(name, type));
        }
        return ReverseName.address(name).flatMap(address -> reverse(name, type, address));
    }

    private Partial inZone(DnsName name, int type) {
        if (type == RecordType.AXFR || type == RecordType.IXFR) {
            return whole(Answer.of(Rcode.REFUSED));
        }
        List<ResourceRecord> chain = new ArrayList<>();
        DnsName current = name;
        for (int step = 0; step <= MAX_CHAIN; step++) {
            Found found = find(current, type);
            if (found instanceof Found.Alias(var target)) {
                chain.add(new ResourceRecord(current, ttl, new Rdata.Cname(target)));
                if (type == RecordType.CNAME) {
                    return whole(positive(chain, List.of()));
                }
                boolean address = type == RecordType.A || type == RecordType.AAAA;
                if (!address || target.equals(current)) {
                    return whole(nodata());
                }
                if (!target.isIn(zone)) {
                    return new Partial(positive(chain, List.of()), Optional.of(target));
                }
                current = target;
                continue;
            }
            return whole(chain.isEmpty() ? plain(found, type) : chained(chain, found, type));
        }
        return whole(Answer.of(Rcode.SERVFAIL));
    }

    private Answer plain(Found found, int type) {
        if (!(found instanceof Found.Records(var records, var additional))) {
            return table.synced() ? negative(Rcode.NXDOMAIN) : Answer.of(Rcode.SERVFAIL);
        }
        List<ResourceRecord> asked = ofType(records, type);
        return asked.isEmpty() ? nodata() : positive(asked, type == RecordType.SRV ? additional : List.of());
    }

    private Answer chained(List<ResourceRecord> chain, Found found, int type) {
        List<ResourceRecord> asked = found instanceof Found.Records known ? ofType(known.records, type) : List.of();
        if (asked.isEmpty()) {
            return nodata();
        }
        List<ResourceRecord> all = new ArrayList<>(chain);
        all.addAll(asked);
        return positive(all, List.of());
    }

    private static List<ResourceRecord> ofType(List<ResourceRecord> records, int type) {
        return records.stream().filter(record -> record.type() == type).toList();
    }

    private Found find(DnsName name, int type) {
        List<String> labels = name.below(zone);
        int count = labels.size();
        if (count == 0) {
            return new Found.Records(
                    List.of(soa(), new ResourceRecord(zone, ttl, new Rdata.Ns(nameServer()))), List.of());
        }
        return switch (labels.get(count - 1)) {
            case "svc" -> findService(name, labels.subList(0, count - 1));
            case "dns-version" ->
                count == 1 && type == RecordType.TXT
                        ? new Found.Records(
                                List.of(new ResourceRecord(name, 28_800, new Rdata.Txt("1.1.0"))), List.of())
                        : NOTHING;
            case "pod" -> findPod(name, labels.subList(0, count - 1));
            default -> NOTHING;
        };
    }

    /** {@code <address-with-dashes>.<namespace>.pod}: any address, provided the namespace exists (mode "insecure"). */
    private Found findPod(DnsName name, List<String> labels) {
        int count = labels.size();
        if (count == 0) {
            return EMPTY;
        }
        if (count > 2 || !table.hasNamespace(labels.get(count - 1))) {
            return NOTHING;
        }
        if (count == 1) {
            return EMPTY;
        }
        String dashed = labels.getFirst();
        Optional<IpAddress> address =
                IpAddress.parse(dashed.replace('-', '.')).or(() -> IpAddress.parse(dashed.replace('-', ':')));
        return address.<Found>map(ip -> new Found.Records(List.of(addressRecord(name, ip)), List.of()))
                .orElse(NOTHING);
    }

    private Found findService(DnsName name, List<String> labels) {
        int count = labels.size();
        if (count == 0) {
            return EMPTY;
        }
        String namespace = labels.get(count - 1);
        if (count == 1) {
            return table.hasNamespace(namespace) ? EMPTY : NOTHING;
        }
        ServiceNames service = table.service(namespace, labels.get(count - 2));
        if (service == null) {
            return NOTHING;
        }
        DnsName owner = services.under(labels.get(count - 2), namespace);
        return switch (count) {
            case 2 -> ofService(owner, service);
            case 3 -> ofHost(name, labels.getFirst(), service);
            case 4 -> ofPort(name, owner, service, bare(labels.get(0)), bare(labels.get(1)));
            default -> NOTHING;
        };
    }

    private static String bare(String label) {
        return label.startsWith("_") ? label.substring(1) : label;
    }

    private Found ofService(DnsName owner, ServiceNames service) {
        if (!service.externalName().isEmpty()) {
            return alias(service.externalName());
        }
        boolean endpointless = service.headless() && service.hosts().isEmpty();
        if (endpointless) {
            return NOTHING;
        }
        List<ResourceRecord> records = new ArrayList<>();
        if (service.headless()) {
            service.hosts().stream()
                    .map(ServiceNames.Host::address)
                    .distinct()
                    .forEach(address -> records.add(addressRecord(owner, address)));
        } else {
            service.addresses().forEach(address -> records.add(addressRecord(owner, address)));
        }
        return withServices(records, owner, owner, service, port -> true);
    }

    private static Found alias(String externalName) {
        if (IpAddress.parse(externalName).isPresent()) {
            return NOTHING; // an address is no name; CoreDNS answers so too
        }
        try {
            return new Found.Alias(DnsName.of(externalName));
        } catch (IllegalArgumentException notAName) {
            return NOTHING;
        }
    }

    private Found ofHost(DnsName name, String label, ServiceNames service) {
        List<ResourceRecord> records = service.hosts().stream()
                .filter(host -> host.label().equalsIgnoreCase(label))
                .map(host -> addressRecord(name, host.address()))
                .toList();
        return records.isEmpty() ? NOTHING : new Found.Records(records, List.of());
    }

    private Found ofPort(DnsName name, DnsName owner, ServiceNames service, String port, String protocol) {
        Found found = withServices(
                new ArrayList<>(),
                name,
                owner,
                service,
                candidate -> candidate.name().equalsIgnoreCase(port)
                        && candidate.protocol().name().equalsIgnoreCase(protocol));
        return found instanceof Found.Records known && known.records.isEmpty() ? NOTHING : found;
    }

    /** Adds the SRV records of the ports wanted, all of one weight, and the addresses of their targets. */
    private Found withServices(
            List<ResourceRecord> records,
            DnsName name,
            DnsName owner,
            ServiceNames service,
            Predicate<ServiceNames.Port> wanted) {
        record Target(DnsName host, int port) {}
        SequencedSet<Target> targets = new LinkedHashSet<>();
        List<ResourceRecord> additional = new ArrayList<>();
        if (service.headless()) {
            for (ServiceNames.Host host : service.hosts()) {
                DnsName target = owner.under(host.label());
                boolean any = false;
                for (ServiceNames.Port port : host.ports()) {
                    if (wanted.test(port) && port.number() > 0) {
                        targets.add(new Target(target, port.number()));
                        any = true;
                    }
                }
                if (any) {
                    additional.add(addressRecord(target, host.address()));
                }
            }
        } else {
            service.ports().stream().filter(wanted).forEach(port -> targets.add(new Target(owner, port.number())));
            if (!targets.isEmpty()) {
                service.addresses().forEach(address -> additional.add(addressRecord(owner, address)));
            }
        }
        int weight = targets.isEmpty() ? 0 : Math.max(1, 100 / targets.size());
        targets.forEach(target ->
                records.add(new ResourceRecord(name, ttl, new Rdata.Srv(0, weight, target.port, target.host))));
        return new Found.Records(List.copyOf(records), List.copyOf(additional));
    }

    private Optional<Partial> reverse(DnsName name, int type, IpAddress address) {
        List<DnsName> names = table.namesOf(address, services);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        if (type != RecordType.PTR) {
            return Optional.of(whole(nodata()));
        }
        List<ResourceRecord> records = names.stream()
                .map(target -> new ResourceRecord(name, ttl, new Rdata.Ptr(target)))
                .toList();
        return Optional.of(whole(positive(records, List.of())));
    }

    private ResourceRecord addressRecord(DnsName name, IpAddress address) {
        return new ResourceRecord(name, ttl, new Rdata.Address(address));
    }

    private static Answer positive(List<ResourceRecord> records, List<ResourceRecord> additional) {
        return new Answer(Rcode.NOERROR, true, List.copyOf(records), List.of(), additional);
    }

    private Answer nodata() {
        return negative(Rcode.NOERROR);
    }

    private Answer negative(Rcode rcode) {
        return new Answer(rcode, true, List.of(), List.of(soa()), List.of());
    }

    private DnsName nameServer() {
        return zone.under("ns", "dns");
    }

    private ResourceRecord soa() {
        Rdata soa = new Rdata.Soa(
                nameServer(), zone.under("hostmaster"), table.serial() & 0xffff_ffffL, 7200, 1800, 86_400, ttl);
        return new ResourceRecord(zone, Math.min(ttl, 300), soa);
    }

    private static Partial whole(Answer answer) {
        return new Partial(answer, Optional.empty());
    }
}
