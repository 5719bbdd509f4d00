// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Messages;
import dev.fairlead.wire.exchange.Stream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a container writes from now on, as messages on the channel of its output: {@code attach}. It hears nothing. */
final class Told implements Messages {
    private final Stream log;
    private boolean over;

    Told(Stream log) {
        this.log = log;
    }

    @Override
    public byte @Nullable [] next() throws IOException, InterruptedException {
        if (over) {
            return null;
        }
        byte[] piece = log.next();
        over = piece == null;
        return piece == null ? Channels.outcome(0) : Channels.message(Channels.OUTPUT, piece, piece.length);
    }

    @Override
    public void send(byte[] message) {}

    @Override
    public void close() {
        log.close();
    }
}
