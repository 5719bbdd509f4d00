// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/**
 * SPDY/3.1 as Kubernetes' clients speak it: streams that the client begins, each with a header that says what it is for. The
 * clients there are neither send nor heed window updates.
 */
final class SpdyFrames {
    private final EmbeddedChannel reader = codec();
    private final EmbeddedChannel writer = codec();
    private final Outbox said;

    /** @param said takes what is to be sent */
    SpdyFrames(Outbox said) {
        this.said = said;
    }

    private static EmbeddedChannel codec() {
        return new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    }

    /** Is told of frames; they are released afterwards. */
    interface Hearer {
        void heard(Object frame) throws IOException, InterruptedException;
    }

    /** Reads what the client sent. */
    void read(byte[] bytes, Hearer hearer) throws IOException, InterruptedException {
        decode(bytes);
        for (Object frame = reader.readInbound(); frame != null; frame = reader.readInbound()) {
            try {
                hearer.heard(frame);
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }
    }

    private void decode(byte[] bytes) throws IOException {
        try {
            reader.writeInbound(Unpooled.wrappedBuffer(bytes));
        } catch (Exception nonsense) { // whatever the codec reports, also what it does not declare
            throw new IOException("this is no SPDY/3.1: " + nonsense.getMessage(), nonsense);
        }
    }

    /** What a stream is for. */
    static String type(SpdySynStreamFrame begun) {
        return String.valueOf(begun.headers().getAsString("streamtype"));
    }

    /** Takes a stream that the client began. */
    void accept(SpdySynStreamFrame begun) throws InterruptedException {
        SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(begun.streamId());
        reply.headers()
                .add("streamtype", type(begun)); // without headers the codec writes no block, and clients want one
        write(reply);
    }

    /** Sends bytes on a stream. */
    void data(int stream, byte[] bytes) throws InterruptedException {
        write(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(bytes)));
    }

    /** Sends the last bytes on a stream. */
    void end(int stream, byte[] last) throws InterruptedException {
        write(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(last)).setLast(true));
    }

    /** Frames leave in the order in which they are encoded: headers are compressed with those before. */
    void write(Object frame) throws InterruptedException {
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
}
