// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * One end of a pipe or of a terminal, as Java's streams. Nobody closes it while somebody uses it: whoever waits is woken by
 * the bell first.
 */
final class Descriptor {
    private static final int MOST = 64 * 1024;
    /** What a terminal was given just before its end is readable a moment later. */
    private static final long LAST_WORDS_MILLIS = 100;

    private final int number;
    private final int bell;
    private boolean closed;

    /** @param bell a descriptor that becomes readable, and stays so, when nothing more is to come */
    Descriptor(int number, int bell) {
        this.number = number;
        this.bell = bell;
    }

    int number() {
        return number;
    }

    /** Sets O_NONBLOCK. */
    Descriptor neverBlocking() {
        SystemCalls.require("set a pipe", SystemCall.FCNTL, number, SystemCalls.F_SETFL, SystemCalls.O_NONBLOCK);
        return this;
    }

    InputStream reading() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                Objects.checkFromIndexSize(from, length, into.length);
                return take(into, from, Math.min(length, MOST));
            }
        };
    }

    OutputStream writing(Runnable close) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                Objects.checkFromIndexSize(from, length, bytes.length);
                for (int done = 0; done < length; ) {
                    done += give(bytes, from + done, Math.min(length - done, MOST));
                }
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    private synchronized int take(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(length);
            boolean last = false;
            while (!closed) {
                long count = SystemCalls.attempt(SystemCall.READ, number, buffer.address(), length);
                if (count > 0) {
                    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, from, (int) count);
                    return (int) count;
                }
                boolean later = count == -Errno.EAGAIN || count == -Errno.EINTR;
                if (!later || last && !SystemCalls.await(LAST_WORDS_MILLIS, SystemCalls.POLLIN, number)) {
                    return ended(count, later);
                }
                if (!last) {
                    SystemCalls.await(-1, SystemCalls.POLLIN, number, bell);
                    last = SystemCalls.await(0, SystemCalls.POLLIN, bell);
                }
            }
            return -1;
        }
    }

    /** A terminal that nobody holds open any more says EIO. */
    private static int ended(long result, boolean later) throws IOException {
        if (later || result == 0 || result == -Errno.EIO) {
            return -1;
        }
        throw new IOException(new KernelException("read", (int) -result));
    }

    private synchronized int give(byte[] bytes, int from, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(length);
            MemorySegment.copy(bytes, from, buffer, ValueLayout.JAVA_BYTE, 0, length);
            while (!closed && !SystemCalls.await(0, SystemCalls.POLLIN, bell)) {
                long count = SystemCalls.attempt(SystemCall.WRITE, number, buffer.address(), length);
                if (count > 0) {
                    return (int) count;
                }
                if (count != -Errno.EAGAIN && count != -Errno.EINTR) {
                    throw new IOException(new KernelException("write", (int) -count));
                }
                SystemCalls.await(-1, SystemCalls.POLLOUT, number, bell);
            }
            throw new IOException("nobody reads this any more");
        }
    }

    /** Writes a few bytes for which there is always room. */
    synchronized void put(MemorySegment bytes) {
        if (!closed) {
            SystemCalls.attempt(SystemCall.WRITE, number, bytes.address(), bytes.byteSize());
        }
    }

    /** ioctl(2); nothing when this is closed. */
    synchronized void control(String what, long request, MemorySegment argument) {
        if (!closed) {
            SystemCalls.require(what, SystemCall.IOCTL, number, request, argument.address());
        }
    }

    /** Waits for who uses it; may be called twice. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            SystemCalls.close(number);
        }
    }
}
