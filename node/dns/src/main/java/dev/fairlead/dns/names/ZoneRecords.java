// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.dns.names.ZoneSettings.PodRecords;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What one zone knows about its names. How this works: the labels in front of the zone are read from the right ({@code
 * svc}, the namespace, the Service, then a port and protocol or a host) and looked up; what is found is the records of
 * all types. A name on the way to another one exists, too, without records (RFC 8020).
 */
final class ZoneRecords {
    private static final int VERSION_TTL = 28_800;

    private final DnsName zone;
    private final DnsName services;
    private final ZoneSettings settings;
    private final NameTable table;
    private final ServiceRecords records;

    ZoneRecords(DnsName zone, ZoneSettings settings, NameTable table) {
        this.zone = zone;
        this.services = zone.under("svc");
        this.settings = settings;
        this.table = table;
        this.records = new ServiceRecords(settings.ttl());
    }

    DnsName zone() {
        return zone;
    }

    /** What there is about {@code name}, which is in the zone; {@code type} matters to dns-version only, as CoreDNS has it. */
    Found find(DnsName name, int type) {
        List<String> labels = name.below(zone);
        int count = labels.size();
        if (count == 0) {
            return apex();
        }
        List<String> front = labels.subList(0, count - 1);
        String last = labels.get(count - 1);
        if (last.equals("dns")
                && (count == 1 || (count == 2 && labels.getFirst().equals("ns")))) {
            return count == 1 ? Found.EMPTY : Found.of(glue());
        }
        if (settings.external().filter(zone::equals).isPresent()) {
            return findOutside(name, labels);
        }
        return switch (last) {
            case "svc" -> findService(name, front);
            case "pod" -> findPod(name, front);
            case "dns-version" ->
                count == 1 && type == RecordType.TXT
                        ? Found.of(List.of(new ResourceRecord(name, VERSION_TTL, new Rdata.Txt("1.1.0"))))
                        : nothing(Absence.NO_SUCH_FORM);
            default -> nothing(Absence.NO_SUCH_FORM);
        };
    }

    /** Every record, in the order of a transfer (RFC 5936): the SOA, the others, the SOA. */
    Iterator<ResourceRecord> all() {
        ResourceRecord soa = soa();
        table.handOutSerial();
        Stream<ResourceRecord> others =
                names().flatMap(this::recordsOf).filter(record -> record.type() != RecordType.SOA);
        return Stream.of(Stream.of(soa), others, Stream.of(soa))
                .flatMap(records -> records)
                .iterator();
    }

    private Stream<ResourceRecord> recordsOf(DnsName name) {
        return switch (find(name, RecordType.TXT)) {
            case Found.Records(var found, var additional) -> found.stream();
            case Found.Alias(var target) ->
                Stream.of(new ResourceRecord(name, settings.ttl(), new Rdata.Cname(target)));
            case Found.Nothing nothing -> Stream.empty();
        };
    }

    /** Every name that may have records; a name that has none just then does no harm. */
    private Stream<DnsName> names() {
        Stream<DnsName> own = Stream.of(zone, nameServer(), zone.under("dns-version"));
        boolean external = settings.external().filter(zone::equals).isPresent();
        Stream<DnsName> pods = settings.pods() == PodRecords.VERIFIED && !external
                ? table.podNames(zone.under("pod"))
                : Stream.empty();
        Stream<DnsName> ours = table.serviceNames().flatMap(name -> namesOf(name, external ? zone : services));
        Stream<DnsName> hosts = external ? table.hosts().in(zone) : Stream.empty();
        return Stream.of(own, pods, ours, hosts).flatMap(names -> names).distinct();
    }

    private Stream<DnsName> namesOf(ObjectName name, DnsName above) {
        ServiceNames service = table.service(name.namespace(), name.name());
        if (service == null) {
            return Stream.empty();
        }
        DnsName owner = above.under(name.name(), name.namespace());
        Stream<DnsName> ports = service.allPorts()
                .filter(port -> !port.name().isEmpty())
                .map(port -> owner.under(
                        "_" + port.name(), "_" + port.protocol().name().toLowerCase(Locale.ROOT)))
                .distinct();
        Stream<DnsName> hosts =
                service.hosts().stream().map(host -> owner.under(host.label())).distinct();
        return Stream.of(Stream.of(owner), ports, hosts).flatMap(names -> names);
    }

    /** The part of the table that {@code name} is answered from; empty for what changes with everything, or with pods. */
    OptionalInt stripe(DnsName name) {
        List<String> labels = name.below(zone);
        int count = labels.size();
        if (count == 0) {
            return OptionalInt.empty();
        }
        boolean external = settings.external().filter(zone::equals).isPresent();
        String last = labels.get(count - 1);
        if (!external && last.equals("pod")) {
            return settings.pods() == PodRecords.VERIFIED ? OptionalInt.empty() : OptionalInt.of(NameTable.NAMESPACES);
        }
        int service = external ? count - 2 : last.equals("svc") ? count - 3 : -1;
        return OptionalInt.of(
                service < 0 ? NameTable.NAMESPACES : NameTable.stripe(labels.get(service + 1), labels.get(service)));
    }

