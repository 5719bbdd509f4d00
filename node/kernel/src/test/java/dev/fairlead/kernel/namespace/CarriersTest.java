// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.NeedsNamespaces;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A carrier of virtual threads is born in the namespace of the thread that wakes a virtual thread. Each case runs in a JVM
 * of its own, because how many carriers there may be is decided once for a JVM.
 */
@ExtendWith(NeedsNamespaces.class)
class CarriersTest {

    @ParameterizedTest
    @EnumSource
    void threadsInsideANamespaceStartNoCarriersThere(CarriersMain.Case tried) throws Exception {
        Process jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djdk.virtualThreadScheduler.parallelism=16",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes(),
                        CarriersMain.class.getName(),
                        tried.name()))
                .redirectErrorStream(true)
                .start();
        assertThat(said(jvm).strip())
                .isEqualTo(
                        tried == CarriersMain.Case.WAKES_ITSELF
                                ? "a virtual thread in the pod"
                                : "a virtual thread at home");
    }

    private static String said(Process jvm) throws IOException, InterruptedException {
        try (InputStream out = jvm.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    private static String classes() {
        Path module = Path.of(System.getProperty("basedir", ""), "target");
        return String.join(
                ":",
                Stream.of("classes", "test-classes")
                        .map(folder -> module.resolve(folder).toAbsolutePath().toString())
                        .toList());
    }
}
