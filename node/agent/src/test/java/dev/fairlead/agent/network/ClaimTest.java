// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose addresses an instance takes: nobody's. */
class ClaimTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void possible() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    private Claim take(Host host, String remembered) throws IOException {
        return Claim.take(
                Mode.KERNEL, folder.resolve("locks"), folder.resolve(remembered), HostRoutes.of(host.namespace()));
    }

    @Test
    void addressesOfTheHostAreLeftAlone() throws Exception {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            int lo = host.network().index("lo");
            host.network().addRoute(Route.to(Prefix.of("10.0.0.0/8")).withLink(lo)); // wider than any block
            try (Claim first = take(host, "first")) {
                assertThat(first.block()).isEqualTo(Block.ofNamespaces(0));
            }
            host.network().addAddress("lo", Prefix.of("10.96.0.1/32")); // as kube-proxy has them
            host.network().addRoute(Route.to(Prefix.of("10.244.1.0/24")).withLink(lo));
            try (Claim second = take(host, "second");
                    Claim third = take(host, "third")) {
                assertThat(second.block()).isEqualTo(Block.ofNamespaces(2));
                assertThat(third.block()).isEqualTo(Block.ofNamespaces(3));
            }
            assertThatThrownBy(() -> take(host, "first"))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "the addresses of this data directory (block 0) are in use: 10.96.0.1/32 of this host, at"
                                    + " link lo, is in 10.96.0.0/16; end that, or start with a new --data-dir");
        }
    }

    @Test
    void whatIsRememberedIsTakenAgainThoughItsLinkIsThere() throws Exception {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            Files.writeString(folder.resolve("mine"), "0\n");
            host.network().createVeth("fairlead0", lab.host("node").namespace(), "host0");
            host.network().setUp("fairlead0");
            host.network()
                    .addRoute(Route.to(Prefix.of("10.244.0.0/24"))
                            .withLink(host.network().index("fairlead0")));
            try (Claim mine = take(host, "mine")) {
                assertThat(mine.block()).isEqualTo(Block.ofNamespaces(0));
            }
            try (Claim other = take(host, "other")) {
                assertThat(other.block()).as("its processes may live").isEqualTo(Block.ofNamespaces(1));
            }
        }
    }

    private Claim takeLoopback(String remembered) throws IOException {
        return Claim.take(Mode.LOOPBACK, folder.resolve("locks"), folder.resolve(remembered));
    }

    @Test
    void wherePodsOfAnInstanceThatIsGoneListenNobodyElseStarts() throws Exception {
        Block block;
        try (Claim first = takeLoopback("first")) {
            block = first.block();
        }
        InetAddress pod = InetAddress.ofLiteral(block.pods().first().plus(5).toString());
        for (ServerSocketChannel kind :
                List.of(ServerSocketChannel.open(), ServerSocketChannel.open(StandardProtocolFamily.INET))) {
            try (kind) {
                kind.bind(new InetSocketAddress(pod, 0));
                try (Claim other = takeLoopback("other-" + kind.hashCode())) {
                    assertThat(other.block().number()).isGreaterThan(block.number());
                }
                try (Claim again = takeLoopback("first")) {
                    assertThat(again.block()).as("they are its own").isEqualTo(block);
                }
            }
        }
    }
}
