// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * System calls on sockets, for one thread: it owns the scratch memory the calls need, so that none allocates.
 *
 * <p>Every result is what the kernel gives: a descriptor, a count of bytes or 0, and in case of an error its negative
 * number ({@code -Errno.EAGAIN}: not now; ask {@link Epoll}). Descriptors are non-blocking and close-on-exec. Buffers are
 * native segments; an offset and length outside them throws before the kernel is asked.
 */
public final class Sockets {
    // linux/net.h, asm-generic/fcntl.h
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_FLAGS = 02000000 | 04000; // SOCK_CLOEXEC | SOCK_NONBLOCK
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_MORE = 0x8000;

    /** For {@link #shutdown}: no more reading. */
    public static final int SHUT_RD = 0;

    /** For {@link #shutdown}: no more writing; the peer reads the end of the stream. */
    public static final int SHUT_WR = 1;

    /** {@code SPLICE_F_MOVE | SPLICE_F_NONBLOCK}, linux/splice.h. */
    private static final int SPLICE_FLAGS = 1 | 2;

    private static final int F_SETPIPE_SZ = 1031;

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;

    // constants of the JIT, where an enum's field would be a load
    private static final long RECVFROM = SystemCall.RECVFROM.number();
    private static final long SENDTO = SystemCall.SENDTO.number();
    private static final long ACCEPT4 = SystemCall.ACCEPT4.number();
    private static final long CONNECT = SystemCall.CONNECT.number();
    private static final long CLOSE = SystemCall.CLOSE.number();
    private static final long SHUTDOWN = SystemCall.SHUTDOWN.number();
    private static final long SOCKET = SystemCall.SOCKET.number();
    private static final long BIND = SystemCall.BIND.number();
    private static final long LISTEN = SystemCall.LISTEN.number();
    private static final long SETSOCKOPT = SystemCall.SETSOCKOPT.number();
    private static final long GETSOCKOPT = SystemCall.GETSOCKOPT.number();
    private static final long GETSOCKNAME = SystemCall.GETSOCKNAME.number();
    private static final long GETPEERNAME = SystemCall.GETPEERNAME.number();
    private static final long SPLICE = SystemCall.SPLICE.number();
    private static final long PIPE2 = SystemCall.PIPE2.number();
    private static final long FCNTL = SystemCall.FCNTL.number();

    private final MemorySegment state = Arena.ofAuto().allocate(Libc.CALL_STATE);
    private final MemorySegment ints = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment value = ints.asSlice(0, 4);
    private final MemorySegment length = ints.asSlice(8, 4);

    /** Off the hot path: turns a negative result into an exception, hands on any other. */
    public static int require(String operation, int result) {
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        return result;
    }

    /**
     * A TCP socket in the network namespace of the calling thread.
     *
     * @param family {@link SocketAddress#IPV4} or {@link SocketAddress#IPV6}; the latter for IPv6 alone
     */
    public int tcp(int family) {
        return socket(family, SOCK_STREAM);
    }

    /** A UDP socket, otherwise as {@link #tcp}. */
    public int udp(int family) {
        return socket(family, SOCK_DGRAM);
    }

    private int socket(int family, int type) {
        int fd = call(SOCKET, family, type | SOCK_FLAGS, 0, 0, 0, 0);
        if (fd >= 0 && family == SocketAddress.IPV6) {
            int result = set(fd, SocketOption.V6ONLY, 1);
            if (result < 0) {
                close(fd);
                return result;
            }
        }
        return fd;
    }

    /**
     * Off the hot path: socket, SO_REUSEADDR, bind and listen in one.
     *
     * @param backlog connections waiting for {@link #accept}, at most net.core.somaxconn
     * @return the listening descriptor; -EADDRINUSE, -EADDRNOTAVAIL, -EACCES …
     */
    public int listenTcp(SocketAddress local, int backlog) {
        return listenTcp(local, backlog, null);
    }

