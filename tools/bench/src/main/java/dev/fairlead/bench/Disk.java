// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What one durable write costs on this disk: 4 KiB appended to a file, then fdatasync. */
final class Disk implements AutoCloseable {
    private final FileChannel file;
    private final ByteBuffer page = ByteBuffer.allocateDirect(4096);

    Disk(Path folder) throws IOException {
        file = FileChannel.open(folder.resolve("fsync-probe"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Writes and syncs {@code times} times. */
    void measure(int times, Sample into) throws IOException {
        for (int i = 0; i < times; i++) {
            page.clear();
            long began = System.nanoTime();
            file.write(page);
            file.force(false);
            into.addNanos(System.nanoTime() - began);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
