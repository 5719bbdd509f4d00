// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * One question to one resolver: by UDP, and again by TCP when the reply does not fit. The socket hears that resolver
 * only, and only a reply with the id and the question that were sent counts (RFC 5452); others are passed over.
 */
final class Exchange {
    private static final int LARGEST = 65_535;
    private static final int MANY = 100; // forgeries: more than this is an attack, and TCP is the way out

    private final Duration timeout;
    private final Time time;
    private final SecureRandom random = new SecureRandom();

    Exchange(Duration timeout, Time time) {
        this.timeout = timeout;
        this.time = time;
    }

    UpstreamReply ask(InetSocketAddress upstream, Query query) throws IOException {
        Optional<UpstreamReply> reply = byUdp(upstream, query);
        return reply.isEmpty() || reply.get().truncated() ? byTcp(upstream, query) : reply.get();
    }

    /** The reply; empty when too much came that was none. */
    private Optional<UpstreamReply> byUdp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        byte[] question = QueryWriter.write(query, id);
        byte[] buffer = new byte[LARGEST];
        long end = time.nanos() + timeout.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(upstream);
            socket.send(new DatagramPacket(question, question.length));
            for (int others = 0; others < MANY; others++) {
                socket.setSoTimeout(left(end));
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                try {
                    return Optional.of(UpstreamReply.read(Arrays.copyOf(buffer, packet.getLength()), id, query));
                } catch (MalformedException notTheReply) {
                    // somebody else's, or a forgery: the true one may still come before the timeout
                }
            }
        }
        return Optional.empty();
    }

    private UpstreamReply byTcp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        byte[] question = QueryWriter.write(query, id);
        long end = time.nanos() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(upstream, left(end));
            socket.setSoTimeout(left(end));
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(question.length + 2)
                            .putShort((short) question.length)
                            .put(question)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] reply = new byte[in.readUnsignedShort()];
            in.readFully(reply);
            return UpstreamReply.read(reply, id, query);
        } catch (MalformedException broken) {
            throw new IOException(upstream + " answered nonsense: " + broken.getMessage(), broken);
        }
    }

    /** Milliseconds until {@code end}, for a socket. */
    private int left(long end) throws SocketTimeoutException {
        long millis = (end - time.nanos()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
        }
        return Math.toIntExact(millis);
    }
}
