// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.message;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket of one namespace. The kernel works on a request while it is being sent: when send returns, answers
 * and errors are queued already.
 */
public final class NetlinkSocket implements AutoCloseable {
    public static final int ROUTE = 0;
    public static final int SOCK_DIAG = 4;
    public static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int CONSISTENT_ATTEMPTS = 20;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final long HEADER = 16;
    /** A part of a list is at most 32 KiB long; the answer about one object may be longer. */
    private static final int LIST_PART = 1 << 15;

    private static final int LONGEST = 1 << 17;
    private static final long KEPT_BY_KERNEL = 32; // netlink_sendmsg

    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final MemorySegment state = Arena.ofAuto().allocate(Libc.CALL_STATE);
    private final MemorySegment received;

    private NetlinkSocket(int descriptor, int longest) {
        this.descriptor = descriptor;
        this.received = Arena.ofAuto().allocate(longest, 8);
    }

    public static NetlinkSocket open(Namespace namespace, int protocol) {
        return namespace.call(() -> here(protocol));
    }

    /**
     * The same with another room for answers that wait to be read.
     *
     * @param answers in bytes; the kernel takes its least, some 2 KiB, for less. Beyond it answers are lost
     */
    public static NetlinkSocket open(Namespace namespace, int protocol, int answers) {
        return namespace.call(() -> here(protocol, answers));
    }

    /** In the namespace of the calling thread. */
    public static NetlinkSocket here(int protocol) {
        return here(protocol, protocol == NETFILTER ? 8 << 20 : 1 << 20);
    }

