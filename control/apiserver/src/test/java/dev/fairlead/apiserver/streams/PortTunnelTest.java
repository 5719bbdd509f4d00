// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What kubectl says when it forwards ports, frame by frame. */
@Timeout(60)
class PortTunnelTest {
    private final EmbeddedChannel client = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final PortTunnel tunnel = new PortTunnel(PortTunnelTest::dial);
    private final Map<Integer, StringBuilder> data = new TreeMap<>();
    private final List<Integer> ended = new ArrayList<>();

    private static Socket dial(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @AfterEach
    void close() {
        tunnel.close();
        client.finishAndReleaseAll();
    }

    private void send(Object frame) throws Exception {
        client.writeOutbound(frame);
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            tunnel.send(ByteBufUtil.getBytes(part));
        }
    }

    private Object next() throws Exception {
        Object frame = client.readInbound();
        while (frame == null) {
            client.writeInbound(Unpooled.wrappedBuffer(java.util.Objects.requireNonNull(tunnel.next())));
            frame = client.readInbound();
        }
        return frame;
    }

    private void begin(int stream, String type, int port) throws Exception {
        SpdySynStreamFrame begin = new DefaultSpdySynStreamFrame(stream, 0, (byte) 0);
        begin.headers()
                .add("streamtype", type)
                .add("port", Integer.toString(port))
                .add("requestid", "0");
        send(begin);
        SpdySynReplyFrame reply = (SpdySynReplyFrame) next();
        assertThat(reply.streamId()).isEqualTo(stream);
        assertThat(reply.headers())
                .as("an empty block of headers would not be written at all")
                .isNotEmpty();
    }

    private void say(int stream, String text, boolean last) throws Exception {
        send(new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)).setLast(last));
    }

    /** Hears until that many streams have ended. */
    private void hear(int streams) throws Exception {
        while (ended.size() < streams) {
            SpdyDataFrame frame = (SpdyDataFrame) next();
            data.computeIfAbsent(frame.streamId(), _ -> new StringBuilder())
                    .append(frame.content().toString(StandardCharsets.UTF_8));
            if (frame.isLast()) {
                ended.add(frame.streamId());
            }
        }
    }

    @Test
    void aConnectionIsTwoStreams() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    byte[] heard = socket.getInputStream().readAllBytes();
                    socket.getOutputStream()
                            .write(("heard " + new String(heard, StandardCharsets.UTF_8))
                                    .getBytes(StandardCharsets.UTF_8));
                } catch (IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            });
            begin(1, "error", server.getLocalPort());
            say(1, "", true);
            begin(3, "data", server.getLocalPort());
            say(3, "some", false);
            say(3, "thing", true);
            hear(2);
            assertThat(data.get(3)).hasToString("heard something");
            assertThat(data.get(1)).as("no trouble").isEmpty();
        }
    }

    @Test
    void whatCannotBeReachedIsToldOnTheStreamForThat() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0)) {
            port = server.getLocalPort();
        }
        begin(1, "error", port);
        begin(3, "data", port);
        hear(2);
        assertThat(data.get(1)).asString().contains("error forwarding port " + port + ": ", "refused");
        assertThat(data.get(3)).isEmpty();
    }

    @Test
    void aPortThatIsNoneIsTold() throws Exception {
        begin(1, "error", 70_000);
        begin(3, "data", 70_000);
        hear(2);
        assertThat(data.get(1)).hasToString("error forwarding port 70000: it must be a number from 1 to 65535");
    }

    @Test
    void aStreamIsBegunOnce() throws Exception {
        begin(1, "error", 80);
        begin(5, "error", 80);
        for (int used : new int[] {5, 3, 6}) {
            assertThatThrownBy(() -> begin(used, "data", 80))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("stream " + used + " is not one that a client may begin after 5");
        }
    }

    @Test
    void pingsAreAnsweredAndStreamsAreLeft() throws Exception {
        send(new DefaultSpdyPingFrame(7));
        assertThat(((SpdyPingFrame) next()).id()).isEqualTo(7);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            begin(1, "error", server.getLocalPort());
            begin(3, "data", server.getLocalPort());
            try (Socket socket = server.accept()) {
                send(new DefaultSpdyRstStreamFrame(3, SpdyStreamStatus.CANCEL));
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void nonsenseEndsTheTunnel() {
        byte[] otherVersion = {(byte) 0x80, 9, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4};
        assertThatThrownBy(() -> tunnel.send(otherVersion))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SPDY");
    }
}
