// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What was so on the machine while a benchmark ran. */
final class Conditions {
    private Conditions() {}

    /** Prints time, load averages, processors, kernel and Java. */
    static void print(String when) throws IOException {
        System.out.println(when + ": " + Instant.now().truncatedTo(ChronoUnit.SECONDS) + ", load averages " + load()
                + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name")
                + " " + System.getProperty("os.version") + ", Java " + System.getProperty("java.vm.version"));
    }

    /** The load averages of 1, 5 and 15 minutes. */
    static String load() throws IOException {
        List<String> words = List.of(Files.readString(Path.of("/proc/loadavg")).split(" "));
        return String.join(" ", words.subList(0, 3));
    }

    /** Processor time that this process has used. */
    static double processorSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    /** A scratch directory on the disk that is measured. */
    static Path scratch() throws IOException {
        return Files.createTempDirectory("fairlead-bench");
    }

    /** Deletes a directory and what is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
