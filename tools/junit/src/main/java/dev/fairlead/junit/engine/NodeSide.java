// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.Agent;
import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.LocalNode;
import dev.fairlead.agent.network.Block;
import dev.fairlead.agent.network.LoopbackHouse;
import dev.fairlead.agent.testing.CuttableApi;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.junit.engine.trouble.LateWatches;
import dev.fairlead.pods.PodSettings;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The cluster's node: its pods, the data plane, DNS. The cable between it and the API can be cut. */
final class NodeSide implements AutoCloseable {
    /** The node's name. */
    static final String NAME = "node";

    private static final User SELF = new User("system:fairlead", Set.of("system:masters"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final LocalNode node;
    private final CuttableApi cable;
    private final LateWatches endpoints;

    private NodeSide(LocalNode node, CuttableApi cable, LateWatches endpoints) {
        this.node = node;
        this.cable = cable;
        this.endpoints = endpoints;
    }

    /** Opens the node's sockets and begins to follow the API; returns when its routes and names are whole. */
    static NodeSide start(Api api, Block block, Path directory, UnaryOperator<PodSettings> pods, Time time)
            throws IOException, InterruptedException {
        LateWatches endpoints = new LateWatches(api, time, Resources.ENDPOINT_SLICES.plural());
        CuttableApi cable = new CuttableApi(endpoints, time);
        ApiClient client = new ApiClient(cable, "fairlead-node", SELF, warning -> {});
        LocalNode opened = LocalNode.open(
                new LocalNode.Settings(
                        NAME,
                        new LoopbackHouse(false, block.loadBalancers().last().plus(2)),
                        List.of(block.pods()),
                        block.serviceCidrs(),
                        block.dns(),
                        directory,
                        pods,
                        new NodePortAddresses.Primary(),
                        true,
                        Carrier.RELAY,
                        DnsChoices.USUAL),
                client,
                time,
                new SecureRandom());
        NodeSide side = new NodeSide(opened, cable, endpoints);
        try {
            opened.agent().start();
            if (!opened.agent().awaitReady(PATIENCE)) {
                throw new IOException("the cluster's node did not come up in " + PATIENCE.toSeconds() + " s");
            }
            return side;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            side.close();
            throw failed;
        }
    }

    Agent agent() {
        return node.agent();
    }

    LocalNode node() {
        return node;
    }

    /** The cable between the node and the API. */
    CuttableApi cable() {
        return cable;
    }

    /** Changes of endpoints reach the node so much later. */
    void lag(Duration delay) {
        endpoints.delay(delay);
    }

    @Override
    public void close() {
        try {
            node.stop(GRACE);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            node.close();
        }
    }
}
