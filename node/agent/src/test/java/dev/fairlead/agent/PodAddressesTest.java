// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodAddressesTest {
    private static final IpAddress ADDRESS = IpAddress.of("10.244.0.7");
    private static final ObjectName POD = new ObjectName("shop", "web-1");

    private final NameTable names = new NameTable(new FakeTime(Instant.EPOCH));
    private final PodAddresses addresses = new PodAddresses(names);

    @Test
    void anAddressIsThePodsWhileItRuns() {
        addresses.observe(POD, null, pod(false, "Pending", List.of()));
        assertThat(names.namespaceOf(ADDRESS)).isEmpty();
        addresses.observe(POD, pod(false, "Pending", List.of()), pod(false, "Running", ips()));
        assertThat(names.namespaceOf(ADDRESS)).contains("shop");
        addresses.observe(POD, pod(false, "Running", ips()), pod(false, "Succeeded", ips()));
        assertThat(names.namespaceOf(ADDRESS)).isEmpty();
        addresses.observe(POD, pod(false, "Succeeded", ips()), pod(false, "Running", ips()));
        addresses.observe(POD, pod(false, "Running", ips()), null);
        assertThat(names.namespaceOf(ADDRESS)).isEmpty();
    }

    @Test
    void aPodInTheNodesNetworkHasNone() {
        addresses.observe(POD, null, pod(true, "Running", ips()));
        assertThat(names.namespaceOf(ADDRESS)).isEmpty();
    }

    @Test
    void anAddressOfPodsOfSeveralNamespacesIsNobodys() {
        addresses.observe(POD, null, pod(false, "Running", ips()));
        addresses.observe(new ObjectName("other", "web-1"), null, pod(false, "Running", ips()));
        assertThat(names.namespaceOf(ADDRESS)).isEmpty();
    }

    private static List<Object> ips() {
        return List.of(Map.of("ip", "10.244.0.7"));
    }

    private static Tree pod(boolean hostNetwork, String phase, List<Object> ips) {
        return new Tree(
                Map.of("spec", Map.of("hostNetwork", hostNetwork), "status", Map.of("phase", phase, "podIPs", ips)));
    }
}
