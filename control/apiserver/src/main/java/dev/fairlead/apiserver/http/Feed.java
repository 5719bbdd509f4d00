// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Signalled;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One watch as the body of an answer, written by its connection's event loop whenever its bell rings: no thread waits for it, which
 * is what lets thousands be idle at little cost. A client that does not read fills its connection's queue; then nothing more is
 * polled until it is empty again, and the events wait where they are, in the store. All but the bell on the event loop.
 */
final class Feed {
    /** How many pieces until other connections of the loop have their turn. */
    private static final int TURN = 4;

    private final Context loop;
    private final HttpServerResponse response;
    private final Signalled stream;
    private final Runnable over;
    private final AtomicBoolean rung = new AtomicBoolean();
    private boolean timed;
    private boolean ended;

    /** {@code over} is run once, when nothing more will be written. */
    Feed(Context loop, HttpServerResponse response, Signalled stream, Runnable over) {
        this.loop = loop;
        this.response = response;
        this.stream = stream;
        this.over = over;
    }

    /** Begins; from any thread. */
    void start() {
        loop.runOnContext(_ -> {
            response.setChunked(true);
            response.closeHandler(_ -> end());
            response.exceptionHandler(_ -> end());
            response.drainHandler(_ -> pump());
            response.writeHead();
            stream.signal(this::ring);
            pump();
        });
    }

    private void ring() {
        if (rung.compareAndSet(false, true)) {
            loop.runOnContext(_ -> pump());
        }
    }

    private void pump() {
        rung.set(false);
        for (int pieces = 0; !ended && !response.writeQueueFull(); pieces++) {
            if (pieces == TURN) {
                ring();
                return;
            }
            byte[] piece = stream.poll();
            if (piece == null) {
                response.end();
                end();
            } else if (piece.length == 0) {
                comeAgain();
                return;
            } else {
                response.write(Buffer.buffer(piece));
            }
        }
    }

    /** What is due by itself, bookmarks and the end, is never due earlier than it was said before: one timer is enough. */
    private void comeAgain() {
        if (!timed) {
            timed = true;
            loop.owner().setTimer(Math.max(1, stream.patience().toMillis()), _ -> {
                timed = false;
                pump();
            });
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            stream.close();
            over.run();
        }
    }
}
