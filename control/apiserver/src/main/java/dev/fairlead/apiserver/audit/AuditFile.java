// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.pki.OwnerOnly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that only its owner can read, and that is put aside as {@code NAME.1} when it has grown too large, the one before as
 * {@code NAME.2} and so on; the oldest goes. What fails on the way is tried again with the next bytes, and costs no file that
 * is kept. Belongs to one thread.
 */
final class AuditFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditFile.class.getName());
    /** How much more is written, as a part of {@link #largest}, before a file that could not be put aside is tried again. */
    private static final int PART = 10;

    private final Path file;
    private final long largest;
    private final int kept;
    private @Nullable SeekableByteChannel open;
    private long size;
    private long bound;

    /**
     * Opens it.
     *
     * @param largest bytes of one file
     * @param kept how many files are kept besides
     */
    AuditFile(Path file, long largest, int kept) throws IOException {
        this.file = file;
        this.largest = largest;
        this.kept = kept;
        this.bound = largest;
        open();
    }

    private SeekableByteChannel open() throws IOException {
        SeekableByteChannel channel = open;
        if (channel == null) {
            channel = Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    OwnerOnly.file(file));
            size = Files.size(file);
            open = channel;
        }
        return channel;
    }

    /** Whether so many bytes more leave it small enough. */
    boolean fits(long more) {
        return size + more <= bound;
    }

    /** Writes whole lines; all of them, or none when that fails. */
    void write(byte[] lines) throws IOException {
        open();
        if (size > 0 && !fits(lines.length)) {
            rotate();
        }
        SeekableByteChannel channel = open();
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            size += lines.length;
        } catch (IOException full) {
            withoutHalfALine(channel, full);
            throw full;
        }
    }

    private void withoutHalfALine(SeekableByteChannel channel, IOException full) {
        try {
            channel.truncate(size);
        } catch (IOException noFile) { // a pipe
            full.addSuppressed(noFile);
        }
    }

    private void rotate() throws IOException {
        try {
            close();
            if (kept == 0) {
                Files.deleteIfExists(file);
            }
            for (int number = vacant(); number > 0; number--) {
                Files.move(
                        number == 1 ? file : numbered(number - 1),
                        numbered(number),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            bound = largest;
        } catch (IOException stuck) {
            bound = size + largest / PART;
            LOG.log(Level.WARNING, "the audit log grows on, since it cannot be put aside: " + stuck);
        }
    }

    /** The first number that no file has, else the oldest's: a rotation that broke off has left a gap, and goes on there. */
    private int vacant() {
        int number = Math.min(1, kept);
        while (number < kept && Files.exists(numbered(number))) {
            number++;
        }
        return number;
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        SeekableByteChannel channel = open;
        open = null;
        if (channel != null) {
            channel.close();
        }
    }
}
