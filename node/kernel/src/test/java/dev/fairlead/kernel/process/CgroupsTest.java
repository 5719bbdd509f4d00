// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.Probe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Trees of groups. */
class CgroupsTest {
    @Test
    void processesOfAWholeTreeAreListedAndTheTreeIsRemoved() throws Exception {
        Probe probe = Probe.cgroups();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        Path top = Cgroups.create(
                Cgroups.own().orElseThrow(), "tree-" + ProcessHandle.current().pid());
        Path below = Cgroups.create(Cgroups.create(top, "one"), "two");
        Child child = Spawn.of(List.of("sleep", "1000"))
                .withEnvironment(Map.of("PATH", "/usr/bin:/bin"))
                .withCgroup(below)
                .start();
        try {
            assertThat(Cgroups.allProcesses(top)).containsExactly(child.pid());
        } finally {
            child.signalGroup(Signal.KILL);
            child.exit().get(30, TimeUnit.SECONDS);
        }
        assertThat(Cgroups.allProcesses(top)).isEmpty();
        Cgroups.removeAll(top);
        assertThat(top).doesNotExist();
        assertThat(Cgroups.allProcesses(top)).isEmpty();
    }
}
