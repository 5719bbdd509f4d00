// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.testing.LabNode;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.Host;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Deployment on three nodes is rolled while clients on every node, and one outside, ask it over and over: nothing is
 * lost, without any preStop hook, although one of the nodes hears of everything late. {@code -Drollouts=20} is the long
 * campaign.
 */
final class RolloutTest {
    private static final int ROLLS = Integer.getInteger("rollouts", 3);
    private static final int REPLICAS = 3;
    private static final Duration LATE = Duration.ofMillis(150);
    private static final Duration VERY_LATE = Duration.ofSeconds(1); // so that losses are no matter of luck

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void namespaces() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    @Test
    void nothingIsLostWhileADeploymentIsRolled() throws Exception {
        assertThat(rolled("server", true, ROLLS)).isEmpty();
    }

    /** The measure of the test above: as a kubelet does it, with nobody waiting for anybody, requests are lost. */
    @Test
    void requestsAreLostWhenNobodyWaits() throws Exception {
        assertThat(rolled("server", false, ROLLS)).isNotEmpty();
    }

    /** What is under way in a process that dies on SIGTERM is lost, whoever waits: told, not promised away. */
    @Test
    void aServerThatClosesAbruptlyLosesWhatIsUnderWay() throws Exception {
        Map<String, Long> lost = rolled("abrupt", true, 1);
        assertThat(lost.keySet()).allMatch(what -> !what.startsWith("short TCP: java.net.ConnectException"));
    }

    private Map<String, Long> rolled(String image, boolean patientEnds, int rolls) throws Exception {
        try (LabCluster cluster = new LabCluster(directory, patientEnds).with("one", "two", "three")) {
            cluster.web(REPLICAS, image);
            cluster.node("two").lag(patientEnds ? LATE : VERY_LATE);
            Load load = load(cluster);
            List<Long> millis = new ArrayList<>();
            try (load) {
                for (int roll = 0; roll < rolls; roll++) {
                    long began = System.nanoTime();
                    cluster.roll(Integer.toString(roll), REPLICAS);
                    millis.add((System.nanoTime() - began) / 1_000_000);
                }
            }
            System.out.println(cluster.stillInRotation());
            System.out.println(image + (patientEnds ? "" : ", nobody waits") + ": " + rolls + " rolls of " + REPLICAS
                    + " pods in " + millis + " ms, " + load.requests() + " requests, lost: " + load.failures());
            assertThat(load.requests()).isGreaterThan(rolls * 100L);
            return load.failures();
        }
    }

    private static Load load(LabCluster cluster) throws Exception {
        List<InetAddress> web = cluster.webAddresses();
        Load load = new Load();
        int number = 0;
        for (LabNode node : cluster.nodes) {
            Host client = client(cluster, node);
            InetAddress address = web.get(number++ % 2);
            load.shortTcp(client, address, 80).keepAlive(client, address, 80).udp(client, web.get(number % 2), 81);
        }
        Host outside = cluster.lab.host("outside");
        int nodePort = (int) cluster.service("web").trees("ports").getFirst().whole("nodePort", 0);
        return load.shortTcp(outside, cluster.nodes.getFirst().host().v4(), nodePort);
    }

    /** A client with an address of a pod of that node, as far as anybody can see. */
    private static Host client(LabCluster cluster, LabNode node) {
        return cluster.lab.behind(
                node.host(),
                "client-" + node.host().name(),
                node.podBlocks().getFirst().first().plus(200).toString(),
                node.podBlocks().getLast().first().plus(200).toString());
    }
}
