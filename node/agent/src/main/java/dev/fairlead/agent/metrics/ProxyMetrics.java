// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.metrics;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * kube-proxy's metrics. One data plane programs both families at once: what is labelled by family has the same number for
 * each family of the node. Those about iptables, nftables and conntrack are not there, because those are not.
 */
public final class ProxyMetrics {
    private static final String SYNC = "kubeproxy_sync_proxy_rules_";
    private static final String TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final double[] SECONDS =
            IntStream.range(0, 15).mapToDouble(power -> 0.001 * (1 << power)).toArray();
    private static final double[] LONG_SECONDS = DoubleStream.concat(
                    DoubleStream.concat(
                            DoubleStream.of(0.25, 0.5), IntStream.range(1, 60).asDoubleStream()),
                    DoubleStream.concat(
                            IntStream.range(12, 24).mapToDouble(count -> count * 5.0),
                            IntStream.range(4, 11).mapToDouble(count -> count * 30.0)))
            .toArray();

    private final Metrics metrics = new Metrics();
    private final Time time;
    private final Instant started;
    private final List<String> families;
    private final Histogram sync;
    private final Histogram full;
    private final Histogram partial;
    private final Histogram network;
    private final Counter endpointChanges;
    private final Counter serviceChanges;
    private final Counter healthz;
    private final Counter livez;
    private final AtomicLong pendingEndpoints = new AtomicLong();
    private final AtomicLong pendingServices = new AtomicLong();
    private volatile double lastSync;
    private volatile double lastQueued;

    /**
     * Metrics of one node.
     *
     * @param families those the node has
     * @param table the table as it is programmed
     */
    public ProxyMetrics(Time time, List<IpFamily> families, Supplier<RouteTable> table) {
        this.time = time;
        this.started = time.now();
        this.families = families.stream().map(IpFamily::text).toList();
        String family = "ip_family";
        sync = metrics.histogram(SYNC + "duration_seconds", "Time to program changes.", SECONDS, family);
        full = metrics.histogram(
                "kubeproxy_sync_full_proxy_rules_duration_seconds", "Time to program everything.", SECONDS, family);
        partial = metrics.histogram(
                "kubeproxy_sync_partial_proxy_rules_duration_seconds",
                "Time to program a difference.",
                SECONDS,
                family);
        network = metrics.histogram(
                "kubeproxy_network_programming_duration_seconds",
                "From an endpoint's change to its being programmed.",
                LONG_SECONDS,
                family);
        gauge("last_timestamp_seconds", "When changes were programmed last.", () -> lastSync);
        gauge("last_queued_timestamp_seconds", "When a change was queued last.", () -> lastQueued);
        gauge("endpoint_changes_pending", "Changes of endpoints that wait.", pendingEndpoints::doubleValue);
        endpointChanges = metrics.counter(SYNC + "endpoint_changes_total", "Changes of endpoints seen.", family);
        gauge("service_changes_pending", "Changes of Services that wait.", pendingServices::doubleValue);
        serviceChanges = metrics.counter(SYNC + "service_changes_total", "Changes of Services seen.", family);
        metrics.gauge(
                SYNC + "no_local_endpoints_total",
                "Service ports with policy Local that have endpoints, but none here.",
                List.of(family, "traffic_policy"),
                () -> noLocalEndpoints(table.get()));
        healthz = metrics.counter("kubeproxy_proxy_healthz_total", "Answers at /healthz.", "code");
        livez = metrics.counter("kubeproxy_proxy_livez_total", "Answers at /livez.", "code");
    }

    private void gauge(String name, String help, Supplier<Double> value) {
        metrics.gauge(
                SYNC + name,
                help,
                List.of("ip_family"),
                () -> families.stream()
                        .map(family -> new Sample(List.of(family), value.get()))
                        .toList());
    }

    /** Tells of connections, too. */
    public void connections(Supplier<List<DataPlane.Passed>> passed) {
        passing(
                "connections_total",
                "Connections (flows of datagrams) from or through this node",
                passed,
                one -> one.connections());
        known(
                "failed_connections_total",
                "Attempts to connect that failed, where they are known",
                passed,
                Traffic::failed);
        known("sent_bytes_total", "Bytes from clients, where they are known", passed, Traffic::bytesToEndpoint);
        known("received_bytes_total", "Bytes to clients, where they are known", passed, Traffic::bytesToClient);
    }

    /** Tells of what was refused or discarded, too. */
    public void denials(Supplier<List<DataPlane.Denied>> denied) {
        metrics.counter(
                "fairlead_service_denied_packets_total",
                "Connections (and attempts to repeat them) that were refused or discarded on this node, by reason.",
                List.of("ip_family", "verdict", "reason"),
                () -> denied.get().stream().map(ProxyMetrics::sample).toList());
    }