    private Found apex() {
        return new Found.Records(
                List.of(soa(), new ResourceRecord(zone, settings.ttl(), new Rdata.Ns(nameServer()))), glue());
    }

    private DnsName nameServer() {
        return zone.under("ns", "dns");
    }

    private List<ResourceRecord> glue() {
        return settings.servers().stream()
                .map(address -> records.address(nameServer(), address))
                .toList();
    }

    /** The zone's head, as it goes with every negative answer. */
    ResourceRecord soa() {
        int ttl = settings.ttl();
        Rdata soa = new Rdata.Soa(
                nameServer(), zone.under("hostmaster"), table.serial() & 0xffff_ffffL, 7200, 1800, 86_400, ttl);
        return new ResourceRecord(zone, Math.min(ttl, 300), soa);
    }

    /** {@code <address-with-dashes>.<namespace>.pod}. */
    private Found findPod(DnsName name, List<String> labels) {
        int count = labels.size();
        if (count == 0) {
            return Found.EMPTY;
        }
        if (settings.pods() == PodRecords.DISABLED) {
            return nothing(Absence.PODS_DISABLED);
        }
        String namespace = labels.get(count - 1);
        if (!table.hasNamespace(namespace)) {
            return nothing(Absence.NO_NAMESPACE);
        }
        if (count == 1) {
            return Found.EMPTY;
        }
        Optional<IpAddress> address = count > 2 ? Optional.empty() : undashed(labels.getFirst());
        if (address.isEmpty()) {
            return nothing(Absence.NO_ADDRESS);
        }
        return settings.pods() == PodRecords.VERIFIED && !table.hasPod(namespace, address.get())
                ? nothing(Absence.NO_POD)
                : Found.of(List.of(records.address(name, address.get())));
    }

    private static Optional<IpAddress> undashed(String label) {
        return IpAddress.parse(label.replace('-', '.')).or(() -> IpAddress.parse(label.replace('-', ':')));
    }

    private Found findService(DnsName name, List<String> labels) {
        int count = labels.size();
        if (count == 0) {
            return Found.EMPTY;
        }
        String namespace = labels.get(count - 1);
        if (count == 1) {
            return table.hasNamespace(namespace) ? Found.EMPTY : nothing(Absence.NO_NAMESPACE);
        }
        ServiceNames service = table.service(namespace, labels.get(count - 2));
        if (service == null) {
            return nothing(table.hasNamespace(namespace) ? Absence.NO_SERVICE : Absence.NO_NAMESPACE);
        }
        DnsName owner = services.under(labels.get(count - 2), namespace);
        return switch (count) {
            case 2 -> records.ofService(owner, service);
            case 3 -> records.ofHost(name, labels.getFirst(), service);
            case 4 -> records.ofPort(name, owner, service, bare(labels.get(0)), bare(labels.get(1)));
            default -> nothing(Absence.NO_SUCH_FORM);
        };
    }

    /** Hosts of Ingresses first, then Services. */
    private Found findOutside(DnsName name, List<String> labels) {
        HostNames.Place place = table.hosts().find(name);
        if (place != null) {
            return records.ofPlace(name, place);
        }
        Found found = findExternal(name, labels);
        return found instanceof Found.Nothing && table.hosts().isAbove(name) ? Found.EMPTY : found;
    }

    /** The same forms without {@code svc}: what load balancers gave. */
    private Found findExternal(DnsName name, List<String> labels) {
        int count = labels.size();
        String namespace = labels.get(count - 1);
        if (count == 1) {
            return table.hasNamespace(namespace) ? Found.EMPTY : nothing(Absence.NO_NAMESPACE);
        }
        ServiceNames service = table.service(namespace, labels.get(count - 2));
        if (service == null) {
            return nothing(table.hasNamespace(namespace) ? Absence.NO_SERVICE : Absence.NO_NAMESPACE);
        }
        DnsName owner = zone.under(labels.get(count - 2), namespace);
        return switch (count) {
            case 2 -> records.ofGiven(owner, service);
            case 4 -> records.ofGivenPort(name, owner, service, bare(labels.get(0)), bare(labels.get(1)));
            default -> nothing(Absence.NO_SUCH_FORM);
        };
    }

    private static String bare(String label) {
        return label.startsWith("_") ? label.substring(1) : label;
    }

    /** The names of an address, as reverse names lead to them. */
    List<ResourceRecord> pointers(DnsName reverse, IpAddress address) {
        List<ResourceRecord> pointers = new ArrayList<>();
        for (DnsName target : table.namesOf(address, services)) {
            pointers.add(new ResourceRecord(reverse, settings.ttl(), new Rdata.Ptr(target)));
        }
        return pointers;
    }

    private static Found nothing(Absence why) {
        return new Found.Nothing(why);
    }
}
