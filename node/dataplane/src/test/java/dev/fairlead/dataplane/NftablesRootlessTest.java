// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Spawn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a user namespace, where nobody may have larger buffers than the host allows, a table of 2,000 Services is made in
 * parts, replaced and taken over without a connection that fails.
 */
class NftablesRootlessTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aLargeTableIsMadeInParts() throws Exception {
        Probe probe = Probe.userNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        Path log = folder.resolve("log");
        Exit exit = Spawn.of(List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "--",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        PlaneProcess.classes(),
                        NarrowMain.class.getName()))
                .withEnvironment(Map.of("PATH", System.getenv("PATH"), "LANG", "C.UTF-8"))
                .withOutput(log)
                .start()
                .exit()
                .get(120, TimeUnit.SECONDS);
        String said = Files.readString(log);
        System.out.println(said);
        assertThat(exit).as(said).isEqualTo(new Exit.Code(0));
        assertThat(said)
                .contains("more: more than fits: ", "EMSGSIZE")
                .contains("loaded ")
                .contains("moved, failures {}")
                .contains("taken over, failures {}")
                .contains("tables true false")
                .contains("transactions, as the kernel takes little at once")
                .contains("done");
    }
}
