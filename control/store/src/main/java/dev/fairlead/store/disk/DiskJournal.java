// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import dev.fairlead.store.StoreException;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.Journal;
import dev.fairlead.store.history.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The file that commits are written to, and the right to its directory. */
record DiskJournal(DirectoryLock lock, Path file, Database database, GroupCommit commits) implements Journal {
    @Override
    public Outcome commit(List<Write> writes) {
        return commits.commit(writes);
    }

    /** Waits for commits under way, moves the log into the file, and lets the directory go. */
    @Override
    public void close() {
        commits.close();
        try (lock) {
            database.close();
        } catch (SQLException | IOException e) {
            throw new StoreException(
                    "cannot close %s (%s): all that was acknowledged is in its log".formatted(file, e.getMessage()), e);
        }
    }
}
