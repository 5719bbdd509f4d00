// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import dev.fairlead.store.Retention;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.StoreInUseException;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.JournaledStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A store in a directory of its own, for one process at a time. Commits are on disk, synced, before they return or are
 * seen by anybody; how many share one sync depends on how many threads commit at once.
 *
 * <p>The directory gets {@code store.db} with its {@code -wal}, and {@code lock}. History is not on disk: after opening,
 * {@link Store#oldestRevision()} is the revision that the store had when it was closed or killed.
 *
 * <p>SQLite's native library is unpacked to the system property {@code org.sqlite.tmpdir}, else to {@code
 * java.io.tmpdir}, once per process. Where that is mounted noexec, opening says so and names the property.
 */
public final class DiskStore {
    private static final String FILE = "store.db";

    private DiskStore() {}

    /** Opens the store in {@code directory} with {@link Retention#STANDARD} history. */
    public static Store open(Path directory) {
        return open(directory, Retention.STANDARD);
    }

    /**
     * Opens the store in {@code directory}, which is made if it does not exist, empty if no store is in it.
     *
     * @throws StoreInUseException if a process has it open already, this one too
     * @throws StoreException if the directory cannot be written, or its file is truncated, damaged, of another program or of
     *     a newer version; the file is then as it was
     */
    public static Store open(Path directory, Retention retention) {
        DirectoryLock lock = DirectoryLock.take(existing(directory));
        try {
            return open(lock, existing(directory).resolve(FILE), retention);
        } catch (RuntimeException | Error e) {
            try {
                lock.close();
            } catch (IOException unlocking) {
                e.addSuppressed(unlocking);
            }
            throw e;
        }
    }

    private static Store open(DirectoryLock lock, Path file, Retention retention) {
        try {
            if (Files.exists(file)) {
                StoreFile.check(file);
            } else {
                StoreFile.checkAbsent(file);
                Database.create(file);
            }
            Database.Contents contents = Database.read(file);
            History history = new History(retention, contents.revision(), contents.entries());
            Database database = Database.open(file);
            GroupCommit commits = new GroupCommit(history, database, String.valueOf(file.getParent()));
            return new JournaledStore(history, new DiskJournal(lock, file, database, commits));
        } catch (SQLException | IOException e) {
            throw new StoreException(
                    "cannot use %s (%s): it must be a whole store that this user may read and write"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static Path existing(Path directory) {
        if (directory.toString().indexOf('?') >= 0) {
            throw new StoreException(
                    "cannot use %s: its path must not hold a question mark".formatted(directory), null);
        }
        try {
            return Files.createDirectories(directory).toRealPath();
        } catch (IOException e) {
            throw new StoreException(
                    "cannot make or enter the directory %s (%s): give one whose parent this user may write"
                            .formatted(directory, e),
                    e);
        }
    }
}
