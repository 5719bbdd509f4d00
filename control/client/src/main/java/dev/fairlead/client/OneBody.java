// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.wire.exchange.Stream;
import org.jspecify.annotations.Nullable;

/** A body that is at hand, read as a stream of one piece. */
final class OneBody implements Stream {
    private byte @Nullable [] body;

    OneBody(byte[] body) {
        this.body = body;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] piece = body;
        body = null;
        return piece;
    }

    @Override
    public void close() {
        body = null;
    }
}
