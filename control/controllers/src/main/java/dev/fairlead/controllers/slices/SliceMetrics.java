// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.endpoints.SlicePlan;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What a controller of slices does, under Kubernetes' names. How many slices and endpoints there are is counted when somebody
 * asks, out of the cache.
 */
final class SliceMetrics {
    private static final double[] COUNTS = powers(2);
    /** From a millisecond to half a minute. */
    static final double[] SECONDS = powers(0.001);

    private final Histogram added;
    private final Histogram removed;
    private final Counter changes;

    /** What a plan changes: endpoints that come, go, and are written anew. */
    record Change(int added, int removed, int updated) {}

    /**
     * Makes the metrics whose names begin with {@code prefix}.
     *
     * @param controller who writes the slices that are counted
     * @param maximum how many endpoints a slice may have
     * @param of what is synced
     */
    SliceMetrics(
            Metrics metrics, String prefix, Informer<EndpointSlice> slices, String controller, int maximum, String of) {
        added = metrics.histogram(
                prefix + "endpoints_added_per_sync", "Number of endpoints added on each " + of + " sync", COUNTS);
        removed = metrics.histogram(
                prefix + "endpoints_removed_per_sync", "Number of endpoints removed on each " + of + " sync", COUNTS);
        changes = metrics.counter(prefix + "changes", "Number of EndpointSlice changes", "operation");
        gauge(
                metrics,
                prefix + "endpoints_desired",
                "Number of endpoints desired",
                slices,
                controller,
                one -> one.endpoints);
        gauge(
                metrics,
                prefix + "num_endpoint_slices",
                "Number of EndpointSlices",
                slices,
                controller,
                one -> one.slices);
        gauge(
                metrics,
                prefix + "desired_endpoint_slices",
                "Number of EndpointSlices that would exist with perfect endpoint allocation",
                slices,
                controller,
                one -> Math.max(1, Math.ceilDiv(one.endpoints, maximum)));
    }

    /** The slices of one Service with one set of ports. */
    private static final class Group {
        private int slices;
        private int endpoints;
    }

    private static void gauge(
            Metrics metrics,
            String name,
            String help,
            Informer<EndpointSlice> slices,
            String controller,
            ToDoubleFunction<Group> number) {
        metrics.gauge(name, help, List.of(), () -> {
            Map<List<Object>, Group> groups = new HashMap<>();
            for (EndpointSlice slice : slices.all()) {
                if (slice.managedBy(controller)) {
                    Group group = groups.computeIfAbsent(
                            List.of(slice.service(), slice.addressType(), slice.ports()), any -> new Group());
                    group.slices++;
                    group.endpoints += slice.endpoints().size();
                }
            }
            return List.of(new Sample(
                    List.of(), groups.values().stream().mapToDouble(number).sum()));
        });
    }

    private static double[] powers(double first) {
        return DoubleStream.iterate(first, bound -> bound * 2).limit(15).toArray();
    }

    /** A histogram with the usual buckets of counts. */
    static Histogram counts(Metrics metrics, String name, String help) {
        return metrics.histogram(name, help, COUNTS);
    }

    /** Counts what {@code plan} did to the slices there were. */
    Change synced(SlicePlan plan, List<EndpointSlice> before) {
        changes.add(plan.create().size(), "create");
        changes.add(plan.update().size(), "update");
        changes.add(plan.delete().size(), "delete");
        Change change = plan.isEmpty() ? new Change(0, 0, 0) : change(plan, before);
        added.observe(change.added);
        removed.observe(change.removed);
        return change;
    }

    private static Change change(SlicePlan plan, List<EndpointSlice> before) {
        List<EndpointSlice> after = new ArrayList<>();
        plan.create().forEach(slice -> after.add(EndpointSlice.from(new Tree(slice))));
        plan.update().forEach(slice -> after.add(EndpointSlice.from(new Tree(slice))));
        List<String> touched = new ArrayList<>();
        after.forEach(slice -> touched.add(slice.meta().name()));
        plan.delete().forEach(slice -> touched.add(slice.meta().name()));
        Map<List<Object>, Endpoint> old = endpoints(before.stream()
                .filter(slice -> touched.contains(slice.meta().name()))
                .toList());
        Map<List<Object>, Endpoint> now = endpoints(after);
        int updated = 0;
        int kept = 0;
        for (Map.Entry<List<Object>, Endpoint> one : now.entrySet()) {
            Endpoint was = old.get(one.getKey());
            kept += was == null ? 0 : 1;
            updated += was == null || was.equals(one.getValue()) ? 0 : 1;
        }
        return new Change(now.size() - kept, old.size() - kept, updated);
    }

    private static Map<List<Object>, Endpoint> endpoints(List<EndpointSlice> slices) {
        Map<List<Object>, Endpoint> endpoints = new HashMap<>();
        for (EndpointSlice slice : slices) {
            slice.endpoints().forEach(one -> endpoints.put(List.of(one.addresses(), slice.ports()), one));
        }
        return endpoints;
    }
}