    private static Sample sample(DataPlane.Denied denied) {
        return new Sample(
                List.of(
                        denied.family().text(),
                        denied.refused() ? "reject" : "drop",
                        denied.reason().name().toLowerCase(Locale.ROOT)),
                denied.packets());
    }

    private void known(
            String name, String help, Supplier<List<DataPlane.Passed>> passed, ToLongFunction<Traffic> number) {
        passing(name, help, passed, one -> one.traffic() == null ? -1 : number.applyAsLong(one.traffic()));
    }

    /** @param number below zero where it is not known */
    private void passing(
            String name,
            String help,
            Supplier<List<DataPlane.Passed>> passed,
            ToLongFunction<DataPlane.Passed> number) {
        metrics.counter(
                "fairlead_service_" + name,
                help + ", by Service port and endpoint.",
                List.of("namespace", "service", "port_name", "protocol", "endpoint"),
                () -> passed.get().stream()
                        .filter(one -> number.applyAsLong(one) >= 0)
                        .map(one -> new Sample(labels(one), number.applyAsLong(one)))
                        .toList());
    }

    private static List<String> labels(DataPlane.Passed passed) {
        Route.Key route = passed.route();
        String address = passed.address().family() == IpFamily.IPV6
                ? "[" + passed.address() + "]"
                : passed.address().toString();
        return List.of(
                route.service().namespace(),
                route.service().name(),
                route.port(),
                route.protocol().name(),
                address + ":" + passed.port());
    }

    /** Counts answers at {@code /healthz}. */
    public Counter healthz() {
        return healthz;
    }

    /** Counts answers at {@code /livez}. */
    public Counter livez() {
        return livez;
    }

    /** A change was seen, and waits. */
    public void queued(Change change) {
        lastQueued = seconds(time.now());
        boolean endpoints = change instanceof Change.SlicePut || change instanceof Change.SliceRemoved;
        families.forEach((endpoints ? endpointChanges : serviceChanges)::add);
        pending(change).incrementAndGet();
    }

    private AtomicLong pending(Change change) {
        return switch (change) {
            case Change.SlicePut any -> pendingEndpoints;
            case Change.SliceRemoved any -> pendingEndpoints;
            case Change.ServicePut any -> pendingServices;
            case Change.ServiceRemoved any -> pendingServices;
            case Change.NodePut any -> pendingServices;
            case Change.AddressesPut any -> pendingServices;
        };
    }

    /**
     * Changes were programmed.
     *
     * @param all whether it was everything there is, not a difference
     */
    public void programmed(List<Change> changes, Duration took, boolean all) {
        Instant now = time.now();
        lastSync = seconds(now);
        double seconds = took.toNanos() / 1e9;
        for (String family : families) {
            sync.observe(seconds, family);
            (all ? full : partial).observe(seconds, family);
        }
        for (Change change : changes) {
            pending(change).decrementAndGet();
            if (change instanceof Change.SlicePut(EndpointSlice slice)) {
                programmed(slice, now);
            }
        }
    }

    private void programmed(EndpointSlice slice, Instant now) {
        Instant trigger = Timestamps.parse(slice.meta().annotations().get(TRIGGER));
        if (trigger != null && trigger.isAfter(started) && families.contains(slice.addressType())) {
            network.observe(Math.max(0, Duration.between(trigger, now).toNanos() / 1e9), slice.addressType());
        }
    }

    private List<Sample> noLocalEndpoints(RouteTable table) {
        List<Sample> samples = new ArrayList<>();
        for (String family : families) {
            samples.add(count(
                    table,
                    family,
                    "internal",
                    (entrance, route) -> !entrance.external() && route.internalPolicy() == TrafficPolicy.LOCAL));
            samples.add(count(
                    table,
                    family,
                    "external",
                    (entrance, route) -> entrance.external() && route.externalPolicy() == TrafficPolicy.LOCAL));
        }
        return samples;
    }

    private static Sample count(
            RouteTable table, String family, String policy, BiPredicate<Entrance, Route> concerned) {
        Set<Route.Key> ports = new HashSet<>();
        for (Entrance entrance : table.entrances()) {
            Route route = entrance.route();
            if (route.family().text().equals(family)
                    && route.local().isEmpty()
                    && !route.cluster().isEmpty()
                    && concerned.test(entrance, route)) {
                ports.add(route.key());
            }
        }
        return new Sample(List.of(family, policy), ports.size());
    }

    private static double seconds(Instant time) {
        return time.getEpochSecond() + time.getNano() / 1e9;
    }

    /** All of it, in Prometheus' text format. */
    public String text() {
        return metrics.text();
    }
}
