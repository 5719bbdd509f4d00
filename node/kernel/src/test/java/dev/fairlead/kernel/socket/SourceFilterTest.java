// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams to one's own addresses, from random sources through random filters; and connections. */
@ExtendWith(NeedsNamespaces.class)
class SourceFilterTest {
    private final Sockets calls = new Sockets();
    private final MemorySegment buffer = Arena.ofAuto().allocate(16);

    private static SourceFilter.Block block(String text) {
        String[] parts = text.split("/", 2);
        return new SourceFilter.Block(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
    }

    /** A namespace in which 10.0.0.0/8 and fd00::/16 are its own. */
    private static <T> T alone(java.util.concurrent.Callable<T> work) throws Exception {
        try (Namespace namespace = Namespace.create("filter");
                Rtnetlink links = Rtnetlink.in(namespace)) {
            links.setUp("lo");
            for (String own : List.of("10.0.0.0/8", "fd00::/16")) {
                links.addRoute(Route.local(Prefix.of(own), links.index("lo")));
            }
            return namespace.call(work::call);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hearsWhomEveryListNames(boolean v6) throws Exception {
        Random random = new Random(20261121);
        alone(() -> {
            SocketAddress at = new SocketAddress().set(address(random, v6), 5000);
            int server = datagrams(at);
            for (int round = 0; round < 300; round++) {
                List<List<SourceFilter.Block>> lists = IntStream.range(0, random.nextInt(3))
                        .mapToObj(any -> IntStream.range(0, random.nextInt(4))
                                .mapToObj(each -> randomBlock(random, v6))
                                .toList())
                        .toList();
                assertThat(calls.filter(server, SourceFilter.of(v6, lists))).isZero();
                InetAddress source = address(random, v6);
                boolean heard = lists.stream()
                        .allMatch(list -> list.stream().anyMatch(block -> contains(block, source.getAddress())));
                int client = datagrams(new SocketAddress().set(source, 0));
                calls.sendTo(client, buffer, 0, 1, at);
                SocketAddress sender = new SocketAddress();
                int got = calls.recvFrom(server, buffer, 0, 16, sender);
                assertThat(got > 0).as("%s through %s", source, lists).isEqualTo(heard);
                calls.close(client);
            }
            assertThat(calls.filter(server, null)).isZero();
            assertThat(calls.filter(server, null)).as("none is there").isZero();
            return calls.close(server);
        });
    }

    /** One family's addresses differ in few bits, so that blocks often match. */
    private static InetAddress address(Random random, boolean v6) {
        String text = v6
                ? "fd00:" + random.nextInt(2) + "::" + random.nextInt(2) + ":" + (1 + random.nextInt(3))
                : "10." + random.nextInt(2) + ".0." + (1 + random.nextInt(3));
        return InetAddress.ofLiteral(text);
    }

    private static SourceFilter.Block randomBlock(Random random, boolean v6) {
        int[] prefixes = v6 ? new int[] {0, 16, 31, 32, 64, 112, 127, 128} : new int[] {0, 8, 15, 16, 31, 32};
        return new SourceFilter.Block(address(random, v6), prefixes[random.nextInt(prefixes.length)]);
    }

    private static boolean contains(SourceFilter.Block block, byte[] address) {
        byte[] base = block.base().getAddress();
        for (int bit = 0; bit < block.prefix(); bit++) {
            if (((base[bit / 8] ^ address[bit / 8]) & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    private int datagrams(SocketAddress at) {
        int fd = Sockets.require("udp", calls.udp(at.family()));
        if (at.family() == SocketAddress.IPV6) {
            calls.set(fd, SocketOption.FREEBIND_V6, 1);
        }
        Sockets.require("bind", calls.bind(fd, at));
        return fd;
    }

    @Test
    void aListenerIsSilentToStrangersAndAcceptedConnectionsGoOn() throws Exception {
        SourceFilter friends = SourceFilter.of(false, List.of(List.of(block("10.0.0.1/32"))));
        alone(() -> {
            SocketAddress at = new SocketAddress().set(InetAddress.ofLiteral("10.9.9.9"), 80);
            int listener = Sockets.require("listen", calls.listenTcp(at, 10, friends));
            int friend = connect("10.0.0.1", at);
            int stranger = connect("10.0.0.2", at);
            SocketAddress peer = new SocketAddress();
            int accepted = Sockets.require("accept", calls.accept(listener, peer));
            assertThat(peer.toInetSocketAddress().getAddress().getHostAddress()).isEqualTo("10.0.0.1");
            assertThat(Sockets.isNotNow(calls.accept(listener, peer))).isTrue();
            assertThat(calls.error(stranger))
                    .as("neither refused nor connected")
                    .isZero();
            assertThat(calls.send(stranger, buffer, 0, 1))
                    .as("neither refused nor connected")
                    .isNegative();
            assertThat(calls.filter(listener, SourceFilter.of(false, List.of(List.of()))))
                    .isZero();
            assertThat(calls.send(friend, buffer, 0, 1)).isEqualTo(1);
            assertThat(calls.recv(accepted, buffer, 0, 16)).as("goes on").isEqualTo(1);
            return List.of(listener, friend, stranger, accepted).stream()
                    .map(calls::close)
                    .toList();
        });
    }

    private int connect(String from, SocketAddress to) {
        int fd = Sockets.require("tcp", calls.tcp(SocketAddress.IPV4));
        Sockets.require("bind", calls.bind(fd, new SocketAddress().set(InetAddress.ofLiteral(from), 0)));
        calls.connect(fd, to);
        return fd;
    }

    @Test
    void tooManyBlocksAreRefused() {
        List<SourceFilter.Block> many =
                IntStream.range(0, 2000).mapToObj(any -> block("10.0.0.1/32")).toList();
        assertThatThrownBy(() -> SourceFilter.of(false, List.of(many))).isInstanceOf(IllegalArgumentException.class);
    }
}
