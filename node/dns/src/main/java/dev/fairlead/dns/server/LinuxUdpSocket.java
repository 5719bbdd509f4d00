// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.socket.Datagrams;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.SocketOption;
import dev.fairlead.kernel.socket.Sockets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Rows of up to 64 datagrams, each received and sent by one system call. */
final class LinuxUdpSocket implements UdpSocket {
    private static final int SLOTS = 64;
    private static final int SIZE = 4096; // of a datagram in a row; queries are shorter, and answers by UDP
    private static final int LARGEST = 65_535;
    private static final int BUFFER = 4 << 20; // asked for; the kernel gives net.core.rmem_max

    private final Sockets calls;
    private final int socket;
    private final boolean v6;
    private final Datagrams row = new Datagrams(SLOTS, SIZE);
    private final boolean[] answered = new boolean[SLOTS];
    private final Epoll epoll = new Epoll(1);
    private int count;

    private final Object lock = new Object(); // of all that follows
    private final Datagrams late = new Datagrams(1, LARGEST);
    private final CountDownLatch released = new CountDownLatch(1);
    private @Nullable Thread reader;
    private volatile boolean closed; // written under the lock

    private LinuxUdpSocket(Sockets calls, int socket, boolean v6) {
        this.calls = calls;
        this.socket = socket;
        this.v6 = v6;
        Sockets.require("watch a socket", epoll.add(socket, Epoll.IN, 0));
    }

    static LinuxUdpSocket open(InetSocketAddress at) throws IOException {
        Sockets calls = new Sockets();
        SocketAddress address = new SocketAddress().set(at.getAddress(), at.getPort());
        int socket = calls.udp(address.family());
        if (socket < 0) {
            throw failure("open a socket", socket);
        }
        calls.set(socket, SocketOption.RCVBUF, BUFFER);
        calls.set(socket, SocketOption.SNDBUF, BUFFER);
        int bound = calls.bind(socket, address);
        if (bound < 0) {
            calls.close(socket);
            BindException refused = new BindException("bind to " + at + ": " + Errno.text(-bound));
            refused.initCause(new KernelException("bind to " + at, -bound));
            throw refused;
        }
        return new LinuxUdpSocket(calls, socket, address.family() == SocketAddress.IPV6);
    }

    private static IOException failure(String operation, int result) {
        KernelException cause = new KernelException(operation, -result);
        return new IOException(cause.getMessage(), cause);
    }

    @Override
    public int receive() throws IOException {
        begin();
        Arrays.fill(answered, false);
        while (!closed) {
            count = row.receive(socket);
            if (count > 0) {
                return count;
            }
            if (Sockets.isNotNow(count)) {
                epoll.await(-1);
            } else if (count < 0) {
                throw failure("receive datagrams", count);
            }
        }
        throw new ClosedChannelException();
    }

    private void begin() throws ClosedChannelException {
        if (Thread.currentThread().equals(reader)) {
            return; // nobody else writes this value
        }
        synchronized (lock) {
            if (closed) {
                throw new ClosedChannelException();
            }
            reader = Thread.currentThread();
        }
    }

    @Override
    public int take(int slot, byte[] into) {
        return row.copyTo(slot, into);
    }

    @Override
    public InetSocketAddress from(int slot) {
        return row.peer(slot).toInetSocketAddress();
    }

    @Override
    public void answer(int slot, byte[] answer, int length) {
        row.copyFrom(answer, length, slot);
        row.sendFromAny(slot);
        answered[slot] = true;
    }

    @Override
    public void send() throws IOException {
        int refused = 0;
        int slot = 0;
        while (slot < count) {
            int end = slot;
            while (end < count && answered[end]) {
                end++;
            }
            while (slot < end) {
                int sent = row.send(socket, slot, end - slot);
                refused = sent < 0 ? sent : refused;
                slot += Math.max(1, sent); // one that cannot be sent is passed over: its asker asks again
            }
            slot = end + 1;
        }
        if (refused < 0) {
            throw failure("send an answer", refused);
        }
    }

    @Override
    public void sendLater(byte[] answer, InetSocketAddress to) throws IOException {
        synchronized (lock) {
            if (closed) {
                throw new ClosedChannelException();
            }
            late.peer(0).set(to.getAddress(), to.getPort());
            late.copyFrom(answer, answer.length, 0);
            late.sendFromAny(0);
            int sent = late.send(socket, 0, 1);
            if (sent < 0) {
                throw failure("send an answer", sent);
            }
        }
    }

    @Override
    public boolean isV6() {
        return v6;
    }

    /** The thread that receives lets go of the socket itself, so that none other gets its number meanwhile. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            if (released.getCount() == 0) {
                return;
            }
            if (reader == null || reader.equals(Thread.currentThread()) || !reader.isAlive()) {
                epoll.close();
                calls.close(socket);
                released.countDown();
                return;
            }
            epoll.wake();
        }
        try {
            released.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
