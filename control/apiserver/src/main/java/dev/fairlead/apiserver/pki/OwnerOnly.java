// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** What to create files and folders with, so that nobody but their owner can ever read them. */
public final class OwnerOnly {
    private OwnerOnly() {}

    /** For a file; nothing where the file system has no such permissions. */
    public static FileAttribute<?>[] file(Path path) {
        return attributes(path, "rw-------");
    }

    /** For a folder; nothing where the file system has no such permissions. */
    public static FileAttribute<?>[] folder(Path path) {
        return attributes(path, "rwx------");
    }

    private static FileAttribute<?>[] attributes(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