    /** The same, hearing only those whom {@code filter} lets pass, from the first packet on. */
    public int listenTcp(SocketAddress local, int backlog, @Nullable SourceFilter filter) {
        int fd = tcp(local.family());
        if (fd < 0) {
            return fd;
        }
        int result = set(fd, SocketOption.REUSEADDR, 1);
        result = result < 0 || filter == null ? result : filter(fd, filter);
        result = result < 0 ? result : bind(fd, local);
        result = result < 0 ? result : listen(fd, backlog);
        if (result < 0) {
            close(fd);
            return result;
        }
        return fd;
    }

    /** Makes a socket hear only those whom {@code filter} lets pass, instead of the filter before; null: everybody. */
    public int filter(int fd, @Nullable SourceFilter filter) {
        if (filter == null) {
            int result = call(SETSOCKOPT, fd, SOL_SOCKET, SO_DETACH_FILTER, value.address(), 4, 0);
            return result == -Errno.ENOENT ? 0 : result; // there was none
        }
        try {
            return call(
                    SETSOCKOPT,
                    fd,
                    SOL_SOCKET,
                    SO_ATTACH_FILTER,
                    filter.reference().address(),
                    16,
                    0);
        } finally {
            Reference.reachabilityFence(filter);
        }
    }

    public int bind(int fd, SocketAddress local) {
        return call(BIND, fd, local.pointer(), local.length(), 0, 0, 0);
    }

    public int listen(int fd, int backlog) {
        return call(LISTEN, fd, backlog, 0, 0, 0, 0);
    }

    /** The next connection, -EAGAIN when there is none; its other side is written to {@code peer}. */
    public int accept(int fd, SocketAddress peer) {
        length.set(ValueLayout.JAVA_INT, 0, SocketAddress.SIZE);
        return call(ACCEPT4, fd, peer.pointer(), length.address(), SOCK_FLAGS, 0, 0);
    }

    /** For TCP -EINPROGRESS as a rule: wait for {@link Epoll#OUT}, then ask {@link #error}. */
    public int connect(int fd, SocketAddress remote) {
        return call(CONNECT, fd, remote.pointer(), remote.length(), 0, 0, 0);
    }

    /** Reads once; 0 is the end of the stream (or an empty datagram). */
    public int recv(int fd, MemorySegment buffer, long offset, long count) {
        Objects.checkFromIndexSize(offset, count, buffer.byteSize());
        return call(RECVFROM, fd, buffer.address() + offset, count, 0, 0, 0);
    }

    /** Writes once, perhaps less than asked for; never raises SIGPIPE. */
    public int send(int fd, MemorySegment buffer, long offset, long count) {
        Objects.checkFromIndexSize(offset, count, buffer.byteSize());
        return call(SENDTO, fd, buffer.address() + offset, count, MSG_NOSIGNAL, 0, 0);
    }

    /** The same, but small packets may wait for what follows: more bytes, {@link #shutdown} or {@link #close}. */
    public int sendBeforeMore(int fd, MemorySegment buffer, long offset, long count) {
        Objects.checkFromIndexSize(offset, count, buffer.byteSize());
        return call(SENDTO, fd, buffer.address() + offset, count, MSG_NOSIGNAL | MSG_MORE, 0, 0);
    }

    /** Reads one datagram and its sender; what does not fit is lost. {@link Datagrams} takes many at once. */
    public int recvFrom(int fd, MemorySegment buffer, long offset, long count, SocketAddress sender) {
        Objects.checkFromIndexSize(offset, count, buffer.byteSize());
        length.set(ValueLayout.JAVA_INT, 0, SocketAddress.SIZE);
        return call(RECVFROM, fd, buffer.address() + offset, count, 0, sender.pointer(), length.address());
    }

    /** Writes one datagram. */
    public int sendTo(int fd, MemorySegment buffer, long offset, long count, SocketAddress receiver) {
        Objects.checkFromIndexSize(offset, count, buffer.byteSize());
        return call(SENDTO, fd, buffer.address() + offset, count, MSG_NOSIGNAL, receiver.pointer(), receiver.length());
    }

