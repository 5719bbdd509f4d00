// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder in which an instance keeps everything that survives it. It belongs to one running instance: a lock says so
 * that dies with the process, and the file of the lock says which process that is.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path folder;
    private final FileChannel lock;

    private DataDirectory(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * The folder, made if it is not there, held until it is closed.
     *
     * @throws IOException when it cannot be made or written to, or is another instance's; the message says what to do
     */
    public static DataDirectory open(Path folder) throws IOException {
        for (Path above = folder.toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above) && !Files.isDirectory(above)) {
                throw new IOException("the data directory " + folder + " cannot be made: " + above
                        + " is a file; remove it or choose another with --data-dir");
            }
        }
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, ".probe", "");
            Files.delete(probe);
            return new DataDirectory(folder, lock(folder));
        } catch (InUseException inUse) {
            throw inUse;
        } catch (AccessDeniedException denied) {
            throw new IOException(
                    "the data directory " + folder + " cannot be written to: permission denied at " + denied.getFile()
                            + "; choose another with --data-dir",
                    denied);
        } catch (IOException refused) {
            throw new IOException(
                    "the data directory " + folder + " cannot be written to: " + refused.getMessage()
                            + "; choose another with --data-dir",
                    refused);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve("instance.lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                channel.truncate(0)
                        .write(ByteBuffer.wrap(
                                (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
                return channel;
            }
        } catch (OverlappingFileLockException ours) {
            // another instance in this very process
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
        channel.close();
        throw new InUseException("the data directory " + folder + " belongs to a running instance of Fairlead (pid "
                + Files.readString(file).strip() + "); stop it, or choose another with --data-dir");
    }

    private static final class InUseException extends IOException {
        private static final long serialVersionUID = 1L;

        InUseException(String message) {
            super(message);
        }
    }

    /**
     * Where instances of this user on this host claim their addresses. The launcher says who the user is: inside a user
     * namespace everybody is root.
     */
    public static Path locks() {
        String run = System.getenv("XDG_RUNTIME_DIR");
        Path base = Path.of(run == null || run.isEmpty() ? System.getProperty("java.io.tmpdir") : run);
        String user = System.getenv("FAIRLEAD_USER");
        return base.resolve("fairlead-" + (user == null || user.isEmpty() ? System.getProperty("user.name") : user));
    }

    /** The folder. */
    public Path path() {
        return folder;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
