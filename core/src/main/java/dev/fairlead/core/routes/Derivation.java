// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The routes of one Service on one node.
 *
 * <p>How this works, for each port and family: endpoints are matched to the port by name and protocol. Ready ones, after
 * the topology choice, are the cluster set; if there are none, those that terminate but still serve. The local set is the
 * same on this node's endpoints, without topology. Which set counts is the policy's business, later.
 */
final class Derivation {
    private static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";

    private final Service service;
    private final Node node;

    private Derivation(Service service, Node node) {
        this.service = service;
        this.node = node;
    }

    static List<Route> routes(Service service, Collection<EndpointSlice> slices, Node node) {
        boolean carried = service.type() != ServiceType.EXTERNAL_NAME
                && !service.headless()
                && !service.meta().labels().containsKey(PROXY_NAME);
        if (!carried) {
            return List.of();
        }
        Derivation derivation = new Derivation(service, node);
        List<Route> routes = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            boolean has = service.clusterIps().stream().anyMatch(address -> address.family() == family);
            if (has) {
                service.ports().forEach(port -> routes.add(derivation.route(port, family, slices)));
            }
        }
        return List.copyOf(routes);
    }

    /** An endpoint address with the number of the port in question. */
    private record Candidate(Endpoint endpoint, Backend backend) {
        boolean fallback() {
            return endpoint.serving() && endpoint.terminating();
        }
    }

    private Route route(ServicePort port, IpFamily family, Collection<EndpointSlice> slices) {
        Collection<Candidate> all = candidates(port, family, slices);
        List<Candidate> ready =
                all.stream().filter(each -> each.endpoint.ready()).toList();
        List<Candidate> fallback = all.stream().filter(Candidate::fallback).toList();
        Predicate<Candidate> here = each -> each.backend.node().equals(node.name());
        List<Candidate> localReady = ready.stream().filter(here).toList();
        List<Candidate> near = topology(ready);
        return new Route(
                new RouteKey(service.name(), port.name(), port.protocol()),
                family,
                frontends(port, family),
                backends(near.isEmpty() ? fallback : near),
                backends(localReady.isEmpty() ? fallback.stream().filter(here).toList() : localReady),
                !ready.isEmpty() || !fallback.isEmpty(),
                service.internalTrafficPolicy(),
                service.externalTrafficPolicy(),
                service.affinitySeconds(),
                sources(family),
                localReady.size());
    }

    /** By address and port; where the same stands in several slices, one that does not terminate is believed. */
    private static Collection<Candidate> candidates(
            ServicePort port, IpFamily family, Collection<EndpointSlice> slices) {
        Map<Backend, Candidate> found = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            boolean wanted = slice.addressType().equals(family.text())
                    && !slice.meta().labels().containsKey(HEADLESS);
            if (!wanted) {
                continue;
            }
            for (EndpointPort offered : slice.ports()) {
                boolean matches = offered.port() > 0
                        && offered.name().equals(port.name())
                        && offered.protocol() == port.protocol();
                if (matches) {
                    slice.endpoints().forEach(endpoint -> add(found, endpoint, offered.port()));
                }
            }
        }
        return found.values();
    }

    private static void add(Map<Backend, Candidate> found, Endpoint endpoint, int port) {
        Optional<IpAddress> address = endpoint.addresses().stream().findFirst().flatMap(IpAddress::parse);
        if (address.isEmpty()) {
            return;
        }
        Endpoint.TargetRef target = endpoint.target();
        String nodeName = endpoint.nodeName();
        Backend backend = new Backend(
                address.get(),
                port,
                nodeName == null ? "" : nodeName,
                target == null || !target.kind().equals("Pod") ? "" : target.namespace() + "/" + target.name(),
                !endpoint.ready());
        Candidate known = found.get(backend);
        if (known == null || (known.endpoint.terminating() && !endpoint.terminating())) {
            found.remove(backend);
            found.put(backend, new Candidate(endpoint, backend));
        }
    }

    /** All or nothing: a level of closeness counts only if every ready endpoint has a hint for it. */
    private List<Candidate> topology(List<Candidate> ready) {
        List<Candidate> sameNode = hinted(ready, endpoint -> endpoint.forNodes(), node.name());
        if (!sameNode.isEmpty()) {
            return sameNode;
        }
        List<Candidate> sameZone = hinted(ready, endpoint -> endpoint.forZones(), node.zone());
        return sameZone.isEmpty() ? ready : sameZone;
    }

    private interface Hints {
        List<String> of(Endpoint endpoint);
    }

    private static List<Candidate> hinted(List<Candidate> ready, Hints hints, String here) {
        boolean all = ready.stream().noneMatch(each -> hints.of(each.endpoint).isEmpty());
        return all && !here.isEmpty()
                ? ready.stream()
                        .filter(each -> hints.of(each.endpoint).contains(here))
                        .toList()
                : List.of();
    }

    private static List<Backend> backends(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::backend).toList();
    }

    private List<Frontend> frontends(ServicePort port, IpFamily family) {
        List<Frontend> frontends = new ArrayList<>();
        service.clusterIps().forEach(address -> add(frontends, Frontend.Kind.CLUSTER_IP, address, port, family));
        service.externalIps().forEach(address -> add(frontends, Frontend.Kind.EXTERNAL_IP, address, port, family));
        if (service.type() == ServiceType.LOAD_BALANCER) {
            service.ingress().stream()
                    .filter(Service.Ingress::vip)
                    .flatMap(ingress -> ingress.ip().stream())
                    .forEach(address -> add(frontends, Frontend.Kind.LOAD_BALANCER, address, port, family));
        }
        if (port.nodePort() > 0 && service.type() != ServiceType.CLUSTER_IP) {
            frontends.add(new Frontend.NodePort(family, port.protocol(), port.nodePort()));
        }
        return List.copyOf(frontends);
    }

    private static void add(
            List<Frontend> frontends, Frontend.Kind kind, IpAddress address, ServicePort port, IpFamily family) {
        if (address.family() == family) {
            frontends.add(new Frontend.Virtual(kind, address, port.protocol(), port.port()));
        }
    }

    /** Ranges of this family; one that holds everything, or none of this family, means no restriction. */
    private List<Cidr> sources(IpFamily family) {
        List<Cidr> ranges = new ArrayList<>();
        for (String text : service.loadBalancerSourceRanges()) {
            Optional<Cidr> range = Cidr.parse(text.strip());
            if (range.isPresent() && range.get().prefix() == 0) {
                return List.of();
            }
            range.filter(cidr -> cidr.family() == family).ifPresent(ranges::add);
        }
        return List.copyOf(ranges);
    }
}
