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
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection (RFC 7766). What can be answered at once is; what has to wait does not hold up the questions behind it,
 * so answers may come in another order. Whoever sends or takes a message too slowly, or nothing for too long, is cut off.
 */
final class TcpConnection {
    private static final System.Logger LOG = System.getLogger(TcpConnection.class.getName());
    private static final int MAX_WAITING = 100;

    private final SocketChannel channel;
    private final Desk desk;
    private final Time time;
    private final Duration patience;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private final ReentrantLock writing = new ReentrantLock();

    /**
     * Serves {@code channel} when told to.
     *
     * @param patience for silence between messages, and for one message
     */
    TcpConnection(SocketChannel channel, Desk desk, Time time, Duration patience) {
        this.channel = channel;
        this.desk = desk;
        this.time = time;
        this.patience = patience;
    }

    /** Serves it to its end. */
    void serve() {
        try (Socket socket = channel.socket()) {
            InetSocketAddress from = (InetSocketAddress) channel.getRemoteAddress();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            try {
                while (true) {
                    answer(read(in), from, out);
                }
            } catch (EOFException end) {
                waiting.acquire(MAX_WAITING); // what it asked before it hung up its end is still answered
            }
        } catch (IOException | InterruptedException broken) {
            LOG.log(Level.DEBUG, "a connection ended", broken);
        }
    }

    private byte[] read(DataInputStream in) throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        Time.Timer tooSlow = time.schedule(patience, this::cut);
        try {
            in.readFully(message);
            return message;
        } finally {
            tooSlow.cancel();
        }
    }

    private void answer(byte[] message, InetSocketAddress from, OutputStream out)
            throws IOException, InterruptedException {
        switch (desk.receive(ByteBuffer.wrap(message), from, "tcp")) {
            case Desk.Reception.Dropped() -> {}
            case Desk.Reception.Ready(byte[] answer) -> write(out, answer);
            case Desk.Reception.Waiting(Desk.Asked asked) -> {
                waiting.acquire();
                Thread.ofVirtual().name("dns-forward").start(() -> {
                    try {
                        write(out, desk.await(asked));
                    } catch (IOException | InterruptedException gone) {
                        LOG.log(Level.DEBUG, "an answer was not sent", gone);
                    } finally {
                        waiting.release();
                    }
                });
            }
        }
    }

    private void write(OutputStream out, byte[] answer) throws IOException {
        byte[] framed = ByteBuffer.allocate(answer.length + 2)
                .putShort((short) answer.length)
                .put(answer)
                .array();
        Time.Timer tooSlow = time.schedule(patience, this::cut);
        writing.lock();
        try {
            out.write(framed);
        } finally {
            writing.unlock();
            tooSlow.cancel();
        }
    }

    private void cut() {
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, "a connection did not close", failure);
        }
    }
}
