// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Request.User;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request while it comes. It ends in one of three ways: all of it is there, it is refused (too long, too slow,
 * too much beside others), or the client leaves; in each its bytes wait no longer. All on the event loop.
 */
final class Upload {
    private final Came came;
    private final @Nullable User user;
    private final Limits limits;
    private final Bodies bodies;
    private final Consumer<Refusal> refused;
    private Buffer body = Buffer.buffer();
    private long counted;
    private boolean over;

    /**
     * A body that has not begun.
     *
     * @param user whose it is; null for one that nobody knows
     * @param refused is told at most once why it is not taken
     */
    Upload(Came came, @Nullable User user, Limits limits, Bodies bodies, Consumer<Refusal> refused) {
        this.came = came;
        this.user = user;
        this.limits = limits;
        this.bodies = bodies;
        this.refused = refused;
    }

    /** Whether the headers tell of a body: HTTP/2 does not have to tell, but a body that reads is a rare thing. */
    static boolean announced(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        if (length != null) {
            return !length.equals("0");
        }
        return request.version() == HttpVersion.HTTP_2
                ? !request.method().name().equals("GET")
                        && !request.method().name().equals("HEAD")
                : request.getHeader("transfer-encoding") != null;
    }

    /** Takes what comes; {@code whole} is given all of it. */
    void begin(Consumer<byte[]> whole) {
        HttpServerRequest request = came.request();
        long late = came.loop().owner().setTimer(limits.upload().toMillis(), _ -> refuse(Refusal.tooSlow()));
        came.departure().then(() -> {
            came.loop().owner().cancelTimer(late);
            drop();
        });
        request.handler(this::piece);
        request.endHandler(_ -> {
            came.loop().owner().cancelTimer(late);
            if (!over) {
                byte[] all = body.getBytes();
                drop();
                whole.accept(all);
            }
        });
    }

    private void piece(Buffer piece) {
        if (over) {
            return; // read for nobody
        }
        if (body.length() + piece.length() > limits.body()) {
            refuse(Refusal.tooLarge(limits.body()));
        } else if (bodies.take(came.request().connection(), user, piece.length())) {
            counted += piece.length();
            body.appendBuffer(piece);
        } else {
            refuse(Refusal.tooMany());
        }
    }

    private void refuse(Refusal why) {
        if (!over) {
            drop();
            refused.accept(why);
        }
    }

    private void drop() {
        over = true;
        body = Buffer.buffer();
        bodies.give(came.request().connection(), user, counted);
        counted = 0;
    }
}
