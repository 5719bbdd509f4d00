// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeTest {
    @Test
    void everyProbeSaysYesOrWhyNot() {
        List<Probe> probes = List.of(
                Probe.networkNamespaces(),
                Probe.mountNamespaces(),
                Probe.transparentRelay(),
                Probe.userNamespaces(),
                Probe.cgroups());
        for (Probe probe : probes) {
            assertThat(probe.reason().isEmpty()).as(probe.toString()).isEqualTo(probe.possible());
        }
        System.out.println(probes);
    }
}
