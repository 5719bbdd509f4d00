// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Messages;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any number of connections to ports of a pod over one: SPDY/3.1, whose bytes come as the messages of a WebSocket or plainly.
 * A connection has two streams of the client's, joined by the header {@code requestid}: {@code error} and {@code data}.
 */
final class PortTunnel implements Messages {
    private static final int MOST_STREAMS = 2000;
    private static final byte[] NOTHING = {};

    private final PortChannels.Dialling dial;
    private final Outbox said = new Outbox();
    private final SpdyFrames frames = new SpdyFrames(said);
    private final Map<Integer, PodConnection> connections = new HashMap<>();
    private final Map<String, Integer> errorStreams = new HashMap<>();
    /** The stream that was begun last; ids grow. */
    private int newest;

    /** Guarded by {@link #connections}. */
    private boolean closed;

    PortTunnel(PortChannels.Dialling dial) {
        this.dial = dial;
    }

    @Override
    public byte @Nullable [] next() throws InterruptedException {
        return said.take();
    }

    @Override
    public void send(byte[] bytes) throws IOException, InterruptedException {
        frames.read(bytes, this::heard);
    }

    private void heard(Object frame) throws IOException, InterruptedException {
        switch (frame) {
            case SpdySynStreamFrame begun -> begin(begun);
            case SpdyDataFrame data -> data(data);
            case SpdyRstStreamFrame reset -> leave(reset.streamId());
            case SpdyPingFrame ping -> frames.write(ping);
            default -> {} // settings and farewells change nothing here
        }
    }

    private void begin(SpdySynStreamFrame begun) throws IOException, InterruptedException {
        int stream = begun.streamId();
        if (stream <= newest || stream % 2 == 0) {
            throw new IOException("stream " + stream + " is not one that a client may begin after " + newest);
        }
        newest = stream;
        SpdyHeaders headers = begun.headers();
        String request = String.valueOf(headers.getAsString("requestid"));
        frames.accept(begun);
        if (SpdyFrames.type(begun).equals("error")) {
            if (errorStreams.size() + underWay() >= MOST_STREAMS) {
                throw new IOException("more than " + MOST_STREAMS + " connections are under way");
            }
            errorStreams.put(request, stream);
            return;
        }
        Integer errors = errorStreams.remove(request);
        String port = String.valueOf(headers.getAsString("port"));
        if (errors == null) {
            end(stream, null);
            return;
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            end(errors, "error forwarding port " + port + ": it must be a number from 1 to 65535");
            end(stream, null);
            return;
        }
        PodConnection connection = new PodConnection(() -> dial.to(Integer.parseInt(port)), new PodConnection.Hearer() {
            @Override
            public void said(byte[] bytes) throws InterruptedException {
                frames.data(stream, bytes);
            }

            @Override
            public void ended(@Nullable String trouble) throws InterruptedException {
                end(errors, trouble == null ? null : "error forwarding port " + port + ": " + trouble);
                end(stream, null);
                forget(stream);
            }
        });
        synchronized (connections) {
            if (closed) {
                return;
            }
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

    private int underWay() {
        synchronized (connections) {
            return connections.size();
        }
    }

    private void forget(int stream) {
        synchronized (connections) {
            connections.remove(stream);
        }
    }

    private void end(int stream, @Nullable String last) throws InterruptedException {
        frames.end(stream, last == null ? NOTHING : last.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        said.close();
        synchronized (connections) {
            closed = true;
            connections.values().forEach(PodConnection::close);
            connections.clear();
        }
    }
}
