// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
    @TempDir
    Path folder;

    private static void write(AuditFile file, String text) throws IOException {
        file.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void a_rotation_that_fails_loses_neither_lines_nor_files() throws IOException {
        Files.createDirectories(folder.resolve("log.2/in the way"));
        Files.writeString(folder.resolve("log.1"), "old");
        try (AuditFile file = new AuditFile(folder.resolve("log"), 20, 2)) {
            write(file, "0123456789\n");
            write(file, "abcdefghij\n");
            assertThat(text("log")).isEqualTo("0123456789\nabcdefghij\n");
            assertThat(text("log.1")).isEqualTo("old");
            Files.delete(folder.resolve("log.2/in the way"));
            Files.delete(folder.resolve("log.2"));
            write(file, "klmnopqrst\n");
            assertThat(text("log")).isEqualTo("klmnopqrst\n");
            assertThat(text("log.1")).isEqualTo("0123456789\nabcdefghij\n");
            assertThat(text("log.2")).isEqualTo("old");
        }
    }

    @Test
    void a_rotation_that_broke_off_goes_on_where_it_was() throws IOException {
        Files.writeString(folder.resolve("log.1"), "one");
        Files.writeString(folder.resolve("log.3"), "three");
        Files.writeString(folder.resolve("log.4"), "four");
        try (AuditFile file = new AuditFile(folder.resolve("log"), 20, 4)) {
            write(file, "0123456789\n");
            write(file, "abcdefghij\n");
            assertThat(text("log.1") + text("log.2") + text("log.3") + text("log.4"))
                    .isEqualTo("0123456789\nonethreefour");
            write(file, "klmnopqrst\n");
            assertThat(text("log.1") + text("log.2") + text("log.3") + text("log.4"))
                    .isEqualTo("abcdefghij\n0123456789\nonethree");
        }
    }

    @Test
    void a_file_that_cannot_be_opened_again_is_tried_again_and_nothing_is_shifted() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path log = elsewhere.resolve("log");
        try (AuditFile file = new AuditFile(log, 20, 0)) {
            write(file, "0123456789\n");
            Files.delete(log);
            Files.delete(elsewhere);
            for (int i = 0; i < 3; i++) {
                assertThat(failure(file)).isInstanceOf(IOException.class);
            }
            Files.createDirectory(elsewhere);
            write(file, "abcdefghij\n");
            assertThat(Files.readString(log)).isEqualTo("abcdefghij\n");
        }
    }

    private static Throwable failure(AuditFile file) {
        return catchThrowable(() -> write(file, "abcdefghij\n"));
    }

    @Test
    void without_kept_files_it_begins_anew() throws IOException {
        try (AuditFile file = new AuditFile(folder.resolve("log"), 20, 0)) {
            write(file, "0123456789\n");
            write(file, "abcdefghij\n");
        }
        assertThat(text("log")).isEqualTo("abcdefghij\n");
        assertThat(folder.resolve("log.1")).doesNotExist();
    }
}
