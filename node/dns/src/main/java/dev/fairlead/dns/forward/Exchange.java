// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * One question to one resolver: by UDP, and again by TCP when the reply does not fit. The socket hears that resolver
 * only, and only a reply with the id and the question that were sent counts (RFC 5452); others are passed over.
 */
final class Exchange implements AutoCloseable {
    private static final int LARGEST = 65_535;
    private static final int HEADER = 12;
    private static final int MANY = 100; // forgeries: more than this is an attack, and TCP is the way out

    private final Duration timeout;
    private final Time time;
    private final boolean mixedCase;
    private final TcpLines lines;
    private final SecureRandom random = new SecureRandom();

    /**
     * Asks with {@code timeout} for each attempt.
     *
     * @param mixedCase whether letters of questions are mixed by chance; what comes back by UDP must have the same
     */
    Exchange(Duration timeout, boolean mixedCase, Time time) {
        this.timeout = timeout;
        this.mixedCase = mixedCase;
        this.time = time;
        this.lines = new TcpLines(time);
    }

    UpstreamReply ask(InetSocketAddress upstream, Query query) throws IOException {
        Optional<UpstreamReply> reply = byUdp(upstream, query);
        return reply.isEmpty() || reply.get().truncated() ? byTcp(upstream, query) : reply.get();
    }

    /** The reply; empty when too much came that was none. */
    private Optional<UpstreamReply> byUdp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        byte[] question = QueryWriter.write(query, id);
        if (mixedCase) {
            mix(question, query.question().length);
        }
        byte[] buffer = new byte[LARGEST];
        long until = time.nanos() + timeout.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(upstream);
            socket.send(new DatagramPacket(question, question.length));
            for (int others = 0; others < MANY; others++) {
                socket.setSoTimeout(left(until));
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                try {
                    UpstreamReply reply = UpstreamReply.read(Arrays.copyOf(buffer, packet.getLength()), id, query);
                    int end = HEADER + query.question().length;
                    if (mixedCase && !Arrays.equals(buffer, HEADER, end, question, HEADER, end)) {
                        return Optional.empty(); // a forgery, or a resolver that does not keep letters: TCP tells
                    }
                    return Optional.of(reply);
                } catch (MalformedException notTheReply) {
                    // somebody else's, or a forgery: the true one may still come before the timeout
                }
            }
        }
        return Optional.empty();
    }

    /** Makes letters of the question capitals, or not, by chance; no length of a label is a letter's code. */
    private void mix(byte[] message, int question) {
        for (int at = HEADER; at < HEADER + question - 4; at++) {
            boolean letter = (message[at] & 0xdf) >= 'A' && (message[at] & 0xdf) <= 'Z';
            if (letter && random.nextBoolean()) {
                message[at] ^= 0x20;
            }
        }
    }

    private UpstreamReply byTcp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        long until = time.nanos() + timeout.toNanos();
        try {
            return UpstreamReply.read(lines.ask(upstream, QueryWriter.write(query, id), left(until)), id, query);
        } catch (MalformedException broken) {
            throw new IOException(upstream + " answered nonsense: " + broken.getMessage(), broken);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
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
