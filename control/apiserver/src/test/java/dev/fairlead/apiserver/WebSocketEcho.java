// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The server's half of a WebSocket (RFC 6455) that sends every message back, and closes as it is closed. */
final class WebSocketEcho {
    private static final int CLOSE = 8;

    private WebSocketEcho() {}

    /** The answer that agrees to what {@code key} asks. */
    static byte[] agreement(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash)
                            + "\r\nSec-WebSocket-Protocol: echo\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sends frames back until one closes; how many messages there were. */
    static int run(InputStream from, OutputStream to) throws IOException {
        DataInputStream in = new DataInputStream(from);
        for (int count = 0; ; count++) {
            int first = in.readUnsignedByte();
            long length = in.readUnsignedByte() & 0x7F;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes((int) length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) first);
            if (length < 126) {
                frame.put((byte) length);
            } else if (length < 65_536) {
                frame.put((byte) 126).putShort((short) length);
            } else {
                frame.put((byte) 127).putLong(length);
            }
            frame.put(payload);
            to.write(frame.array(), 0, frame.position());
            to.flush();
            if ((first & 15) == CLOSE) {
                return count;
            }
        }
    }
}
