// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.instance.LauncherScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fairlead demo} as a user runs it, in each network, with no time to watch: nothing is lost, nothing is left. */
final class DemoTest {
    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "kernel, relay, off",
        "kernel, nftables, off",
        "kernel, nftables, auto",
        "rootless, relay, off",
        "loopback, relay, off"
    })
    void losesNoRequest(String network, String plane, String sockets) throws Exception {
        Path temporary = Files.createDirectory(scratch.resolve("tmp"));
        Path out = scratch.resolve("out");
        Process demo = new ProcessBuilder(
                        LauncherScript.write(scratch.resolve("fairlead")).toString(),
                        "demo",
                        "--network=" + network,
                        "--data-plane=" + plane,
                        "--socket-balancing=" + sockets,
                        "--pace=0",
                        "--data-dir=" + temporary.resolve("data"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(demo.waitFor(120, TimeUnit.SECONDS)).as("the demo ended").isTrue();
        } finally {
            demo.descendants().forEach(ProcessHandle::destroy);
            demo.destroy();
        }
        String said = Files.readString(out);
        Assumptions.assumeFalse(said.contains("cannot be had here"), said);
        Assumptions.assumeFalse(said.contains("cannot be balanced at sockets"), said);
        assertThat(said)
                .startsWith("network " + network + ": asked for\n")
                .contains("\nPHASE ", "\nREQUESTS PER POD ", "\npod ready   → its first request: median ")
                .containsPattern("\n\\d+ requests, \\d+ answered; ")
                .doesNotContain("Exception", "WARNING");
        if (plane.equals("nftables")) {
            // the kernel tries no other endpoint: between a process's death and the news of it, it leads there
            assertThat(lost(said))
                    .as(said)
                    .allMatch(line -> line.matches(" +\\d+× kill: backend: Connection refused .*"));
        } else {
            assertThat(said).endsWith("no other was lost\n");
            assertThat(demo.exitValue()).as(said).isZero();
        }
        if (!network.equals("loopback")) {
            assertThat(said).containsPattern("inside a pod: (pod=backend-|\\(no curl)");
        }
        assertThat(phases(said)).as(said).isEqualTo(Phase.values().length);
    }

    /** What the demo says was lost and must not be, by phase and error. */
    private static List<String> lost(String said) {
        return said.lines()
                .dropWhile(line -> !line.endsWith(" were lost and must not be:"))
                .skip(1)
                .toList();
    }

    /** How many phases met requests. */
    private static long phases(String said) {
        return said.lines()
                .dropWhile(line -> !line.startsWith("PHASE "))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .count();
    }
}
