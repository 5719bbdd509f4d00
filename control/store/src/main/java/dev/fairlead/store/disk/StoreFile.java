// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fairlead.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Looks at the file's first bytes without SQLite, which would begin to repair or create what it opens. The layout is the
 * one of "Database File Format" on sqlite.org: a magic text, and big-endian numbers at fixed places.
 */
final class StoreFile {
    /** "FLst", by which our files are known among those of all SQLite users. */
    static final int APPLICATION = 0x464c7374;

    /** The format that this code writes, and the newest that it reads. */
    static final int FORMAT = 1;

    private static final String MAGIC = "SQLite format 3\0";
    private static final int HEADER = 100;

    private StoreFile() {}

    /** Refuses a file that cannot be a whole store of ours. Changes nothing. */
    static void check(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // a read may be short
            }
            check(file, header, channel.size());
        } catch (IOException e) {
            throw new StoreException("cannot read %s (%s): it must be readable for this user".formatted(file, e), e);
        }
    }

    /** Refuses to start anew beside a log: SQLite would replay it into the new file, whatever file it came from. */
    static void checkAbsent(Path file) throws IOException {
        if (hasLog(file)) {
            throw new StoreException(
                    "%s is missing but its log %s-wal is there: put the file back, or move the log away too to start empty"
                            .formatted(file, file.getFileName()),
                    null);
        }
    }

    private static void check(Path file, ByteBuffer header, long size) throws IOException {
        if (header.hasRemaining()) {
            throw bad(file, "is truncated: it has %d bytes, not even the %d of a header".formatted(size, HEADER));
        }
        if (!ISO_8859_1.decode(header.slice(0, MAGIC.length())).toString().equals(MAGIC)) {
            throw bad(file, "is not a store: it does not start like an SQLite database");
        }
        if (header.getInt(68) != APPLICATION) {
            throw bad(file, "is an SQLite database of another program");
        }
        int format = header.getInt(60);
        if (format != FORMAT) {
            throw new StoreException(
                    "%s has format %d, this program reads %d: use the newer program that wrote it, or another directory"
                            .formatted(file, format, FORMAT),
                    null);
        }
        long whole = Integer.toUnsignedLong(header.getInt(28)) * pageSize(header);
        if (size < whole && !hasLog(file)) {
            throw bad(file, "is truncated: it has %d bytes of %d".formatted(size, whole));
        }
    }

    /** A file may be shorter than it says while its log still has the rest: a crash in a checkpoint leaves it so. */
    private static boolean hasLog(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return Files.exists(log) && Files.size(log) > 0;
    }

    private static int pageSize(ByteBuffer header) {
        int size = Short.toUnsignedInt(header.getShort(16));
        return size == 1 ? 65_536 : size;
    }

    /** {@code file} is unusable, for the reason that {@code what} tells. */
    static StoreException bad(Path file, String what) {
        return new StoreException(
                "%s %s: restore it from a copy, or move it and its -wal away to start empty. It was left as it is"
                        .formatted(file, what),
                null);
    }
}
