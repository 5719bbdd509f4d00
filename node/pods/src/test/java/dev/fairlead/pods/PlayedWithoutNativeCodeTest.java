// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody's tests must not print warnings about native access because a pod is played in them. */
@Timeout(90)
class PlayedWithoutNativeCodeTest {
    @TempDir
    Path directory;

    @Test
    void aPodIsPlayedAndEndsWithoutNativeCodeAndWithoutAProcess() throws Exception {
        Process java = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlayedMain.class.getName(),
                        directory.toString(),
                        "3")
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said).contains("processes: 0").doesNotContain("WARNING");
            assertThat(java.exitValue()).isZero();
        } finally {
            java.destroyForcibly();
        }
    }
}
