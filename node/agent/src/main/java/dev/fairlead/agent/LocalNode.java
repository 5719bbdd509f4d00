// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.cache.Readings;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.pods.NodeStatus;
import dev.fairlead.pods.PodSettings;
import dev.fairlead.pods.ThisMachine;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** One node put together: what carries its traffic, and the agent that follows the API. */
public final class LocalNode implements AutoCloseable {
    /**
     * What a node is given.
     *
     * @param name the Node object's name
     * @param network where its traffic happens; closed with the node
     * @param podBlocks what its pods get their addresses from, one block for each family, primary first
     * @param serviceCidrs where the cluster's Services have their addresses
     * @param dns the address at which the cluster's DNS answers, on every node
     * @param directory the node's data directory, of nobody else
     * @param pods changes the usual settings of pods: built-in images, who plays containers
     * @param nodePorts on which of its addresses the node accepts node ports
     * @param patientEnds whether a pod is told to end only when no node sends it new connections; a kubelet does not wait
     * @param carrier which data plane carries Services
     * @param names how names are answered
     */
    public record Settings(
            String name,
            NodeNetwork network,
            List<Cidr> podBlocks,
            List<Cidr> serviceCidrs,
            IpAddress dns,
            Path directory,
            UnaryOperator<PodSettings> pods,
            NodePortAddresses nodePorts,
            boolean patientEnds,
            Carrier carrier,
            DnsChoices names) {}

    private final NodeTraffic traffic;
    private final Agent agent;

    private LocalNode(NodeTraffic traffic, Agent agent) {
        this.traffic = traffic;
        this.agent = agent;
    }

    /** Opens sockets and makes the agent; {@link Agent#start} begins. */
    public static LocalNode open(Settings settings, ApiClient client, Time time, RandomGenerator random)
            throws IOException {
        return open(settings, client, Readings.OWN, time, random);
    }

    /** The same beside other parts of the process that follow the same API, with which records are shared. */
    public static LocalNode open(
            Settings settings, ApiClient client, Readings readings, Time time, RandomGenerator random)
            throws IOException {
        NodeNetwork network = settings.network();
        List<IpAddress> own = network.nodeIps();
        NodeTraffic traffic = NodeTraffic.open(
                new NodeTraffic.Plan(
                        network,
                        settings.podBlocks(),
                        settings.dns(),
                        settings.directory(),
                        settings.carrier(),
                        settings.names()),
                time);
        NodeStatus status = new NodeStatus(
                settings.name(), own, settings.podBlocks(), Map.of(), ThisMachine.machine(), ThisMachine.capacity());
        PodSettings pods = settings.pods().apply(PodSettings.of(settings.name(), settings.directory(), own));
        Agent agent = new Agent(new Agent.Parts(
                client,
                readings,
                status,
                traffic.cgroup().map(pods::withCgroup).orElse(pods),
                traffic.pods(),
                traffic.plane(),
                traffic.names(),
                dev.fairlead.core.routes.Settings.DEFAULT
                        .withServiceCidrs(settings.serviceCidrs())
                        .withPodCidrs(settings.podBlocks())
                        .withNodePorts(settings.nodePorts()),
                settings.patientEnds(),
                time,
                random));
        agent.alsoTell(traffic.dnsMetrics()::text);
        return new LocalNode(traffic, agent);
    }

    /** What carries its traffic. */
    public NodeTraffic traffic() {
        return traffic;
    }

    /** Who follows the API. */
    public Agent agent() {
        return agent;
    }

    /** Ends all pods, giving each its time but at most {@code grace}, and unmakes what was made for them. */
    public void stop(Duration grace) throws InterruptedException {
        agent.endPods(grace);
        agent.close();
        traffic.end();
    }

    /** Lets go of everything; pods go on running. */
    @Override
    public void close() {
        agent.close();
        traffic.close();
    }
}
