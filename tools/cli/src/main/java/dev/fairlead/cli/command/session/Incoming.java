// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.wire.exchange.Stream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A reply's body that keeps coming, as a stream of bytes. */
public final class Incoming extends InputStream {
    private final Stream stream;
    private byte[] piece = {};
    private int at;

    /** Reads {@code stream}, and closes it when closed. */
    public Incoming(Stream stream) {
        this.stream = stream;
    }

    @Override
    public int read() throws IOException {
        return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (at == piece.length) {
            byte @Nullable [] next = next();
            if (next == null) {
                return false;
            }
            piece = next;
            at = 0;
        }
        return true;
    }

    private byte @Nullable [] next() throws IOException {
        try {
            return stream.next();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
