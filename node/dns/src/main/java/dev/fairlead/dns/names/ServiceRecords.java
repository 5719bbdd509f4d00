// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The records of one Service under its names. */
final class ServiceRecords {
    private static final int FULL_WEIGHT = 100;

    private final int ttl;

    ServiceRecords(int ttl) {
        this.ttl = ttl;
    }

    private record Target(DnsName host, int port) {}

    ResourceRecord address(DnsName name, IpAddress address) {
        return new ResourceRecord(name, ttl, new Rdata.Address(address));
    }

    /** {@code <service>.<namespace>.svc}; SRV records are of all its ports, also unnamed ones. */
    Found ofService(DnsName owner, ServiceNames service) {
        if (!service.externalName().isEmpty()) {
            return alias(service.externalName());
        }
        if (service.headless() && service.hosts().isEmpty()) {
            return new Found.Nothing(Absence.NO_READY_ENDPOINT);
        }
        Stream<IpAddress> addresses = service.headless()
                ? service.hosts().stream().map(ServiceNames.Host::address).distinct()
                : service.addresses().stream();
        return withServices(
                addresses.map(address -> address(owner, address)).toList(), owner, owner, service, port -> true);
    }

    private static Found alias(String externalName) {
        try {
            return IpAddress.parse(externalName).isPresent()
                    ? new Found.Nothing(Absence.NOT_A_NAME) // CoreDNS answers so too
                    : new Found.Alias(DnsName.of(externalName));
        } catch (IllegalArgumentException notAName) {
            return new Found.Nothing(Absence.NOT_A_NAME);
        }
    }

    /** {@code <host>.<service>.<namespace>.svc}; or {@code _tcp} there, which exists because of the ports below it. */
    Found ofHost(DnsName name, String label, ServiceNames service) {
        if (label.startsWith("_")) {
            boolean above = service.allPorts().anyMatch(port -> carries(port.protocol(), label.substring(1)));
            return above ? Found.EMPTY : new Found.Nothing(Absence.NO_SUCH_PORT);
        }
        List<ResourceRecord> records = service.hosts().stream()
                .filter(host -> host.label().equalsIgnoreCase(label))
                .map(host -> address(name, host.address()))
                .toList();
        return records.isEmpty() ? new Found.Nothing(Absence.NO_SUCH_ENDPOINT) : Found.of(records);
    }

    /** {@code _<port>._<protocol>.<service>.<namespace>.svc}. */
    Found ofPort(DnsName name, DnsName owner, ServiceNames service, String port, String protocol) {
        return orNoPort(withServices(List.of(), name, owner, service, called(port, protocol)));
    }

    private static Predicate<ServiceNames.Port> called(String port, String protocol) {
        return candidate -> candidate.name().equalsIgnoreCase(port) && carries(candidate.protocol(), protocol);
    }

    private static boolean carries(Protocol protocol, String label) {
        return protocol.name().toLowerCase(Locale.ROOT).equals(label);
    }

    private static Found orNoPort(Found found) {
        return found instanceof Found.Records known && known.records().isEmpty()
                ? new Found.Nothing(Absence.NO_SUCH_PORT)
                : found;
    }

    /** The host of an Ingress. */
    Found ofPlace(DnsName name, HostNames.Place place) {
        return place.addresses().isEmpty()
                ? alias(place.alias())
                : Found.of(place.addresses().stream()
                        .map(address -> address(name, address))
                        .toList());
    }

    /** {@code <service>.<namespace>} in the external zone. */
    Found ofGiven(DnsName owner, ServiceNames service) {
        if (service.given().isEmpty()) {
            return service.givenName().isEmpty()
                    ? new Found.Nothing(Absence.NOTHING_GIVEN)
                    : alias(service.givenName());
        }
        List<ResourceRecord> addresses =
                service.given().stream().map(address -> address(owner, address)).toList();
        return given(addresses, owner, owner, service, port -> true);
    }

    /** {@code _<port>._<protocol>.<service>.<namespace>} in the external zone. */
    Found ofGivenPort(DnsName name, DnsName owner, ServiceNames service, String port, String protocol) {
        return service.given().isEmpty()
                ? new Found.Nothing(Absence.NOTHING_GIVEN)
                : orNoPort(given(List.of(), name, owner, service, called(port, protocol)));
    }

    private Found given(
            List<ResourceRecord> first,
            DnsName name,
            DnsName owner,
            ServiceNames service,
            Predicate<ServiceNames.Port> wanted) {
        List<Target> targets = service.ports().stream()
                .filter(wanted)
                .map(port -> new Target(owner, port.number()))
                .toList();
        List<ResourceRecord> additional =
                service.given().stream().map(address -> address(owner, address)).toList();
        return services(first, name, targets, additional);
    }

    /** Adds the SRV records of the ports wanted, all of one weight, and the addresses of their targets. */
    private Found withServices(
            List<ResourceRecord> first,
            DnsName name,
            DnsName owner,
            ServiceNames service,
            Predicate<ServiceNames.Port> wanted) {
        List<Target> targets = new ArrayList<>();
        List<ResourceRecord> additional = new ArrayList<>();
        if (service.headless()) {
            for (ServiceNames.Host host : service.hosts()) {
                DnsName target = owner.under(host.label());
                int before = targets.size();
                for (ServiceNames.Port port : host.ports()) {
                    if (wanted.test(port) && port.number() > 0) {
                        targets.add(new Target(target, port.number()));
                    }
                }
                if (targets.size() > before) {
                    additional.add(address(target, host.address()));
                }
            }
        } else {
            service.ports().stream().filter(wanted).forEach(port -> targets.add(new Target(owner, port.number())));
            service.addresses().forEach(address -> additional.add(address(owner, address)));
        }
        return services(first, name, targets, additional);
    }

    /** The weight counts a target for each of its addresses, as CoreDNS does; it is told once all the same. */
    private Found services(
            List<ResourceRecord> first, DnsName name, List<Target> targets, List<ResourceRecord> additional) {
        List<ResourceRecord> records = new ArrayList<>(first);
        SequencedSet<Target> once = new LinkedHashSet<>(targets);
        int weight = targets.isEmpty() ? 0 : Math.max(1, FULL_WEIGHT / targets.size());
        once.forEach(target ->
                records.add(new ResourceRecord(name, ttl, new Rdata.Srv(0, weight, target.port, target.host))));
        return new Found.Records(List.copyOf(records), once.isEmpty() ? List.of() : List.copyOf(additional));
    }
}
