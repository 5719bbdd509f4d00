// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Duplex;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A client's connection joined to a pod's after both have agreed to another protocol. Each direction has a thread of its own
 * and takes the next piece only when the last is passed on; when either side ends, so does the other.
 */
final class Tunnel {
    /** The client's end, in the queue of what it sent. */
    private static final byte[] END = {};

    private final Came came;
    private final Duplex line;
    private final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();

    Tunnel(Came came, Duplex line) {
        this.came = came;
        this.line = line;
    }

    /** Tells the client that the protocol changes, and passes bytes on until either side ends. */
    void run(Executor threads) throws IOException, InterruptedException, ExecutionException {
        NetSocket client = came.take(HttpServerRequest::toNetSocket, this::attach);
        threads.execute(() -> fromClient(client));
        try {
            for (byte[] piece = line.next(); piece != null; piece = line.next()) {
                Exchanges.await(client.write(Buffer.buffer(piece)));
            }
        } finally {
            client.close();
            sent.add(END);
        }
    }

    /** On the connection's event loop, before anything of the new protocol is read. */
    private void attach(NetSocket client) {
        client.pause();
        client.handler(piece -> sent.add(piece.getBytes()));
        client.endHandler(_ -> sent.add(END));
        client.closeHandler(_ -> end());
        client.exceptionHandler(_ -> end());
        client.fetch(1);
    }

    private void end() {
        sent.add(END);
        line.close();
    }

    private void fromClient(NetSocket client) {
        try {
            for (byte[] piece = sent.take(); piece.length > 0; piece = sent.take()) {
                line.send(piece);
                client.fetch(1);
            }
        } catch (IOException podHasLeft) {
            // closing is what follows anyway
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            line.close();
        }
    }
}
