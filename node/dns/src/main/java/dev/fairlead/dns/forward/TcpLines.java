// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.wire.time.Time;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Connections to resolvers, kept for a while after their use. One question is on a connection at a time. */
final class TcpLines implements AutoCloseable {
    private static final int MOST_IDLE = 16; // to one resolver
    private static final long LONGEST_IDLE = Duration.ofSeconds(5).toNanos(); // others hang up after 10 s and more

    private record Idle(Socket socket, long since) {}

    private final Time time;
    private final Map<InetSocketAddress, Deque<Idle>> idle = new HashMap<>(); // its own lock
    private boolean closed;

    TcpLines(Time time) {
        this.time = time;
    }

    /** The reply to {@code question}; a kept connection that fails is no reason to fail. */
    byte[] ask(InetSocketAddress to, byte[] question, int timeoutMillis) throws IOException {
        for (Socket kept = take(to); kept != null; kept = take(to)) {
            try {
                return ask(kept, to, question, timeoutMillis);
            } catch (IOException over) {
                kept.close();
            }
        }
        Socket socket = new Socket();
        try {
            socket.connect(to, timeoutMillis);
            socket.setTcpNoDelay(true);
            return ask(socket, to, question, timeoutMillis);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    private byte[] ask(Socket socket, InetSocketAddress to, byte[] question, int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        socket.getOutputStream()
                .write(ByteBuffer.allocate(question.length + 2)
                        .putShort((short) question.length)
                        .put(question)
                        .array());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] reply = new byte[in.readUnsignedShort()];
        in.readFully(reply);
        keep(to, socket);
        return reply;
    }

    private @Nullable Socket take(InetSocketAddress to) throws IOException {
        synchronized (idle) {
            Deque<Idle> there = idle.getOrDefault(to, new ArrayDeque<>());
            while (!there.isEmpty()) {
                Idle last = there.removeLast();
                if (time.nanos() - last.since < LONGEST_IDLE) {
                    return last.socket;
                }
                last.socket.close();
            }
            return null;
        }
    }

    private void keep(InetSocketAddress to, Socket socket) throws IOException {
        synchronized (idle) {
            Deque<Idle> there = idle.computeIfAbsent(to, any -> new ArrayDeque<>());
            there.addLast(new Idle(socket, time.nanos()));
            if (closed || there.size() > MOST_IDLE) {
                there.removeFirst().socket.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (idle) {
            closed = true;
            for (Deque<Idle> there : idle.values()) {
                for (Idle each : there) {
                    each.socket.close();
                }
                there.clear();
            }
        }
    }
}
