// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of JSON objects, which follow each other with or without line ends, into single objects. Only braces,
 * quotes and backslashes matter; whether an object is good JSON is for its reader to say.
 *
 * <p>How this works: {@code buffer[start, end)} holds what came and was not handed out yet; {@code at} is how far it has
 * been scanned, with {@code depth}, {@code inText} and {@code escaped} the scanner's state there, so bytes that come in
 * pieces are scanned once. A piece that is taken when nothing is left over is used without copying.
 */
final class Frames {
    /** No event is larger: Kubernetes' limit of a request body, 3 MiB, and room for its envelope. */
    private static final int LARGEST = 8 * 1024 * 1024;

    private byte[] buffer = {};
    private int start;
    private int end;
    private int at;
    private int depth;
    private boolean inText;
    private boolean escaped;

    /** Where an object lies: valid until the next {@link #add}. */
    @SuppressWarnings("ArrayRecordComponent") // a window on the buffer, never compared
    record Frame(byte[] bytes, int from, int to) {}

    /** Takes the next piece of the stream. It must not be changed afterwards. */
    void add(byte[] piece) throws IOException {
        int left = end - start;
        if (left == 0) {
            buffer = piece;
            start = 0;
            at = 0;
            end = piece.length;
            return;
        }
        if (left + piece.length > LARGEST) {
            throw new IOException("an event of a watch is larger than " + LARGEST + " bytes");
        }
        byte[] joined = Arrays.copyOfRange(buffer, start, start + Math.max(left + piece.length, left * 2));
        System.arraycopy(piece, 0, joined, left, piece.length);
        at -= start;
        start = 0;
        end = left + piece.length;
        buffer = joined;
    }

    /** The next whole object, or null when more must come first. */
    @Nullable
    Frame next() {
        byte[] bytes = buffer;
        int i = at;
        for (; i < end; i++) {
            byte b = bytes[i];
            if (inText) {
                if (escaped) {
                    escaped = false;
                } else if (b == '\\') {
                    escaped = true;
                } else if (b == '"') {
                    inText = false;
                }
            } else if (b == '"') {
                inText = true;
            } else if (b == '{') {
                if (depth++ == 0) {
                    start = i;
                }
            } else if (b == '}' && --depth == 0) {
                Frame frame = new Frame(bytes, start, i + 1);
                start = i + 1;
                at = start;
                return frame;
            }
        }
        at = i;
        if (depth == 0) {
            start = end; // line ends between objects
        }
        return null;
    }
}
