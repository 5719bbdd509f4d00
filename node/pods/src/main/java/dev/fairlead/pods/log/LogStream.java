// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One reader's way through a log. Pulled by one thread; closed by any. */
final class LogStream implements Stream {
    private static final int CHUNK = 64 << 10;
    private static final Duration POLL = Duration.ofMillis(50);

    private final LogFile log;
    private final FileChannel current;
    private final LogOptions options;
    private final Time time;
    private final Semaphore wake = new Semaphore(0);
    private long place;
    private final long stop;
    private long left;
    private boolean lineStart = true;
    private volatile boolean closed;

    LogStream(LogFile log, FileChannel current, long from, LogOptions options, Time time) {
        this.log = log;
        this.current = current;
        this.place = from;
        this.options = options;
        this.time = time;
        this.stop = options.follow() ? Long.MAX_VALUE : log.end();
        this.left = options.limitBytes() < 0 ? Long.MAX_VALUE : options.limitBytes();
    }

    @Override
    public byte @Nullable [] next() throws IOException, InterruptedException {
        while (!closed && left > 0 && place < stop) {
            boolean complete = log.complete(); // asked before reading: what was written before the end is read
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, stop - place));
            place = Math.max(place, log.first());
            int read = read(buffer);
            if (read > 0) {
                byte[] bytes = dated(Arrays.copyOf(buffer.array(), read));
                place += read;
                byte[] given = bytes.length > left ? Arrays.copyOf(bytes, (int) left) : bytes;
                left -= given.length;
                return given;
            }
            if (complete || !options.follow()) {
                return null;
            }
            Time.Timer timer = time.schedule(POLL, wake::release);
            try {
                wake.acquire();
            } finally {
                timer.cancel();
            }
        }
        return null;
    }

    private int read(ByteBuffer buffer) throws IOException {
        try {
            return log.read(place, current, buffer);
        } catch (ClosedChannelException ended) {
            return 0; // by close(), which the loop sees next
        }
    }

    /** Puts the time before each line, when wanted. */
    private byte[] dated(byte[] bytes) {
        if (!options.timestamps()) {
            return bytes;
        }
        ByteArrayOutputStream dated = new ByteArrayOutputStream(bytes.length * 2);
        for (int i = 0; i < bytes.length; i++) {
            if (lineStart) {
                String at = log.timeOf(place + i, time.now()) + " ";
                dated.writeBytes(at.getBytes(StandardCharsets.US_ASCII));
            }
            dated.write(bytes[i]);
            lineStart = bytes[i] == '\n';
        }
        return dated.toByteArray();
    }

    @Override
    public void close() {
        closed = true;
        wake.release();
        close(current);
    }

    static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException useless) {
            // nothing was written through it
        }
    }
}
