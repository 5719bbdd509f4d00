// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Retention;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.StoreInUseException;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A store in a directory of its own, for one process at a time. Commits are on disk, synced, before they return or are
 * seen by anybody; how many share one sync depends on how many threads commit at once.
 *
 * <p>The directory gets {@code store.db} with its {@code -wal}, and {@code lock}. History is not on disk: after opening,
 * {@link #oldestRevision()} is the revision that the store had when it was closed or killed.
 *
 * <p>SQLite's native library is unpacked to the system property {@code org.sqlite.tmpdir}, else to {@code
 * java.io.tmpdir}, once per process. Where that is mounted noexec, opening says so and names the property.
 */
public final class DiskStore implements Store {
    private static final String FILE = "store.db";

    private final DirectoryLock lock;
    private final Path file;
    private final Database database;
    private final History history;
    private final GroupCommit commits;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DiskStore(DirectoryLock lock, Path file, Retention retention) throws SQLException, IOException {
        Database.Contents contents = Database.read(file);
        this.lock = lock;
        this.file = file;
        this.history = new History(retention, contents.revision(), contents.entries());
        this.database = Database.open(file);
        this.commits = new GroupCommit(history, database, String.valueOf(file.getParent()));
    }

    /** Opens the store in {@code directory} with {@link Retention#STANDARD} history. */
    public static DiskStore open(Path directory) {
        return open(directory, Retention.STANDARD);
    }

    /**
     * Opens the store in {@code directory}, which is made if it does not exist, empty if no store is in it.
     *
     * @throws StoreInUseException if a process has it open already, this one too
     * @throws StoreException if the directory cannot be written, or its file is truncated, damaged, of another program or of
     *     a newer version; the file is then as it was
     */
    public static DiskStore open(Path directory, Retention retention) {
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

    private static DiskStore open(DirectoryLock lock, Path file, Retention retention) {
        try {
            if (Files.exists(file)) {
                StoreFile.check(file);
            } else {
                StoreFile.checkAbsent(file);
                Database.create(file);
            }
            return new DiskStore(lock, file, retention);
        } catch (SQLException | IOException e) {
            throw new StoreException(
                    "cannot use %s (%s): it must be a whole store that this user may read and write"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        return commits.commit(Staging.distinct(writes)).revisionOrThrow();
    }

    @Override
    public long revision() {
        return history.revision();
    }

    @Override
    public long oldestRevision() {
        return history.oldestRevision();
    }

    @Override
    public Optional<Entry> get(String key) {
        return history.get(key);
    }

    @Override
    public Range range(String from, String toExclusive, long atRevision, int limit) {
        return history.range(from, toExclusive, atRevision, limit);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return history.watch(prefix, afterRevision);
    }

    @Override
    public void compact(long revision) {
        history.compact(revision);
    }

    /** Waits for commits under way, moves the log into the file, and lets the directory go. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        commits.close();
        history.close();
        try (lock) {
            database.close();
        } catch (SQLException | IOException e) {
            throw new StoreException(
                    "cannot close %s (%s): all that was acknowledged is in its log".formatted(file, e.getMessage()), e);
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
