// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.socket;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.socket.Epoll;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.SocketOption;
import dev.fairlead.kernel.socket.SourceFilter;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
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
    private final int mark;
    private final @Nullable Door door;
    private final boolean foreign;
    private int[] generations = new int[1024];
    private @Nullable InetSocketAddress peer;

    /** Sockets that come from this machine's own addresses. */
    public LinuxSockets() {
        this(false, 0, null, false);
    }

    /**
     * Sockets that may come from foreign addresses: needs CAP_NET_ADMIN, and routes that bring the answers back.
     *
     * @param mark the mark such sockets must have for that ({@code TransparentReplies.socketMark()}), 0 for none
     */
    public static LinuxSockets transparent(int mark) {
        return new LinuxSockets(true, mark, null, false);
    }

    /** Sockets that listen where {@code door} leads, and connect in the namespace of the thread that makes them. */
    public LinuxSockets(Door door) {
        this(false, 0, door, false);
    }

    /**
     * The same, and connections to foreign addresses that are led to a listener are accepted as what they are: needs
     * CAP_NET_ADMIN over the namespace behind the door.
     */
    public static LinuxSockets acceptingForeign(Door door) {
        return new LinuxSockets(false, 0, door, true);
    }

    private LinuxSockets(boolean transparent, int mark, @Nullable Door door, boolean foreign) {
        this.transparent = transparent;
        this.mark = mark;
        this.door = door;
        this.foreign = foreign;
    }

    /** Runs work on a thread that stands in another network namespace, and waits for its result. */
    public interface Door {
        /** What {@code work} gives, run there. */
        int call(IntSupplier work);
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
    public int listen(InetSocketAddress at, int backlog, Admission who) throws IOException {
        SourceFilter filter = filter(at, who);
        int fd = require("listen at " + text(at), there(() -> calls.listenTcp(set(at), backlog, filter)));
        if (foreign) {
            requireOrClose(fd, "accept for others", calls.transparent(fd, set(at).family()));
        }
        calls.set(fd, SocketOption.NODELAY, 1); // what is accepted inherits it: one call less a connection
        watch(fd, Epoll.IN | Epoll.EDGE);
        return fd;
    }

    private int there(IntSupplier work) {
        return door == null ? work.getAsInt() : door.call(work);
    }

    @Override
    public void admit(int handle, Admission who) throws IOException {
        require("filter a socket", calls.filter(handle, filter(bound(handle), who)));
    }

    private static @Nullable SourceFilter filter(InetSocketAddress at, Admission who) throws IOException {
        if (who.everybody()) {
            return null;
        }
        List<List<SourceFilter.Block>> lists = who.lists().stream()
                .map(list -> list.stream().map(LinuxSockets::block).toList())
                .toList();
        try {
            return SourceFilter.of(at.getAddress().getAddress().length == 16, lists);
        } catch (IllegalArgumentException tooMany) {
            throw new IOException("cannot tell so many blocks of clients apart: " + tooMany.getMessage(), tooMany);
        }
    }

    private static SourceFilter.Block block(Cidr block) {
        return new SourceFilter.Block(Inet.address(block.base()), block.prefix());
    }

    @Override
    public boolean filters() {
        return true;
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
            becomeTransparent(fd, family);
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
    public int send(int handle, int offset, int length, boolean last) {
        int count = last
                ? calls.sendBeforeMore(handle, memory, offset, length)
                : calls.send(handle, memory, offset, length);
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

    private void becomeTransparent(int fd, int family) {
        calls.transparent(fd, family);
        if (mark != 0) {
            calls.set(fd, SocketOption.MARK, mark);
        }
    }

    @Override
    public int receive(InetSocketAddress at, Admission who) throws IOException {
        SourceFilter filter = filter(at, who);
        int fd = require("open a socket", there(() -> calls.udp(set(at).family())));
        if (filter != null) {
            requireOrClose(fd, "filter a socket", calls.filter(fd, filter));
        }
        requireOrClose(fd, "bind " + text(at), calls.bind(fd, set(at)));
        watch(fd, Epoll.IN | Epoll.EDGE);
        return fd;
    }

    @Override
    public int exchange(@Nullable InetSocketAddress from, InetSocketAddress to) throws IOException {
        int family = set(to).family();
        int fd = require("open a socket", calls.udp(family));
        if (from != null) {
            becomeTransparent(fd, family);
            calls.set(fd, SocketOption.REUSEADDR, 1); // one client may have flows to several endpoints
            requireOrClose(fd, "bind " + text(from), calls.bind(fd, set(from)));
        }
        requireOrClose(fd, "connect to " + text(to), calls.connect(fd, set(to)));
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
            what |= (events & (Epoll.RDHUP | Epoll.ERR)) == Epoll.RDHUP ? LAST : 0;
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
