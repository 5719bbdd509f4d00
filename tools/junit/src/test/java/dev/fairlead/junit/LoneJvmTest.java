// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM with the usual settings, which has this library and nothing else. */
class LoneJvmTest {
    @TempDir
    private Path scratch = Path.of("");

    private static String place(Class<?> of) throws Exception {
        return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    @Test
    void itIsWarnedOfNothingButTheClusterThatWasLeft() throws Exception {
        Path out = scratch.resolve("out");
        Path err = scratch.resolve("err");
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        place(FairleadCluster.class) + File.pathSeparator + place(LoneJvm.class),
                        LoneJvm.class.getName())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        java.environment().remove("JAVA_TOOL_OPTIONS");
        Process child = java.start();
        try {
            assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(out).hasContent("closed 200\nleft 200\n");
        assertThat(Files.readString(err))
                .matches(
                        "Fairlead: the cluster \"left\", started at dev\\.fairlead\\.junit\\.LoneJvm\\S+, was never closed\n");
    }
}
