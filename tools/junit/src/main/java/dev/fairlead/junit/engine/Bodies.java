// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Bodies of replies, whole. */
final class Bodies {
    private Bodies() {}

    /** All of it; waits for the end of one that keeps coming. */
    static byte[] all(Reply reply) throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Whole whole -> {
                return whole.body();
            }
            case Reply.Streamed streamed -> {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                try (Stream stream = streamed.stream()) {
                    for (byte[] piece = stream.next(); piece != null; piece = stream.next()) {
                        all.write(piece, 0, piece.length);
                    }
                }
                return all.toByteArray();
            }
        }
    }
}
