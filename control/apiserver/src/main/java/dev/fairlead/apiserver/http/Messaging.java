// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Messages;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/** A client's WebSocket whose messages the API speaks itself. Each direction has a thread; when either side ends, both do. */
final class Messaging {
    private static final byte[] END = {};
    /** How many messages may wait until the client is not read any more. */
    private static final int MANY = 16;

    private final Came came;
    private final Messages line;
    private final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();

    Messaging(Came came, Messages line) {
        this.came = came;
        this.line = line;
    }

    void run(Executor threads) throws IOException, InterruptedException, ExecutionException {
        ServerWebSocket client = came.take(HttpServerRequest::toWebSocket, this::attach);
        threads.execute(() -> fromClient(client));
        try {
            for (byte[] message = line.next(); message != null; message = line.next()) {
                Exchanges.await(client.writeBinaryMessage(Buffer.buffer(message)));
            }
            Exchanges.await(client.close());
        } finally {
            line.close();
            sent.add(END);
        }
    }

    /** On the connection's event loop, before any message is read. */
    private void attach(ServerWebSocket client) {
        client.binaryMessageHandler(message -> heard(client, message.getBytes()));
        client.textMessageHandler(message -> heard(client, message.getBytes(StandardCharsets.UTF_8)));
        client.closeHandler(_ -> end());
        client.exceptionHandler(_ -> end());
    }

    private void heard(ServerWebSocket client, byte[] message) {
        if (message.length > 0) {
            sent.add(message);
        }
        if (sent.size() >= MANY) {
            client.pause();
        }
    }

    private void end() {
        sent.add(END);
        line.close();
    }

    private void fromClient(ServerWebSocket client) {
        try {
            for (byte[] message = sent.take(); message.length > 0; message = sent.take()) {
                line.send(message);
                if (sent.size() < MANY / 2) {
                    client.resume();
                }
            }
        } catch (IOException over) {
            // closing is what follows anyway
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            line.close();
        }
    }
}
