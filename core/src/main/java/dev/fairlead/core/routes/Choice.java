// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of one Service port serve which policy, in one family, on one node.
 *
 * <p>How this works: slice ports match the Service port by name and protocol, never by number. Ready endpoints serve; of
 * them the Cluster policy takes those whose hints name this node, else this node's zone, if all ready ones have such hints
 * (one without switches that level off). If none is ready, those that end and still answer serve, for each policy on its
 * own. Hints never narrow the Local policy.
 *
 * @param endpoints all of them, sorted
 */
record Choice(List<Backend> endpoints, List<Backend> cluster, List<Backend> local, Topology topology) {
    /** An endpoint with the hints that are about it. */
    private record Candidate(Backend backend, Endpoint hints) {
        /** Of two entries for one address and port the one that stays wins; else the more able. */
        Candidate better(Candidate other) {
            return other.rank() > rank() ? other : this;
        }

        private int rank() {
            return (backend.terminating() ? 0 : 4) + (backend.ready() ? 2 : 0) + (backend.serving() ? 1 : 0);
        }
    }

    static Choice of(ServicePort port, IpFamily family, Collection<Located> slices, Here here) {
        List<Candidate> all = candidates(port, family, slices, here);
        List<Candidate> ready = where(all, candidate -> candidate.backend.ready());
        Topology topology = topology(ready, here);
        List<Backend> endpoints = backends(all);
        List<Backend> cluster =
                backends(topology == Topology.ANYWHERE ? ready : where(ready, near -> near(near, topology, here)));
        List<Backend> local = backends(where(ready, candidate -> candidate.backend.local()));
        return new Choice(
                endpoints,
                shared(orLastResort(cluster, endpoints, _ -> true), endpoints),
                shared(orLastResort(local, endpoints, Backend::local), endpoints),
                topology);
    }

    /** Every endpoint once, sorted. */
    private static List<Candidate> candidates(
            ServicePort port, IpFamily family, Collection<Located> slices, Here here) {
        List<Candidate> found = new ArrayList<>();
        for (Located slice : slices) {
            int number = slice.family() == family ? number(slice.slice(), port) : 0;
            if (number != 0) {
                for (Located.Place place : slice.places()) {
                    found.add(
                            new Candidate(backend(place.address(), number, place.endpoint(), here), place.endpoint()));
                }
            }
        }
        found.sort(Comparator.comparing(Candidate::backend)); // stable: the first of equal rank stays
        List<Candidate> once = new ArrayList<>(found.size());
        for (Candidate candidate : found) {
            Candidate last = once.isEmpty() ? null : once.getLast();
            if (last != null && last.backend.compareTo(candidate.backend) == 0) {
                once.set(once.size() - 1, last.better(candidate));
            } else {
                once.add(candidate);
            }
        }
        return once;
    }

    /** Mostly all endpoints serve: then one list is enough. */
    private static List<Backend> shared(List<Backend> chosen, List<Backend> all) {
        return chosen.size() == all.size() ? all : chosen;
    }

    /** The slice's number for a Service port; 0 when it has none. */
    private static int number(EndpointSlice slice, ServicePort port) {
        for (EndpointPort candidate : slice.ports()) {
            if (candidate.port() != 0
                    && candidate.protocol() == port.protocol()
                    && candidate.name().equals(port.name())) {
                return candidate.port();
            }
        }
        return 0;
    }

    private static Backend backend(IpAddress address, int port, Endpoint endpoint, Here here) {
        String node = endpoint.nodeName() == null ? "" : endpoint.nodeName();
        return new Backend(
                address,
                port,
                node,
                node.equals(here.name()) && !node.isEmpty(),
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating(),
                pod(endpoint.target()));
    }

    private static @Nullable ObjectName pod(Endpoint.@Nullable TargetRef target) {
        return target != null && target.kind().equals("Pod") ? new ObjectName(target.namespace(), target.name()) : null;
    }

    private static Topology topology(List<Candidate> ready, Here here) {
        if (narrows(ready, candidate -> candidate.hints.forNodes(), here.name())) {
            return Topology.SAME_NODE;
        }
        return narrows(ready, candidate -> candidate.hints.forZones(), here.zone())
                ? Topology.SAME_ZONE
                : Topology.ANYWHERE;
    }

    /** Whether all have hints of a level and some name {@code own}. */
    private static boolean narrows(List<Candidate> ready, Function<Candidate, List<String>> hints, String own) {
        return !own.isEmpty()
                && ready.stream().noneMatch(candidate -> hints.apply(candidate).isEmpty())
                && ready.stream().anyMatch(candidate -> hints.apply(candidate).contains(own));
    }

    private static boolean near(Candidate candidate, Topology topology, Here here) {
        return switch (topology) {
            case ANYWHERE -> true;
            case SAME_ZONE -> candidate.hints.forZones().contains(here.zone());
            case SAME_NODE -> candidate.hints.forNodes().contains(here.name());
        };
    }

    private static List<Candidate> where(List<Candidate> candidates, Predicate<Candidate> wanted) {
        List<Candidate> found = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (wanted.test(candidate)) {
                found.add(candidate);
            }
        }
        return found;
    }

    private static List<Backend> backends(List<Candidate> candidates) {
        Backend[] backends = new Backend[candidates.size()];
        for (int i = 0; i < backends.length; i++) {
            backends[i] = candidates.get(i).backend;
        }
        return List.of(backends);
    }

    private static List<Backend> orLastResort(List<Backend> ready, List<Backend> all, Predicate<Backend> wanted) {
        return ready.isEmpty()
                ? all.stream().filter(Backend::lastResort).filter(wanted).toList()
                : ready;
    }
}
