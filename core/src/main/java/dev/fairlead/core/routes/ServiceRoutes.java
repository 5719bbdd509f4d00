// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All entrances of one Service, decided from it, its slices and this node alone.
 *
 * @param clusterIps its virtual addresses that this node serves
 */
record ServiceRoutes(
        List<Entrance> entrances,
        List<IpAddress> clusterIps,
        @Nullable HealthCheck health) {
    static final ServiceRoutes NONE = new ServiceRoutes(List.of(), List.of(), null);

    /** Somebody else's proxy serves a Service with this label. */
    private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";

    private static final String HEADLESS = "service.kubernetes.io/headless";

    static ServiceRoutes of(Service service, Collection<Located> slices, Here here, Settings settings) {
        if (service.headless()
                || service.clusterIps().isEmpty()
                || service.type() == ServiceType.EXTERNAL_NAME
                || service.meta().labels().containsKey(OTHER_PROXY)) {
            return NONE;
        }
        List<Located> usable = slices.stream()
                .filter(slice -> !slice.slice().meta().labels().containsKey(HEADLESS))
                .toList();
        List<Entrance> entrances = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            if (service.clusterIps().stream().anyMatch(address -> address.family() == family)) {
                for (ServicePort port : service.ports()) {
                    addEntrances(service, port, route(service, port, family, usable, here), here, settings, entrances);
                }
            }
        }
        return new ServiceRoutes(List.copyOf(entrances), service.clusterIps(), health(service, entrances));
    }

    private static Route route(
            Service service, ServicePort port, IpFamily family, Collection<Located> slices, Here here) {
        Choice choice = Choice.of(port, family, slices, here);
        return new Route(
                service.name(),
                port.name(),
                port.protocol(),
                family,
                choice.endpoints(),
                choice.cluster(),
                choice.local(),
                service.internalTrafficPolicy(),
                externalPolicy(service),
                service.affinitySeconds(),
                choice.topology());
    }

    private static TrafficPolicy externalPolicy(Service service) {
        boolean reachable = service.type() != ServiceType.CLUSTER_IP
                || !service.externalIps().isEmpty();
        return reachable ? service.externalTrafficPolicy() : TrafficPolicy.CLUSTER;
    }

    private static void addEntrances(
            Service service, ServicePort port, Route route, Here here, Settings settings, List<Entrance> entrances) {
        add(Entrance.Kind.CLUSTER_IP, service.clusterIps(), port, route, any -> List.of(), entrances);
        if (settings.externalIps()) {
            add(Entrance.Kind.EXTERNAL_IP, service.externalIps(), port, route, any -> List.of(), entrances);
        }
        if (service.type() == ServiceType.LOAD_BALANCER) {
            List<IpAddress> vips = service.ingress().stream()
                    .filter(Service.Ingress::vip)
                    .flatMap(ingress -> ingress.ip().stream())
                    .toList();
            List<Cidr> ranges = sourceRanges(service, route.family());
            add(Entrance.Kind.LOAD_BALANCER, vips, port, route, vip -> withItself(ranges, vip, here), entrances);
        }
        boolean nodePorts = service.type() == ServiceType.NODE_PORT || service.type() == ServiceType.LOAD_BALANCER;
        if (nodePorts && port.nodePort() != 0) {
            Frontend frontend = Frontend.nodePort(route.family(), port.protocol(), port.nodePort());
            entrances.add(new Entrance(frontend, Entrance.Kind.NODE_PORT, route, List.of()));
        }
    }

    private static void add(
            Entrance.Kind kind,
            List<IpAddress> addresses,
            ServicePort port,
            Route route,
            Function<IpAddress, List<Cidr>> sourceRanges,
            List<Entrance> entrances) {
        for (IpAddress address : addresses) {
            if (address.family() == route.family()) {
                Frontend frontend = Frontend.at(address, port.protocol(), port.port());
                entrances.add(new Entrance(frontend, kind, route, sourceRanges.apply(address)));
            }
        }
    }

    /** The ranges of one family; empty, meaning everybody, also when one of them is everything. */
    private static List<Cidr> sourceRanges(Service service, IpFamily family) {
        List<Cidr> ranges = service.loadBalancerSourceRanges().stream()
                .flatMap(text -> lenient(text.strip()).stream())
                .toList();
        boolean everybody = ranges.stream().anyMatch(range -> range.prefix() == 0);
        return everybody
                ? List.of()
                : ranges.stream().filter(range -> range.family() == family).toList();
    }

    /**
     * A node that has the load balancer's address asks it from that very address. It is let in where its primary address
     * would be.
     */
    private static List<Cidr> withItself(List<Cidr> ranges, IpAddress vip, Here here) {
        boolean node = here.primary().stream().anyMatch(own -> ranges.stream().anyMatch(range -> range.contains(own)));
        if (!node || ranges.stream().anyMatch(range -> range.contains(vip))) {
            return ranges;
        }
        List<Cidr> all = new ArrayList<>(ranges);
        all.add(new Cidr(vip, vip.family().bits()));
        return List.copyOf(all);
    }

    /** Old objects may hold blocks with host bits: 10.1.2.3/8 means 10.0.0.0/8. */
    private static Optional<Cidr> lenient(String text) {
        Optional<Cidr> strict = Cidr.parse(text);
        int slash = text.indexOf('/');
        if (strict.isPresent() || slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return strict;
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> prefix <= address.family().bits())
                .map(address -> new Cidr(new Cidr(address, prefix).first(), prefix));
    }

    private static @Nullable HealthCheck health(Service service, List<Entrance> entrances) {
        boolean wanted = service.type() == ServiceType.LOAD_BALANCER
                && service.externalTrafficPolicy() == TrafficPolicy.LOCAL
                && service.healthCheckNodePort() != 0;
        if (!wanted) {
            return null;
        }
        long ready = entrances.stream()
                .flatMap(entrance -> entrance.route().endpoints().stream())
                .filter(backend -> backend.local() && backend.ready())
                .map(Backend::address)
                .distinct()
                .count();
        return new HealthCheck(service.name(), service.healthCheckNodePort(), (int) ready);
    }
}