    /** Ends one direction, {@link #SHUT_RD} or {@link #SHUT_WR}; -ENOTCONN when the peer has reset meanwhile. */
    public int shutdown(int fd, int how) {
        return call(SHUTDOWN, fd, how, 0, 0, 0, 0);
    }

    /** Never to be repeated, whatever it gives: the descriptor is free afterwards. Leaves every {@link Epoll}. */
    public int close(int fd) {
        return call(CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /** The pending error of a socket (SO_ERROR), negative as ever: 0 when a connect has succeeded. */
    public int error(int fd) {
        int result = get(fd, SocketOption.ERROR);
        return result > 0 ? -result : result;
    }

    /** Sets an option; 0 or -errno (-EPERM for those that need CAP_NET_ADMIN). */
    public int set(int fd, SocketOption option, int newValue) {
        value.set(ValueLayout.JAVA_INT, 0, newValue);
        return call(SETSOCKOPT, fd, option.level(), option.number(), value.address(), 4, 0);
    }

    /** The value of an option that cannot be negative, or -errno. */
    public int get(int fd, SocketOption option) {
        length.set(ValueLayout.JAVA_INT, 0, 4);
        int result = call(GETSOCKOPT, fd, option.level(), option.number(), value.address(), length.address(), 0);
        return result < 0 ? result : value.get(ValueLayout.JAVA_INT, 0);
    }

    /**
     * Closing will reset the connection (SO_LINGER with 0 seconds): the peer learns that its data was not processed.
     */
    public int resetOnClose(int fd) {
        ints.set(ValueLayout.JAVA_INT, 0, 1); // struct linger {int l_onoff; int l_linger}
        ints.set(ValueLayout.JAVA_INT, 4, 0);
        return call(SETSOCKOPT, fd, 1, 13, ints.address(), 8, 0);
    }

    /** Lets the socket have foreign addresses: IP_TRANSPARENT or IPV6_TRANSPARENT. Needs CAP_NET_ADMIN. */
    public int transparent(int fd, int family) {
        return set(fd, family == SocketAddress.IPV4 ? SocketOption.TRANSPARENT_V4 : SocketOption.TRANSPARENT_V6, 1);
    }

    public int localAddress(int fd, SocketAddress into) {
        length.set(ValueLayout.JAVA_INT, 0, SocketAddress.SIZE);
        return call(GETSOCKNAME, fd, into.pointer(), length.address(), 0, 0, 0);
    }

    public int peerAddress(int fd, SocketAddress into) {
        length.set(ValueLayout.JAVA_INT, 0, SocketAddress.SIZE);
        return call(GETPEERNAME, fd, into.pointer(), length.address(), 0, 0, 0);
    }

    /**
     * A non-blocking pipe for {@link #splice}.
     *
     * @param capacity in bytes, a power of two up to fs.pipe-max-size; 0 for the kernel's usual 64 KiB
     * @return the reading end in the low and the writing end in the high 32 bits, or -errno
     */
    public long pipe(int capacity) {
        int result = call(PIPE2, ints.address(), SOCK_FLAGS, 0, 0, 0, 0);
        if (result < 0) {
            return result;
        }
        int reading = ints.get(ValueLayout.JAVA_INT, 0);
        int writing = ints.get(ValueLayout.JAVA_INT, 4);
        if (capacity > 0) {
            // a refusal (the user's pipe pages are used up) leaves the usual size, which works too
            call(FCNTL, writing, F_SETPIPE_SZ, capacity, 0, 0, 0);
        }
        return (long) writing << 32 | reading;
    }

    /** Moves bytes between a pipe and a socket, in either direction, without showing them to us; 0 is the end. */
    public int splice(int from, int to, long count) {
        return call(SPLICE, from, 0, to, 0, count, SPLICE_FLAGS);
    }

    /** Whether a result says "not now". */
    public static boolean isNotNow(int result) {
        return result == -Errno.EAGAIN;
    }

    private int call(long number, long a, long b, long c, long d, long e, long f) {
        return (int) SystemCalls.quick(state, number, a, b, c, d, e, f);
    }
}
