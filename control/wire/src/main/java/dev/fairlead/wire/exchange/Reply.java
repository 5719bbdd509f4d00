// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API answered. Header names are in lower case; warnings are joined by newlines under {@code warning}. */
public sealed interface Reply {
    /** The HTTP status code. */
    int status();

    /** The reply's headers, names in lower case. */
    Map<String, String> headers();

    /** The value of header {@code name} (lower case), or null. */
    default @Nullable String header(String name) {
        return headers().get(name);
    }

    /**
     * The whole body; of one that keeps coming, once it has ended.
     *
     * @throws IOException when the connection broke before the end
     */
    default byte[] drained() throws IOException, InterruptedException {
        return switch (this) {
            case Whole whole -> whole.body();
            case Streamed streamed -> {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                try (Stream stream = streamed.stream()) {
                    for (byte[] piece = stream.next(); piece != null; piece = stream.next()) {
                        all.write(piece, 0, piece.length);
                    }
                }
                yield all.toByteArray();
            }
        };
    }

    /** A reply whose whole body is at hand. */
    @SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares replies
    record Whole(int status, Map<String, String> headers, byte[] body) implements Reply {}

    /**
     * A reply whose body keeps coming: a watch, or a log that is followed. The caller closes the stream. With status 101
     * the stream is a {@link Duplex}; that comes only to requests that ask for an upgrade.
     */
    record Streamed(int status, Map<String, String> headers, Stream stream) implements Reply {}
}
