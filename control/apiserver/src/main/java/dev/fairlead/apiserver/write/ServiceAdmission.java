// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.allocation.Plan;
import dev.fairlead.core.allocation.ServiceAllocation;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.ServiceShape;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a Service has to pass, and the addresses and node ports it gets on the way. */
public final class ServiceAdmission {
    private final ClusterNetwork network;
    private final ServiceCidrs cidrs;
    private final Reservations reservations;
    private final Resource endpoints;
    private final AllocationMetrics metrics;
    private final Time time;
    private final RandomGenerator random;
    private final boolean externalIps;

    /**
     * Admission of Services.
     *
     * @param random must be safe for use by many threads
     * @param externalIps whether Services may be given external IPs
     */
    public ServiceAdmission(
            ClusterNetwork network,
            ServiceCidrs cidrs,
            Reservations reservations,
            Resource endpoints,
            Metrics metrics,
            Time time,
            RandomGenerator random,
            boolean externalIps) {
        this.network = network;
        this.cidrs = cidrs;
        this.reservations = reservations;
        this.endpoints = endpoints;
        this.metrics = new AllocationMetrics(metrics, cidrs, reservations, network.nodePorts());
        this.time = time;
        this.random = random;
        this.externalIps = externalIps;
    }

    /**
     * Judges a Service and gives it what it needs.
     *
     * @param old what it replaces; null when it is new
     * @param dryRun whether nothing will be stored
     */
    Admission.Admitted admit(
            Resource resource,
            Map<String, Object> object,
            @Nullable Map<String, Object> old,
            List<String> warnings,
            boolean dryRun) {
        ObjectName name = name(object);
        ServiceCidrs.Offer offer = cidrs.offer();
        long began = time.nanos();
        Plan plan = new ServiceAllocation(network, offer.blocks(dryRun), reservations, random).plan(object, old);
        double took = (time.nanos() - began) / 1e9;
        return switch (plan) {
            case Plan.Accepted accepted -> {
                if (!externalIps && !externalIps(object).stream().allMatch(externalIps(old)::contains)) {
                    throw Refusal.forbidden(
                            resource, name.name(), "Use of external IPs is denied by admission control");
                }
                if (!dryRun) {
                    count(accepted, new ServiceShape(new Tree(object)), took);
                }
                List<Write> writes = new ArrayList<>(reservations.writes(accepted, name));
                writes.addAll(offer.conditions(accepted.reserve()));
                yield new Admission.Admitted(accepted.service(), writes, warnings);
            }
            case Plan.Refused(List<Invalid> errors) -> {
                errors.forEach(this::count);
                throw Refusal.invalid(resource, name.name(), errors);
            }
            case Plan.Exhausted(String message) -> {
                if (message.contains("serviceIP")) {
                    metrics.noAddress("", false);
                } else {
                    metrics.noPort(false);
                }
                throw Refusal.internal(message);
            }
        };
    }

    /** What else goes when {@code service} goes: what it holds, and its Endpoints. */
    List<Write> release(Map<String, Object> service) {
        ObjectName name = name(service);
        List<Write> writes = reservations.writes(ServiceAllocation.release(service), name);
        writes.add(Write.delete(endpoints.key(name.namespace(), name.name()), Expect.any()));
        return writes;
    }

    private void count(Plan.Accepted accepted, ServiceShape asked, double took) {
        List<IpAddress> addresses = asked.addresses();
        for (IpAddress address : accepted.reserve()) {
            metrics.address(address, addresses.contains(address), took);
        }
        Set<Integer> ports = asked.reservedPorts();
        for (int port : accepted.reservePorts()) {
            metrics.port(ports.contains(port));
        }
    }

    private void count(Invalid error) {
        if (error.detail().startsWith("failed to allocate IP")) {
            metrics.noAddress("", true);
        } else if (error.path().endsWith(".nodePort") && error.detail().startsWith("provided port")) {
            metrics.noPort(true);
        }
    }

    private static List<String> externalIps(@Nullable Map<String, Object> service) {
        return Tree.of(service).tree("spec").texts("externalIPs");
    }

    private static ObjectName name(Map<String, Object> object) {
        return ObjectMeta.from(new Tree(object)).objectName();
    }
}
