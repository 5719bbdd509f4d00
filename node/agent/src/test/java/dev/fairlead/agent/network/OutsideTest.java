// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.NodeTraffic;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.RoutedVeth;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import dev.fairlead.wire.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A laptop with a node in a namespace of its own, and a world that only the laptop knows the way to. */
class OutsideTest {
    private static final int PATIENCE_MILLIS = 30_000;

    @TempDir
    Path directory;

    private final SystemTime time = new SystemTime();
    private final Lab lab = new Lab();
    private final Host laptop = lab.host("laptop");
    private final Host world = lab.host("world");
    private final Namespace pod = Namespace.create("pod");
    private final Block block = Block.ofNamespaces(0);
    /** The node with its pod. */
    private NamespaceHouse house() throws IOException {
        NamespaceHouse house = laptop.call(() -> NamespaceHouse.open(Mode.KERNEL, block, directory));
        RoutedVeth.at(house.namespace().orElseThrow(), List.of())
                .connect(
                        "pod0",
                        pod,
                        "eth0",
                        List.of(InetAddress.ofLiteral("10.244.0.7"), InetAddress.ofLiteral("fd00:10:244::7")));
        return house;
    }

    @AfterEach
    void clean() {
        pod.close();
        lab.close();
        time.close();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void podsReachTheWorldAsTheHost(Carrier carrier) throws Exception {
        world.serve(8080);
        NamespaceHouse house = house();
        NodeTraffic traffic = laptop.call(() -> NodeTraffic.open(
                new NodeTraffic.Plan(
                        house,
                        List.of(block.pods(), block.podsV6()),
                        block.dns(),
                        directory,
                        carrier,
                        DnsChoices.USUAL),
                time));
        try {
            assertThat(traffic.dnsAddress().getPort()).isEqualTo(53);
            for (InetAddress there : List.of(world.v4(), world.v6())) {
                Answer answer = ask(there, 8080);
                assertThat(answer.server()).isEqualTo("world");
                assertThat(answer.client().getAddress())
                        .isEqualTo(there.getAddress().length == 4 ? laptop.v4() : laptop.v6());
            }
            // the world refuses: the pod is told, if only after its connection was taken
            assertThatThrownBy(() -> ask(world.v4(), 9)).isInstanceOf(IOException.class);
            // what would be of the cluster is nobody's, and is not sought outside
            assertThatThrownBy(() -> ask(InetAddress.ofLiteral("10.244.0.99"), 8080))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nreachable");
        } finally {
            traffic.end();
        }
    }

    private Answer ask(InetAddress there, int port) throws IOException {
        return pod.call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(new InetSocketAddress(there, port), PATIENCE_MILLIS);
                socket.getOutputStream().write("x\n".getBytes(StandardCharsets.UTF_8));
                String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                if (line == null) {
                    throw new IOException("no answer");
                }
                return Answer.parse(line);
            }
        });
    }
}
