// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.wire.exchange.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The body of an answer, of a known length, in chunks, or up to the connection's end; whatever came is passed on at once. */
final class Body implements Stream {
    static final long CHUNKED = -1;
    static final long UNTIL_CLOSED = -2;
    private static final int PIECE = 32 * 1024;
    private static final int LONGEST_LINE = 1024;

    private final Socket socket;
    private final InputStream in;
    private final boolean chunked;
    private final boolean open;
    private final byte[] buffer = new byte[PIECE];
    private long left;
    private boolean first = true;
    private volatile boolean closed;

    /** @param length the number of bytes, or one of the two above */
    Body(Socket socket, InputStream in, long length) {
        this.socket = socket;
        this.in = in;
        this.chunked = length == CHUNKED;
        this.open = length == UNTIL_CLOSED;
        this.left = chunked ? 0 : open ? Long.MAX_VALUE : length;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
        if (chunked && left == 0 && !chunk() || left == 0) {
            close();
            return null;
        }
        int count;
        try {
            count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        } catch (SocketException broken) {
            if (closed) {
                return null;
            }
            throw broken;
        }
        if (count < 0) {
            close();
            if (open) {
                return null;
            }
            throw new IOException("the answer ended in its middle");
        }
        if (!open) {
            left -= count;
        }
        return Arrays.copyOf(buffer, count);
    }

    /** Begins the next chunk; false after the last. */
    private boolean chunk() throws IOException {
        if (!first && !line(in, LONGEST_LINE).isEmpty()) {
            throw new IOException("a chunk of the answer has no end");
        }
        first = false;
        String size = line(in, LONGEST_LINE).replaceFirst(";.*", "").strip();
        if (!size.matches("[0-9a-fA-F]{1,15}")) {
            throw new IOException("a chunk of the answer has no size");
        }
        left = Long.parseLong(size, 16);
        return left > 0;
    }

    /** All of it. */
    byte[] whole() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = next(); piece != null; piece = next()) {
            all.write(piece);
        }
        return all.toByteArray();
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }

    /** A line without its end; empty at the end of the stream. */
    static String line(InputStream in, int longest) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == longest) {
                throw new IOException("the answer has a line of more than " + longest + " bytes");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
