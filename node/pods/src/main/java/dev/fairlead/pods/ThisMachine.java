// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads what this machine is. */
public final class ThisMachine {
    private static final int PODS = 110;

    private ThisMachine() {}

    /** The system this process runs on; what cannot be found out is empty. */
    public static NodeStatus.Machine machine() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch", "");
        return new NodeStatus.Machine(
                architecture.equals("aarch64") ? "arm64" : architecture,
                system.startsWith("mac") ? "darwin" : system,
                osImage(),
                System.getProperty("os.version", ""),
                line("/etc/machine-id"),
                line("/proc/sys/kernel/random/boot_id"));
    }

    /** All processors and all memory of this machine. */
    public static NodeStatus.Capacity capacity() {
        return new NodeStatus.Capacity(Runtime.getRuntime().availableProcessors(), memory(), PODS);
    }

    private static String osImage() {
        try {
            for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
                if (line.startsWith("PRETTY_NAME=")) {
                    return line.substring("PRETTY_NAME=".length()).replace("\"", "");
                }
            }
        } catch (IOException notLinux) {
            return System.getProperty("os.name", "");
        }
        return System.getProperty("os.name", "");
    }

    private static long memory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException notLinux) {
            return Runtime.getRuntime().maxMemory();
        }
        return Runtime.getRuntime().maxMemory();
    }

    private static String line(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException absent) {
            return "";
        }
    }
}
