// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.exchange.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What kubectl before 1.30 says when it runs a command, frame by frame. */
@Timeout(60)
class SpdyTalkTest {
    private final EmbeddedChannel client = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final Parrot parrot = new Parrot();
    private final SpdyTalk talk = new SpdyTalk(parrot, Set.of(Channels.INPUT, Channels.OUTPUT, Channels.OUTCOME));

    /** Says on the output what it hears on the input, and how it went when there is no more. */
    private static final class Parrot implements Messages {
        private final Outbox said = new Outbox();
        private final List<Integer> heard = new ArrayList<>();

        @Override
        public byte @Nullable [] next() throws InterruptedException {
            return said.take();
        }

        @Override
        public void send(byte[] message) throws InterruptedException {
            heard.add(message[0] & 0xff);
            switch (message[0] & 0xff) {
                case Channels.INPUT -> {
                    message[0] = Channels.OUTPUT;
                    said.put(message);
                }
                case Channels.CLOSE -> {
                    said.put(Channels.outcome(0));
                    said.finish();
                }
                default -> {}
            }
        }

        @Override
        public void close() {
            said.close();
        }
    }

    @AfterEach
    void close() {
        talk.close();
        client.finishAndReleaseAll();
    }

    private void send(Object frame) throws Exception {
        client.writeOutbound(frame);
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            talk.send(ByteBufUtil.getBytes(part));
        }
    }

    private Object next() throws Exception {
        Object frame = client.readInbound();
        while (frame == null) {
            client.writeInbound(Unpooled.wrappedBuffer(Objects.requireNonNull(talk.next())));
            frame = client.readInbound();
        }
        return frame;
    }

    private void begin(int stream, String type) throws Exception {
        SpdySynStreamFrame begin = new DefaultSpdySynStreamFrame(stream, 0, (byte) 0);
        begin.headers().add("streamtype", type);
        send(begin);
        assertThat(((SpdySynReplyFrame) next()).streamId()).isEqualTo(stream);
    }

    private void say(int stream, String text, boolean last) throws Exception {
        send(new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)).setLast(last));
    }

    @Test
    void each_channel_is_a_stream() throws Exception {
        begin(1, "error");
        begin(3, "stdin");
        say(3, "early", false); // waits until there is a stream for the answer
        begin(5, "stdout");
        say(3, " bird", true);
        Map<Integer, String> heard = new TreeMap<>();
        Set<Integer> ended = new java.util.TreeSet<>();
        while (ended.size() < 3) {
            SpdyDataFrame frame = (SpdyDataFrame) next();
            heard.merge(frame.streamId(), frame.content().toString(StandardCharsets.UTF_8), String::concat);
            if (frame.isLast()) {
                ended.add(frame.streamId());
            }
        }
        assertThat(heard).containsEntry(5, "early bird").containsEntry(3, "");
        assertThat(heard.get(1)).contains("\"status\":\"Success\"");
        assertThat(talk.next()).as("and then the connection ends").isNull();
        assertThat(parrot.heard).containsExactly(Channels.INPUT, Channels.INPUT, Channels.CLOSE);
    }

    @Test
    void pings_are_answered_and_the_unexpected_ends_it() throws Exception {
        send(new DefaultSpdyPingFrame(7));
        assertThat(((SpdyPingFrame) next()).id()).isEqualTo(7);
        begin(1, "error");
        assertThatThrownBy(() -> begin(3, "error"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error");
        assertThatThrownBy(() -> begin(5, "gossip"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gossip");
    }
}
