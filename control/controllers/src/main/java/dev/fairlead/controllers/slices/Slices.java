// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.endpoints.Excluded;
import dev.fairlead.core.endpoints.HintRule;
import dev.fairlead.core.endpoints.SlicePlan;
import dev.fairlead.core.endpoints.TriggerTimes;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps the EndpointSlices of every Service that has a selector; see {@link SlicePlan} for what they should be. */
public final class Slices {
    /** Pods and their nodes are often made together; a node may come so much later before somebody is told. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String PREFIX = "endpoint_slice_controller_";
    /** Prometheus' own, which Kubernetes takes here. */
    private static final double[] USUAL_BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private final Observed seen;
    private final Selecting selecting;
    private final Time time;
    private final WorkQueue<ObjectName> queue;
    private final SliceWriter writer;
    private final Index<ObjectName, EndpointSlice> byService;
    private final Index<String, Pod> podsByNode;
    private final Index<HintRule, Service> byModeAuto;
    private final Topology topology;
    private final Matchless matchless;
    private final News news;
    private final SliceMetrics counted;
    private final Histogram changed;
    private final Counter syncs;
    private final PodEnds ends;
    private final Map<ObjectName, TriggerTimes> triggers = new ConcurrentHashMap<>();

    /** Makes the loop, and with it what tells of pods' ends and of selectors that match nothing. */
    public Slices(
            ApiClient client,
            Observed seen,
            Selecting selecting,
            Time time,
            Events events,
            Metrics metrics,
            ReplicaSets.Queues queues) {
        this.seen = seen;
        this.selecting = selecting;
        this.time = time;
        this.matchless = new Matchless(client, time, events);
        this.news = new News(events);
        this.counted = new SliceMetrics(
                metrics, PREFIX, seen.slices, SlicePlan.CONTROLLER, SlicePlan.USUAL_MAXIMUM, "Service");
        this.changed = metrics.histogram(
                PREFIX + "endpointslices_changed_per_sync",
                "Number of EndpointSlices changed on each Service sync",
                USUAL_BOUNDS,
                "topology",
                "traffic_distribution");
        this.syncs = metrics.counter(PREFIX + "syncs", "Number of EndpointSlice syncs", "result");
        metrics.gauge(
                PREFIX + "services_count_by_traffic_distribution",
                "Number of Services using some specific trafficDistribution",
                List.of("traffic_distribution"),
                () -> seen.services.all().stream()
                        .map(Slices::distribution)
                        .filter(distribution -> !distribution.isEmpty())
                        .collect(Collectors.groupingBy(one -> one, TreeMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(count -> new Sample(List.of(count.getKey()), count.getValue()))
                        .toList());
        this.queue = queues.queue("endpoint-slices", this::work);
        this.byService = seen.slices.index(Slices::owners);
        this.podsByNode = seen.pods.index(pod -> List.of(pod.nodeName()));
        this.byModeAuto = seen.services.index(
                service -> HintRule.of(service) == HintRule.AUTO ? List.of(HintRule.AUTO) : List.of());
        this.writer = new SliceWriter(client, new OwnWrites<>(seen.slices, Slices::owners, queue::add));
        seen.services.handle((name, old, now, revision) -> service(name, old, now));
        seen.pods.handle(
                (name, old, now, revision) -> selecting.affected(old, now).forEach(queue::add));
        seen.nodes.handle((name, old, now, revision) -> node(old, now));
        this.topology = new Topology(
                seen.nodes, () -> byModeAuto.get(HintRule.AUTO).forEach(service -> queue.add(service.name())));
        this.ends = new PodEnds(client, seen, selecting, queues);
    }

    private void service(ObjectName name, @Nullable Service old, @Nullable Service now) {
        if (now == null && old != null) {
            matchless.forget(old);
        }
        queue.add(name);
    }

    /** The Service that a slice of ours is about. */
    private static List<ObjectName> owners(EndpointSlice slice) {
        return slice.managedBy(SlicePlan.CONTROLLER) ? List.of(slice.service()) : List.of();
    }

    private void node(@Nullable Node old, @Nullable Node now) {
        Node node = now == null ? old : now;
        boolean same = old != null && now != null && old.zone().equals(now.zone());
        if (node != null && !same) {
            for (Pod pod : podsByNode.get(node.name())) {
                selecting.affected(null, pod).forEach(queue::add);
            }
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Service service = seen.services.get(name);
        if (service == null || !SlicePlan.selects(service)) {
            triggers.remove(name);
            news.forget(name);
            return Outcome.done();
        }
        return writer.work(name, any -> decide(service));
    }

    private Outcome decide(Service service) throws IOException, InterruptedException {
        ObjectName name = service.name();
        List<Pod> pods = selecting.pods(service);
        List<EndpointSlice> slices = byService.get(name);
        TriggerTimes times = TriggerTimes.of(service, pods);
        SlicePlan plan = SlicePlan.of(
                service,
                new SlicePlan.Seen(pods, node -> seen.nodes.get(new ObjectName("", node)), topology.zones(), slices),
                SlicePlan.USUAL_MAXIMUM,
                times.since(triggers.get(name)));
        long newest = Math.max(newest(slices), write(service, plan));
        triggers.put(name, times);
        count(service, plan, slices);
        for (Pod pod : pods) {
            if (pod.meta().deleting()) {
                ends.processed(service, pod, newest);
            }
        }
        news.hints(service, plan.zoneHints());
        Duration lost = lost(service, plan.onUnknownNodes());
        Duration matchless = this.matchless.look(
                service, !pods.isEmpty(), () -> selecting.podsIn(service.meta().namespace()));
        Duration wait = lost == null ? matchless : lost; // a Service with lost pods matches some
        return wait == null ? Outcome.done() : Outcome.retry(wait, "pods or nodes may come");
    }

    private void count(Service service, SlicePlan plan, List<EndpointSlice> before) {
        syncs.add("success");
        counted.synced(plan, before);
        changed.observe(
                plan.create().size() + plan.update().size() + plan.delete().size(),
                HintRule.of(service) == HintRule.AUTO ? "Auto" : "Disabled",
                distribution(service));
    }

    private static String distribution(Service service) {
        String distribution = service.trafficDistribution();
        return distribution == null ? "" : distribution;
    }

    private static long newest(List<EndpointSlice> slices) {
        return slices.stream()
                .mapToLong(slice -> slice.meta().resourceVersion())
                .max()
                .orElse(0);
    }

    private long write(Service service, SlicePlan plan) throws IOException, InterruptedException {
        try {
            return writer.write(service.name(), plan);
        } catch (ApiError error) {
            syncs.add("error");
            if (error.isInvalid() || error.isForbidden()) {
                news.failed(service, String.valueOf(error.getMessage())); // others pass by themselves
            }
            throw error;
        }
    }

    /** Tells of pods whose nodes are not known; how long to wait first, or null. */
    private @Nullable Duration lost(Service service, List<Excluded> pods) {
        Instant since = time.now().minus(PATIENCE);
        boolean young = pods.stream().anyMatch(one -> {
            Pod pod = seen.pods.get(one.pod());
            return pod == null
                    || pod.meta().creationTimestamp() == null
                    || pod.meta().creationTimestamp().isAfter(since);
        });
        if (young) {
            return PATIENCE;
        }
        news.lost(service, pods); // and the node's coming brings the Service back
        return null;
    }
}
