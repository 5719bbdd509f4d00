// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.io.IOException;

/** A connection that was switched to another protocol (RFC 9110, 7.8): bytes go both ways, and mean nothing to the API. */
public interface Duplex extends Stream {
    /**
     * Sends {@code bytes} to the other side and waits until they are taken; by one thread at a time, which may be another
     * than the reader's.
     *
     * @throws IOException when the connection broke or was closed
     */
    void send(byte[] bytes) throws IOException, InterruptedException;
}
