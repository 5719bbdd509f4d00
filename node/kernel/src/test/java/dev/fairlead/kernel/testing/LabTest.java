// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NeedsNamespaces.class)
class LabTest {
    @Test
    void hostsAndPodsReachEachOtherInBothFamiliesAndProtocols() throws Exception {
        try (Lab lab = new Lab()) {
            Host one = lab.host("node1");
            Host two = lab.host("node2");
            Host client = lab.host("client");
            Host a = lab.behind(one, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(one, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            Host c = lab.behind(two, "pod-c", "10.244.2.2", "fd00:10:244:2::2");
            List<Host> all = List.of(one, two, client, a, b, c);
            for (Host host : all) {
                host.serve(8080);
            }
            for (Host from : all) {
                for (Host to : all) {
                    Answer v4 = from.ask(to.v4(), 8080, "hello");
                    assertThat(v4.server()).isEqualTo(to.name());
                    assertThat(v4.asked().getAddress()).isEqualTo(to.v4());
                    Answer v6 = from.ask(to.v6(), 8080, "hello");
                    assertThat(v6.server()).isEqualTo(to.name());
                    assertThat(v6.text()).isEqualTo("hello");
                    assertThat(from.askUdp(to.v4(), 8080, "x").server()).isEqualTo(to.name());
                    assertThat(from.askUdp(to.v6(), 8080, "x").server()).isEqualTo(to.name());
                }
            }
            // pods are seen by their own addresses, across nodes
            assertThat(a.ask(c.v4(), 8080, "x").client().getAddress()).isEqualTo(a.v4());
            assertThat(a.ask(c.v6(), 8080, "x").client().getAddress()).isEqualTo(a.v6());
            assertThat(client.ask(b.v4(), 8080, "x").client().getAddress()).isEqualTo(client.v4());
        }
    }

    @Test
    void aNodeAnswersForEveryAddressOfARange() throws Exception {
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host client = lab.host("client");
            lab.route("10.96.0.0/16", node);
            int lo = node.network().index("lo");
            node.network().addRoute(Route.local(Prefix.of("10.96.0.0/16"), lo));
            InetAddress first = InetAddress.ofLiteral("10.96.0.1");
            InetAddress other = InetAddress.ofLiteral("10.96.255.254");
            node.serve(first, 80);
            Answer answer = client.ask(first, 80, "x");
            assertThat(answer.asked().getAddress()).isEqualTo(first);
            assertThatThrownBy(() -> client.ask(other, 80, "x")).isInstanceOf(ConnectException.class);
            lab.unroute("10.96.0.0/16");
            assertThatThrownBy(() -> client.connect(first, 80, Duration.ofMillis(200)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPulledCableIsSilence() throws Exception {
        try (Lab lab = new Lab()) {
            Host a = lab.host("a");
            Host b = lab.host("b");
            b.serve(80);
            a.ask(b.v4(), 80, "x");
            lab.unplug(b);
            assertThatThrownBy(() -> a.connect(b.v4(), 80, Duration.ofMillis(200)))
                    .isInstanceOf(IOException.class);
            lab.plug(b);
            assertThat(a.ask(b.v4(), 80, "x").server()).isEqualTo("b");
            assertThat(a.ask(b.v6(), 80, "x").server()).isEqualTo("b");
        }
    }

    @Test
    void twoLabsDoNotMeetAndNothingIsLeft() throws Exception {
        long before = descriptors();
        try (Lab one = new Lab();
                Lab two = new Lab()) {
            Host a = one.host("a");
            Host b = two.host("a");
            a.serve(80);
            assertThat(a.v4()).isEqualTo(b.v4());
            assertThatThrownBy(() -> b.ask(b.v4(), 80, "x")).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> {
                        try (Lab three = new Lab()) {
                            three.host("x").serve(InetAddress.ofLiteral("192.0.2.1"), 80);
                        }
                    })
                    .isInstanceOf(java.net.BindException.class);
            assertThat(descriptors()).isGreaterThan(before);
        }
        dev.fairlead.kernel.process.Await.until(() -> descriptors() <= before);
    }

    /** Of namespaces and netlink sockets; what the JDK opens for itself does not count. */
    private static long descriptors() throws Exception {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.filter(entry -> {
                        try {
                            return Files.readSymbolicLink(entry).toString().startsWith("net:[");
                        } catch (IOException _) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
