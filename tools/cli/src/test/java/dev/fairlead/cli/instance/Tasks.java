// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The threads of a process as /proc shows them. */
final class Tasks {
    private Tasks() {}

    /**
     * The names of threads in another network namespace than the process's first thread, and that stay there: those whose
     * work is inside for a moment are looked at again.
     */
    static Set<String> outside(long pid) throws IOException, InterruptedException {
        Set<String> first = look(pid);
        Set<String> staying = new TreeSet<>();
        Shop.await("threads have done their work inside", java.time.Duration.ofSeconds(30), () -> {
            staying.clear();
            staying.addAll(look(pid));
            staying.retainAll(first);
            return staying.stream().noneMatch(Tasks::passing);
        });
        return staying;
    }

    private static boolean passing(String name) {
        return name.startsWith("in-") || name.startsWith("spawn-");
    }

    private static Set<String> look(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Path home = Files.readSymbolicLink(process.resolve("ns/net"));
        Set<String> outside = new TreeSet<>();
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            for (Path thread : threads.toList()) {
                try {
                    if (!Files.readSymbolicLink(thread.resolve("ns/net")).equals(home)) {
                        outside.add(Files.readString(thread.resolve("comm")).strip());
                    }
                } catch (IOException ended) {
                    // its work was done
                }
            }
        }
        return outside;
    }
}
