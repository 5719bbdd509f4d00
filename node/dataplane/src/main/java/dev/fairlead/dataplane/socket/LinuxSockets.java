// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.socket;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.SocketOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of the Linux kernel by its own calls: edge-triggered epoll, so that a connection costs one registration and no
 * more, and foreign addresses where the process may use them. They belong to the network namespace of the thread that
 * makes them: run the loop on a thread that has entered the right one.
 */
public final class LinuxSockets implements Sockets {
    private static final int SCRATCH = 64 * 1024;
    private static final int EVENTS = 512;
    private static final int STREAM = Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.EDGE;

    private final dev.fairlead.kernel.socket.Sockets calls = new dev.fairlead.kernel.socket.Sockets();
    private final Epoll epoll = new Epoll(EVENTS);
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
    private final MemorySegment memory = MemorySegment.ofBuffer(scratch);
    private final SocketAddress address = new SocketAddress();
    private final SocketAddress sender = new SocketAddress();
    private final boolean transparent;
    private final @Nullable Door door;
    private int[] generations = new int[1024];
    private @Nullable InetSocketAddress peer;

    /**
     * Opens an epoll; the sockets come later.
     *
     * @param transparent whether connections may come from foreign addresses: needs CAP_NET_ADMIN, and routes that bring
     *     the answers back
     */
    public LinuxSockets(boolean transparent) {
        this.transparent = transparent;
        this.door = null;
    }

    /** Runs work on a thread that stands in another network namespace, and waits for its result. */
    public interface Door {
        /** What {@code work} gives, run there. */
        int call(IntSupplier work);
    }

    /** Sockets that listen where {@code door} leads, and connect in the namespace of the thread that makes them. */
    public LinuxSockets(Door door) {
        this.transparent = false;
        this.door = door;
    }

    @Override
    public InetSocketAddress peer() {
        if (peer == null) {
            peer = sender.toInetSocketAddress();
        }
        return peer;
    }

    @Override
    public ByteBuffer scratch() {
        return scratch;
    }

    @Override
    public int listen(InetSocketAddress at, int backlog) throws IOException {
        int fd = require("listen at " + text(at), listenThere(set(at), backlog));
        calls.set(fd, SocketOption.NODELAY, 1); // what is accepted inherits it: one call less a connection
        watch(fd, Epoll.IN | Epoll.EDGE);
        return fd;
    }

    private int listenThere(SocketAddress at, int backlog) {
        return door == null ? calls.listenTcp(at, backlog) : door.call(() -> calls.listenTcp(at, backlog));
    }

    @Override
    public int accept(int listener) throws IOException {
        int fd = calls.accept(listener, sender);
        if (fd < 0) {
            if (fd == -Errno.EAGAIN || fd == -Errno.ECONNABORTED) {
                return BLOCKED;
            }
            require("accept", fd);
        }
        peer = null;
        return fd;
    }

