// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any number of connections to ports of a pod over one WebSocket: SPDY/3.1 whose bytes are the messages. A connection has
 * two streams of the client's, joined by the header {@code requestid}: {@code error} and {@code data}. The clients there are
 * neither send nor heed window updates.
 */
final class PortTunnel implements Messages {
    private static final int MOST_STREAMS = 2000;

    private final PortChannels.Dialling dial;
    private final Outbox said = new Outbox();
    private final EmbeddedChannel reader = codec();
    private final EmbeddedChannel writer = codec();
    private final Map<Integer, PodConnection> connections = new HashMap<>();
    private final Map<String, Integer> errorStreams = new HashMap<>();

    PortTunnel(PortChannels.Dialling dial) {
        this.dial = dial;
    }

    private static EmbeddedChannel codec() {
        return new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
        return said.take();
    }

    @Override
    public void send(byte[] bytes) throws IOException, InterruptedException {
        decode(bytes);
        for (Object frame = reader.readInbound(); frame != null; frame = reader.readInbound()) {
            heard(frame);
        }
    }

    private void decode(byte[] bytes) throws IOException {
        try {
            reader.writeInbound(Unpooled.wrappedBuffer(bytes));
        } catch (Exception nonsense) { // whatever the codec reports, also what it does not declare
            throw new IOException("this is no SPDY/3.1: " + nonsense.getMessage(), nonsense);
        }
    }

    private void heard(Object frame) throws IOException, InterruptedException {
        try {
            switch (frame) {
                case SpdySynStreamFrame begun -> begin(begun);
                case SpdyDataFrame data -> data(data);
                case SpdyRstStreamFrame reset -> leave(reset.streamId());
                case SpdyPingFrame ping -> write(ping);
                default -> {} // settings and farewells change nothing here
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void begin(SpdySynStreamFrame begun) throws IOException, InterruptedException {
        int stream = begun.streamId();
        SpdyHeaders headers = begun.headers();
        String request = String.valueOf(headers.getAsString("requestid"));
        String type = String.valueOf(headers.getAsString("streamtype"));
        SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(stream);
        reply.headers().add("streamtype", type); // without headers the codec writes no block, and clients want one
        write(reply);
        if (type.equals("error")) {
            if (errorStreams.size() >= MOST_STREAMS) {
                throw new IOException("more than " + MOST_STREAMS + " connections are under way");
            }
            errorStreams.put(request, stream);
            return;
        }
        Integer errors = errorStreams.remove(request);
        String port = String.valueOf(headers.getAsString("port"));
        if (errors == null || !port.matches("[0-9]{1,5}")) {
            end(stream, null);
            return;
        }
        PodConnection connection = new PodConnection(() -> dial.to(Integer.parseInt(port)), new PodConnection.Hearer() {
            @Override
            public void said(byte[] bytes) throws InterruptedException {
                write(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(bytes)));
            }

            @Override
            public void ended(@Nullable String trouble) throws InterruptedException {
                end(errors, trouble == null ? null : "error forwarding port " + port + ": " + trouble);
                end(stream, null);
                forget(stream);
            }
        });
        synchronized (connections) {
            connections.put(stream, connection);
        }
        connection.start();
    }

    private void data(SpdyDataFrame data) throws InterruptedException {
        PodConnection connection = connection(data.streamId());
        if (connection == null) {
            return; // an error stream, which the client closes at once
        }
        if (data.content().isReadable()) {
            connection.say(ByteBufUtil.getBytes(data.content()));
        }
        if (data.isLast()) {
            connection.sayNoMore();
        }
    }

    private void leave(int stream) {
        PodConnection connection = connection(stream);
        if (connection != null) {
            connection.close();
        }
    }

    private @Nullable PodConnection connection(int stream) {
        synchronized (connections) {
            return connections.get(stream);
        }
    }

    private void forget(int stream) {
        synchronized (connections) {
            connections.remove(stream);
        }
    }

    private void end(int stream, @Nullable String last) throws InterruptedException {
        ByteBuf text =
                last == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(last.getBytes(StandardCharsets.UTF_8));
        write(new DefaultSpdyDataFrame(stream, text).setLast(true));
    }

    /** Frames leave in the order in which they are encoded: headers are compressed with those before. */
    private void write(Object frame) throws InterruptedException {
        synchronized (writer) {
            writer.writeOutbound(ReferenceCountUtil.retain(frame));
            ByteBuf whole = Unpooled.buffer();
            for (ByteBuf part = writer.readOutbound(); part != null; part = writer.readOutbound()) {
                whole.writeBytes(part);
                part.release();
            }
            said.put(ByteBufUtil.getBytes(whole));
        }
    }

    @Override
    public void close() {
        said.close();
        synchronized (connections) {
            connections.values().forEach(PodConnection::close);
            connections.clear();
        }
    }
}
