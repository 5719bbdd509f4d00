// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.core.allocation.ClusterIpAllocation;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongBiFunction;

/** How addresses and node ports are given out, by the names Kubernetes has for it. */
final class AllocationMetrics {
    private static final String IPS = "kube_apiserver_clusterip_allocator_";
    private static final String PORTS = "kube_apiserver_nodeport_allocator_";
    private static final double[] SECONDS = {0.00001, 0.0001, 0.001, 0.01, 0.1, 1};

    private final ServiceCidrs cidrs;
    private final Counter ips;
    private final Counter ipErrors;
    private final Histogram seconds;
    private final Counter ports;
    private final Counter portErrors;

    AllocationMetrics(Metrics metrics, ServiceCidrs cidrs, Reservations reservations, PortRange nodePorts) {
        this.cidrs = cidrs;
        ips = metrics.counter(IPS + "allocation_total", "ClusterIPs given out.", "cidr", "scope");
        ipErrors = metrics.counter(IPS + "allocation_errors_total", "ClusterIPs refused.", "cidr", "scope");
        seconds = metrics.histogram(
                IPS + "allocation_duration_seconds", "Time to choose what a Service gets.", SECONDS, "cidr");
        ToLongBiFunction<Cidr, Long> allocated = (block, count) -> count;
        ToLongBiFunction<Cidr, Long> available = (block, count) -> new ClusterIpAllocation(block).usable() - count;
        List<String> cidr = List.of("cidr");
        metrics.gauge(IPS + "allocated_ips", "ClusterIPs reserved.", cidr, () -> perBlock(reservations, allocated));
        metrics.gauge(IPS + "available_ips", "ClusterIPs left.", cidr, () -> perBlock(reservations, available));
        ports = metrics.counter(PORTS + "allocation_total", "Node ports given out.", "scope");
        portErrors = metrics.counter(PORTS + "allocation_errors_total", "Node ports refused.", "scope");
        metrics.gauge(
                PORTS + "allocated_ports", "Node ports reserved.", List.of(), () -> one(reservations.nodePorts()));
        metrics.gauge(
                PORTS + "available_ports",
                "Node ports left.",
                List.of(),
                () -> one(nodePorts.size() - reservations.nodePorts()));
    }

    private static List<Sample> one(long value) {
        return List.of(new Sample(List.of(), (double) value));
    }

    private List<Sample> perBlock(Reservations reservations, ToLongBiFunction<Cidr, Long> value) {
        List<IpAddress> reserved = reservations.addresses();
        List<Sample> samples = new ArrayList<>();
        for (Cidr block : cidrs.blocks().stream().distinct().toList()) {
            long count = reserved.stream().filter(block::contains).count();
            samples.add(new Sample(List.of(block.toString()), (double) value.applyAsLong(block, count)));
        }
        return samples;
    }

    void address(IpAddress address, boolean asked, double took) {
        String block = block(address);
        ips.add(block, scope(asked));
        seconds.observe(took, block);
    }

    /** @param cidr the block, or empty where it is not known */
    void noAddress(String cidr, boolean asked) {
        ipErrors.add(cidr, scope(asked));
    }

    void port(boolean asked) {
        ports.add(scope(asked));
    }

    void noPort(boolean asked) {
        portErrors.add(scope(asked));
    }

    private String block(IpAddress address) {
        return cidrs.blocks().stream()
                .filter(block -> block.contains(address))
                .findFirst()
                .map(Cidr::toString)
                .orElse("");
    }

    private static String scope(boolean asked) {
        return asked ? "static" : "dynamic";
    }
}
