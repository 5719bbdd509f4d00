// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.StoreContract.put;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairlead.store.disk.DiskStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever else stands where a store should be is named, with what would be right, and left alone. */
final class BadFileTest {
    private static final String REMEDY =
            ": restore it from a copy, or move it and its -wal away to start empty. It was left as it is";

    @TempDir
    private Path temporary;

    private Path folder;
    private Path file;

    @BeforeEach
    void aStoreWithSomethingInIt() throws Exception {
        folder = temporary.toRealPath();
        file = folder.resolve("store.db");
        try (Store store = DiskStore.open(folder)) {
            for (int i = 0; i < 50; i++) {
                store.commit(List.of(Write.put("key" + i, new byte[1000], Expect.any())));
            }
        }
    }

    private void refused(byte[] bytes, String message) throws Exception {
        Files.write(file, bytes);
        assertThatThrownBy(() -> DiskStore.open(folder))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessageStartingWith(file + " " + message);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void truncated() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        refused(
                Arrays.copyOf(whole, whole.length / 2),
                "is truncated: it has %d bytes of %d".formatted(whole.length / 2, whole.length) + REMEDY);
        refused(Arrays.copyOf(whole, 40), "is truncated: it has 40 bytes, not even the 100 of a header" + REMEDY);
        refused(new byte[0], "is truncated: it has 0 bytes, not even the 100 of a header" + REMEDY);
        // The directory is not held by the failed attempts, and the whole file still is a store.
        Files.write(file, whole);
        try (Store store = DiskStore.open(folder)) {
            assertThat(store.prefix("", 0, 0).entries()).hasSize(50);
        }
    }

    @Test
    void somethingElse() throws Exception {
        refused(
                "apiVersion: v1\n".repeat(20).getBytes(US_ASCII),
                "is not a store: it does not start like an SQLite database" + REMEDY);
    }

    @Test
    void anotherProgramsDatabase() throws Exception {
        Files.delete(file);
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE mine (a)");
        }
        refused(Files.readAllBytes(file), "is an SQLite database of another program" + REMEDY);
    }

    @Test
    void aNewerFormat() throws Exception {
        byte[] newer = Files.readAllBytes(file);
        ByteBuffer.wrap(newer).putInt(60, 2);
        refused(newer, "has format 2, this program reads 1: use the newer program that wrote it, or another directory");
    }

    @Test
    void damagedInside() throws Exception {
        byte[] damaged = Files.readAllBytes(file);
        Arrays.fill(damaged, 3 * 4096, 8 * 4096, (byte) 0x5a);
        refused(damaged, "is damaged (");
    }

    @Test
    void aLogWithoutItsFile() throws Exception {
        byte[] log;
        try (Store store = DiskStore.open(folder)) {
            store.commit(List.of(put("a", "x")));
            log = Files.readAllBytes(folder.resolve("store.db-wal"));
        }
        Files.delete(file);
        Files.write(folder.resolve("store.db-wal"), log);
        assertThatThrownBy(() -> DiskStore.open(folder))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessage(
                        "%s is missing but its log store.db-wal is there: put the file back, or move the log away too to start empty"
                                .formatted(file));
        assertThat(file).doesNotExist();
        assertThat(Files.readAllBytes(folder.resolve("store.db-wal"))).isEqualTo(log);
    }

    @Test
    void heldByThisProcess() throws Exception {
        try (Store store = DiskStore.open(folder)) {
            var inUse = catchThrowableOfType(StoreInUseException.class, () -> DiskStore.open(folder));
            assertThat(inUse.pid()).isEqualTo(ProcessHandle.current().pid());
            store.commit(List.of(put("still", "works")));
        }
        DiskStore.open(folder).close();
    }

    @Test
    void heldByAnotherProcess() throws Exception {
        Process process = CrashWriter.start(folder, 1);
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII))) {
            assertThat(out.readLine()).isEqualTo("ready");
            assertThatThrownBy(() -> DiskStore.open(folder))
                    .isInstanceOf(StoreInUseException.class)
                    .hasMessage("store %s is in use by process %d: stop it, or choose another directory"
                            .formatted(folder, process.pid()));
        } finally {
            process.destroyForcibly().waitFor();
        }
        DiskStore.open(folder).close();
    }

    @Test
    void aPlaceThatCannotBeWritten() throws Exception {
        // Below a file, because modes do not stop root.
        Path impossible = Files.createFile(folder.resolve("file")).resolve("store");
        assertThatThrownBy(() -> DiskStore.open(impossible))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("cannot make or enter the directory " + impossible)
                .hasMessageEndingWith("give one whose parent this user may write");
    }

    @Test
    void aPathThatTheDriverWouldMisread() {
        assertThatThrownBy(() -> DiskStore.open(folder.resolve("what?mode=ro")))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("its path must not hold a question mark");
    }
}
