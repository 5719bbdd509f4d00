// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder in which an instance keeps everything that survives it. */
final class DataDirectory {
    private final Path folder;

    private DataDirectory(Path folder) {
        this.folder = folder;
    }

    /**
     * The folder, made if it is not there.
     *
     * @throws IOException when it cannot be made or written to; the message says which and what to do
     */
    static DataDirectory open(Path folder) throws IOException {
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
        return new DataDirectory(folder);
    }

    /**
     * Where instances of this user on this host claim their addresses. The launcher says who the user is: inside a user
     * namespace everybody is root.
     */
    static Path locks() {
        String run = System.getenv("XDG_RUNTIME_DIR");
        Path base = Path.of(run == null || run.isEmpty() ? System.getProperty("java.io.tmpdir") : run);
        String user = System.getenv("FAIRLEAD_USER");
        return base.resolve("fairlead-" + (user == null || user.isEmpty() ? System.getProperty("user.name") : user));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }
}
