// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static dev.fairlead.store.StoreContract.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.store.disk.DiskStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory that cannot be written is named, with what to give instead. Modes do not stop root, a read-only mount does:
 * the store is opened by a process in a mount namespace where the directory is mounted so.
 */
final class ReadOnlyTest {
    @TempDir
    private Path temporary;

    @Test
    void anEmptyDirectory() throws Exception {
        Path folder = Files.createDirectory(temporary.toRealPath().resolve("empty"));
        assertThat(openedReadOnly(folder))
                .startsWith("StoreException: cannot write " + folder + " (")
                .contains("Read-only file system")
                .endsWith("): give a directory that this user may write");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDirectoryWithAStore() throws Exception {
        Path folder = temporary.toRealPath();
        try (Store store = DiskStore.open(folder)) {
            store.commit(List.of(put("a", "1")));
        }
        assertThat(openedReadOnly(folder))
                .startsWith("StoreException: cannot write " + folder + " (")
                .endsWith("): give a directory that this user may write");
        try (Store store = DiskStore.open(folder)) {
            assertThat(store.get("a")).isPresent();
        }
    }

    private static String openedReadOnly(Path folder) throws Exception {
        Process process = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || { echo no mounts; exit 0; }; shift; exec \"$@\"",
                        "sh",
                        folder.toString(),
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                        ReadOnlyTest.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        process.waitFor();
        assumeTrue(!said.contains("no mounts") && !said.startsWith("unshare:"), said);
        return said;
    }

    /** Opens the store in the directory that is named and says what became of it. */
    public static void main(String[] arguments) {
        try (Store store = DiskStore.open(Path.of(arguments[0]))) {
            System.out.println("opened at " + store.revision());
        } catch (StoreException refused) {
            System.out.println(refused.getClass().getSimpleName() + ": " + refused.getMessage());
        }
    }
}
