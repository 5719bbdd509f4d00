// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.wire.time.Time;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One connection (RFC 7766), encrypted (RFC 7858) or not. What can be answered at once is; what has to wait does not hold up
 * the questions behind it, so answers may come in another order. Whoever sends or takes a message too slowly, or nothing for
 * too long, is cut off.
 */
final class TcpConnection {
    private static final System.Logger LOG = System.getLogger(TcpConnection.class.getName());
    private static final int MAX_WAITING = 100;

    private final Supplier<Desk> desks;
    private final Transport transport;
    private final Time time;
    private final Duration patience;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private final ReentrantLock writing = new ReentrantLock();

    /**
     * Serves a connection when told to.
     *
     * @param desks the one there is just then
     * @param patience for one message; the socket has its own for silence
     */
    TcpConnection(Supplier<Desk> desks, Transport transport, Time time, Duration patience) {
        this.desks = desks;
        this.transport = transport;
        this.time = time;
        this.patience = patience;
    }

    /** Serves it to its end. */
    void serve(Socket socket, InetSocketAddress from) throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            while (true) {
                answer(read(in, socket), from, socket);
            }
        } catch (EOFException end) {
            waiting.acquire(MAX_WAITING); // what it asked before it hung up its end is still answered
        }
    }

    private byte[] read(DataInputStream in, Socket socket) throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        Time.Timer tooSlow = time.schedule(patience, () -> Connections.close(socket));
        try {
            in.readFully(message);
            return message;
        } finally {
            tooSlow.cancel();
        }
    }

    private void answer(byte[] message, InetSocketAddress from, Socket socket)
            throws IOException, InterruptedException {
        Desk desk = desks.get();
        Optional<Iterator<byte[]>> transfer = desk.transfer(ByteBuffer.wrap(message), from);
        if (transfer.isPresent()) {
            while (transfer.get().hasNext()) {
                write(socket, transfer.get().next());
            }
            return;
        }
        switch (desk.receive(ByteBuffer.wrap(message), from, transport)) {
            case Desk.Reception.Dropped() -> {}
            case Desk.Reception.Ready(byte[] answer) -> write(socket, answer);
            case Desk.Reception.Waiting(Desk.Asked asked) -> {
                waiting.acquire();
                Thread.ofVirtual().name("dns-forward").start(() -> {
                    try {
                        write(socket, desk.await(asked));
                    } catch (IOException | InterruptedException gone) {
                        LOG.log(Level.DEBUG, "an answer was not sent", gone);
                    } finally {
                        waiting.release();
                    }
                });
            }
        }
    }

    private void write(Socket socket, byte[] answer) throws IOException {
        byte[] framed = ByteBuffer.allocate(answer.length + 2)
                .putShort((short) answer.length)
                .put(answer)
                .array();
        OutputStream out = socket.getOutputStream();
        Time.Timer tooSlow = time.schedule(patience, () -> Connections.close(socket));
        writing.lock();
        try {
            out.write(framed);
            out.flush();
        } finally {
            writing.unlock();
            tooSlow.cancel();
        }
    }
}
