// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.StoreContract.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.store.disk.DiskStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what a disk adds to it: what was is still there after opening again. */
final class DiskStoreTest implements StoreContract {
    @TempDir
    private Path folder;

    @Override
    public Store open(Retention retention) {
        try {
            return DiskStore.open(Files.createTempDirectory(folder, "store"), retention);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void entriesAndRevisionSurvive() throws Exception {
        try (Store store = DiskStore.open(folder)) {
            store.commit(List.of(put("a", "1"), put("b", "1"), put("\ud83d\ude80", "1")));
            store.commit(List.of(put("a", "2")));
            store.commit(List.of(Write.delete("b", Expect.any())));
        }
        try (Store store = DiskStore.open(folder)) {
            assertThat(store.prefix("", 0, 0).entries())
                    .extracting(StoreContract::shown)
                    .containsExactly("a=2@2/3", "\ud83d\ude80=1@2/2");
            assertThat(store.revision()).isEqualTo(4);
            assertThat(store.oldestRevision()).isEqualTo(4);
            assertThat(store.commit(List.of(put("b", "3")))).isEqualTo(5);
        }
    }

    @Test
    void closingLeavesOneWholeFileForItsOwnerAlone() throws Exception {
        try (Store store = DiskStore.open(folder)) {
            store.commit(List.of(put("a", "1")));
        }
        try (var files = Files.list(folder)) {
            assertThat(files)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("store.db", "lock");
        }
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("store.db"))))
                .isEqualTo("rw-------");
    }
}
