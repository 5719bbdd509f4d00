// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.testing;

import dev.fairlead.agent.Agent;
import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.Joining;
import dev.fairlead.agent.LocalNode;
import dev.fairlead.agent.network.NamespaceNetwork;
import dev.fairlead.client.ApiClient;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One node of the lab: a host with an agent on it, whose pods are processes in namespaces behind it, and which can be cut
 * off from the API.
 *
 * <pre>{@code
 * try (Lab lab = new Lab();
 *         LabNode one = LabNode.start(lab, "one", plan);
 *         LabNode two = LabNode.start(lab, "two", plan)) { … }
 * }</pre>
 */
public final class LabNode implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Request.User SELF = new Request.User("system:node", Set.of("system:masters"));

    /**
     * What all nodes of a lab have in common.
     *
     * @param api the control side, which gives each node its blocks of pod addresses
     * @param network the cluster's
     * @param dns where DNS answers on every node
     * @param directory each node has a folder of its own in it
     * @param images command lines of images
     * @param patientEnds see {@link LocalNode.Settings}
     */
    public record Plan(
            Api api,
            ClusterNetwork network,
            IpAddress dns,
            Path directory,
            Map<String, List<String>> images,
            boolean patientEnds,
            Time time) {}

    private final Lab lab;
    private final Host host;
    private final CuttableApi api;
    private final List<Cidr> blocks;
    private final LocalNode node;

    private LabNode(Lab lab, Host host, CuttableApi api, List<Cidr> blocks, LocalNode node) {
        this.lab = lab;
        this.host = host;
        this.api = api;
        this.blocks = blocks;
        this.node = node;
    }

    /** A new host of the lab becomes a node; returns when its routes are programmed. */
    public static LabNode start(Lab lab, String name, Plan plan) throws IOException, InterruptedException {
        Host host = lab.host(name);
        LabNode made = start(lab, host, plan);
        made.blocks.forEach(block -> lab.route(block.toString(), host));
        return made;
    }

    /** The same host as a node again, after {@link #close}: as when its agent is started anew. */
    public LabNode again(Plan plan) throws IOException, InterruptedException {
        return start(lab, host, plan);
    }

    private static LabNode start(Lab lab, Host host, Plan plan) throws IOException, InterruptedException {
        CuttableApi api = new CuttableApi(plan.api(), plan.time());
        ApiClient client = new ApiClient(api, "fairlead", SELF, warning -> {});
        List<IpAddress> own = List.of(
                IpAddress.of(host.v4().getAddress()), IpAddress.of(host.v6().getAddress()));
        List<Cidr> blocks = new Joining(client, host.name(), own, plan.time()).awaitBlocks(PATIENCE);
        LabNode made = new LabNode(lab, host, api, blocks, open(host, client, blocks, own, plan));
        made.agent().start();
        if (!made.agent().awaitReady(PATIENCE)) {
            made.close();
            throw new IOException("node " + host.name() + " did not come up in " + PATIENCE.toSeconds() + " s");
        }
        return made;
    }

    private static LocalNode open(Host host, ApiClient client, List<Cidr> blocks, List<IpAddress> own, Plan plan)
            throws IOException {
        Path directory = Files.createDirectories(plan.directory().resolve(host.name()));
        NamespaceNetwork network = NamespaceNetwork.open(
                host.namespace(), own, blocks, plan.network().serviceCidrs());
        LocalNode.Settings settings = new LocalNode.Settings(
                host.name(),
                network,
                blocks,
                plan.network().serviceCidrs(),
                plan.dns(),
                directory,
                pods -> pods.withImages(plan.images()),
                new NodePortAddresses.Primary(),
                plan.patientEnds(),
                Carrier.RELAY,
                DnsChoices.USUAL);
        return LocalNode.open(
                settings, client, plan.time(), new Random(host.name().hashCode()));
    }

    /** The host it is. */
    public Host host() {
        return host;
    }

    /** Its agent. */
    public Agent agent() {
        return node.agent();
    }

    /** What its pods get their addresses from, IPv4 first. */
    public List<Cidr> podBlocks() {
        return blocks;
    }

    /** Cuts it off from the API, not from traffic. */
    public void cutOff() {
        api.cut();
    }

    /** Lets it reach the API again. */
    public void mend() {
        api.mend();
    }

    /** Lets it hear of everything that much later. */
    public void lag(Duration behind) {
        api.lag(behind);
    }

    /** Cuts its cable: no traffic to it or from it, as if its power had gone; nor does it reach the API. */
    public void pullCable() {
        api.cut();
        lab.unplug(host);
    }

    /** Ends its pods and leaves the cluster in order. */
    public void stop(Duration grace) throws InterruptedException {
        node.stop(grace);
    }

    /** Lets go of everything as if killed: pods go on running, the lease runs out. */
    @Override
    public void close() {
        node.close();
    }
}
