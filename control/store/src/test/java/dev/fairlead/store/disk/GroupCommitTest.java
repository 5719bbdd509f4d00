// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.store.Expect;
import dev.fairlead.store.Retention;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** What happens when the disk does not do as told. */
final class GroupCommitTest {
    @TempDir
    private Path folder;

    private Path file;
    private History history;

    @BeforeEach
    void anEmptyFile() throws Exception {
        file = folder.resolve("store.db");
        Database.create(file);
        history = new History(Retention.STANDARD, 1, List.of());
    }

    private static List<Write> put(String key, int bytes) {
        return List.of(
                Write.put("first of " + key, new byte[1], Expect.absent()),
                Write.put(key, new byte[bytes], Expect.absent()));
    }

    @Test
    void aFullDiskFailsWhatDoesNotFitAndNothingElse() throws Exception {
        SQLiteConfig small = new SQLiteConfig();
        small.setMaxPageCount(50);
        try (Database database = Database.open(file, small);
                GroupCommit commits = new GroupCommit(history, database, "test")) {
            assertThat(commits.commit(put("a", 1000))).isEqualTo(new Outcome.Accepted(2));
            assertThat(commits.commit(put("huge", 1 << 20)))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.message()).contains("full"));
            assertThat(history.revision()).isEqualTo(2);
            assertThat(commits.commit(put("b", 1000))).isEqualTo(new Outcome.Accepted(3));
        }
        Database.Contents contents = Database.read(file);
        assertThat(contents.revision()).isEqualTo(3);
        assertThat(contents.entries())
                .extracting(entry -> entry.key())
                .containsExactly("first of a", "a", "first of b", "b");
    }

    @Test
    void afterAnUnknownFailureNothingIsAccepted() throws Exception {
        Database database = Database.open(file);
        try (GroupCommit commits = new GroupCommit(history, database, "test")) {
            assertThat(commits.commit(put("a", 10))).isEqualTo(new Outcome.Accepted(2));
            database.close();
            assertThat(commits.commit(put("b", 10))).isInstanceOf(Outcome.Failed.class);
            assertThat(commits.commit(put("c", 10)))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.message())
                                    .isEqualTo(
                                            "nothing is written any more since an earlier error: open the store anew"));
            assertThat(history.revision()).isEqualTo(2);
        }
        assertThat(Database.read(file).revision()).isEqualTo(2);
    }
}
