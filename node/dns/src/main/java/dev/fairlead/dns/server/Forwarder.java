// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Asks other resolvers, in their order, and remembers what they say for as long as they allow. Each question goes out
 * from a fresh random port under a random id (RFC 5452); what does not fit a datagram is asked again over TCP.
 */
public final class Forwarder {
    private static final int MAX_CONCURRENT = 1000;
    private static final int ROUNDS = 2;

    private final List<InetSocketAddress> upstreams;
    private final Duration timeout;
    private final ReplyCache cache;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore places = new Semaphore(MAX_CONCURRENT);

    /**
     * Asks {@code upstreams}; with none every foreign question is refused.
     *
     * @param timeout for one attempt at one resolver
     */
    public Forwarder(List<InetSocketAddress> upstreams, Duration timeout, Time time) {
        this.upstreams = List.copyOf(upstreams);
        this.timeout = timeout;
        this.cache = new ReplyCache(time);
    }

    Optional<byte[]> remembered(Query query, int limit) {
        if (upstreams.isEmpty()) {
            return Optional.of(MessageWriter.write(query, Answer.of(Rcode.REFUSED), limit));
        }
        return cache.find(query).map(hit -> hit.reply().answer(query, hit.age(), limit));
    }

    byte[] forward(Query query, int limit) throws IOException, InterruptedException {
        return ask(query).answer(query, 0, limit);
    }

    /** What the first resolver that answers says. */
    UpstreamReply ask(Query query) throws IOException, InterruptedException {
        Optional<ReplyCache.Hit> hit = cache.find(query);
        if (hit.isPresent()) {
            return hit.get().reply();
        }
        if (!places.tryAcquire()) {
            throw new IOException(MAX_CONCURRENT + " questions are under way already");
        }
        try {
            UpstreamReply reply = askAll(query);
            cache.remember(query, reply);
            return reply;
        } finally {
            places.release();
        }
    }

    private UpstreamReply askAll(Query query) throws IOException {
        IOException last = new IOException("no resolver to ask");
        for (int round = 0; round < ROUNDS; round++) {
            for (InetSocketAddress upstream : upstreams) {
                try {
                    UpstreamReply reply = askByUdp(upstream, query);
                    return reply.truncated() ? askByTcp(upstream, query) : reply;
                } catch (IOException failure) {
                    last = failure;
                }
            }
        }
        throw last;
    }

    private UpstreamReply askByUdp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        byte[] question = QueryWriter.write(query, id);
        byte[] buffer = new byte[65_535];
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(upstream);
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            socket.send(new DatagramPacket(question, question.length));
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                try {
                    return UpstreamReply.read(Arrays.copyOf(buffer, packet.getLength()), id, query);
                } catch (MalformedException notTheReply) {
                    // somebody else's, or a forgery: the true one may still come before the timeout
                }
            }
        }
    }

    private UpstreamReply askByTcp(InetSocketAddress upstream, Query query) throws IOException {
        int id = random.nextInt(0x10000);
        byte[] question = QueryWriter.write(query, id);
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(timeout.toMillis());
            socket.connect(upstream, millis);
            socket.setSoTimeout(millis);
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
}
