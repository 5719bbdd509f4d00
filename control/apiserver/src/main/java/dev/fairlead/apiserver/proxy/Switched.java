// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.wire.exchange.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A connection to a pod that has agreed to speak another protocol, such as WebSocket; ends when either side ends it. */
final class Switched implements Duplex {
    private static final int PIECE = 32 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[PIECE];
    private volatile boolean closed;

    /** @param in the socket's input, perhaps with bytes read ahead */
    Switched(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
        try {
            int count = in.read(buffer);
            return count < 0 ? null : Arrays.copyOf(buffer, count);
        } catch (IOException broken) {
            if (closed) {
                return null;
            }
            throw broken;
        }
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
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
}
