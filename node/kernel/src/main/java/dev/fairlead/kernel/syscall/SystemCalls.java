// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.syscall;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls by number, the result as the kernel gives it: a non-negative value, or the negative error number.
 *
 * <p>All go through libc's {@code syscall(2)}; its cost over a direct function is not measurable, and neither was
 * {@code Linker.Option.critical} (both 131 ns for getuid on the machine this was written on), so no call holds up a
 * safepoint. Pointers are addresses of native segments: the caller keeps the segment alive over the call.
 */
public final class SystemCalls {
    private static final MethodHandle SYSCALL = Libc.function("syscall");

    private SystemCalls() {}

    /**
     * The hot path: allocates nothing.
     *
     * @param state a segment of {@link Libc#CALL_STATE} that no other thread uses meanwhile
     * @return the result, or -errno
     */
    public static long quick(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        }
        return result == -1 ? -Libc.errno(state) : result;
    }

    /** Off the hot path: the result or -errno, arguments beyond those given are 0. */
    public static long attempt(SystemCall call, long... arguments) {
        long[] all = java.util.Arrays.copyOf(arguments, 6);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.CALL_STATE);
            return quick(state, call.number(), all[0], all[1], all[2], all[3], all[4], all[5]);
        }
    }

    /** Like {@link #attempt}, and an error becomes an exception. EINTR is not retried: our threads get no signals. */
    public static long require(String operation, SystemCall call, long... arguments) {
        long result = attempt(call, arguments);
        if (result < 0) {
            throw new KernelException(operation, (int) -result);
        }
        return result;
    }

    /** {@code open(2)} with O_CLOEXEC added; the mode of a new file is 0644; never 0, 1 or 2. */
    public static int open(String path, int flags) {
        int descriptor;
        try (Arena arena = Arena.ofConfined()) {
            descriptor = (int) require(
                    "open " + path,
                    SystemCall.OPENAT,
                    AT_FDCWD,
                    arena.allocateFrom(path).address(),
                    flags | O_CLOEXEC,
                    0644);
        }
        if (descriptor > 2) {
            return descriptor;
        }
        // whoever started the JVM had closed them; a child's streams are put there later
        try {
            return duplicate(descriptor);
        } finally {
            close(descriptor);
        }
    }

    public static void close(int descriptor) {
        attempt(SystemCall.CLOSE, descriptor);
    }

    /** Waits until the descriptor is readable. For threads of our own only: it blocks the carrier of a virtual one. */
    public static void awaitReadable(int descriptor) {
        await(-1, POLLIN, descriptor);
    }

    /**
     * Waits until one of the descriptors is ready, or broken. For threads of our own only.
     *
     * @param millis for how long at most; negative for ever
     * @param events what the first is to be ready for, {@link #POLLIN} or {@link #POLLOUT}; the others are to be readable
     * @return false when the time is over
     */
    public static boolean await(long millis, short events, int... descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd {int fd; short events; short revents} (uapi/asm-generic/poll.h)
            MemorySegment polls = arena.allocate(8L * descriptors.length, 4);
            for (int i = 0; i < descriptors.length; i++) {
                polls.set(ValueLayout.JAVA_INT, 8L * i, descriptors[i]);
                polls.set(ValueLayout.JAVA_SHORT, 8L * i + 4, i == 0 ? events : POLLIN);
            }
            // struct timespec {long seconds; long nanoseconds}
            MemorySegment patience =
                    arena.allocateFrom(ValueLayout.JAVA_LONG, millis / 1000, millis % 1000 * 1_000_000);
            long bound = millis < 0 ? 0 : patience.address();
            long result;
            do {
                result = attempt(SystemCall.PPOLL, polls.address(), descriptors.length, bound, 0, 0);
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw new KernelException("poll", (int) -result);
            }
            return result > 0;
        }
    }

    /** Another number for the same descriptor, closed at exec; never 0, 1 or 2. */
    public static int duplicate(int descriptor) {
        return (int) require("duplicate a descriptor", SystemCall.FCNTL, descriptor, F_DUPFD_CLOEXEC, 3);
    }

    // uapi/linux/fcntl.h, asm-generic/fcntl.h
    public static final int AT_FDCWD = -100;
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0100;
    public static final int O_NOCTTY = 0400;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_CLOEXEC = 02000000;
    public static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    public static final short POLLIN = 1;
    public static final short POLLOUT = 4;
}