    @Override
    public int connect(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException {
        set(to);
        int family = address.family();
        int fd = require("open a socket", calls.tcp(family));
        calls.set(fd, SocketOption.NODELAY, 1);
        if (from != null) {
            calls.transparent(fd, family);
            calls.set(fd, SocketOption.BIND_ADDRESS_NO_PORT, 1); // the port is chosen by the whole 4-tuple
            int bound = calls.bind(fd, address.set(from.getAddress(), 0));
            if (bound < 0) {
                calls.close(fd);
                return BROKEN;
            }
            set(to);
        }
        int result = calls.connect(fd, address);
        if (result < 0 && result != -Errno.EINPROGRESS) {
            calls.close(fd);
            return BROKEN;
        }
        watch(fd, STREAM);
        return fd;
    }

    @Override
    public void watch(int handle) throws IOException {
        watch(handle, STREAM);
    }

    @Override
    public boolean connected(int handle) {
        return calls.error(handle) == 0;
    }

    @Override
    public int receive(int handle) {
        int count = calls.recv(handle, memory, 0, SCRATCH);
        return count >= 0 ? count : count == -Errno.EAGAIN ? BLOCKED : BROKEN;
    }

    @Override
    public int send(int handle, int offset, int length) {
        int count = calls.send(handle, memory, offset, length);
        return count >= 0 ? count : count == -Errno.EAGAIN ? BLOCKED : BROKEN;
    }

    @Override
    public void reading(int handle, boolean wanted) {
        // edges are reported once: what is not received does not report itself again
    }

    @Override
    public void shutdownOutput(int handle) {
        calls.shutdown(handle, dev.fairlead.kernel.socket.Sockets.SHUT_WR);
    }

    @Override
    public int datagrams(@Nullable InetSocketAddress at, @Nullable InetSocketAddress to) throws IOException {
        InetSocketAddress either = at != null ? at : to;
        if (either == null) {
            throw new IllegalArgumentException("a socket for datagrams needs an address of either side");
        }
        int family = set(either).family();
        int fd = require("open a socket", calls.udp(family));
        if (at != null) {
            if (to == null) {
                calls.set(fd, SocketOption.REUSEADDR, 0);
            } else {
                calls.transparent(fd, family);
                calls.set(fd, SocketOption.REUSEADDR, 1); // one client may have flows to several endpoints
            }
            requireOrClose(fd, "bind " + text(at), calls.bind(fd, set(at)));
        }
        if (to != null) {
            requireOrClose(fd, "connect to " + text(to), calls.connect(fd, set(to)));
        }
        watch(fd, Epoll.IN | Epoll.EDGE);
        return fd;
    }

    @Override
    public int receiveFrom(int handle) {
        int count = calls.recvFrom(handle, memory, 0, SCRATCH, sender);
        if (count < 0) {
            return count == -Errno.EAGAIN ? BLOCKED : BROKEN;
        }
        peer = null;
        return count + 1;
    }

    @Override
    public void sendTo(int handle, int length, InetSocketAddress to) {
        calls.sendTo(handle, memory, 0, length, set(to)); // a datagram that cannot be sent is lost
    }

    @Override
    public void close(int handle, boolean reset) {
        if (reset) {
            calls.resetOnClose(handle);
        }
        generations[handle]++;
        calls.close(handle);
    }

    @Override
    public void settle() {
        // closing takes effect at once
    }

    @Override
    public InetSocketAddress bound(int handle) throws IOException {
        require("ask for an address", calls.localAddress(handle, address));
        return address.toInetSocketAddress();
    }

    @Override
    public boolean transparent() {
        return transparent;
    }

    @Override
    public void poll(long millis, Ready ready) throws IOException {
        int count = epoll.await((int) millis);
        for (int i = 0; i < count; i++) {
            long token = epoll.token(i);
            int handle = (int) token;
            if (generations[handle] != (int) (token >>> 32)) {
                continue; // closed by what an earlier report of this turn made us do
            }
            int events = epoll.events(i);
            int what = (events & Epoll.IN) != 0 ? READABLE : 0;
            what |= (events & Epoll.OUT) != 0 ? WRITABLE : 0;
            what |= (events & (Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0 ? HANGUP : 0;
            ready.ready(handle, what);
        }
    }

    @Override
    public void wake() {
        epoll.wake();
    }

    @Override
    public void close() {
        epoll.close();
    }

    private void watch(int fd, int events) throws IOException {
        if (fd >= generations.length) {
            generations = Arrays.copyOf(generations, Math.max(fd + 1, generations.length * 2));
        }
        requireOrClose(fd, "watch a socket", epoll.add(fd, events, (long) generations[fd] << 32 | fd));
    }

    private SocketAddress set(InetSocketAddress to) {
        return address.set(to.getAddress(), to.getPort());
    }

    private int require(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + ": " + Errno.name(-result));
        }
        return result;
    }

    private void requireOrClose(int fd, String what, int result) throws IOException {
        if (result < 0) {
            calls.close(fd);
            require(what, result);
        }
    }

    private static String text(InetSocketAddress at) {
        return at.getAddress().getHostAddress() + " port " + at.getPort();
    }
}
