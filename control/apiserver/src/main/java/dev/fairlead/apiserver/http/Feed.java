// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Signalled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch as the body of an answer, written by its connection's event loop whenever its bell rings: no thread waits for it, which
 * is what lets thousands be idle at little cost. A client that does not read fills its connection's queue; then nothing more is
 * polled until it is empty again, and the events wait where they are, in the store; only the end comes in its time. All but the
 * bell on the event loop. Whatever goes wrong ends it: a watch that says nothing any more must not look like one to which nothing
 * happens.
 */
final class Feed {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    /** How many pieces until other connections of the loop have their turn. */
    private static final int TURN = 4;

    private static final long NO_TIMER = -1;

    private final Context loop;
    private final HttpServerResponse response;
    private final Signalled stream;
    private final Runnable over;
    private final Rounds rounds;
    private final AtomicBoolean rung = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Rounds.@Nullable Round round;
    private long lifeTimer = NO_TIMER;
    private long dueTimer = NO_TIMER;

    /** {@code over} is run once, when nothing more will be written. */
    Feed(Rounds rounds, Context loop, HttpServerResponse response, Signalled stream, Runnable over) {
        this.rounds = rounds;
        this.loop = loop;
        this.response = response;
        this.stream = stream;
        this.over = over;
    }

    /** Begins; from any thread. */
    void start() {
        onLoop(this::begin);
    }

    private void onLoop(Runnable part) {
        try {
            loop.runOnContext(_ -> guarded(part));
        } catch (RejectedExecutionException stopped) {
            end(); // the server has stopped: there is nobody left to write
        }
    }

    private void begin() {
        response.closeHandler(_ -> end());
        response.exceptionHandler(_ -> end());
        if (response.closed()) {
            end(); // the client has left already: that was told before anybody listened, and is not told again
            return;
        }
        response.setChunked(true);
        response.drainHandler(_ -> guarded(this::pump));
        written(response.writeHead());
        live();
        round = rounds.here(loop);
        stream.signal(this::ring);
        pump();
    }

    /** Runs a part; a bug in it ends the watch, and so does a source that breaks off. */
    private void guarded(Runnable part) {
        try {
            part.run();
        } catch (UncheckedIOException broken) {
            breakOff();
        } catch (RuntimeException | Error bug) {
            LOG.log(System.Logger.Level.ERROR, "bug: a watch broke off", bug);
            breakOff();
        }
    }

    private void ring() {
        Rounds.Round mine = round;
        if (mine != null && rung.compareAndSet(false, true)) {
            try {
                mine.add(this::turn);
            } catch (RejectedExecutionException stopped) {
                end(); // as when it begins
            }
        }
    }

    private void turn() {
        guarded(this::pump);
    }

    private void pump() {
        rung.set(false);
        for (int pieces = 0; !ended.get() && !response.writeQueueFull(); pieces++) {
            if (pieces == TURN) {
                ring();
                return;
            }
            byte[] piece = stream.poll();
            if (piece == null) {
                finish();
            } else if (piece.length == 0) {
                comeAgain();
                return;
            } else {
                written(response.write(Buffer.buffer(piece)));
            }
        }
    }

    /** What is due by itself is never due earlier than it was said before: one timer is enough. */
    private void comeAgain() {
        Duration patience = stream.patience();
        if (patience.isZero()) {
            ring(); // more at once, but others of the loop first
        } else if (dueTimer == NO_TIMER) {
            dueTimer = timer(patience, () -> {
                dueTimer = NO_TIMER;
                pump();
            });
        }
    }

    /** The end does not wait for the client to read: what it has not been sent yet, it will ask for anew. */
    private void live() {
        lifeTimer = timer(stream.left(), () -> {
            lifeTimer = NO_TIMER;
            if (stream.left().isZero()) {
                finish();
            } else {
                live();
            }
        });
    }

    private long timer(Duration delay, Runnable part) {
        return loop.owner().setTimer(Math.max(1, delay.toMillis()), _ -> guarded(part));
    }

    private void written(Future<Void> write) {
        write.onFailure(_ -> breakOff());
    }

    private void finish() {
        if (!ended.get()) {
            response.end();
            end();
        }
    }

    /** Ends it so that the client notices, if it is still there. */
    private void breakOff() {
        if (!ended.get()) {
            end();
            response.reset();
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            loop.owner().cancelTimer(lifeTimer);
            loop.owner().cancelTimer(dueTimer);
            stream.close();
            over.run();
        }
    }
}
