// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many connections are tracked, and for how long: decided, and set in a namespace of its own. */
class ConntrackLimitsTest {
    private static final String MAX = "net/netfilter/nf_conntrack_max";
    private static final String ESTABLISHED = "net/netfilter/nf_conntrack_tcp_timeout_established";
    private static final String CLOSE_WAIT = "net/netfilter/nf_conntrack_tcp_timeout_close_wait";

    @ParameterizedTest
    @CsvSource({
        "32768, 131072,  1,  131072",
        "32768, 131072,  4,  131072",
        "32768, 131072,  5,  163840",
        "32768, 131072, 96, 3145728",
        "    1,      0,  2,       2",
        "    0, 131072,  8,       0",
    })
    void byProcessorsAndNeverLessThanTheLeast(int perCore, int min, int processors, long expected) {
        assertThat(new ConntrackLimits(perCore, min, Duration.ZERO, Duration.ZERO).max(processors))
                .isEqualTo(expected);
    }

    @Test
    void timesAreSetOnceAndTold() {
        try (Namespace namespace = tracking()) {
            set(namespace, ESTABLISHED, 432_000);
            set(namespace, CLOSE_WAIT, 60);
            ConntrackLimits usual = new ConntrackLimits(0, 0, Duration.ofHours(24), Duration.ofHours(1));

            assertThat(usual.apply(namespace, 2))
                    .containsExactly(
                            "net.netfilter.nf_conntrack_tcp_timeout_established is 86400, was 432000",
                            "net.netfilter.nf_conntrack_tcp_timeout_close_wait is 3600, was 60");
            assertThat(get(namespace, ESTABLISHED)).isEqualTo(86_400);
            assertThat(get(namespace, CLOSE_WAIT)).isEqualTo(3600);
            assertThat(usual.apply(namespace, 2)).as("the second time").isEmpty();
        }
    }

    @Test
    void whatIsZeroStaysTheKernels() {
        try (Namespace namespace = tracking()) {
            set(namespace, ESTABLISHED, 1234);
            assertThat(new ConntrackLimits(0, 0, Duration.ZERO, Duration.ZERO).apply(namespace, 2))
                    .isEmpty();
            assertThat(get(namespace, ESTABLISHED)).isEqualTo(1234);
        }
    }

    /** The number is the host's, and so is to be seen but not to be changed here. */
    @Test
    void aNumberThatCannotBeRaisedIsTold() {
        try (Namespace namespace = tracking()) {
            int now = (int) get(namespace, MAX);
            ConntrackLimits more = new ConntrackLimits(now + 1, 0, Duration.ZERO, Duration.ZERO);
            ConntrackLimits fewer = new ConntrackLimits(1, 0, Duration.ZERO, Duration.ZERO);

            assertThat(more.apply(namespace, 1))
                    .singleElement()
                    .asString()
                    .startsWith("net.netfilter.nf_conntrack_max stays: ");
            assertThat(fewer.apply(namespace, 1)).as("never fewer").isEmpty();
            assertThat(get(namespace, MAX)).isEqualTo(now);
        }
    }

    private static Namespace tracking() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        Namespace namespace = Namespace.create("conntrack");
        if (!namespace.call(() -> Sysctl.exists(MAX))) {
            namespace.close();
            Assumptions.abort("this kernel tracks no connections");
        }
        return namespace;
    }

    private static void set(Namespace namespace, String key, long value) {
        namespace.call(() -> {
            Sysctl.write(key, Long.toString(value));
            return null;
        });
    }

    private static long get(Namespace namespace, String key) {
        return namespace.call(() -> Long.parseLong(Sysctl.read(key)));
    }
}
