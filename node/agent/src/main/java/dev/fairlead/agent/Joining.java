// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.pods.NodeStatus;
import dev.fairlead.pods.ThisMachine;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a node comes into a cluster that others rule: it shows itself, and is given its blocks of pod addresses. */
public record Joining(ApiClient client, String name, List<IpAddress> addresses, Time time) {
    /**
     * Makes the Node object, not ready yet, unless it is there, and waits until the control side has given it its blocks.
     *
     * @throws IOException when the API refuses, or no block came within {@code patience}
     */
    public List<Cidr> awaitBlocks(Duration patience) throws IOException, InterruptedException {
        NodeStatus status =
                new NodeStatus(name, addresses, List.of(), Map.of(), ThisMachine.machine(), ThisMachine.capacity());
        try {
            client.create(Resources.NODES, status.object(false, time.now()));
        } catch (ApiError known) {
            if (!known.isAlreadyExists()) {
                throw known;
            }
        }
        CompletableFuture<List<Cidr>> given = new CompletableFuture<>();
        try (Informer<Node> nodes = new Informer<>(
                client,
                Resources.NODES,
                Selection.ALL.where("metadata.name=" + name),
                Node::from,
                time,
                new SplittableRandom(name.hashCode()))) {
            nodes.handle((any, old, now, revision) -> {
                if (now != null && !now.podCidrs().isEmpty()) {
                    given.complete(now.podCidrs());
                }
            });
            nodes.start();
            return given.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException(
                    "node " + name + " was given no pod addresses in " + patience.toSeconds()
                            + " s: the cluster needs a controller that sets spec.podCIDRs; see the node's events",
                    late);
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException("only completed with blocks", impossible);
        }
    }
}
