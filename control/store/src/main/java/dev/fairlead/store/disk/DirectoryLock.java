// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.fairlead.store.StoreException;
import dev.fairlead.store.StoreInUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to use a directory, for one opener at a time. The lock dies with its process; the file stays, and holds the id
 * of the process that has or had it.
 */
final class DirectoryLock implements AutoCloseable {
    private static final String NAME = "lock";

    /** One byte far behind the text, because some systems refuse others to read what is locked. */
    private static final long LOCKED_AT = Long.MAX_VALUE - 1;

    /**
     * What this process holds. The one thing here that is per process, because the system's lock is: POSIX drops it as soon
     * as the process closes <em>any</em> descriptor of the file, so a second opener in this process must be refused before
     * it opens the file at all.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes {@code directory}, which exists and is given as its real path. */
    static DirectoryLock take(Path directory) {
        if (!HELD.add(directory)) {
            throw new StoreInUseException(directory, ProcessHandle.current().pid());
        }
        try {
            return new DirectoryLock(directory, lockedChannel(directory));
        } catch (IOException e) {
            HELD.remove(directory);
            throw new StoreException(
                    "cannot write %s (%s): give a directory that this user may write".formatted(directory, e), e);
        } catch (RuntimeException e) {
            HELD.remove(directory);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(directory);
        }
    }

    private static FileChannel lockedChannel(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock(LOCKED_AT, 1, false) == null) {
                throw new StoreInUseException(directory, holder(directory.resolve(NAME)));
            }
            channel.truncate(0);
            channel.write(US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** 0 if the holder has not written it yet. */
    private static long holder(Path file) throws IOException {
        String text = US_ASCII.decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                .toString()
                .strip();
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
