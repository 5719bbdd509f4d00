// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.NeedsNamespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NeedsNamespaces.class)
class NamespaceTest {
    @Test
    void eachIsItsOwnAndTheJvmStaysWhereItWas() throws Exception {
        try (Namespace own = Namespace.own();
                Namespace a = Namespace.create("a");
                Namespace b = Namespace.create("b")) {
            assertThat(a.identity()).isNotEqualTo(b.identity()).isNotEqualTo(own.identity());
            assertThat(a.call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")))
                            .toString())
                    .isEqualTo(a.identity());
            assertThat(Namespace.own().identity()).isEqualTo(own.identity());
            try (Namespace again = Namespace.open(a.path());
                    Namespace process =
                            Namespace.ofProcess(ProcessHandle.current().pid())) {
                assertThat(again.identity()).isEqualTo(a.identity());
                assertThat(process.identity()).isEqualTo(own.identity());
            }
        }
    }

    @Test
    void theExceptionOfTheWorkComesThrough() {
        try (Namespace a = Namespace.create("a")) {
            assertThatThrownBy(() -> a.call(() -> {
                        throw new IOException("mine");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("mine");
        }
    }

    @Test
    void aThreadCanSpendItsLifeThere() throws Exception {
        try (Namespace a = Namespace.create("a")) {
            CompletableFuture<String> seen = new CompletableFuture<>();
            Thread thread = a.start("lives-there", () -> {
                try {
                    seen.complete(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))
                            .toString());
                } catch (IOException e) {
                    seen.completeExceptionally(e);
                }
            });
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(a.identity());
            thread.join();
        }
    }

    @Test
    void virtualThreadsMayCallButNotEnter() throws Exception {
        try (Namespace a = Namespace.create("a")) {
            CompletableFuture<String> seen = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    a.enter();
                    seen.complete("entered");
                } catch (IllegalStateException e) {
                    seen.complete(a.<String, RuntimeException>call(() -> "called"));
                }
            });
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("called");
        }
    }

    @Test
    void theJdkKeepsItsIpv6() throws Exception {
        try (Namespace a = Namespace.create("a")) {
            a.call(() -> InetAddress.ofLiteral("::1"));
        }
        try (var socket = java.nio.channels.SocketChannel.open(java.net.StandardProtocolFamily.INET6)) {
            assertThat(socket.isOpen()).isTrue();
        }
    }

    @Test
    void settingsAreTheNamespacesOwn() {
        String before = Sysctl.read("net/ipv4/ip_forward");
        try (Namespace a = Namespace.create("a")) {
            a.call(() -> {
                Sysctl.write("net/ipv4/ip_forward", "1");
                assertThat(Sysctl.read("net/ipv4/ip_forward")).isEqualTo("1");
                Sysctl.write("net/ipv4/ip_forward", "0");
                assertThat(Sysctl.read("net/ipv4/ip_forward")).isEqualTo("0");
                Sysctl.write("net/ipv4/ip_local_port_range", "1024 29999");
                assertThat(Sysctl.read("net/ipv4/ip_local_port_range")).isEqualTo("1024\t29999");
                return null;
            });
        }
        assertThat(Sysctl.read("net/ipv4/ip_forward")).isEqualTo(before);
        assertThatThrownBy(() -> Sysctl.write("net/no/such", "1"))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isNotFound()).isTrue())
                .hasMessageContaining("net/no/such");
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.ip_forward, net/ipv4/ip_forward",
        "net/ipv4/ip_forward, net/ipv4/ip_forward",
        "net/ipv4/conf/eth0.100/rp_filter, net/ipv4/conf/eth0.100/rp_filter",
        "net.ipv4.conf.eth0/100.rp_filter, net/ipv4/conf/eth0.100/rp_filter",
    })
    void settingsAreNamedWithDotsOrSlashes(String key, String file) {
        assertThat(Sysctl.path(key)).isEqualTo(Path.of("/proc/sys", file));
    }

    @Test
    void whatIsNotThereOrClosedIsSaid() {
        assertThatThrownBy(() -> Namespace.open(Path.of("/no/such")))
                .isInstanceOf(KernelException.class)
                .hasMessage("open /no/such: No such file or directory (ENOENT)");
        assertThatThrownBy(() -> Namespace.open(Path.of("/etc/hostname")).call(() -> 1))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("EINVAL");
        Namespace closed = Namespace.create("gone");
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.call(() -> 1)).isInstanceOf(IllegalStateException.class);
    }
}
