// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a {@link LogFile} from inside this JVM as a process would: unbuffered, at whatever is the end of the file at the
 * moment. The file is opened by the first write, because most containers that are played say nothing. What is written
 * after {@link #close} is dropped. Safe for use by many threads.
 */
public final class LogWriter extends OutputStream {
    private final Path file;
    private @Nullable OutputStream out;
    private boolean closed;

    /** Touches nothing yet; the file must be there at the first write. */
    public LogWriter(LogFile log) {
        this.file = log.path();
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) throws IOException {
        if (closed) {
            return;
        }
        OutputStream open = out;
        if (open == null) {
            open = Files.newOutputStream(file, StandardOpenOption.APPEND);
            out = open;
        }
        open.write(bytes, from, count);
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException useless) {
            // nothing is held back that could be lost
        }
    }
}
