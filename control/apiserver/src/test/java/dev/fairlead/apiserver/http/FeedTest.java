// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Signalled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave, do not read or meet a bug: the watch is closed in every case, and no timer stays behind. */
@Timeout(90)
class FeedTest {
    private static final byte[] NOTHING = {};

    private final Vertx vertx = Vertx.vertx();
    private final LinkedBlockingQueue<Came> came = new LinkedBlockingQueue<>();
    /** Held, since Vert.x closes a client that nobody refers to. */
    private final List<HttpClient> clients = new ArrayList<>();

    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    private record Came(HttpServerRequest request, Context loop) {}

    /** A watch that gives what it is told to. */
    private static class Script implements Signalled {
        final CountDownLatch closed = new CountDownLatch(1);
        final CountDownLatch begun = new CountDownLatch(1);
        final AtomicInteger polls = new AtomicInteger();
        volatile Runnable bell = () -> {};

        @Override
        public byte[] next() {
            throw new AssertionError("nobody waits for this");
        }

        @Override
        public byte[] poll() {
            polls.incrementAndGet();
            return NOTHING;
        }

        @Override
        public Duration patience() {
            return Duration.ofHours(1);
        }

        @Override
        public Duration left() {
            return Duration.ofHours(1);
        }

        @Override
        public void signal(Runnable bell) {
            this.bell = bell;
            begun.countDown();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @BeforeEach
    void listen() throws Exception {
        server = await(vertx.createHttpServer()
                .requestHandler(request -> came.add(new Came(request, Vertx.currentContext())))
                .listen(0, "127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void isDown(String what, CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).as(what).isTrue();
    }

    private HttpClientRequest ask(HttpVersion version) throws Exception {
        HttpClientOptions options =
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false);
        HttpClient client = vertx.createHttpClient(options);
        clients.add(client);
        return await(client.request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/watch"));
    }

    /** A request that has come, for a feed whose response begins. */
    private Future<HttpClientResponse> sent(HttpVersion version) throws Exception {
        return ask(version).send();
    }

    private Came taken() throws InterruptedException {
        Came request = came.poll(30, TimeUnit.SECONDS);
        assertThat(request).as("the request").isNotNull();
        return request;
    }

    private Feed feed(Came asked, Signalled stream) {
        return new Feed(new Rounds(), asked.loop(), asked.request().response(), stream, over::countDown);
    }

    /** The real thing but for some methods. */
    private static <T> T but(Class<T> type, T real, Map<String, Function<Object[], Object>> others) {
        return type.cast(Proxy.newProxyInstance(
                FeedTest.class.getClassLoader(), new Class<?>[] {type}, (_, method, args) -> {
                    Function<Object[], Object> other = others.get(method.getName());
                    if (other != null) {
                        return other.apply(args);
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aClientThatHasLeftBeforeTheStartLeavesNothing(HttpVersion version) throws Exception {
        HttpClientRequest request = ask(version);
        request.send();
        Came asked = taken();
        CountDownLatch left = new CountDownLatch(1);
        asked.loop().runOnContext(_ -> {
            asked.request().response().closeHandler(_ -> left.countDown());
            asked.request().response().exceptionHandler(_ -> {});
        });
        request.connection().close();
        isDown("the client has left", left);
        Script stream = new Script();
        feed(asked, stream).start();
        isDown("closed", stream.closed);
        isDown("over", over);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aClientThatLeavesLeavesNothing(HttpVersion version) throws Exception {
        HttpClientRequest request = ask(version);
        request.send();
        Script stream = new Script();
        feed(taken(), stream).start();
        isDown("begun", stream.begun);
        request.reset();
        isDown("closed", stream.closed);
        isDown("over", over);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aBugBreaksTheAnswerOff(HttpVersion version) throws Exception {
        Future<HttpClientResponse> answer = sent(version);
        AtomicBoolean broken = new AtomicBoolean();
        Script stream = new Script() {
            @Override
            public byte[] poll() {
                if (broken.get()) {
                    throw new IllegalStateException("meant");
                }
                return polls.getAndIncrement() == 0 ? "fine\n".getBytes(UTF_8) : NOTHING;
            }
        };
        feed(taken(), stream).start();
        HttpClientResponse response = await(answer);
        Future<Void> end = response.end();
        broken.set(true);
        stream.bell.run();
        isDown("closed", stream.closed);
        isDown("over", over);
        assertThat(end.toCompletionStage()
                        .toCompletableFuture()
                        .handle((_, failure) -> failure != null)
                        .get(30, TimeUnit.SECONDS))
                .as("the client sees that it did not end as it should")
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void theEndComesForWhoDoesNotRead(HttpVersion version) throws Exception {
        Future<HttpClientResponse> answer = ask(version).send().map(HttpClientResponse::pause);
        long ends = System.nanoTime() + Duration.ofMillis(1500).toNanos();
        byte[] much = new byte[64 << 10];
        Arrays.fill(much, (byte) 'x');
        Script stream = new Script() {
            @Override
            public byte[] poll() {
                polls.incrementAndGet();
                return much;
            }

            @Override
            public Duration left() {
                return Duration.ofNanos(Math.max(0, ends - System.nanoTime()));
            }
        };
        feed(taken(), stream).start();
        await(answer);
        isDown("closed", stream.closed);
        isDown("over", over);
        assertThat(System.nanoTime()).as("not before its time").isGreaterThanOrEqualTo(ends);
    }

    @Test
    void noTimerIsLeft() throws Exception {
        HttpClientRequest request = ask(HttpVersion.HTTP_1_1);
        request.send();
        Came asked = taken();
        Set<Object> timers = ConcurrentHashMap.newKeySet();
        Vertx counting = but(
                Vertx.class,
                vertx,
                Map.of(
                        "setTimer",
                                args -> {
                                    long id = vertx.setTimer((long) args[0], handler(args[1]));
                                    timers.add(id);
                                    return id;
                                },
                        "cancelTimer",
                                args -> {
                                    timers.remove(args[0]);
                                    return vertx.cancelTimer((long) args[0]);
                                }));
        Context loop = but(Context.class, asked.loop(), Map.of("owner", _ -> counting));
        Script stream = new Script();
        new Feed(new Rounds(), loop, asked.request().response(), stream, over::countDown).start();
        stream.begun.await();
        CountDownLatch after = new CountDownLatch(1);
        asked.loop().runOnContext(_ -> after.countDown());
        isDown("its first turn", after);
        assertThat(timers).as("what is due, and the end").hasSize(2);
        request.reset();
        isDown("over", over);
        assertThat(timers).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static io.vertx.core.Handler<Long> handler(Object argument) {
        return (io.vertx.core.Handler<Long>) argument;
    }

    @Test
    void aBellAfterTheServerHasStoppedIsTheEnd() throws Exception {
        sent(HttpVersion.HTTP_1_1);
        Came asked = taken();
        AtomicBoolean stopped = new AtomicBoolean();
        Context loop = but(Context.class, asked.loop(), Map.of("runOnContext", args -> {
            if (stopped.get()) {
                throw new RejectedExecutionException("meant");
            }
            asked.loop().runOnContext(nothing(args[0]));
            return null;
        }));
        Script stream = new Script();
        new Feed(new Rounds(), loop, asked.request().response(), stream, over::countDown).start();
        isDown("begun", stream.begun);
        CountDownLatch after = new CountDownLatch(1);
        asked.loop().runOnContext(_ -> after.countDown());
        isDown("its first turn", after);
        stopped.set(true);
        stream.bell.run();
        isDown("closed", stream.closed);
        isDown("over", over);
    }

    @SuppressWarnings("unchecked")
    private static io.vertx.core.Handler<Void> nothing(Object argument) {
        return (io.vertx.core.Handler<Void>) argument;
    }

    @Test
    void headersThatCannotBeWrittenAreTheEnd() throws Exception {
        sent(HttpVersion.HTTP_1_1);
        Came asked = taken();
        HttpServerResponse response = but(
                HttpServerResponse.class,
                asked.request().response(),
                Map.of("writeHead", _ -> Future.failedFuture("meant")));
        Script stream = new Script();
        new Feed(new Rounds(), asked.loop(), response, stream, over::countDown).start();
        isDown("closed", stream.closed);
        isDown("over", over);
    }

    @Test
    void whoHasMoreToLookAtLetsOthersOfTheLoopGoFirst() throws Exception {
        Future<HttpClientResponse> answer = sent(HttpVersion.HTTP_1_1);
        Came asked = taken();
        AtomicInteger others = new AtomicInteger();
        LinkedBlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        Script stream = new Script() {
            @Override
            public byte[] poll() {
                seen.add(others.get());
                if (polls.incrementAndGet() == 5) {
                    return null;
                }
                asked.loop().runOnContext(_ -> others.incrementAndGet());
                return NOTHING;
            }

            @Override
            public Duration patience() {
                return Duration.ZERO;
            }
        };
        feed(asked, stream).start();
        await(await(answer).end());
        isDown("over", over);
        assertThat(seen).containsExactly(0, 1, 2, 3, 4);
    }
}
