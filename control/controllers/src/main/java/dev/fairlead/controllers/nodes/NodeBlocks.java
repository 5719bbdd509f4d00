// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.nodes;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives each node that has none its blocks of pod addresses (spec.podCIDR and podCIDRs), the same number in every family:
 * the lowest that is free everywhere. A node that brings its own keeps them.
 */
public final class NodeBlocks {
    private final ApiClient client;
    private final Observed seen;
    private final Events events;
    private final List<BlockRange> ranges;
    private final WorkQueue<ObjectName> queue;
    /** What was given and the cache may not show yet, by node. */
    private final Map<String, List<Cidr>> given = new HashMap<>();

    /** Makes the loop; its queue must have one worker, which keeps count of what it has just given. */
    public NodeBlocks(
            ApiClient client,
            Observed seen,
            Events events,
            List<BlockRange> ranges,
            Function<WorkQueue.Worker<ObjectName>, WorkQueue<ObjectName>> queues) {
        this.client = client;
        this.seen = seen;
        this.events = events;
        this.ranges = List.copyOf(ranges);
        this.queue = queues.apply(this::work);
        seen.nodes.handle((name, old, now, revision) -> changed(name, now));
    }

    private void changed(ObjectName name, @Nullable Node now) {
        queue.add(name);
        if (now == null) { // its blocks are free now: for those who went without
            seen.nodes.all().stream()
                    .filter(node -> node.podCidrs().isEmpty())
                    .forEach(node -> queue.add(new ObjectName("", node.name())));
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Node node = seen.nodes.get(name);
        if (node == null || !node.podCidrs().isEmpty()) {
            given.remove(name.name());
            return Outcome.done();
        }
        if (given.containsKey(name.name())) {
            return Outcome.done();
        }
        List<Cidr> blocks = choose();
        if (blocks.isEmpty()) {
            events.warning(
                    Events.About.of("v1", "Node", node.meta()),
                    "CIDRNotAvailable",
                    "every block of " + ranges.stream().map(BlockRange::whole).toList() + " belongs to a node");
            return Outcome.refused("no block is free");
        }
        List<String> texts = blocks.stream().map(Cidr::toString).toList();
        try {
            client.patch(
                    Resources.NODES,
                    name,
                    new Patch.Merge(Map.of("spec", Map.of("podCIDR", texts.getFirst(), "podCIDRs", texts))));
        } catch (ApiError error) {
            if (error.isNotFound()) {
                return Outcome.done();
            }
            throw error;
        }
        given.put(name.name(), blocks);
        return Outcome.done();
    }

    private List<Cidr> choose() {
        List<Cidr> taken = new ArrayList<>();
        seen.nodes.all().forEach(node -> taken.addAll(node.podCidrs()));
        given.values().forEach(taken::addAll);
        int count = ranges.stream().mapToInt(BlockRange::count).min().orElse(0);
        for (int number = 0; number < count; number++) {
            int tried = number;
            if (ranges.stream().allMatch(range -> range.free(tried, taken))) {
                return ranges.stream().map(range -> range.block(tried)).toList();
            }
        }
        return List.of();
    }
}
