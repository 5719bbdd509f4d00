// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.testing.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@link ChangingPlane} in a process of its own, to be killed. */
record PlaneProcess(Child process, Path log) implements AutoCloseable {
    /** One on a host of the lab, which takes over what is there. */
    static PlaneProcess start(Host node, Path folder, String... arguments) throws IOException {
        Path log = Files.createTempFile(folder, "plane", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes(),
                ChangingPlane.class.getName()));
        command.addAll(List.of(arguments));
        Child process = Spawn.of(command)
                .withNetwork(node.namespace())
                .withEnvironment(Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8"))
                .withOutput(log)
                .start();
        return new PlaneProcess(process, log);
    }

    /** Waits until it has made that many changes. */
    void awaitChange(int changes) throws InterruptedException {
        PlaneLab.await(
                "change " + changes, () -> process.exit().isDone() || read().contains("applied " + changes + "\n"));
        assertThat(process.exit()).as(this::read).isNotDone();
    }

    /** What it has said. */
    String read() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, wherever it is. */
    @Override
    public void close() {
        process.signalGroup(Signal.KILL);
        process.exit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Where the classes of these tests are, and all they need. */
    static String classes() {
        Path target = Path.of(System.getProperty("basedir", ""), "target").toAbsolutePath();
        return String.join(
                ":",
                target.resolve("classes").toString(),
                target.resolve("test-classes").toString(),
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""));
    }
}
