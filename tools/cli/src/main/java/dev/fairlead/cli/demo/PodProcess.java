// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Finds a pod's process as any user of the machine could: by what its environment says. */
final class PodProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private PodProcess() {}

    static Optional<ProcessHandle> of(String uid) {
        String mark = "FAIRLEAD_POD=" + uid;
        return ProcessHandle.allProcesses()
                .filter(process -> environment(process.pid()).contains(mark))
                .filter(process -> !process.info().command().orElse("").endsWith("/sleep")) // holds the pod's namespace
                .findFirst();
    }

    /** Kills {@code process} without a word and waits until nothing is left of it, its sockets included. */
    static Death kill(ProcessHandle process) {
        long from = System.nanoTime();
        process.destroyForcibly();
        while (process.isAlive() && System.nanoTime() - from < PATIENCE.toNanos()) {
            LockSupport.parkNanos(1_000_000); // not our child: nobody tells when it is gone
        }
        return new Death(from, System.nanoTime());
    }

    private static String environment(long pid) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
