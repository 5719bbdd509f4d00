// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.wire.exchange.Duplex;
import dev.fairlead.wire.exchange.Messages;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A talk on channels for clients that have a SPDY stream for each of them ({@code exec} and {@code attach} of kubectl before
 * 1.30, protocol {@code v4.channel.k8s.io}). What is said waits until the client has begun all streams that it asked for.
 */
final class SpdyTalk implements Duplex {
    private static final Map<String, Integer> CHANNELS = Map.of(
            "stdin", Channels.INPUT,
            "stdout", Channels.OUTPUT,
            "stderr", Channels.ERRORS,
            "error", Channels.OUTCOME,
            "resize", Channels.RESIZE);
    private static final byte[] NOTHING = {};
    private static final byte[] NO_MORE_INPUT = {(byte) Channels.CLOSE, Channels.INPUT};

    private final Messages talk;
    private final Set<Integer> awaited;
    private final Outbox said = new Outbox();
    private final SpdyFrames frames = new SpdyFrames(said);
    private final Map<Integer, Integer> streams = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> channels = new ConcurrentHashMap<>();
    private boolean telling;

    /** @param awaited the channels that the client will begin streams for */
    SpdyTalk(Messages talk, Set<Integer> awaited) {
        this.talk = talk;
        this.awaited = Set.copyOf(awaited);
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
            case SpdyRstStreamFrame reset -> over(channels.get(reset.streamId()));
            case SpdyPingFrame ping -> frames.write(ping);
            default -> {} // settings and farewells change nothing here
        }
    }

    private void begin(SpdySynStreamFrame begun) throws IOException, InterruptedException {
        Integer channel = CHANNELS.get(SpdyFrames.type(begun));
        if (channel == null || streams.putIfAbsent(channel, begun.streamId()) != null) {
            throw new IOException("a stream that nobody expects: " + SpdyFrames.type(begun));
        }
        channels.put(begun.streamId(), channel);
        frames.accept(begun);
        if (!telling && streams.keySet().containsAll(awaited)) {
            telling = true;
            Thread.ofVirtual().name("spdy-talk").start(this::tell);
        }
    }

    private void data(SpdyDataFrame data) throws IOException, InterruptedException {
        Integer channel = channels.get(data.streamId());
        if (channel != null && data.content().isReadable()) {
            byte[] bytes = ByteBufUtil.getBytes(data.content());
            talk.send(Channels.message(channel, bytes, bytes.length));
        }
        if (data.isLast()) {
            over(channel);
        }
    }

    private void over(@Nullable Integer channel) throws IOException, InterruptedException {
        if (channel != null && channel == Channels.INPUT) {
            talk.send(NO_MORE_INPUT);
        }
    }

    private void tell() {
        try {
            for (byte[] message = talk.next(); message != null; message = talk.next()) {
                Integer stream = streams.get(message[0] & 0xff);
                if (stream != null && message.length > 1) {
                    frames.data(stream, Arrays.copyOfRange(message, 1, message.length));
                }
            }
            for (int stream : streams.values()) {
                frames.end(stream, NOTHING);
            }
        } catch (IOException broken) {
            // the connection ends without an outcome, which is what clients go by
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            said.finish();
        }
    }

    @Override
    public void close() {
        said.close();
        talk.close();
    }
}
