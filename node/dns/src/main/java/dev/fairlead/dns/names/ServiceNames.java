// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What DNS says of one Service: only the fields that answers need.
 *
 * @param externalName the name it stands for; empty unless it is an ExternalName Service
 * @param addresses the virtual addresses; empty when headless
 * @param ports the Service's ports, for a Service with addresses
 * @param hosts the ready endpoints, sorted
 * @param given the addresses that a load balancer gave, and its external ones
 * @param givenName the name that a load balancer gave; empty without one
 */
record ServiceNames(
        boolean headless,
        String externalName,
        List<IpAddress> addresses,
        List<Port> ports,
        List<Host> hosts,
        List<IpAddress> given,
        String givenName) {

    /** A port as SRV records know it; the name is empty for an unnamed port. */
    record Port(String name, Protocol protocol, int number) {}

    /**
     * An endpoint address under its name below the Service's.
     *
     * @param hostname the endpoint's own; empty when it is called by its address
     */
    record Host(String hostname, IpAddress address, List<Port> ports) implements Comparable<Host> {
        /** The endpoint's own hostname, else its address with dashes. */
        String label() {
            return ServiceNames.label(hostname, address);
        }

        @Override
        public int compareTo(Host other) {
            int byAddress = address.compareTo(other.address);
            return byAddress != 0 ? byAddress : label().compareTo(other.label());
        }
    }

    static ServiceNames of(Service service, Collection<EndpointSlice> slices) {
        boolean external = service.type() == ServiceType.EXTERNAL_NAME;
        TreeSet<Host> hosts = new TreeSet<>();
        if (!external) {
            slices.forEach(slice -> addHosts(slice, hosts));
        }
        return new ServiceNames(
                service.headless(),
                external ? service.externalName() : "",
                external ? List.of() : service.clusterIps(),
                external
                        ? List.of()
                        : service.ports().stream().map(ServiceNames::port).toList(),
                List.copyOf(hosts),
                given(service),
                service.ingress().stream()
                        .map(Service.Ingress::hostname)
                        .filter(hostname -> !hostname.isEmpty())
                        .findFirst()
                        .orElse(""));
    }

    private static List<IpAddress> given(Service service) {
        return Stream.concat(
                        service.ingress().stream().flatMap(ingress -> ingress.ip().stream()),
                        service.externalIps().stream())
                .distinct()
                .toList();
    }

    /** The ports that SRV records are of. */
    Stream<Port> allPorts() {
        return headless ? hosts.stream().flatMap(host -> host.ports().stream()) : ports.stream();
    }

    private static Port port(ServicePort port) {
        return new Port(port.name(), port.protocol(), port.port());
    }

    private static void addHosts(EndpointSlice slice, TreeSet<Host> hosts) {
        List<Port> ports = new ArrayList<>();
        for (EndpointPort port : slice.ports()) {
            ports.add(new Port(port.name(), port.protocol(), port.port()));
        }
        List<Port> shared = List.copyOf(ports);
        for (Endpoint endpoint : slice.endpoints()) {
            if (!endpoint.ready()) {
                continue;
            }
            for (String text : endpoint.addresses()) {
                IpAddress.parse(text).ifPresent(address -> add(hosts, hostname(endpoint), address, shared));
            }
        }
    }

    /** The same host may stand in several slices, each with other ports (one slice per port set). */
    private static void add(TreeSet<Host> hosts, String hostname, IpAddress address, List<Port> ports) {
        Host host = new Host(hostname, address, ports);
        Host known = hosts.floor(host);
        if (known != null && known.compareTo(host) == 0) {
            SequencedSet<Port> all = new LinkedHashSet<>(known.ports);
            all.addAll(ports);
            hosts.remove(known);
            hosts.add(new Host(hostname, address, List.copyOf(all)));
        } else {
            hosts.add(host);
        }
    }

    private static String hostname(Endpoint endpoint) {
        String hostname = endpoint.hostname();
        return hostname == null ? "" : hostname;
    }

    /** A hostname, else the address with dashes: made when it is asked for, since there is one for every endpoint. */
    static String label(String hostname, IpAddress address) {
        return hostname.isEmpty() ? dashed(address) : hostname;
    }

    /** {@code 10-244-0-7}; for IPv6 {@code fd00--7}, and a trailing dash gets a 0 so that it is a label. */
    static String dashed(IpAddress address) {
        String text = address.toString();
        if (address.family() == IpFamily.IPV4) {
            return text.replace('.', '-');
        }
        String dashes = text.replace(':', '-');
        return dashes.endsWith("-") ? dashes + "0" : dashes;
    }
}
