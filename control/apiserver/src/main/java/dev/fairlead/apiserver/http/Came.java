// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.proxy.Departure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** A request, the event loop it came on, and whether its client is still there. */
final class Came {
    private final HttpServerRequest request;
    private final Context loop;
    private final Runnable over;
    private final Departure departure = new Departure();

    /**
     * Begins to watch for the client's departure; on the event loop.
     *
     * @param over to be run when the request is answered or its client has left; more than once does no harm
     */
    Came(HttpServerRequest request, Context loop, Runnable over) {
        this.request = request;
        this.loop = loop;
        this.over = over;
        // Of a stream that is reset the end is never told, and of one that ends not always the close.
        request.response().endHandler(_ -> over.run());
        request.response().closeHandler(_ -> left());
        request.response().exceptionHandler(_ -> left());
        request.exceptionHandler(_ -> left());
    }

    HttpServerRequest request() {
        return request;
    }

    Context loop() {
        return loop;
    }

    /** What has to be told when the client leaves before it is answered. */
    Departure departure() {
        return departure;
    }

    /** The request is answered, or nobody waits for an answer any more. */
    void over() {
        over.run();
    }

    private void left() {
        over.run();
        departure.happens();
    }

    /**
     * Asks for something on the event loop and takes it there at once: nothing that the client sends after it can come
     * in between.
     */
    <T> T take(Function<HttpServerRequest, Future<T>> wish, Handler<T> taken)
            throws ExecutionException, InterruptedException {
        Promise<T> promise = Promise.promise();
        loop.runOnContext(_ -> wish.apply(request).onSuccess(taken).onComplete(promise));
        return Exchanges.await(promise.future());
    }
}
