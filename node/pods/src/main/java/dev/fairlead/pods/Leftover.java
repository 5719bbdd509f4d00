// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.ProcessStatus;
import dev.fairlead.kernel.process.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Ends what an earlier life left behind. */
final class Leftover {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private Leftover() {}

    private interface Work {
        void run() throws InterruptedException;
    }

    /** Ends the processes of a pod whose object is gone, and forgets the pod; completes when that is done. */
    static CompletableFuture<@Nullable Void> end(PodContext context, PodRecord record) {
        return onItsOwn("end-" + record.name(), () -> forget(context, record));
    }

    /**
     * Ends the processes of a record and keeps everything else: they are asked, and {@code grace} later killed. Completes when
     * that is done.
     */
    static CompletableFuture<@Nullable Void> stop(PodContext context, PodRecord record, Duration grace) {
        return onItsOwn("stop-" + record.name(), () -> endProcesses(context, record, grace));
    }

    private static CompletableFuture<@Nullable Void> onItsOwn(String name, Work work) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt(); // the record stays, the next life tries again
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    private static void forget(PodContext context, PodRecord record) throws InterruptedException {
        endProcesses(context, record, GRACE);
        if (record.sandbox() != null) {
            context.network().release(record.sandbox());
        }
        context.logs().remove(record.name(), record.uid());
        context.records().remove(record.uid());
    }

    private static void endProcesses(PodContext context, PodRecord record, Duration grace) throws InterruptedException {
        if (!record.boot().equals(context.records().currentBoot())) {
            return; // they ended with the machine
        }
        List<Child> children = new ArrayList<>();
        record.containers().values().forEach(container -> {
            if (container.pid() > 0) {
                Child.adopt(container.pid(), container.start()).ifPresent(children::add);
            }
        });
        children.forEach(child -> child.signalGroup(Signal.TERM));
        long end = context.time().nanos() + grace.toNanos();
        for (Child child : children) {
            Waiting.await(
                    context.time(),
                    child.exit(),
                    Duration.ofNanos(end - context.time().nanos()));
            child.signalGroup(Signal.KILL);
            Waiting.await(context.time(), child.exit(), GRACE);
        }
    }

    /**
     * Kills processes that carry a pod's mark but are in no record: started in the moment before a {@code kill -9}.
     *
     * @param records those of this node; processes of pods that are in none belong to somebody else
     */
    static void killStrays(List<PodRecord> records) {
        if (records.isEmpty()) {
            return; // the usual first start need not read the environment of every process
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                String uid = mark(process);
                records.stream()
                        .filter(record -> record.uid().equals(uid))
                        .filter(record -> !known(record).contains(pid))
                        .forEach(record -> kill(pid));
            }
        } catch (IOException noProc) {
            // without /proc there is no way to find them
        }
    }

    private static void kill(long pid) {
        ProcessStatus.of(pid)
                .filter(status -> status.session() == pid) // others belong to one that is looked at by itself
                .flatMap(status -> Child.adopt(pid, status.startTime()))
                .ifPresent(stray -> stray.signalGroup(Signal.KILL));
    }

    private static Set<Long> known(PodRecord record) {
        Set<Long> pids = new java.util.HashSet<>();
        record.containers().values().forEach(container -> pids.add(container.pid()));
        if (record.sandbox() != null) {
            pids.add(record.sandbox().holder());
        }
        return pids;
    }

    private static String mark(Path process) {
        try {
            String environment = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            for (String variable : environment.split("\0", -1)) {
                if (variable.startsWith(Surroundings.MARK + "=")) {
                    return variable.substring(Surroundings.MARK.length() + 1);
                }
            }
        } catch (IOException goneOrForbidden) {
            return "";
        }
        return "";
    }
}
