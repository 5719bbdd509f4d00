// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Credentials as pairs of files ({@code name.crt}, {@code name.key}) that only their owner can read. */
final class KeyFiles {
    private final Path folder;

    KeyFiles(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder, OwnerOnly.folder(folder));
    }

    /** The credential of that name, or null when there is none. */
    @Nullable
    Credential read(String name) throws IOException {
        Path certificate = folder.resolve(name + ".crt");
        Path key = folder.resolve(name + ".key");
        if (!Files.exists(certificate) || !Files.exists(key)) {
            return null;
        }
        Credential credential = new Credential(Files.readString(certificate), Files.readString(key));
        if (!Pem.readable(credential)) {
            throw new FileSystemException(
                    certificate.toString(),
                    key.toString(),
                    "no certificate or key of ours; remove both to get new ones");
        }
        return credential;
    }

    /** Writes both files; the key first, so that a certificate is never there without its key. */
    void write(String name, Credential credential) throws IOException {
        Files.deleteIfExists(folder.resolve(name + ".crt"));
        privately(folder.resolve(name + ".key"), credential.key());
        privately(folder.resolve(name + ".crt"), credential.certificate());
    }

    /** The text of a file, or null when there is none. */
    @Nullable
    String text(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readString(file) : null;
    }

    /** Writes one file. */
    void write(String name, String text) throws IOException {
        privately(folder.resolve(name), text);
    }

    /** Writes a file that is never, not even for a moment, readable by others or half there. */
    static void privately(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = Files.newByteChannel(
                fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(file))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
