// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection over TLS to an API server, one request at a time. Bodies are counted and thrown away but for short ones:
 * who measures a server should spend little himself.
 */
final class ApiLine implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final int KEPT = 64 << 10;

    private final URI server;
    private final @Nullable String authorization;
    private final Channel channel;
    private final Answers answers;

    /** What a request was answered: the status, how many bytes, and the first of them. */
    record Answer(int status, long length, String body) {}

    private ApiLine(URI server, @Nullable String token, Channel channel, Answers answers) {
        this.server = server;
        this.authorization = ApiTarget.bearer(token);
        this.channel = channel;
        this.answers = answers;
    }

    static ApiLine open(EventLoopGroup loop, SslContext tls, URI server, @Nullable String token)
            throws IOException, InterruptedException {
        Answers answers = new Answers();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc(), server.getHost(), server.getPort()))
                                .addLast(new HttpClientCodec(4096, 64 << 10, 64 << 10))
                                .addLast(answers);
                    }
                });
        Channel channel = bootstrap
                .connect(server.getHost(), server.getPort() < 0 ? 443 : server.getPort())
                .sync()
                .channel();
        return new ApiLine(server, token, channel, answers);
    }

    /** Asks; the answer comes on the loop's thread. The line must not be waiting for another one. */
    CompletableFuture<Answer> ask(String method, String path, byte[] body, String mediaType) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        answers.expect(answer);
        send(method, path, body, mediaType);
        return answer;
    }

    /** Asks and waits. */
    Answer call(String method, String path, byte[] body, String mediaType) throws IOException, InterruptedException {
        try {
            return ask(method, path, body, mediaType).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException broken) {
            throw new IOException(method + " " + path + " was not answered: " + broken, broken);
        }
    }

    /** Asks and waits for an answer that is neither an error nor a redirection. */
    Answer require(String method, String path, byte[] body, String mediaType) throws IOException, InterruptedException {
        Answer answer = call(method, path, body, mediaType);
        if (answer.status() >= 300) {
            throw new IOException(method + " " + path + " was answered " + answer.status() + ": " + answer.body());
        }
        return answer;
    }

    /**
     * Watches: every piece of the answer's body is told by the time (of {@link System#nanoTime}) when its last event was whole.
     * The line is good for nothing else afterwards.
     */
    CompletableFuture<Answer> watch(String path, LongConsumer events) {
        CompletableFuture<Answer> begun = new CompletableFuture<>();
        answers.follow(begun, events);
        send("GET", path, new byte[0], "");
        return begun;
    }

    private void send(String method, String path, byte[] body, String mediaType) {
        ByteBuf content = Unpooled.wrappedBuffer(body);
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), server.getRawPath() + path, content);
        request.headers().set("host", server.getRawAuthority()).set("accept", "application/json");
        request.headers().set("user-agent", "fairlead-bench");
        if (authorization != null) {
            request.headers().set("authorization", authorization);
        }
        if (body.length > 0) {
            request.headers().set("content-length", body.length).set("content-type", mediaType);
        }
        channel.writeAndFlush(request).addListener(sent -> {
            if (!sent.isSuccess()) {
                answers.fail(new IOException("cannot send to " + server, sent.cause()));
            }
        });
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    /**
     * The chunks of a watch's body as they come, of which only the ends matter: an event ends with a newline, and the chunk after
     * it. What else HTTP says in between is not worth the time of somebody who measures a server.
     */
    private static final class Events extends ChannelInboundHandlerAdapter {
        private static final int END = '\n' << 16 | '\r' << 8 | '\n';

        private final LongConsumer each;
        private int latest;

        Events(LongConsumer each) {
            this.each = each;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf bytes) {
                for (int i = Math.max(bytes.readerIndex(), bytes.writerIndex() - 3); i < bytes.writerIndex(); i++) {
                    latest = (latest << 8 | bytes.getByte(i) & 0xff) & 0xffffff;
                }
                bytes.release();
                if (latest == END) {
                    each.accept(System.nanoTime());
                }
            }
        }
    }

    /** What comes back, on the loop's thread. */
    private static final class Answers extends SimpleChannelInboundHandler<HttpObject> {
        private final StringBuilder text = new StringBuilder();
        private volatile @Nullable CompletableFuture<Answer> expected;
        private volatile @Nullable LongConsumer events;
        private int status;
        private long length;

        void expect(CompletableFuture<Answer> answer) {
            expected = answer;
        }

        void follow(CompletableFuture<Answer> begun, LongConsumer each) {
            events = each;
            expected = begun;
        }

        void fail(Throwable why) {
            CompletableFuture<Answer> waiting = expected;
            if (waiting != null) {
                waiting.completeExceptionally(why);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            LongConsumer following = events;
            if (message instanceof HttpResponse head) {
                status = head.status().code();
                length = 0;
                text.setLength(0);
                if (following != null && status == 200) {
                    complete();
                    context.pipeline().replace(HttpClientCodec.class, "events", new Events(following));
                    return;
                }
            }
            if (message instanceof HttpContent content) {
                ByteBuf bytes = content.content();
                length += bytes.readableBytes();
                if (text.length() < KEPT) {
                    text.append(bytes.toString(StandardCharsets.UTF_8));
                }
                if (message instanceof LastHttpContent) {
                    complete();
                }
            }
        }

        private void complete() {
            CompletableFuture<Answer> waiting = expected;
            if (waiting != null) {
                waiting.complete(new Answer(status, length, text.toString()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(new IOException("the server closed the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(cause);
            var _ = context.close();
        }
    }
}
