// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Messages;
import org.jspecify.annotations.Nullable;

/** One message, which says why there is nothing else. */
final class Failed implements Messages {
    private byte @Nullable [] message;

    Failed(String why) {
        message = Channels.failed(why);
    }

    @Override
    public byte @Nullable [] next() {
        byte[] next = message;
        message = null;
        return next;
    }

    @Override
    public void send(byte[] said) {}

    @Override
    public void close() {}
}