    private static NetlinkSocket here(int protocol, int answers) {
        int fd = (int)
                SystemCalls.require("open netlink socket", SystemCall.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
        option(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        option(fd, SOL_SOCKET, SO_RCVBUF, answers);
        if (protocol == NETFILTER) {
            // a batch is one datagram, and a whole table may be one batch; needs CAP_NET_ADMIN over the host, and
            // processes of user namespaces have what net.core.wmem_max lets everybody have
            option(fd, SOL_SOCKET, SO_SNDBUF, 64 << 20);
            option(fd, SOL_SOCKET, SO_SNDBUFFORCE, 64 << 20);
            option(fd, SOL_SOCKET, SO_RCVBUFFORCE, answers);
        }
        return new NetlinkSocket(fd, protocol == SOCK_DIAG ? LIST_PART : LONGEST);
    }

    private static void option(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            // refused by older kernels only, and then errors have less text
            SystemCalls.attempt(SystemCall.SETSOCKOPT, fd, level, option, number.address(), 4);
        }
    }

    /** How many bytes may be sent at once; more is refused (EMSGSIZE). */
    public long longest() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(4, 4);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
            SystemCalls.require(
                    "ask a socket for its buffer",
                    SystemCall.GETSOCKOPT,
                    descriptor,
                    SOL_SOCKET,
                    SO_SNDBUF,
                    value.address(),
                    length.address());
            return value.get(ValueLayout.JAVA_INT, 0) - KEPT_BY_KERNEL;
        }
    }

    /**
     * Sends all that was written and throws the first error among the answers; ENOBUFS when answers were lost and none of the
     * others is an error.
     */
    public void execute(String operation, MessageWriter messages) {
        send(operation, messages);
        KernelException first = null;
        boolean lost = false;
        while (true) {
            int count = receive(MSG_DONTWAIT);
            if (count == -Errno.EAGAIN) {
                break;
            }
            if (count == -Errno.ENOBUFS) {
                lost = true; // what is there has to be read all the same, or the next answer finds no room
                continue;
            }
            if (count < 0) {
                throw new KernelException(operation, -count);
            }
            for (long at = 0; at + HEADER <= count; at = next(at)) {
                KernelException error = errorAt(operation, at);
                first = first == null ? error : first;
            }
        }
        if (first != null) {
            throw first;
        }
        if (lost) {
            throw new KernelException(operation, Errno.ENOBUFS);
        }
    }

    /**
     * Sends a request for objects, one ({@code ACK}) or all ({@code DUMP}), and gives what the function makes of each
     * answer's body (after the netlink header), where that is not null.
     */
    public <T> List<T> list(String operation, MessageWriter request, Function<MemorySegment, @Nullable T> function) {
        List<T> found = new ArrayList<>();
        for (int attempt = 0; attempt < CONSISTENT_ATTEMPTS; attempt++) {
            found.clear();
            send(operation, request);
            if (readAnswers(operation, request.sequence(), function, found)) {
                return found;
            }
        }
        throw new KernelException(
                operation, Errno.EAGAIN, "the list changed, or parts of it were lost, each time it was read");
    }

    /** False when the list may be incomplete: the kernel says that it changed while it was read, or that answers were lost. */
    private <T> boolean readAnswers(
            String operation, int sequence, Function<MemorySegment, @Nullable T> function, List<T> found) {
        boolean consistent = true;
        while (true) {
            int count = receive(0);
            if (count == -Errno.ENOBUFS) {
                drain();
                return false;
            }
            if (count < 0) {
                throw new KernelException(operation, -count);
            }
            for (long at = 0; at + HEADER <= count; at = next(at)) {
                if (received.get(ValueLayout.JAVA_INT, at + 8) != sequence) {
                    continue; // left over from a request that was given up
                }
                consistent &= (received.get(ValueLayout.JAVA_SHORT, at + 6) & NLM_F_DUMP_INTR) == 0;
                int type = received.get(ValueLayout.JAVA_SHORT, at + 4);
                KernelException error = errorAt(operation, at);
                if (error != null) {
                    throw error;
                }
                if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                    return consistent;
                }
                T object =
                        function.apply(received.asSlice(at + HEADER, received.get(ValueLayout.JAVA_INT, at) - HEADER));
                if (object != null) {
                    found.add(object);
                }
            }
        }
    }

    private void send(String operation, MessageWriter messages) {
        if (!open.get()) {
            throw new IllegalStateException(operation + ": the netlink socket is closed");
        }
        long sent = SystemCalls.quick(
                state, SystemCall.SENDTO.number(), descriptor, messages.memory().address(), messages.length(), 0, 0, 0);
        if (sent < 0) {
            throw new KernelException(operation, (int) -sent);
        }
    }

    /** Reads what is there, for nobody: it makes room. */
    private void drain() {
        int count = 0;
        while (count >= 0 || count == -Errno.ENOBUFS) {
            count = receive(MSG_DONTWAIT);
        }
    }

    private int receive(int flags) {
        return (int) SystemCalls.quick(
                state, SystemCall.RECVFROM.number(), descriptor, received.address(), received.byteSize(), flags, 0, 0);
    }

    private long next(long at) {
        return at + ((received.get(ValueLayout.JAVA_INT, at) + 3) & ~3);
    }

    /** Null for anything but an error (an acknowledgement is an error message with the number 0). */
    private @Nullable KernelException errorAt(String operation, long at) {
        if (received.get(ValueLayout.JAVA_SHORT, at + 4) != NLMSG_ERROR) {
            return null;
        }
        int error = received.get(ValueLayout.JAVA_INT, at + HEADER);
        if (error == 0) {
            return null;
        }
        int flags = received.get(ValueLayout.JAVA_SHORT, at + 6) & 0xffff;
        String text = "";
        if ((flags & NLM_F_ACK_TLVS) != 0) {
            // after the number comes the header of the request, and unless capped the whole of it
            long echoed = (flags & NLM_F_CAPPED) != 0 ? HEADER : received.get(ValueLayout.JAVA_INT, at + HEADER + 4);
            long start = at + HEADER + 4 + ((echoed + 3) & ~3);
            long end = at + received.get(ValueLayout.JAVA_INT, at);
            text = new Attributes(received.asSlice(start, end - start)).text(NLMSGERR_ATTR_MSG);
        }
        return new KernelException(operation, -error, text);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(descriptor);
        }
    }
}
