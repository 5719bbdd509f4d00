// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DnsMetricsTest {
    @Test
    void typesThatNobodyKnowsAreCountedTogether() {
        DnsMetrics metrics = new DnsMetrics(53);
        Set<DnsMetrics.Tally> tallies = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int type = 0; type < 65_536; type++) {
            tallies.add(metrics.tally(new DnsMetrics.Labels(".", "udp", false, type, 0)));
        }
        assertThat(tallies).hasSizeBetween(10, 30);
        metrics.tally(new DnsMetrics.Labels(".", "udp", false, 1234, 0)).count(50, 60, 1000);
        metrics.tally(new DnsMetrics.Labels(".", "udp", false, 15, 0)).count(50, 60, 1000);
        assertThat(metrics.text()).contains("type=\"other\"} 1\n").contains("type=\"MX\"} 1\n");
    }
}
