// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Duplex;
import dev.fairlead.wire.exchange.Messages;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.protobuf.Protobuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The requests under way. A request is gathered on its event loop; then a virtual thread asks the API and writes the reply,
 * waiting for each write before it takes the next piece.
 */
final class Exchanges implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Exchanges.class.getName());

    private static final byte[] NOTHING = {};

    private final Api api;
    private final Clients clients;
    private final Limits limits;
    private final Executor threads;
    private final Turns turns;
    private final Bodies bodies;
    private final Connections connections;
    private final Rounds rounds = new Rounds();
    private final Deadlines deadlines;
    private final TurnedAway turnedAway;
    private final Incoming incoming = new Incoming();
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Exchanges(Api api, HttpsServer.Settings settings, Executor threads, Connections connections, Deadlines deadlines) {
        this.api = api;
        this.clients = new Clients(settings.identities());
        this.limits = settings.limits();
        this.turnedAway = settings.turnedAway();
        this.deadlines = deadlines;
        this.threads = threads;
        this.turns = new Turns(limits);
        this.bodies = new Bodies(limits);
        this.connections = connections;
    }

    /** Takes a request whose headers have come; on its event loop. */
    void accept(HttpServerRequest request) {
        Context loop = Objects.requireNonNull(Vertx.currentContext(), "on an event loop");
        Came came = new Came(request, loop, connections.begun(request.connection()));
        String upgrade = request.getHeader("upgrade");
        if (upgrade != null && upgrade.equalsIgnoreCase("websocket")) {
            request.pause();
            start(() -> upgrade(came));
        } else if (Upload.announced(request)) {
            request.pause();
            start(() -> admit(came));
        } else {
            gather(came, null);
        }
    }

    /** Looks who sends a body before any of it is read: that may need the store, so not on the event loop. */
    private void admit(Came came) {
        HttpServerRequest request = came.request();
        guarded(request, () -> {
            Clients.Known known = known(request);
            came.loop().runOnContext(_ -> {
                if (known.refused()) {
                    // What comes is read, for nobody, so that a client that sends first gets to see the answer.
                    request.handler(_ -> {});
                    request.resume();
                    refuse(request, incoming.request(request, NOTHING, null), Refusal.unauthorized());
                } else {
                    gather(came, known);
                    request.resume();
                }
            });
        });
    }

    /** @param known who asks, when that is known before the body */
    private void gather(Came came, Clients.@Nullable Known known) {
        User user = known == null ? null : known.user();
        new Upload(came, user, limits, bodies, refusal -> cutOff(came.request(), user, refusal))
                .begin(body -> start(() -> answer(came, body, known)));
    }

    private void start(Runnable exchange) {
        try {
            threads.execute(exchange);
        } catch (RejectedExecutionException stopping) {
            // the connection is about to be closed
        }
    }

    /** Refuses what the API is not asked. */
    private Future<Void> refuse(HttpServerRequest request, Request asked, Refusal refusal) {
        Reply refused = refused(asked, refusal);
        head(request.response(), refused);
        byte[] body = refused instanceof Reply.Whole whole ? whole.body() : NOTHING;
        return request.response().end(Buffer.buffer(body));
    }

    private Reply refused(Request asked, Refusal refusal) {
        Reply refused = Answers.refused(refusal);
        turnedAway.tell(asked, refused);
        return refused;
    }

    private void cutOff(HttpServerRequest request, @Nullable User user, Refusal refusal) {
        Request asked = incoming.request(request, NOTHING, user);
        if (request.version() == HttpVersion.HTTP_2) {
            refuse(request, asked, refusal);
        } else {
            // What is still to come on this connection is not worth reading.
            request.response().putHeader("connection", "close");
            refuse(request, asked, refusal).onComplete(_ -> request.connection().close());
        }
    }

    /** A request that is none, or whose line or headers are too long; on its event loop. */
    void invalid(HttpServerRequest request) {
        Request asked = incoming.request(request, NOTHING, null);
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
        int status = request.response().getStatusCode();
        turnedAway.tell(asked, Answers.text(status, request.response().getStatusMessage()));
    }

    private void answer(Came came, byte[] body, Clients.@Nullable Known known) {
        HttpServerRequest request = came.request();
        guarded(request, () -> {
            Clients.Known asker = known == null ? known(request) : known;
            Request asked = incoming.request(request, body, asker.user());
            Reply reply = inTime(came, asked, asker);
            if (reply == null) {
                return;
            }
            head(request.response(), reply);
            switch (reply) {
                case Reply.Whole whole -> whole(request, whole);
                case Reply.Streamed streamed when streamed.stream() instanceof Duplex line -> tunnel(came, line);
                case Reply.Streamed streamed when streamed.stream() instanceof Signalled watch -> feed(came, watch);
                case Reply.Streamed streamed -> stream(came, streamed.stream());
            }
        });
    }

    /** The answer; null when the client has been told meanwhile that it took too long. */
    private @Nullable Reply inTime(Came came, Request asked, Clients.Known asker)
            throws IOException, InterruptedException {
        Deadlines.Wait wait;
        try {
            wait = deadlines.begin(
                    asked.target(),
                    late -> came.loop().runOnContext(_ -> {
                        if (!came.request().response().ended()) {
                            refuse(came.request(), asked, late);
                        }
                    }));
        } catch (Refusal noTime) {
            return refused(asked, noTime);
        }
        boolean answered = false;
        try {
            Reply reply = reply(came, asked, asker);
            answered = wait.end();
            if (!answered && reply instanceof Reply.Streamed streamed) {
                streamed.stream().close();
            }
            return answered ? reply : null;
        } finally {
            if (!answered) {
                wait.end();
            }
        }
    }

    private Clients.Known known(HttpServerRequest request) {
        List<String> authorization = request.headers().getAll("authorization");
        return clients.of(
                request.connection().sslSession(), authorization.isEmpty() ? null : String.join(", ", authorization));
    }

    /**
     * A watch as a WebSocket: one frame per event, of text or, in protobuf, of bytes. A talk with a pod: one binary message each. One to a pod through a
     * proxy is the pod's own. What is none of these is answered as without the upgrade.
     */
    private void upgrade(Came came) {
        HttpServerRequest request = came.request();
        guarded(request, () -> {
            Clients.Known asker = known(request);
            switch (reply(came, incoming.request(request, NOTHING, asker.user()), asker)) {
                case Reply.Streamed streamed when streamed.stream() instanceof Messages line -> messages(came, line);
                case Reply.Streamed streamed
                when streamed.stream() instanceof Duplex line -> {
                    request.resume();
                    head(request.response(), streamed);
                    tunnel(came, line);
                }
                case Reply.Streamed streamed when streamed.status() == 200 -> frames(request, streamed);
                case Reply.Streamed streamed -> {
                    request.resume();
                    head(request.response(), streamed);
                    stream(came, streamed.stream());
                }
                case Reply.Whole whole -> {
                    request.resume();
                    head(request.response(), whole);
                    whole(request, whole);
                }
            }
        });
    }

    private void tunnel(Came came, Duplex line) throws IOException, InterruptedException, ExecutionException {
        opened(line);
        try {
            new Tunnel(came, line).run(threads);
        } finally {
            line.close();
            streams.remove(line);
        }
    }

    private void messages(Came came, Messages line) throws IOException, InterruptedException, ExecutionException {
        opened(line);
        try {
            new Messaging(came, line).run(threads);
        } finally {
            line.close();
            streams.remove(line);
        }
    }

    private interface Exchange {
        void run() throws IOException, InterruptedException, ExecutionException;
    }

    /** Runs an exchange; one that breaks off ends its stream or connection, since nobody is there to be told. */
    private static void guarded(HttpServerRequest request, Exchange exchange) {
        try {
            exchange.run();
        } catch (IOException | ExecutionException clientHasLeft) {
            breakOff(request);
        } catch (InterruptedException stopping) {
            breakOff(request);
        } catch (RuntimeException | StackOverflowError bug) {
            LOG.log(System.Logger.Level.ERROR, "bug: " + request.uri(), bug);
            breakOff(request);
        }
    }

    private static void breakOff(HttpServerRequest request) {
        try {
            request.response().reset();
        } catch (RejectedExecutionException stopped) {
            // the server was aborted: the connection is broken already
        }
    }

    private Reply reply(Came came, Request asked, Clients.Known known) throws IOException, InterruptedException {
        if (known.refused()) {
            return refused(asked, Refusal.unauthorized());
        }
        User asker = known.user() == null ? Identities.ANONYMOUS : known.user();
        boolean counts = Turns.counts(asked.path());
        if (counts && !turns.begin(asker)) {
            return refused(asked, Refusal.tooMany());
        }
        try {
            return came.departure().during(api, asked);
        } finally {
            if (counts) {
                turns.end(asker);
            }
        }
    }

    private static void head(HttpServerResponse response, Reply reply) {
        response.setStatusCode(reply.status());
        response.putHeader("cache-control", "no-cache, private");
        reply.headers().forEach((name, value) -> {
            if (name.equals("warning") || name.equals("set-cookie")) {
                List<String> lines = value.lines().toList();
                response.putHeader(name, lines);
            } else {
                response.putHeader(name, value);
            }
        });
    }

    private static void whole(HttpServerRequest request, Reply.Whole reply)
            throws ExecutionException, InterruptedException {
        HttpServerResponse response = request.response();
        boolean head = request.method().name().equals("HEAD");
        if (head) {
            response.putHeader("content-length", String.valueOf(reply.body().length));
        } else if (Gzip.pays(request.getHeader("accept-encoding"), reply.body().length, Incoming.client(request))) {
            response.putHeader("content-encoding", "gzip").putHeader("vary", "Accept-Encoding");
            await(response.end(Buffer.buffer(Gzip.pack(reply.body()))));
            return;
        }
        await(head || reply.body().length == 0 ? response.end() : response.end(Buffer.buffer(reply.body())));
    }

    private void feed(Came came, Signalled watch) {
        opened(watch);
        Runnable ended = () -> {
            streams.remove(watch);
            came.over();
        };
        new Feed(rounds, came.loop(), came.request().response(), watch, ended).start();
    }

    private void stream(Came came, Stream stream) throws IOException, InterruptedException, ExecutionException {
        HttpServerResponse response = came.request().response();
        response.setChunked(true);
        response.closeHandler(_ -> stream.close());
        response.exceptionHandler(_ -> stream.close());
        if (response.closed()) {
            stream.close(); // the client left before anybody listened
        }
        try (Stream open = opened(stream)) {
            await(response.writeHead());
            for (byte[] piece = open.next(); piece != null; piece = open.next()) {
                await(response.write(Buffer.buffer(piece)));
            }
            await(response.end());
        } finally {
            streams.remove(stream);
            came.over();
        }
    }

    private Stream opened(Stream stream) {
        streams.add(stream);
        if (closed) {
            stream.close();
        }
        return stream;
    }

    private void frames(HttpServerRequest request, Reply.Streamed reply)
            throws IOException, InterruptedException, ExecutionException {
        Stream stream = reply.stream();
        boolean bytes = String.valueOf(reply.header("content-type")).startsWith(Protobuf.MEDIA_TYPE);
        try (Stream open = opened(stream)) {
            var socket = await(request.toWebSocket());
            socket.closeHandler(_ -> stream.close());
            socket.exceptionHandler(_ -> stream.close());
            for (byte[] piece = open.next(); piece != null; piece = open.next()) {
                if (bytes) {
                    for (byte[] event : Protobuf.events(piece)) {
                        await(socket.writeBinaryMessage(Buffer.buffer(event)));
                    }
                    continue;
                }
                for (String event : new String(piece, StandardCharsets.UTF_8).split("\n", -1)) {
                    if (!event.isEmpty()) {
                        await(socket.writeTextMessage(event));
                    }
                }
            }
            await(socket.close());
        } finally {
            streams.remove(stream);
        }
    }

    static <T> T await(Future<T> future) throws ExecutionException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get();
    }

    /** Ends every stream; no new ones begin. */
    @Override
    public void close() {
        closed = true;
        streams.forEach(Stream::close);
    }
}
