// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.endpoints.MirrorPlan;
import dev.fairlead.core.endpoints.SlicePlan;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mirrors Endpoints that somebody made by hand into slices, because only slices are read for traffic; see
 * {@link MirrorPlan}. The subsets are read when they are needed: few Endpoints are made by hand.
 */
public final class Mirroring {
    private static final String TOO_MANY = "TooManyAddressesToMirror";
    private static final String PREFIX = "endpoint_slice_mirroring_controller_";
    private static final String INVALID = "InvalidIPAddress";

    private final ApiClient client;
    private final Observed seen;
    private final Events events;
    private final Informer<LegacyEndpoints.Known> endpoints;
    private final WorkQueue<ObjectName> queue;
    private final Index<ObjectName, EndpointSlice> byService;
    private final SliceWriter writer;
    private final Time time;
    private final SliceMetrics counted;
    private final Histogram updated;
    private final Histogram skipped;
    private final Histogram seconds;

    /** Makes the loop over {@code endpoints}, an informer of all Endpoints. */
    public Mirroring(
            ApiClient client,
            Observed seen,
            Events events,
            Informer<LegacyEndpoints.Known> endpoints,
            Metrics metrics,
            Time time,
            ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.events = events;
        this.endpoints = endpoints;
        this.time = time;
        this.counted =
                new SliceMetrics(metrics, PREFIX, seen.slices, MirrorPlan.CONTROLLER, MirrorPlan.MAXIMUM, "Endpoints");
        this.updated = SliceMetrics.counts(
                metrics, PREFIX + "endpoints_updated_per_sync", "Number of endpoints updated on each Endpoints sync");
        this.skipped = SliceMetrics.counts(
                metrics,
                PREFIX + "addresses_skipped_per_sync",
                "Number of addresses skipped on each Endpoints sync due to being invalid or exceeding"
                        + " MaxEndpointsPerSubset");
        this.seconds = metrics.histogram(
                PREFIX + "endpoints_sync_duration", "Duration of syncEndpoints() in seconds", SliceMetrics.SECONDS);
        this.queue = queues.queue("endpoints-mirror", this::work);
        this.byService = seen.slices.index(Mirroring::owners);
        this.writer = new SliceWriter(client, new OwnWrites<>(seen.slices, Mirroring::owners, queue::add));
        endpoints.handle((name, old, now, revision) -> queue.add(name));
        seen.services.handle((name, old, now, revision) -> {
            if (selectsNothing(old) != selectsNothing(now)) {
                queue.add(name);
            }
        });
    }

    /** The Endpoints that a slice mirrors. */
    private static List<ObjectName> owners(EndpointSlice slice) {
        return slice.managedBy(MirrorPlan.CONTROLLER) ? List.of(slice.service()) : List.of();
    }

    private static boolean selectsNothing(@Nullable Service service) {
        return service != null && service.selector() == null;
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        return writer.work(name, this::decide);
    }

    private Outcome decide(ObjectName name) throws IOException, InterruptedException {
        long began = time.nanos();
        List<EndpointSlice> slices = byService.get(name);
        LegacyEndpoints.Known known = endpoints.get(name);
        Tree whole = known != null && MirrorPlan.mirrors(known.meta(), seen.services.get(name))
                ? client.find(Resources.ENDPOINTS, name)
                : null;
        if (whole == null) {
            SlicePlan none = MirrorPlan.none(slices).slices();
            writer.write(name, none);
            if (known != null || !none.isEmpty()) { // most names here are of Services with a selector
                counted.synced(none, slices);
            }
            return Outcome.done();
        }
        MirrorPlan plan = MirrorPlan.of(whole, slices);
        boolean news = !plan.slices().isEmpty();
        writer.write(name, plan.slices());
        updated.observe(counted.synced(plan.slices(), slices).updated());
        skipped.observe(plan.invalid() + plan.tooMany());
        seconds.observe((time.nanos() - began) / 1e9);
        if (news) {
            tell(Events.About.of("v1", "Endpoints", ObjectMeta.from(whole)), plan);
        }
        return Outcome.done();
    }

    private void tell(Events.About about, MirrorPlan plan) {
        if (plan.invalid() > 0) {
            events.warning(
                    about, INVALID, plan.invalid() + " addresses are no IP addresses and were not mirrored to slices");
        }
        if (plan.tooMany() > 0) {
            events.warning(
                    about,
                    TOO_MANY,
                    plan.tooMany() + " addresses were not mirrored to slices: a subset may have " + MirrorPlan.MAXIMUM);
        }
    }
}
