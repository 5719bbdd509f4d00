// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.loading.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Starts clusters in this JVM. What they can share they share: certificates, and the folder that is gone with the JVM. */
public final class LocalEngine implements Engine {
    private final Path folder;
    private final Certificates certificates;
    private final Blocks blocks = new Blocks();

    /** For the loader. */
    public LocalEngine() throws IOException {
        Rehearsal.begin();
        folder = Files.createTempDirectory("fairlead-junit-");
        certificates = new Certificates(folder.resolve("pki"));
    }

    @Override
    public Running start(ClusterOptions options, Runnable closed) throws IOException, InterruptedException {
        return LocalCluster.start(options, folder.resolve(options.name()), certificates, blocks, closed);
    }

    @Override
    public void close() {
        Folders.delete(folder);
    }
}
