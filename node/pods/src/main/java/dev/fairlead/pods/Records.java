// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records of pods on disk, one folder for each under {@code pods/}. A record is replaced as a whole (written beside,
 * then renamed), so that a reader finds the old or the new one. It is not forced to the disk: it has to survive the end
 * of this process, and when the machine goes down the processes it speaks of are gone too.
 */
final class Records {
    private static final System.Logger LOG = System.getLogger(Records.class.getName());
    private static final String FILE = "record.json";

    private final Path directory;
    private final String boot;

    Records(Path directory) {
        this.directory = directory.resolve("pods");
        this.boot = boot();
        try {
            Files.createDirectories(this.directory);
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot make " + this.directory, refused);
        }
    }

    /** The identity of this boot of the machine. */
    String currentBoot() {
        return boot;
    }

    /** The folder of a pod's own: its record, its resolv.conf, its scratch directory. */
    Path folder(String uid) {
        return directory.resolve(uid);
    }

    /** All records; one that cannot be read is named in the log and left alone. */
    List<PodRecord> load() {
        List<PodRecord> records = new ArrayList<>();
        try (Stream<Path> folders = Files.list(directory)) {
            for (Path folder : folders.sorted().toList()) {
                try {
                    records.add(PodRecord.from(Tree.of(Json.object(Files.readAllBytes(folder.resolve(FILE))))));
                } catch (NoSuchFileException neverWritten) {
                    remove(folder.getFileName().toString());
                } catch (IOException | RuntimeException unreadable) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "cannot read the pod record {0}: {1}",
                            folder.resolve(FILE),
                            unreadable.getMessage());
                }
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot list " + directory, refused);
        }
        return records;
    }

    void save(PodRecord record) {
        Path folder = folder(record.uid());
        Path beside = folder.resolve(FILE + ".new");
        try {
            Files.createDirectories(folder);
            Files.write(beside, Json.write(record.tree()));
            Files.move(beside, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write the record of pod " + record.name(), refused);
        }
    }

    /** Forgets a pod, with everything in its folder. */
    void remove(String uid) {
        Path folder = folder(uid);
        try {
            // the record goes first: a folder without one is swept at the next start
            Files.deleteIfExists(folder.resolve(FILE));
            removeTree(folder);
        } catch (IOException refused) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", folder, refused.getMessage());
        }
    }

    /** Removes a folder and all in it; harmless when it is not there. */
    static void removeTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static String boot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException notLinux) {
            return "";
        }
    }
}
